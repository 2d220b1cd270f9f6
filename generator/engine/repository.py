"""The whole repository: desired state in, rendered state out, or all problems of all files and nothing written."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.derived import code_digest
from generator.engine.present import TICKS, Present, settled
from generator.engine.records import Index, Store, Units
from generator.engine.report import Changes, Progress, Rendered, Rendering, RenderReport
from generator.errors import ProblemsError
from generator.worktree import STAGING, Inventory, digest, locked, read_files, recover, scan, staging_problems

if TYPE_CHECKING:
    from generator.charts import ChartSource
    from generator.engine.rendering import PresentDigest, Renderer


def render_repository(
    repository: Path,
    *,
    check: bool = False,
    prune_all: bool = False,
    chart: ChartSource | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
    processes: int | None = None,
) -> RenderReport:
    """Bring ``rendered/`` up to date; with ``check`` nothing is written, and the report says what would be.

    Where an environment has rendered deployments and desired state has none of it, that is a problem, unless
    ``prune_all`` says that it is meant.

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
        with _uncollected():
            index = store.index()
            found = _Found(repository, chart)
            nothing_to_do = not found.problems and found.as_left(index, store)
        if nothing_to_do:
            left = (STAGING,) if check and (repository / STAGING).is_dir() else ()
            unowned = tuple(sorted({*index.unowned, *found.inventory.others}))
            return RenderReport(index.environments, Changes((), (), left, unowned, index.files))
        from generator.engine.target import compare, stamps, write

        units = store.units()
        present = Present(repository, found.inventory, index, units)
        renderer = found.renderer(index, units, present.digest, progress, processes)
        if check:
            made = renderer.render(_nowhere)
            changes = compare(made, present, prune_all=prune_all)
            if (repository / STAGING).is_dir():
                changes = replace(changes, removed=(STAGING, *changes.removed))
            return RenderReport(made.environments, changes, made.affected)
        made, changes = write(repository, renderer, present, prune_all=prune_all)
        left_now = stamps(repository, changes, present)
        files = len(made.wanted())
        store.save(Index(found.code, found.digests, left_now, changes.unowned, made.environments, files), made.units)
        return RenderReport(made.environments, changes, made.affected)


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
    found = _Found(repository, chart)
    if not found.problems and found.as_left(index, store):
        return index.environments  # the last run checked just this
    units = store.units()
    present = Present(repository, found.inventory, index, units)
    return found.renderer(index, units, present.digest, progress, processes).render(_nowhere).environments


def plan_repository(
    repository: Path, *, chart: ChartSource | None = None, progress: Progress | None = None
) -> Rendering:
    """Load, check and render everything in memory, and write nothing.

    Raises ``ProblemsError`` with all problems of all files: where a file is wrong, what does not depend on it is looked
    at all the same.
    """
    found = _Found(repository, chart, inventory=Inventory({}, ()))
    files: dict[str, bytes] = {}
    made = found.renderer(Index(), Units(), lambda path: None, progress, processes=1).render(files.__setitem__)
    return Rendering(made.environments, dict(sorted(files.items())))


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is read and looked over here holds no cycles; to look for some takes a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _code(chart: ChartSource | None) -> str:
    return code_digest() + (chart.digest if chart is not None else "")


def _nowhere(path: str, data: bytes) -> None:
    """Where the bytes of a check go."""


class _Found:
    """What there is when a run begins."""

    def __init__(self, repository: Path, chart: ChartSource | None, inventory: Inventory | None = None) -> None:
        self.repository = repository
        self.chart = chart
        self.files, self.problems = read_files(repository)
        self.digests = {path: digest(data) for path, data in self.files.items()}
        self.code = _code(chart)
        self.inventory = scan(repository) if inventory is None else inventory

    def as_left(self, index: Index, store: Store) -> bool:
        """Whether everything is as the last run left it."""
        if index.code != self.code or index.desired != self.digests or index.stamps != self.inventory.files:
            return False
        recent = [
            f"{folder}/{name}"
            for folder, names in self.inventory.files.items()
            for name, stamp in names.items()
            if stamp[1] > index.saved - TICKS and not settled(stamp, index.saved)  # hardly any
        ]
        return not recent or Present(self.repository, self.inventory, index, store.units()).as_left(recent)

    def renderer(
        self, index: Index, units: Units, present: PresentDigest, progress: Progress | None, processes: int | None
    ) -> Renderer:
        # Imports templates and models, which a run with nothing to do needs not.
        from generator.engine.rendering import Desired, Renderer

        desired = Desired(self.files, self.digests, tuple(self.problems), self.code)
        return Renderer(desired, index, units, present, chart=self.chart, progress=progress, processes=processes)
