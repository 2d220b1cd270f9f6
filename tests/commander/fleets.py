"""Small fleets in bare repositories, and a writer on one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from commander.changes import Actor, Change, Operation, Target
from commander.git import Repository, Store
from commander.writer import Tracker, Writer
from generator.charts import ChartSource
from generator.engine import plan_repository
from tests.commander.repositories import MAIN, git
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE

DEV = Target("dev")
ETL, ML = Target("dev", "etl"), Target("dev", "ml")
DAILY = Target("dev", "etl", "daily")
FILES = {
    DEV.file: ENVIRONMENT + "gitops: {repository: https://git.example.com/x.git}\n",
    ETL.file: WORKSPACE,
    ML.file: WORKSPACE,
    DAILY.file: DEPLOYMENT,
    "README.md": "Ours.\n",
}
#: In the form of what kubeseal gives.
SEALED = b64encode(b"\x02\x00" + b"k" * 512 + b"v" * 24).decode()
ADA = Actor("Ada Person", "ada@example.com")


def writer(repository: Path, chart: ChartSource, cache: Path | None = None) -> Writer:
    """On main, with a clock that stands still."""
    tracker = Tracker(Store(repository, MAIN), chart=chart, cache=cache, processes=1)
    return Writer(tracker, name="Commander", email="commander@example.com", clock=lambda: 1_700_000_000)


def change(key: str, *operations: Operation, reason: str = "", expected: Mapping[Target, str] | None = None) -> Change:
    """Ada's."""
    return Change(key, ADA, operations, reason, expected or {})


def rendered_state(repository: Path, revision: str = "main") -> dict[str, bytes]:
    """What is under rendered/ in a revision."""
    return _files(repository, revision, "rendered")


def desired_state(repository: Path, revision: str = "main") -> dict[str, bytes]:
    """What is under environments/ in a revision."""
    return _files(repository, revision, "environments")


def generated(repository: Path, chart: ChartSource, folder: Path, revision: str = "main") -> dict[str, bytes]:
    """What the generator makes of the desired state of a revision, in a work tree of its own."""
    for path, data in desired_state(repository, revision).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return dict(plan_repository(folder, chart=chart).files)


def _files(repository: Path, revision: str, folder: str) -> dict[str, bytes]:
    store = Repository(repository, MAIN)
    tip = git(repository, "rev-parse", f"{revision}^{{commit}}")
    found = {}
    for path, entry in store.files(tip, folder):
        data = store.data(entry.name, 1 << 24)
        assert data is not None
        found[path] = data
    return found
