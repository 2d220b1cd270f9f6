"""The first files: good as they are, with any options, and with every commented-out setting put to use."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.airflow import EXECUTORS
from generator.airflow.chart import airflow_chart
from generator.desired import KUBERNETES_MINORS, DesiredState, check_state, load
from generator.errors import ProblemsError
from generator.render import render_deployment
from generator.scaffold import new_deployment, new_environment, new_repository, new_workspace, schema_copies
from tests.desired.repositories import write

DAILY = "environments/dev/workspaces/etl/deployments/daily.yaml"


def good(files: dict[str, str]) -> DesiredState:
    """The state that files describe, after everything in it was rendered."""
    loaded = load({path: text.encode() for path, text in files.items() if path.startswith("environments/")})
    assert [str(problem) for problem in (*loaded.problems, *check_state(loaded.state))] == []
    chart = airflow_chart()
    for deployment in loaded.state.deployments:
        assert render_deployment(deployment, chart).objects
    return loaded.state


def in_use(text: str) -> str:
    """With the commented-out settings put to use: lines that are YAML behind their mark, and no sentence."""
    lines = []
    for line in text.splitlines():
        match = re.match(r"( *)# ( *(?:- )?[a-zA-Z_\"]+:(?: .*)?| *- \S+)$", line)
        lines.append(match[1] + match[2] if match and "$schema" not in line else line)
    return "\n".join(lines) + "\n"


def test_a_repository_is_rendered_at_once() -> None:
    state = good(new_repository("dev", "etl", deployment="daily"))
    assert [each.name for each in state.deployments] == ["daily"]


def test_pages_are_where_the_comment_says() -> None:
    domain = "airflow.example.com"
    files = new_repository("dev", "etl", deployment="daily") | new_environment("dev", base_domain=domain)
    said = re.search(r"pages of their Airflows at (\S+)\.\n", files["environments/dev/environment.yaml"])
    state = good(files)
    objects = render_deployment(state.deployments[0], airflow_chart()).objects
    (rule,) = next(
        one["spec"]["rules"] for documents in objects.values() for one in documents if one["kind"] == "Ingress"
    )
    place = rule["host"] + rule["http"]["paths"][0]["path"]
    assert said is not None
    assert said[1].replace("<baseDomain>", domain).replace("<release>", "daily") == place


def test_what_is_commented_out_can_be_put_to_use() -> None:
    files = new_repository("dev", "etl", deployment="daily")
    used = {path: in_use(text) for path, text in files.items() if path.startswith("environments/")}
    state = good(used)
    assert state.environments[0].settings.gitops is not None
    assert state.environments[0].settings.defaults["ingress"]["web"] == {"enabled": True}
    assert state.workspaces[0].settings.allowedImages == ["registry.example.com/etl"]
    assert state.deployments[0].settings.alertEmails == ["etl@example.com"]
    assert state.deployments[0].settings.values.keys() == {
        "airflowVersion", "executor", "defaultAirflowRepository", "defaultAirflowTag", "dags", "variables",
    }  # fmt: skip


@pytest.mark.parametrize("label", ["On", "it's: a # label", "Läufe", "007", "- x", '"'])
def test_what_people_call_things_is_what_they_typed(label: str) -> None:
    files = {
        **new_environment("dev", label=label, base_domain="a.example.com", repository="git@git.example.com:a/b.git"),
        **new_workspace("dev", "etl", label=label, description=label, allowed_images=["registry.example.com:5000/etl"]),
        **new_deployment("dev", "etl", "daily", label=label, image="registry.example.com:5000/etl/daily:007"),
    }
    state = good(files)
    labels = [state.environments[0].label, state.workspaces[0].label, state.deployments[0].label]
    assert labels == [label] * 3
    assert state.workspaces[0].settings.description == label
    values = state.deployments[0].settings.values
    assert values["defaultAirflowRepository"] == "registry.example.com:5000/etl/daily"
    assert values["defaultAirflowTag"] == "007"


@pytest.mark.parametrize(
    "executor", [each for each in EXECUTORS if "LocalKube" not in each and "CeleryKube" not in each]
)
def test_every_executor(executor: str) -> None:
    good(new_repository("dev", "etl", deployment="daily", executor=executor))


@pytest.mark.parametrize("minor", KUBERNETES_MINORS)
def test_every_kubernetes(minor: str) -> None:
    state = good(new_repository("dev", "etl", deployment="daily", kubernetes=minor))
    assert state.environments[0].settings.kubernetes.minorVersion == minor


def test_a_runtime_takes_the_place_of_the_version() -> None:
    around = new_repository("dev", "etl")
    state = good({**around, **new_deployment("dev", "etl", "daily", runtime_version="3.1-2")})
    assert state.deployments[0].settings.runtimeVersion == "3.1-2"
    with pytest.raises(ProblemsError, match="a version of Airflow and one of the runtime"):
        new_deployment("dev", "etl", "daily", runtime_version="3.1-2", airflow_version="3.1.5")


@pytest.mark.parametrize("name", ["", "Dev", "a/b", "..", "a" * 64, "-a", "dév", "a\n"])
def test_names_that_cannot_be(name: str) -> None:
    makes: list[Callable[[], dict[str, str]]] = [
        lambda: new_environment(name),
        lambda: new_workspace(name, "etl"),
        lambda: new_workspace("dev", name),
        lambda: new_deployment("dev", "etl", name),
        lambda: new_deployment("dev", name, "daily"),
        lambda: new_repository(name, "etl"),
    ]
    for make in makes:
        with pytest.raises(ProblemsError, match="is no name of"):
            make()


def test_the_first_line_leads_editors_to_a_schema(tmp_path: Path) -> None:
    files = new_repository("dev", "etl", deployment="daily")
    write(tmp_path, files)
    for path, text in files.items():
        if path.startswith("environments/"):
            schema = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", text.splitlines()[0])
            assert schema is not None
            target = (tmp_path / path).parent / schema[1]
            title = json.loads(target.read_text())["title"]
            assert f"kind: {title}\n" in text
            assert target.resolve().is_relative_to(tmp_path / "schemas")
    known = {path.removeprefix("schemas/") for path in schema_copies()}
    for path in schema_copies():
        for reference in re.findall(r'"\$ref": "([^#"]+)', (tmp_path / path).read_text()):
            assert reference in known


def test_git_takes_rendered_files_as_what_they_are(tmp_path: Path) -> None:
    write(tmp_path, new_repository("dev", "etl"))
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    asked = ["rendered/dev/x.yaml", "environments/dev/environment.yaml", "schemas/deployment.json"]
    said = subprocess.run(
        ["git", "check-attr", "eol", "merge", "linguist-generated", "--", *asked],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert said.splitlines() == [
        "rendered/dev/x.yaml: eol: lf",
        "rendered/dev/x.yaml: merge: unset",
        "rendered/dev/x.yaml: linguist-generated: set",
        "environments/dev/environment.yaml: eol: lf",
        "environments/dev/environment.yaml: merge: unspecified",
        "environments/dev/environment.yaml: linguist-generated: unspecified",
        "schemas/deployment.json: eol: lf",
        "schemas/deployment.json: merge: unspecified",
        "schemas/deployment.json: linguist-generated: set",
    ]


@pytest.mark.parametrize("names", [("dev", "team"), ("production", "customer-data")])
def test_the_comments_of_the_readme_stand_in_one_column(names: tuple[str, str]) -> None:
    block = new_repository(*names)["README.md"].split("```")[1]
    columns = {line.index("  # ") for line in block.splitlines() if "#" in line}
    assert len(columns) == 1
