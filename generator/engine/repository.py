"""The whole repository: desired state in, rendered state out, or all problems of all files and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from generator.engine.code import code_digest
from generator.engine.present import Present, settled
from generator.engine.records import Index, Store, Units
from generator.engine.report import Changes, Rendered, Rendering, RenderReport
from generator.errors import ProblemsError
from generator.worktree import STAGING, Inventory, digest, locked, read_files, recover, scan, staging_problems

if TYPE_CHECKING:
    from generator.charts import ChartSource
    from generator.engine.run import Run

#: Told after each deployment: how many are done, and of how many.
Progress: TypeAlias = Callable[[int, int], None]


def render_repository(
    repository: Path,
    *,
    check: bool = False,
    chart: ChartSource | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
    processes: int | None = None,
) -> RenderReport:
    """Bring ``rendered/`` up to date; with ``check`` nothing is written, and the report says what would be.

    ``chart`` is the Airflow chart of this version of Stargit, unless another is given. With a ``cache`` folder what the
    last run found out is used; ``processes`` is by default the number of cores. Raises ``ProblemsError`` with all
    problems of all files; then nothing is changed. Runs at the same time wait for each other.
    """
    if problems := list(staging_problems(repository)):
        raise ProblemsError(problems)
    with ExitStack() as stack:
        if not check:
            stack.enter_context(locked(repository))
            recover(repository)
        store = Store(repository, cache)
        index = store.index()
        found = _Found(repository, chart)
        if not found.problems and found.as_left(index, store):
            left = (STAGING,) if check and (repository / STAGING).is_dir() else ()
            unowned = tuple(sorted({*index.unowned, *found.inventory.others}))
            return RenderReport(index.environments, Changes((), (), left, unowned, index.files))
        run = found.run(index, store.units(), progress, processes)
        if check:
            return run.check()
        report, index, units = run.write()
        store.save(index, units)
        return report


def validate_repository(
    repository: Path,
    *,
    chart: ChartSource | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
    processes: int | None = None,
) -> tuple[Rendered, ...]:
    """Check everything that ``render_repository`` would and write nothing. Raises ``ProblemsError``."""
    store = Store(repository, cache)
    index = store.index()
    return _Found(repository, chart).run(index, store.units(), progress, processes).validate()


def plan_repository(
    repository: Path, *, chart: ChartSource | None = None, progress: Progress | None = None
) -> Rendering:
    """Load, check and render everything in memory, and write nothing.

    Raises ``ProblemsError`` with all problems of all files: where a file is wrong, what does not depend on it is looked
    at all the same.
    """
    found = _Found(repository, chart, inventory=Inventory({}, ()))
    return found.run(Index(), Units(), progress, processes=1).in_memory()


class _Found:
    """What there is when a run begins."""

    def __init__(self, repository: Path, chart: ChartSource | None, inventory: Inventory | None = None) -> None:
        self.repository = repository
        self.chart = chart
        self.files, self.problems = read_files(repository)
        self.desired = {path: digest(data) for path, data in self.files.items()}
        self.code = code_digest() + (chart.digest if chart is not None else "")
        self.inventory = scan(repository) if inventory is None else inventory

    def as_left(self, index: Index, store: Store) -> bool:
        """Whether everything is as the last run left it."""
        if index.code != self.code or index.desired != self.desired or index.stamps != self.inventory.files:
            return False
        recent = [
            f"{folder}/{name}"
            for folder, names in self.inventory.files.items()
            for name, stamp in names.items()
            if not settled(stamp, index.saved)
        ]
        return not recent or Present(self.repository, self.inventory, index, store.units()).as_left(recent)

    def run(self, index: Index, units: Units, progress: Progress | None, processes: int | None) -> Run:
        # Imports templates and models, which a run with nothing to do needs not.
        from generator.engine.run import Run

        present = Present(self.repository, self.inventory, index, units)
        return Run(
            self.repository, self.files, self.desired, self.code, index, units, present, self.problems,
            chart=self.chart, progress=progress, processes=processes,
        )  # fmt: skip
