"""`stargit chart build|lint|template`, with real Helm as the judge."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.charts import source_map
from generator.dialect import Release
from generator.errors import ProblemsError
from stargit.__main__ import main
from stargit.chart_folder import cached_chart
from stargit.helm_engine import HelmError, helm_template, objects
from stargit.tools import tool

VALUES = "executor: KubernetesExecutor\nairflowVersion: 3.0.2\nlabels: {owner: etl}\nstatsd: {enabled: false}\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_build_writes_a_chart_that_helm_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "chart", "build", "airflow", "--to", str(tmp_path))
    version = airflow_chart().metadata.version
    assert (code, out) == (0, f"airflow {version}: {tmp_path}/airflow\n")
    found = files(tmp_path / "airflow")
    assert {"Chart.yaml", "values.yaml", "values.schema.json", "README.md", "templates/scheduler.yaml"} <= found.keys()
    done = subprocess.run(
        [tool("helm"), "show", "chart", str(tmp_path / "airflow")], capture_output=True, text=True, check=True
    )
    assert f"version: {version}" in done.stdout
    assert [each.name for each in tmp_path.iterdir()] == ["airflow"]


def test_build_replaces_an_old_chart_as_a_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "chart", "build", "airflow", "--to", str(tmp_path))
    before = files(tmp_path)
    (tmp_path / "airflow/templates/old.yaml").write_text("old: true\n")
    (tmp_path / "airflow/values.yaml").write_text("old: true\n")
    assert run(capsys, "chart", "build", "airflow", "--to", str(tmp_path))[0] == 0
    assert files(tmp_path) == before


def test_build_leaves_the_folder_of_somebody_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow/Chart.yaml").write_text("name: mine\n")
    code, _, err = run(capsys, "chart", "build", "airflow", "--to", str(tmp_path))
    assert (code, err) == (
        1,
        f"{tmp_path}/airflow: is in the place of the chart, and Stargit did not write it\n  hint: move it\n1 problem\n",
    )
    assert files(tmp_path) == {"airflow/Chart.yaml": b"name: mine\n"}


def test_package_is_the_same_on_every_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        code, out, _ = run(
            capsys, "chart", "build", "airflow", "--to", str(tmp_path / name), "--package", "--output", "json"
        )
        assert code == 0
        assert json.loads(out)["path"] == f"{tmp_path}/{name}/airflow-{airflow_chart().metadata.version}.tgz"
    one, two = (files(tmp_path / name) for name in ("one", "two"))
    assert one == two
    assert len(one) == 1


def test_lint(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "chart", "lint", "airflow", "--helm")
    assert (code, err) == (0, "")
    assert out == f"airflow: {len(airflow_chart().compiled.program.files)} templates, no problems\n"


def template(capsys: pytest.CaptureFixture[str], file: Path, engine: str, *more: str) -> tuple[int, str, str]:
    return run(
        capsys, "chart", "template", "airflow", "--values", str(file), "--name", "demo", "--namespace", "demo-n",
        "--engine", engine, *more,
    )  # fmt: skip


def by_name(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        file: sorted(documents, key=lambda each: (each["kind"], each["metadata"]["name"]))
        for file, documents in found.items()
    }


@pytest.mark.slow
def test_engines_print_the_same_manifests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(VALUES)
    native, helm, helm3 = (template(capsys, values, engine)[1] for engine in ("native", "helm", "helm3"))
    assert native.startswith("---\n# Source: airflow/templates/api-server.yaml\napiVersion: ")
    assert by_name(objects(native)) == by_name(objects(helm)) == by_name(objects(helm3))
    assert objects(native)["scheduler.yaml"][0]["metadata"]["labels"]["owner"] == "etl"


@pytest.mark.slow
def test_manifests_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(VALUES)
    code, out, _ = template(capsys, values, "native", "--output", "json")
    _, text, _ = template(capsys, values, "native")
    assert (code, json.loads(out)["files"]) == (0, objects(text))


def test_later_values_win(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "base.yaml").write_text(VALUES)
    (tmp_path / "own.yaml").write_text("labels: {owner: null, team: data}\n")
    code, out, _ = template(capsys, tmp_path / "base.yaml", "native", "--values", str(tmp_path / "own.yaml"))
    labels = objects(out)["scheduler.yaml"][0]["metadata"]["labels"]
    assert (code, labels["team"], labels.get("owner")) == (0, "data", None)


@pytest.mark.parametrize("engine", ["native", "helm"])
def test_wrong_values_name_their_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("scheduler:\n  replicas: -1\n")
    assert template(capsys, values, engine) == (
        1,
        "",
        f"{values}:2:3: scheduler.replicas: -1 is not allowed\n  allowed: a whole number from 0 to 1000\n1 problem\n",
    )


SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}
LIST = {"apiVersion": "v1", "kind": "List", "metadata": {"name": "l"}}
REFUSED_BY_HELM: dict[str, tuple[dict[str, Any], str]] = {
    "a Secret": ({"extraObjects": [SECRET]}, "a Secret with data would be kept in git"),
    "a List": ({"extraObjects": [LIST]}, "a list of objects"),
    "items": ({"extraObjects": [{**LIST, "kind": "A", "items": [SECRET]}]}, "a list of objects"),
    "a newer Airflow": ({"airflowVersion": "3.4.0"}, "this chart knows Airflow up to 3.3;"),
    "an empty volume": ({"redis": {"persistence": {"size": "0"}}}, "0 leaves no room in the volume"),
}


@pytest.mark.parametrize("case", REFUSED_BY_HELM)
def test_the_chart_itself_refuses_what_helm_users_would_not_hear_of(case: str) -> None:
    values, message = REFUSED_BY_HELM[case]
    with pytest.raises(HelmError, match=message):
        helm_template(cached_chart(airflow_chart()), values, Release("demo", "demo"), tool("helm"))
    with pytest.raises(ProblemsError):
        airflow_chart().effective(values)


@pytest.mark.parametrize("engine", ["native", "helm"])
def test_rendered_objects_are_checked_like_those_of_a_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    values = tmp_path / "values.yaml"
    bundle = {"apiVersion": "example.com/v1", "kind": "Bundle", "metadata": {"name": "b"}, "spec": {"secret": SECRET}}
    values.write_text(
        f"extraObjects:\n  - {json.dumps(bundle)}\nscheduler:\n  extraVolumes: [{{name: config, emptyDir: {{}}}}]\n"
    )
    assert template(capsys, values, engine) == (
        1,
        "",
        f"{values}:2:5: extraObjects[0]: Bundle 'b' has a Secret with data in it, which would be in git for everyone"
        " to read\n"
        "  allowed: a SealedSecret, an ExternalSecret, or the name of a Secret that exists in the cluster\n"
        f"{values}:4:18: scheduler.extraVolumes[0]: Deployment 'demo-scheduler': volume 'config' is there 2 times\n"
        "  allowed: one of each name\n"
        "  hint: choose another name for yours: where you have only one, the chart itself has a volume of this name\n"
        "2 problems\n",
    )


@pytest.mark.parametrize(
    ("release", "message"),
    [("a" * 30, "the release's name has more than 29 characters"), ("1a", "the release's name begins with a digit")],
)
def test_refusal_of_a_template_names_its_line_by_helm_too(release: str, message: str) -> None:
    source = airflow_chart()
    with pytest.raises(HelmError) as caught:
        helm_template(cached_chart(source), {}, Release(release, "n"), tool("helm"), origins=source_map(source))
    assert str(caught.value).startswith("chart-templates/airflow/checks.yaml.j2:")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "nginx"], "there is no chart 'nginx'"),
        (["template", "airflow", "--name", "A B", "--namespace", "n"], "'A B' is not allowed"),
        (["template", "airflow", "--name", "a" * 30, "--namespace", "n"], "at most 29 characters: Kubernetes takes 63"),
        (["template", "airflow", "--name", "a", "--namespace", "n" * 64], "at most 63 characters"),
        (["template", "airflow", "--name", "a"], "Missing option '--namespace'"),
        (["template", "airflow", "--name", "a", "--namespace", "n", "--values", "/no/such"], "does not exist"),
    ],
)
def test_wrong_command_lines(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    code, out, err = run(capsys, "chart", *arguments)
    assert (code in (1, 2), out) == (True, "")
    assert message in err


@pytest.mark.parametrize("command", ["build", "lint", "template"])
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, "chart", command, "--help")
    assert code == 0
    assert f"\n    stargit chart {command} airflow" in out


def test_the_help_of_the_group_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "chart", "--help")
    assert code == 0
    assert "\n    stargit chart build airflow" in out
