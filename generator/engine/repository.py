"""The whole repository: desired state in, rendered state out, or all problems of all files and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from generator.engine.code import code_digest
from generator.engine.present import Present
from generator.engine.records import Records, Store
from generator.engine.report import Changes, Rendering, RenderReport
from generator.errors import ProblemsError
from generator.worktree import STAGING, Inventory, digest, locked, read_files, recover, scan, staging_problems

if TYPE_CHECKING:
    from generator.charts import ChartSource

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
        files, problems = read_files(repository)
        desired = {path: digest(data) for path, data in files.items()}
        store = Store(repository, cache)
        records = store.load()
        inventory = scan(repository)
        present = Present(repository, inventory, records)
        code = code_digest() + (chart.digest if chart is not None else "")
        if not problems and (unowned := _nothing_to_do(desired, code, records, present)) is not None:
            left = (STAGING,) if check and (repository / STAGING).is_dir() else ()
            return RenderReport(records.environments, Changes((), (), left, unowned, len(present.known)))
        # What follows imports templates and models.
        from generator.engine.run import Run

        run = Run(
            repository,
            files,
            desired,
            code,
            records,
            present,
            problems,
            chart=chart,
            progress=progress,
            processes=processes,
        )
        if check:
            return run.check()
        report, kept = run.write()
        store.save(kept)
        return report


def plan_repository(
    repository: Path, *, chart: ChartSource | None = None, progress: Progress | None = None
) -> Rendering:
    """Load, check and render everything in memory, and write nothing.

    Raises ``ProblemsError`` with all problems of all files: where a file is wrong, what does not depend on it is looked
    at all the same.
    """
    from generator.engine.run import Run

    files, problems = read_files(repository)
    desired = {path: digest(data) for path, data in files.items()}
    empty = Records()
    present = Present(repository, Inventory({}, ()), empty)
    run = Run(repository, files, desired, "", empty, present, problems, chart=chart, progress=progress, processes=1)
    return run.in_memory()


def _nothing_to_do(desired: Mapping[str, str], code: str, records: Records, present: Present) -> tuple[str, ...] | None:
    """When everything is as the last run left it, the files of others under ``rendered/``; else None."""
    if records.code != code or records.desired != desired:
        return None
    if not all(present.digest(path) == wanted for path, wanted in present.known.items()):
        return None
    others = [path for path in present.inventory.paths() if path not in present.known]
    if any(present.is_ours(path) for path in others):
        return None
    return tuple(sorted((*others, *present.inventory.others)))
