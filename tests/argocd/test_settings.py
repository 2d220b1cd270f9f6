"""Settings of Argo CD that are refused, with what people are told."""

from __future__ import annotations

import pytest

from generator.desired import check_state, load
from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT,
    ENVIRONMENT_FILE,
    WORKSPACE,
    WORKSPACE_FILE,
    as_bytes,
)

GITOPS = "gitops:\n  repository: https://git.example.com/a.git\n"


def told(files: dict[str, str]) -> list[str]:
    loaded = load(as_bytes(files))
    return [str(problem) for problem in (*loaded.problems, *check_state(loaded.state))]


def environment(text: str) -> dict[str, str]:
    return {ENVIRONMENT_FILE: ENVIRONMENT + text}


def test_helm_needs_the_packed_chart() -> None:
    assert told(environment(GITOPS + "  delivery: helm\n")) == [
        f"{ENVIRONMENT_FILE}:7:3: gitops.delivery: needs the packed chart\n"
        "  allowed: manifests, or helm with 'chart'\n"
        "  hint: write 'chart:' with the 'repository:' that it is published in"
    ]
    assert told(environment(GITOPS + "  delivery: helm\n  chart: {repository: https://charts.example.com}\n")) == []


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("environments/dev/workspaces/platform/workspace.yaml", WORKSPACE, "workspace"),
        (DEPLOYMENT_FILE.replace("daily", "platform"), DEPLOYMENT, "release"),
    ],
)
def test_the_platform_keeps_its_name(path: str, text: str, what: str) -> None:
    files = {ENVIRONMENT_FILE: ENVIRONMENT, WORKSPACE_FILE: WORKSPACE, path: text}
    assert told(files) == []
    assert told({**files, ENVIRONMENT_FILE: ENVIRONMENT + GITOPS}) == [
        f"{path}:1:1: 'platform' is how the platform itself is called in Argo CD\n  allowed: any other name of a {what}"
    ]


@pytest.mark.parametrize(
    "repository",
    [
        "https://git.example.com/*",
        "https://git.example.com/a?b.git",
        "https://git.example.com/{a,b}.git",
        "!https://git.example.com/a.git",
        "git.example.com/a.git",
        "https://git.example.com/a b.git",
    ],
)
def test_a_repository_is_one_address_without_wildcards(repository: str) -> None:
    (problem,) = told(environment(f"gitops: {{repository: '{repository}'}}\n"))
    assert problem.startswith(f"{ENVIRONMENT_FILE}:5:10: gitops.repository: ")


@pytest.mark.parametrize("repository", ["git@git.example.com:a/b.git", "ssh://git@git.example.com:2222/a/b~c.git"])
def test_other_forms_of_addresses_are_taken(repository: str) -> None:
    assert told(environment(f"gitops: {{repository: '{repository}'}}\n")) == []


@pytest.mark.parametrize("group", ["a, role:admin", "a\\nb", "", " a", 'a"'])
def test_a_group_cannot_become_another_policy(group: str) -> None:
    text = WORKSPACE + f'argocd: {{access: {{viewers: ["{group.replace(chr(34), chr(92) + chr(34))}"]}}}}\n'
    (problem,) = told({ENVIRONMENT_FILE: ENVIRONMENT, WORKSPACE_FILE: text})
    assert "argocd.access.viewers[0]" in problem


@pytest.mark.parametrize("schedule", ["@daily", "0 25 * * *", "* * * *", "0 22 * * * *"])
def test_a_window_has_a_schedule_that_argo_cd_reads(schedule: str) -> None:
    window = f"{{kind: deny, duration: 1h, schedule: '{schedule}'}}"
    text = WORKSPACE + f"argocd: {{syncWindows: [{window}]}}\n"
    (problem,) = told({ENVIRONMENT_FILE: ENVIRONMENT, WORKSPACE_FILE: text})
    assert "argocd.syncWindows[0].schedule" in problem
