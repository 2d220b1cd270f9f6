"""Many deployments, over all cores, with the outcomes in the order of the deployments.

Worker processes are forks: files, records and the compiled chart are shared with them and never sent. What comes back
is small, because the bytes of rendered files go to the ``sink`` in the worker.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from generator.charts import ChartSource
from generator.desired import Deployment, Reader
from generator.engine.records import Units
from generator.engine.unit import Digest, Outcome, render_unit
from generator.errors import Problem
from generator.worktree import digest

#: Environment, workspace and release.
Name: TypeAlias = tuple[str, str, str]

# Fewer units than this are done before the other processes have begun.
_WORTH_PROCESSES = 16
_CHUNK = 16
# What is made for a deployment holds no cycles; looking for some every 700 objects takes a tenth of the time.
_COLLECT_AFTER = 50_000


@dataclass(frozen=True, slots=True)
class Job:
    """What all units share.

    ``inputs`` gives the digests of a unit's files, ``facts`` makes what others need to know of a deployment. ``sink``
    takes each rendered file that differs from what is there (``present`` gives that one's digest) where it is made,
    which may be another process; without one the bytes come back.
    """

    reader: Reader
    chart: ChartSource
    code: str
    units: Units
    inputs: Callable[[Name], tuple[str, ...]]
    facts: Callable[[Deployment, Mapping[str, list[Any]]], Mapping[str, Any]]
    present: Callable[[str], str | None]
    sink: Callable[[str, bytes], None] | None
    digest: Digest = digest


@dataclass(frozen=True, slots=True)
class Done:
    """A unit's outcome. ``differing`` went to the sink; without one they are in ``outcome.files``."""

    name: Name
    outcome: Outcome
    rendered: bool
    differing: tuple[str, ...] = ()


def run(job: Job, names: Sequence[Name], processes: int | None) -> Iterator[Done]:
    """Render units; ``processes`` is by default the number of cores that may be used."""
    if processes is None:
        processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processes < 2 or len(names) < _WORTH_PROCESSES or "fork" not in multiprocessing.get_all_start_methods():
        for name in names:
            yield _one(job, name)
        return
    # What the first one needs is made before the processes part, not in each of them: the program, the validators.
    yield _one(job, names[0])
    gc.collect()
    gc.freeze()
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(job,))
    try:
        yield from pool.map(_work, names[1:], chunksize=_CHUNK)
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


_job: Job | None = None


def _begin(job: Job) -> None:
    global _job  # noqa: PLW0603  (a process works on one job)
    _job = job
    gc.set_threshold(_COLLECT_AFTER)


def _work(name: Name) -> Done:
    assert _job is not None
    return _one(_job, name)


def _one(job: Job, name: Name) -> Done:
    deployment, problems = _read(job.reader, name)
    if deployment is None:
        return Done(name, Outcome("", problems), rendered=False)
    known = job.units.deployments.get("/".join(name))
    given = (deployment, job.chart, job.code, job.inputs(name))
    outcome = render_unit(*given, known, job.facts, job.present, job.digest)
    if outcome.record is None:
        return Done(name, outcome, rendered=True)
    files = outcome.files
    if files is None and _all_there(outcome.record.files, job.present):
        return Done(name, outcome, rendered=False)
    if files is None:  # the record holds, but somebody changed or removed what was written
        outcome = render_unit(*given, None, job.facts, job.present, job.digest)
        if outcome.record is None or outcome.files is None:
            return Done(name, outcome, rendered=True)
        files = outcome.files
    assert outcome.record is not None
    differing = [path for path, wanted in outcome.record.files.items() if job.present(path) != wanted]
    if job.sink is None:
        there = {path: files[path] for path in differing}
        return Done(name, replace(outcome, files=there), rendered=True, differing=tuple(differing))
    for path in differing:
        job.sink(path, files[path])
    return Done(name, replace(outcome, files=None), rendered=True, differing=tuple(differing))


def _read(reader: Reader, name: Name) -> tuple[Deployment | None, tuple[Problem, ...]]:
    before = len(reader.problems)
    deployment = reader.deployment(*name)
    file = reader.places.deployments[name]
    return deployment, tuple(problem for problem in reader.problems[before:] if problem.file == file)


def _all_there(files: Mapping[str, str], present: Callable[[str], str | None]) -> bool:
    return all(present(path) == wanted for path, wanted in files.items())
