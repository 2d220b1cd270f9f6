"""What a reader tells of clusters whose objects it follows: which deployments may be otherwise now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commander.changes import Target
from commander.reading import Reading
from commander.status import StatusReader
from tests.commander.repositories import MAIN, bare
from tests.commander.service.processes import until
from tests.commander.status.api_server import Server, page, serving
from tests.commander.status.test_unread import FILES

_DAILY = Target("dev", "etl", "daily")


def application(release: str) -> dict[str, Any]:
    named = {"environment": "dev", "workspace": "etl", "release": release}
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
    objects: Mapping[str, list[dict[str, Any]]], folder: Path, heard: Callable[[], None] = lambda: None
) -> Iterator[tuple[StatusReader, Reading]]:
    """A reader that has read these objects, by the last part of their path."""
    reading = Reading(bare(folder, FILES), MAIN)
    server = Server(lists=lambda path, _: (200, page(objects.get(path.rpartition("/")[2], []))))
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
        assert [each.code for each in reader.status(item, tip).explanations] == ["job_not_started"]
        version, _ = reader.changed_after(version)
        assert reader.changed_after(version)[1] == []
