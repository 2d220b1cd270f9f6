"""What is told of deployments before a cluster was ever read, and what of it is asked for at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commander.changes import Target
from commander.reading import Reading
from commander.status import StatusReader, Where
from generator.argocd import installation
from generator.desired import load
from tests.commander.repositories import MAIN, bare

ENVIRONMENT = """\
apiVersion: stargit.dev/v1
kind: Environment
kubernetes:
  minorVersion: "1.35"
platform:
  namespace: airflow
  release: dev
gitops:
  repository: https://git.example.com/fleet.git
"""
FILES = {
    "environments/dev/environment.yaml": ENVIRONMENT,
    "environments/dev/workspaces/etl/workspace.yaml": "apiVersion: stargit.dev/v1\nkind: Workspace\n",
    "environments/dev/workspaces/etl/deployments/daily.yaml": "apiVersion: stargit.dev/v1\nkind: Deployment\n",
}


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return Reading(bare(tmp_path, FILES), MAIN)


@pytest.fixture
def reader(reading: Reading, tmp_path: Path) -> Iterator[StatusReader]:
    made = StatusReader(reading, Where(tmp_path / "no-kubeconfig"))
    made.clusters.wait(10)
    yield made
    made.close()


def test_nobody_is_told_that_an_application_is_missing(reading: Reading, reader: StatusReader) -> None:
    item = reading.get(Target("dev", "etl", "daily")).item
    status = reader.status(item, reading.tip())
    assert (status.sync, status.health, status.live) == ("Unknown", "Unknown", False)
    assert status.explanations == ()
    assert [each.what.partition(" (")[0] for each in status.stale] == ["Argo CD", "workloads"]


def test_the_rights_that_are_given_are_those_that_are_used(reader: StatusReader) -> None:
    workloads = reader.clusters.workloads("dev")
    assert workloads is not None
    followed = {
        ("" if (parts := each.kind.path.split("/"))[1] == "api" else parts[2], parts[-1])
        for each in (*reader.clusters.argo_followers("dev"), *workloads.all)
    }
    loaded = load({path: text.encode() for path, text in FILES.items() if path.endswith("environment.yaml")})
    objects = [
        each
        for part in installation(loaded.state.environments[0]).parts
        for file in part.files.values()
        for each in file
    ]
    given = {
        (group, name)
        for each in objects
        for rule in each.get("rules", ())
        for group in rule["apiGroups"]
        for name in rule["resources"]
    }
    assert given == followed
