"""What can be done for a change before its turn comes, by another process: its files edited, its deployments rendered.

Both are pure functions, and what is made keeps what it was made of. It is taken when that is what is there when the
change's turn has come, and else it is as good as nothing: it can be late or missing, but not wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

from commander.changes import Change, Delete, Move, Target, applied
from commander.git import blob_name
from generator.charts import ChartSource
from generator.derived import code_digest
from generator.desired import Place, place_of
from generator.engine.fleet import Name
from generator.engine.preparing import Prepared, Preparer, Sources
from generator.engine.records import UnitRecord
from generator.engine.snapshot import Snapshot

#: A change of more targets is worked on when its turn has come.
_MOST_TARGETS = 8
#: Of an operation that comes to depend on the time, nothing can be made with this.
_NO_TIME = math.nan
_WARM_UP = Sources(
    b'apiVersion: stargit.dev/v1\nkind: Environment\nkubernetes: {minorVersion: "1.34"}\n',
    b"apiVersion: stargit.dev/v1\nkind: Workspace\n",
    b"apiVersion: stargit.dev/v1\nkind: Deployment\nvalues: {}\n",
)


@dataclass(frozen=True, slots=True)
class Task:
    """A change of deployments, and what it is made of: ``files`` that it is about, or that are around them (None: not
    there), the ``around`` of each workspace (environment's and workspace's file), ``records`` of what is rendered and
    there."""

    change: Change
    files: Mapping[str, bytes | None]
    around: Mapping[tuple[str, str], tuple[bytes, bytes]]
    records: Mapping[Name, UnitRecord]

    def holds(self, contents: Mapping[str, bytes]) -> bool:
        """Whether the files are still these."""
        return all(contents.get(path) == data for path, data in self.files.items())


@dataclass(frozen=True, slots=True)
class Made:
    """What a change does to the files of its task, and what follows; ``prepared`` says itself what it is of."""

    edits: Mapping[str, bytes | None]
    prepared: tuple[Prepared, ...]


def task_of(change: Change, snapshot: Snapshot) -> Task | None:
    """A change as a task; None for one that is about more than some deployments that are in order."""
    targets = {each.target for each in change.operations} | set(change.expected)
    targets |= {replace(each.target, workspace=each.workspace) for each in change.operations if isinstance(each, Move)}
    if len(targets) > _MOST_TARGETS:
        return None
    if any(isinstance(each, Delete) for each in change.operations):
        return None  # it has the time of its turn
    contents = snapshot.desired.contents
    # What is around says whether that is deleted.
    files: dict[str, bytes | None] = {each.file: contents.get(each.file) for each in targets}
    around: dict[tuple[str, str], tuple[bytes, bytes]] = {}
    records: dict[Name, UnitRecord] = {}
    for target in targets:
        if not target.release:
            return None
        above = [Target(*target.names[:length]).file for length in (1, 2)]
        environment, workspace = (contents.get(path) for path in above)
        if environment is None or workspace is None:
            return None
        files |= zip(above, (environment, workspace), strict=True)
        around[target.environment, target.workspace] = (environment, workspace)
        name = (target.environment, target.workspace, target.release)
        record = snapshot.deployments.get("/".join(name))
        if record is not None and all(snapshot.present.get(path) == wanted for path, wanted in record.files.items()):
            records[name] = record
    return Task(change, files, around, records)


@cache
def maker_code() -> str:
    """Stands for the code that decides what is made of a task: another process may have begun after an update."""
    result = blake2b(code_digest().encode(), digest_size=16)
    for folder in (Path(__file__).parents[1] / "changes", Path(__file__).parents[1] / "writer"):
        for path in sorted(folder.glob("*.py")):
            result.update(path.read_bytes())
    return result.hexdigest()


class Maker:
    """Does tasks."""

    def __init__(self, chart: ChartSource | None = None) -> None:
        self._preparer = Preparer(blob_name, chart)

    def warm_up(self) -> None:
        """Make what the first task would have to wait for: the chart's program, the schemas."""
        self._preparer.prepare(("warm-up", "warm-up", "warm-up"), _WARM_UP, None)

    def made(self, task: Task) -> Made | None:
        """What comes of a change; None for one that can't be done: what is wrong is told when its turn has come."""
        try:
            edits = applied(task.change, _Given(task.files), blob_name, now=_NO_TIME)
            prepared = [self._prepared(path, data, task) for path, data in edits.items() if data is not None]
        except Exception:
            return None
        return Made(edits, tuple(each for each in prepared if each is not None))

    def _prepared(self, path: str, data: bytes, task: Task) -> Prepared | None:
        match place_of(path):
            case Place("deployment", (environment, workspace, release)) if (environment, workspace) in task.around:
                name = (environment, workspace, release)
                sources = Sources(*task.around[environment, workspace], data)
                return self._preparer.prepare(name, sources, task.records.get(name))
        return None


class _Given(Mapping[str, bytes]):
    """The files of a task. Of others nothing is known, so nobody may ask for them."""

    def __init__(self, files: Mapping[str, bytes | None]) -> None:
        self._files = files

    def __getitem__(self, path: str) -> bytes:
        if path not in self._files:
            raise LookupError(f"{path} is not among what was given")  # no KeyError: it may be there
        data = self._files[path]
        if data is None:
            raise KeyError(path)
        return data

    def __iter__(self) -> Iterator[str]:
        raise LookupError("not all files were given")

    def __len__(self) -> int:
        raise LookupError("not all files were given")
