"""The workflow of GitHub and the job of GitLab: what their form allows, and what safety asks for."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / "ci/github/stargit.yaml"
GITLAB = ROOT / "ci/gitlab/stargit.yml"

_PINNED = re.compile(r"[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+\Z")
# What GitHub takes at each level (https://docs.github.com/actions, "Workflow syntax").
_WORKFLOW = {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
_JOB = {
    "name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs", "env", "defaults",
    "steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services", "uses", "with", "secrets",
}  # fmt: skip
_STEP = {
    "id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env", "continue-on-error",
    "timeout-minutes",
}  # fmt: skip
# The same of GitLab (https://docs.gitlab.com/ci/yaml).
_GITLAB_JOB = {
    "after_script", "allow_failure", "artifacts", "before_script", "cache", "coverage", "dependencies", "environment",
    "extends", "id_tokens", "image", "inherit", "interruptible", "needs", "parallel", "release", "resource_group",
    "retry", "rules", "script", "secrets", "services", "stage", "tags", "timeout", "trigger", "variables", "when",
}  # fmt: skip


class _Loader(yaml.SafeLoader):
    """YAML 1.2 as GitHub reads it: `on` is a key, not true; the same key twice is an error."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a safe loader
    return found


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    return _load(GITHUB)


def _steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_github_takes_the_form(workflow: dict[str, Any]) -> None:
    assert workflow.keys() <= _WORKFLOW
    assert set(workflow["on"]) == {"pull_request", "push"}
    for job in workflow["jobs"].values():
        assert job.keys() <= _JOB
        assert {"runs-on", "steps", "timeout-minutes", "permissions"} <= job.keys()
        needs = job.get("needs", [])
        assert set([needs] if isinstance(needs, str) else needs) <= workflow["jobs"].keys()
        for step in job["steps"]:
            assert step.keys() <= _STEP
            assert ("uses" in step) != ("run" in step)
            assert ("with" in step) <= ("uses" in step)


def test_actions_are_pinned_by_commit() -> None:
    uses = re.findall(r"uses: *(.*)", GITHUB.read_text(encoding="utf-8"))
    assert len(uses) >= 6
    assert [each for each in uses if not _PINNED.match(each)] == []
    # One action, one version.
    assert len({each.partition("@")[0] for each in uses}) == len(set(uses))


def test_no_job_may_more_than_it_needs(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "check": {"contents": "read"},
        "comment": {"contents": "read", "pull-requests": "write"},
    }
    for step in _steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_what_may_write_runs_nothing_of_the_pull_request(workflow: dict[str, Any]) -> None:
    comment = workflow["jobs"]["comment"]
    [checkout] = [step for step in comment["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert [step["run"] for step in comment["steps"] if "run" in step] == ["python3 ci/comment.py stargit-report.md"]
    assert "pull_request_target" not in GITHUB.read_text(encoding="utf-8")
    tokens = [step for step in _steps(workflow) if "token" in str(step.get("env", "")).lower()]
    assert tokens == comment["steps"][-1:]


def test_texts_of_people_become_no_commands(workflow: dict[str, Any]) -> None:
    """Expressions are put into a script before the shell reads it; variables are not."""
    assert [step["run"] for step in _steps(workflow) if "${{" in step.get("run", "")] == []


def test_gitlab_takes_the_form() -> None:
    jobs = _load(GITLAB)
    assert set(jobs) == {"stargit:check", "stargit:comment"}
    for job in jobs.values():
        assert job.keys() <= _GITLAB_JOB
        assert {"stage", "image", "rules", "script", "timeout"} <= job.keys()
        assert all(isinstance(line, str) for part in ("before_script", "script") for line in job.get(part, []))
        assert all(rule.keys() <= {"if", "when", "changes", "exists", "variables"} for rule in job["rules"])
    assert jobs["stargit:comment"]["needs"] == [{"job": "stargit:check", "artifacts": True}]
    assert "TOKEN" not in str(jobs["stargit:check"])


def test_the_jobs_run_the_scripts_that_are_there() -> None:
    for path in (GITHUB, GITLAB):
        text = path.read_text(encoding="utf-8")
        scripts = set(re.findall(r"\bci/[a-z]+\.(?:sh|py)\b", text))
        assert scripts == {"ci/check.sh", "ci/comment.py"}
        assert all((ROOT / script).is_file() for script in scripts)
        assert "stargit-report.md" in text


_COMMIT, _DIGEST = "0123456789" * 4, "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("source", "taken"),
    [
        (f"stargit[schemas] @ git+https://git.example.com/platform/stargit.git@{_COMMIT}", True),
        (f"stargit[schemas] @ git+ssh://git@git.example.com/platform/stargit.git@{_COMMIT}", True),
        (f"stargit[schemas] @ https://packages.example.com/stargit-0.1.0-py3-none-any.whl#sha256={_DIGEST}", True),
        ("", False),
        ("stargit", False),
        ("stargit[schemas]==0.1.0", False),
        ("stargit[schemas] @ git+https://git.example.com/platform/stargit.git", False),
        ("stargit[schemas] @ git+https://git.example.com/platform/stargit.git@main", False),
        (f"stargit[schemas] @ http://packages.example.com/stargit.whl#sha256={_DIGEST}", False),
        ("stargit[schemas] @ https://packages.example.com/stargit-0.1.0-py3-none-any.whl", False),
    ],
)
def test_stargit_comes_from_where_people_say_and_from_nowhere_else(
    workflow: dict[str, Any], source: str, taken: bool
) -> None:
    """The package is not published: whoever takes its name could run code in everybody's checks."""
    github, gitlab = workflow["jobs"]["check"], _load(GITLAB)["stargit:check"]
    assert (github["env"]["STARGIT_SOURCE"], gitlab["variables"]["STARGIT_SOURCE"]) == ("", "")
    for first in (github["steps"][0]["run"], gitlab["before_script"][0]):
        command = ["bash", "-e", "-o", "pipefail", "-c", first]
        environment = {**os.environ, "STARGIT_SOURCE": source}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=60)
        assert (done.returncode, "STARGIT_SOURCE" in done.stderr) == ((0, False) if taken else (2, True))
