"""Where values are read from: files of values, Argo CD Applications, Flux HelmReleases; and what is no such file."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import ProblemsError
from generator.importer import Entry, read_release
from generator.importer.helm_set import can_set, parameter_path, parameter_value, set_at
from tests.importer.imports import case

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
"""


def messages(text: str | bytes) -> str:
    with pytest.raises(ProblemsError) as error:
        read_release(text, "in.yaml")
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "in.yaml: is empty\n  allowed: values of the official Airflow chart"),
        ("- a\n", "in.yaml:1:1: is no map\n  allowed: values of the official Airflow chart"),
        (
            "apiVersion: v1\nkind: ConfigMap\n",
            "in.yaml:2:1: kind: ConfigMap can't be imported\n"
            "  allowed: values of the official Airflow chart, an Argo CD Application, or a Flux HelmRelease",
        ),
        (
            APPLICATION + "  sources:\n    - {chart: redis}\n",
            "in.yaml:4:1: spec: has no source that is the Airflow chart\n  allowed: one source with `chart: airflow`",
        ),
        (
            APPLICATION + "  source:\n    helm:\n      values: '- a'\n",
            "in.yaml:7:7: spec.source.helm.values: holds no map\n  allowed: values of the official Airflow chart",
        ),
        (
            APPLICATION + "  source:\n    helm:\n      values: |\n        a: 1\n        a: 2\n",
            "in.yaml: spec.source.helm.values:2:1: a: is there twice",
        ),
        ("a: 1\na: 2\n", "in.yaml:2:1: a: is there twice"),
        ("executor: yes\n", "in.yaml:1:11: executor: yes is true"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    found = messages(text)
    assert found.startswith(message.split(" is there twice", maxsplit=1)[0].split(" is true", maxsplit=1)[0])


def test_a_file_that_is_too_big() -> None:
    assert "at most 1,048,576 bytes" in messages(b"a: " + b"x" * 1_048_576)


def test_a_release_is_known_by_what_is_around_its_values() -> None:
    text = APPLICATION + (
        "  destination: {namespace: data}\n"
        "  source: {chart: airflow, targetRevision: 1.16.0, helm: {releaseName: flow, valuesObject: {executor: X}}}\n"
    )
    source = read_release(text, "in.yaml")
    assert (source.form, source.release, source.namespace, source.chart) == ("Application", "flow", "data", (1, 16))
    assert source.values == {"executor": "X"}
    assert (
        Entry(("metadata", "name"), "moved", "the file's name", "a deployment is named by its file") in source.settled
    )


def test_the_namespace_of_the_platform_is_not_that_of_a_deployment() -> None:
    found = case("argo-cd-application-text")
    assert found.namespace == "airflow-data"
    assert "namespace: airflow-data\n" in found.text


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ("a[0][1]", ("a", 0, 1)),
        (r"nodeSelector.kubernetes\.io/arch", ("nodeSelector", "kubernetes.io/arch")),
        ("", None),
        ("[0]", None),
        ("a..b", None),
        ("a[9999]", None),
        ("a[x]", None),
    ],
)
def test_names_of_parameters(name: str, path: tuple[Any, ...] | None) -> None:
    assert parameter_path(name) == path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("null", None),
        ("12", 12),
        ("012", "012"),
        ("1.5", "1.5"),
        ("{a,2}", ["a", 2]),
        ("{}", []),
        ("a\\,b", "a,b"),
    ],
)
def test_values_of_parameters(text: str, value: Any) -> None:
    assert parameter_value(text, force_string=False) == value
    assert parameter_value(text, force_string=True) == text


def test_parameters_make_what_is_above_them() -> None:
    values: dict[str, Any] = {"a": "text", "l": [1]}
    set_at(values, ("a", "b"), 1)
    set_at(values, ("l", 1, "x"), 2)
    assert can_set(values, ("l", 2))
    assert not can_set(values, ("l", 7))
    assert not can_set(values, ("new", 1))
    assert values == {"a": {"b": 1}, "l": [1, {"x": 2}]}


def test_what_a_parameter_overrides_is_accounted_for() -> None:
    text = APPLICATION + (
        "  source:\n    chart: airflow\n    helm:\n"
        "      valuesObject: {dags: {gitSync: null}, labels: {}, env: x, workers: {replicas: 1}}\n"
        "      parameters:\n"
        "        - {name: dags.gitSync.branch, value: main}\n"
        "        - {name: labels.a, value: b}\n"
        "        - {name: 'env[0].name', value: A}\n"
        "        - {name: 'env[5].name', value: B}\n"
        "        - {name: workers, value: '3'}\n"
        "        - {name: workers.replicas, value: '3'}\n"
        "        - {value: '3'}\n"
        "        - 7\n"
    )
    source = read_release(text, "in.yaml")
    assert source.values == {
        "dags": {"gitSync": {"branch": "main"}},
        "labels": {"a": "b"},
        "env": [{"name": "A"}],
        "workers": {"replicas": 3},
    }
    paths = {".".join(map(str, entry.path[2:])): entry.outcome for entry in source.settled}
    base = "helm.valuesObject."
    assert {key: paths[base + key] for key in ("dags.gitSync", "labels", "env", "workers.replicas")} == {
        "dags.gitSync": "unneeded", "labels": "unneeded", "env": "unneeded", "workers.replicas": "unneeded"
    }  # fmt: skip
    dropped = [key for key, outcome in paths.items() if outcome == "dropped"]
    assert dropped == [f"helm.parameters.{key}" for key in ("3.name", "3.value", "6.value", "7")]
    assert paths["helm.parameters.4.value"] == "unneeded"
