"""Helm as an engine: what it prints is read as Kubernetes reads it, what it refuses is traced to the template."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Literal

import pytest

from generator.dialect import Release
from generator.errors import ProblemsError
from stargit.helm_engine import HelmError, Origins, helm_lint, helm_template, objects
from stargit.tools import tool

RELEASE = Release("demo", "demo-namespace")
CONFIG_MAP = """\
{{- if gt (.Values.count | int) 100 }}{{ fail "too many\\nof them" }}{{ end }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  text: "---\\n# Source: tiny/templates/other.yaml"
  block: |
    ---
    # Source: tiny/templates/other.yaml
  count: {{ .Values.count | quote }}
  kubernetes: {{ .Capabilities.KubeVersion.Version }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
{{- if eq (.Values.count | int) 50 }}{{ include "nowhere" . }}{{ end }}
"""
SCHEMA = '{"type": "object", "properties": {"count": {"type": "integer"}}, "additionalProperties": false}'
#: Each line of the chart's file came from a line of the template that is ten further down.
ORIGINS: Origins = {"templates/first.yaml": [["chart-templates/tiny/first.yaml.j2", line + 11] for line in range(19)]}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(
        "{apiVersion: v2, name: tiny, version: 0.1.0, icon: 'https://example.com/i.png'}"
    )
    (folder / "values.yaml").write_text("count: 1\n")
    (folder / "values.schema.json").write_text(SCHEMA)
    (folder / "templates" / "first.yaml").write_text(CONFIG_MAP)
    (folder / "templates" / "nothing.yaml").write_text("{{ if false }}a: b{{ end }}\n")
    return folder


@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_objects_come_by_template_file(chart: Path, helm: Literal["helm", "helm3"]) -> None:
    found = helm_template(chart, {"count": 7}, RELEASE, tool(helm), kubernetes="1.33.0")
    assert found == {
        "first.yaml": [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "demo"}},
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "demo", "namespace": "demo-namespace"},
                "data": {
                    "text": "---\n# Source: tiny/templates/other.yaml",
                    "block": "---\n# Source: tiny/templates/other.yaml\n",
                    "count": "7",
                    "kubernetes": "v1.33.0",
                },
            },
        ]
    }


@pytest.mark.parametrize("helm", ["helm", "helm3"])
@pytest.mark.parametrize(
    ("count", "message"),
    [
        (
            101,
            "chart-templates/tiny/first.yaml.j2:11:1: too many of them\n"
            "  hint: in the chart: templates/first.yaml:1:41",
        ),
        (
            50,
            'chart-templates/tiny/first.yaml.j2:29:1: executing "tiny/templates/first.yaml" at <include "nowhere" .>: '
            'error calling include: template: no template "nowhere" associated with template "gotpl"\n'
            "  hint: in the chart: templates/first.yaml:19:40",
        ),
        ("x", "count: got string, want integer"),
    ],
)
def test_errors_name_the_line_of_the_template(
    chart: Path, helm: Literal["helm", "helm3"], count: object, message: str
) -> None:
    with pytest.raises(HelmError) as caught:
        helm_template(chart, {"count": count}, RELEASE, tool(helm), origins=ORIGINS)
    assert str(caught.value) == message


def test_error_without_a_source_map_names_the_line_of_the_chart(chart: Path) -> None:
    with pytest.raises(HelmError) as caught:
        helm_template(chart, {"count": 101}, RELEASE, tool("helm"))
    assert str(caught.value) == "templates/first.yaml:1:42: too many of them"


def test_settings_of_the_person_do_not_reach_helm(chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "elsewhere")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    monkeypatch.setenv("HELM_DEBUG", "true")
    found = helm_template(chart, {}, RELEASE, tool("helm"))
    assert found["first.yaml"][1]["metadata"]["namespace"] == "demo-namespace"


def test_lint_tells_its_findings(chart: Path) -> None:
    helm_lint(chart, tool("helm"))
    (chart / "Chart.yaml").write_text("{apiVersion: v2, name: tiny, version: one}")
    with pytest.raises(HelmError, match="version 'one' is not a valid SemVer"):
        helm_lint(chart, tool("helm"))


def test_program_that_cannot_be_started(chart: Path) -> None:
    with pytest.raises(HelmError) as caught:
        helm_template(chart, {}, RELEASE, Path("/no/such/helm"))
    assert str(caught.value) == "/no/such/helm: Helm can't be started: No such file or directory"


def test_scalars_are_read_as_kubernetes_reads_them() -> None:
    text = dedent("""\
        ---
        # Source: tiny/templates/a.yaml
        yes: [yes, off, "no", ~, null, "", y]
        """).replace("yes:", "words:") + dedent("""\
        numbers: [010, 0o10, 0x1F, 0b11, 1_000, -7, +7, 08, 1e-07, .5, 1e3, 1.5e+300]
        texts: [2020-01-01, 12:30:45, 1:30, 1.2.3, "010", =, 0.5Gi, .inf.]
        """)
    assert objects(text) == {
        "a.yaml": [
            {
                "words": [True, False, "no", None, None, "", True],
                "numbers": [8, 8, 31, 3, 1000, -7, 7, 8.0, 1e-07, 0.5, 1000.0, 1.5e300],
                "texts": ["2020-01-01", "12:30:45", "1:30", "1.2.3", "010", "=", "0.5Gi", ".inf."],
            }
        ]
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "Helm's output: the key 'a' is there twice"),
        ("1: a\n", "Helm's output: the key 1 is no plain text"),
        ("yes: a\n", "Helm's output: the key True is no plain text"),
        ("a: &x {b: c}\nd:\n  <<: *x\n", "Helm's output: the key '<<' is no plain text"),
        ("a: [\n", "Helm's output is no YAML: did not find expected node content"),
    ],
)
def test_output_that_readers_would_read_differently_is_refused(text: str, message: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        objects(f"---\n# Source: tiny/templates/a.yaml\n{text}")
    assert caught.value.problems[0].message == message
