"""Which namespaces an environment lets deployments have."""

from __future__ import annotations

import pytest

from generator.desired import check_state, load
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, ENVIRONMENT, ENVIRONMENT_FILE, PLAIN, as_bytes


def told(namespace: str, environment: str = "", release: str = "daily") -> list[str]:
    """Which settings are wrong in an environment with more lines, and a deployment with this namespace."""
    deployment = DEPLOYMENT + (f"namespace: {namespace}\n" if namespace else "")
    files = {**PLAIN, ENVIRONMENT_FILE: ENVIRONMENT + environment}
    del files[DEPLOYMENT_FILE]
    files[DEPLOYMENT_FILE.replace("daily", release)] = deployment
    loaded = load(as_bytes(files))
    return [problem.path for problem in (*loaded.problems, *check_state(loaded.state))]


@pytest.mark.parametrize(
    "namespace", ["cert-manager", "monitoring", "default", "istio-system", "openshift-config", "external-secrets"]
)
def test_a_namespace_of_a_service_needs_the_environment_s_word(namespace: str) -> None:
    assert told(namespace) == ["namespace"]
    assert told(namespace, f"deploymentNamespaces: [{namespace}]\n") == []


@pytest.mark.parametrize("namespace", ["data", "customer-data-daily", "system", "stargit-system", "stargit-other"])
def test_without_a_list_any_other_namespace_is_taken_as_before(namespace: str) -> None:
    assert told(namespace) == []


@pytest.mark.parametrize(
    ("namespace", "wrong"),
    [
        ("", False), ("stargit-own", False), ("team-a", False), ("ledger", False),
        ("team", True), ("ledgers", True), ("a-ledger", True), ("data", True), ("stargit", True),
        ("kube-public", True), ("monitoring", True),
    ],
)  # fmt: skip
def test_a_list_says_all_that_there_are(namespace: str, wrong: bool) -> None:
    assert told(namespace, "deploymentNamespaces: [team-*, ledger]\n") == (["namespace"] if wrong else [])


def test_a_name_that_is_made_of_platform_and_release_may_be_a_service_s_too() -> None:
    platform = "platform: {namespace: cert}\n"
    assert told("", platform, release="manager") == ["namespace"]
    assert told("", platform, release="daily") == []


def test_no_list_gives_away_what_is_the_clusters_or_argo_cds() -> None:
    listed = "deploymentNamespaces: [kube-*, argocd, stargit]\ngitops: {repository: https://git.example.com/x.git}\n"
    for namespace in ("kube-system", "argocd", "stargit"):
        assert told(namespace, listed) == ["namespace"]


@pytest.mark.parametrize("entry", ["'*'", "'*-system'", "a*b", "Team", "'te?m'", "'[a]'", "-x"])
def test_an_entry_is_a_name_or_the_beginning_of_names(entry: str) -> None:
    assert told("", f"deploymentNamespaces: [{entry}]\n") == ["deploymentNamespaces[0]"]
