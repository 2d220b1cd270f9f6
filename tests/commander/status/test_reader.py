"""What a reader tells of clusters whose objects it follows: which deployments may be otherwise now."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from commander.changes import Target
from commander.reading import Reading
from commander.status import StatusReader
from commander.status.documents import application_of
from tests.commander.repositories import MAIN, bare
from tests.commander.service.processes import until
from tests.commander.status.api_server import Server, page, serving
from tests.commander.status.test_unread import FILES
from tests.commander.webhook.test_push import commit

pytestmark = pytest.mark.slow  # they wait for what a server does with time

_DAILY = Target("dev", "etl", "daily")


def application(release: str, workspace: str = "etl") -> dict[str, Any]:
    named = {"environment": "dev", "workspace": workspace, "release": release}
    labels = {f"stargit.dev/{key}": value for key, value in named.items()}
    return {
        "metadata": {"name": f"dev-{release}", "namespace": "argocd", "labels": labels},
        "spec": {"destination": {"namespace": f"dev-{release}"}},
        "status": {"sync": {"status": "Synced"}, "health": {"status": "Progressing"}},
    }


def migration(release: str, seconds: float) -> dict[str, Any]:
    """A Job that was started so many seconds ago, and whose pod does not run."""
    labels = {"tier": "airflow", "component": "run-airflow-migrations", "release": release}
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))
    return {
        "metadata": {"name": f"{release}-migrations", "namespace": f"dev-{release}", "labels": labels},
        "status": {"active": 1, "ready": 0, "startTime": started},
    }


@contextmanager
def reading_of(
    objects: Mapping[str, list[dict[str, Any]]],
    folder: Path,
    heard: Callable[[], None] = lambda: None,
    watches: Mapping[str, bytes] = {},
    watched: Callable[[str], None] = lambda _: None,
) -> Iterator[tuple[StatusReader, Reading]]:
    """A reader that has read these objects, by the last part of their path; ``watched`` hears of each watch."""
    reading = Reading(bare(folder, FILES), MAIN)

    def watch(path: str) -> tuple[int, bytes]:
        kind = path.rpartition("/")[2]
        watched(kind)
        return 200, watches.get(kind, b"")

    server = Server(lists=lambda path, _: (200, page(objects.get(path.rpartition("/")[2], []))), watches=watch)
    with serving(server, folder) as where:
        reader = StatusReader(reading, where, heard=heard)
        try:
            reader.clusters.wait(30)
            yield reader, reading
        finally:
            reader.close()
            reading.close()


def test_a_job_that_waits_for_too_long_is_told_of_though_nothing_of_it_changes(tmp_path: Path) -> None:
    objects = {"applications": [application("daily")], "jobs": [migration("daily", 178)]}
    with reading_of(objects, tmp_path) as (reader, reading):
        item, tip = reading.get(_DAILY).item, reading.tip()

        def health() -> list[str]:
            return [each.health for each in reader.status(item, tip).components or ()]

        assert health() == ["Progressing"]
        version, _ = reader.changed_after(-1)
        until(lambda: reader.changed_after(version)[1] == [_DAILY])
        assert health() == ["Degraded"]
        assert "job_not_started" in [each.code for each in reader.status(item, tip).explanations]
        version, _ = reader.changed_after(version)
        assert reader.changed_after(version)[1] == []


def test_of_a_list_all_is_told_at_once(tmp_path: Path) -> None:
    releases = [f"daily-{number}" for number in range(200)]
    objects = {
        "applications": [application(each) for each in releases],
        "jobs": [migration(each, 10) for each in releases],
    }
    heard: list[None] = []
    watched: set[str] = set()
    with reading_of(objects, tmp_path, heard=lambda: heard.append(None), watched=watched.add):
        # Who watches a kind has told all of its list, and nothing changes any more.
        until(lambda: len(watched) == 7)
    # Each of the seven kinds became readable, and there are Applications; Jobs, unless they were read before these.
    assert len(heard) in (8, 9)


def test_the_namespace_of_a_deployment_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    gone, moved = application("daily"), application("weekly")
    moved["spec"]["destination"]["namespace"] = "elsewhere"
    events = [{"type": "DELETED", "object": gone}, {"type": "MODIFIED", "object": moved}]
    watches = {"applications": b"".join(json.dumps(each).encode() + b"\n" for each in events)}
    objects = {"applications": [gone, application("weekly")]}
    with reading_of(objects, tmp_path, watches=watches) as (reader, _):
        weekly = Target("dev", "etl", "weekly")
        until(lambda: reader._spaces.within("elsewhere") == [weekly])
        assert len(reader._spaces) == 1


def test_a_deployment_that_is_moved_is_gone_from_its_old_workspace(tmp_path: Path) -> None:
    old, new = Target("dev", "old", "weekly"), Target("dev", "new", "weekly")
    event = {"type": "MODIFIED", "object": application("weekly", "new")}
    watches = {"applications": json.dumps(event).encode() + b"\n"}
    objects = {"applications": [application("weekly", "old")]}
    with reading_of(objects, tmp_path, watches=watches) as (reader, reading):
        until(lambda: reader._spaces.within("dev-weekly") == [new])
        assert reader.gone(old, reading.tip()) is None
        assert reader.gone(new, reading.tip()) is not None


def test_who_watches_looks_again_at_both_workspaces_of_a_move(tmp_path: Path) -> None:
    old, new = (application_of(application("weekly", each)) for each in ("old", "new"))
    watched: set[str] = set()
    with reading_of({}, tmp_path, watched=watched.add) as (reader, _):
        until(lambda: len(watched) == 7)
        version, _ = reader.changed_after(-1)
        reader._changed("", [(old, new)], False)
        _, changed = reader.changed_after(version)
        assert sorted(changed or ()) == [Target("dev", "new", "weekly"), Target("dev", "old", "weekly")]


def test_what_is_in_another_workspace_is_not_told_of_by_a_wrong_one(tmp_path: Path) -> None:
    """Argo CD may not have seen yet that git has moved it."""
    objects = {"applications": [application("daily", "old"), application("weekly")]}
    with reading_of(objects, tmp_path) as (reader, reading):
        tip = reading.tip()
        assert reader.gone(Target("dev", "old", "daily"), tip) is None
        assert reader.gone(Target("dev", "wrong", "weekly"), tip) is None
        assert reader.gone(Target("nowhere", "etl", "daily"), tip) is None
        status = reader.gone(Target("dev", "etl", "weekly"), tip)
        assert status is not None
        assert [each.code for each in status.explanations] == ["removed"]


def test_workloads_of_an_environment_that_argo_cd_knew_before_commander_are_told_of(tmp_path: Path) -> None:
    """Argo CD may see a commit that somebody pushed, and make its Applications, before Commander looks."""
    late = application("late")
    late["metadata"]["labels"]["stargit.dev/environment"] = "prod"
    tries = itertools.count()

    def watches(path: str) -> tuple[int, bytes]:
        job = migration("late", 10)
        job["status"]["succeeded"] = next(tries)
        event = json.dumps({"type": "MODIFIED", "object": job}).encode() + b"\n"
        return 200, event if path.endswith("/jobs") else b""

    repository = bare(tmp_path, FILES)
    reading = Reading(repository, MAIN)
    applications = page([late])
    server = Server(
        lists=lambda path, _: (200, applications if path.endswith("/applications") else page()), watches=watches
    )
    with serving(server, tmp_path) as where:
        reader = StatusReader(reading, where)
        try:
            reader.clusters.wait(30)
            until(lambda: reader.clusters.knows_applications("dev"))
            text = FILES["environments/dev/environment.yaml"].replace("release: dev", "release: prod")
            commit(
                repository, {"environments/prod/environment.yaml": text.replace("namespace: airflow", "namespace: p")}
            )
            reader.refresh()
            version, _ = reader.changed_after(-1)
            until(lambda: reader.changed_after(version)[1] == [Target("prod", "etl", "late")])
        finally:
            reader.close()
            reading.close()
