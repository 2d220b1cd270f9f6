"""``python -m tests.cluster.prove``: what the cluster's tests judge, in one run, as one table with times.

Seconds are from Commander's call (over its socket, with Argo CD told by Commander's own webhook).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import accepted, fleet, story
from tests.cluster.harness import Cluster, attached, memory, running
from tests.cluster.sample import Sample, sample
from tests.cluster.story import Row


def told(sample: Sample, quiet_seconds: float) -> Iterator[Row]:
    """All steps, in the order of a deployment's life."""
    yield story.first_sync(sample)
    yield story.wake(sample)
    yield story.scale(sample)
    yield story.revert(sample)
    for executor in ("KubernetesExecutor", "LocalExecutor", "CeleryExecutor"):
        yield story.set_executor(sample, executor)
    yield story.hibernate(sample)
    yield story.wake(sample)
    yield story.create(sample)
    yield from story.delete(sample)
    yield story.drift(sample)
    yield story.broken_by_hand(sample)
    yield story.wrong_by_hand(sample)
    yield from acceptance(sample)
    yield story.quiet(sample, quiet_seconds)


def acceptance(sample: Sample) -> Iterator[Row]:
    """What the API server accepts, tried without a change."""
    began = time.monotonic()
    objects, refused = accepted.objects(sample)
    assert not refused, refused
    yield Row("server-side dry run of all objects", None, time.monotonic() - began, f"{objects} objects accepted")
    began = time.monotonic()
    pods, refused = accepted.pods(sample)
    assert not refused, refused
    yield Row("dry run of all pods, restricted, in the quotas", None, time.monotonic() - began, f"{pods} pods accepted")


def table(rows: Iterable[Row]) -> str:
    """Each line as soon as it is there."""
    lines = [f"{'':52}  {'changed':>9}  {'synced':>9}"]
    lines += [f"{row.what:52}  {_seconds(row.changed)}  {_seconds(row.synced)}  {row.note}".rstrip() for row in rows]
    return "\n".join(lines)


def _seconds(value: float | None) -> str:
    return f"{'':9}" if value is None else f"{value:7.2f} s"


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@contextmanager
def _cluster(state: Path | None) -> Iterator[Cluster]:
    if state is not None:
        yield attached(state)
        return
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), report=say) as cluster:
        yield cluster


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.prove", description=__doc__)
    parser.add_argument("--state", type=Path, help="a cluster that is kept running in this folder")
    parser.add_argument("--quiet", type=float, default=600, metavar="SECONDS", help="how long nothing may flap (600)")
    parser.add_argument("--scale", type=int, metavar="N", help="instead: N deployments, all synced")
    parser.add_argument(
        "--repository", type=int, metavar="N", help="instead: a repository of N deployments, one synced"
    )
    arguments = parser.parse_args()
    began = time.monotonic()
    with _cluster(arguments.state) as cluster:
        if size := arguments.scale:
            with fleet.fleet(cluster, f"scale-{size}", size, say) as made:
                show(fleet.scale(made, size, say), cluster)
        elif size := arguments.repository:
            with fleet.fleet(cluster, f"repository-{size}", size, say) as made:
                show(fleet.one(made, size), cluster)
        else:
            with sample(cluster) as made:
                show(told(made, arguments.quiet), cluster)
    print(f"{time.monotonic() - began:.0f} s in all")


def show(rows: Iterable[Row], cluster: Cluster) -> None:
    """Progress while it runs, then the table."""
    done = []
    for row in rows:
        done.append(row)
        say(table([row]).splitlines()[1])
    print(table(done))
    for name, (now, peak) in memory(cluster).items():
        print(f"{name:52}  {now:5} MiB  {peak:5} MiB at most")


if __name__ == "__main__":
    main()
