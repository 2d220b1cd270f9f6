"""Charts on disk: a folder or a package for people, and a folder in the cache for Helm to read from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from generator.charts import ChartSource, chart_files, package, package_name
from generator.errors import Problem, ProblemsError
from stargit.failures import failures_at
from stargit.resources import cache_folder

_MARK = "stargit.dev/source-digest"


def chart(name: str) -> ChartSource:
    """The chart of that name. Raises ``ProblemsError`` when there is none."""
    from generator.airflow.chart import airflow_chart

    known = {"airflow": airflow_chart}
    if name not in known:
        raise ProblemsError([Problem(f"there is no chart '{name}'", allowed=", ".join(known))])
    return known[name]()


def write_chart(source: ChartSource, folder: Path) -> Path:
    """Write the chart as ``folder/<name>/``, which is replaced as a whole. Returns its path.

    Raises ``ProblemsError`` when the templates are wrong, or when something else is in that place.
    """
    files = chart_files(source)
    target = folder / source.name
    if target.is_symlink() or (target.exists() and not _is_ours(target)):
        raise ProblemsError(
            [Problem("is in the place of the chart, and Stargit did not write it", file=str(target), hint="move it")]
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{source.name}-") as scratch:
        with failures_at(target):
            _write(files, Path(scratch) / "new")
        if target.exists():
            target.rename(Path(scratch) / "old")
        (Path(scratch) / "new").rename(target)
    return target


def write_package(source: ChartSource, folder: Path) -> Path:
    """Write the chart as a package for Helm into the folder. Returns its path. Raises ``ProblemsError``."""
    data = package(source, chart_files(source))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / package_name(source)
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=f".{source.name}-")
    try:
        with failures_at(target), os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return target


def cached_chart(source: ChartSource) -> Path:
    """The chart's folder in the person's cache, for reading; it is written when it is not there yet."""
    files = chart_files(source)
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    target = cache_folder() / "charts" / f"{source.name}-{digest[:24]}" / source.name
    if not target.exists():
        folder = target.parent.parent
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder, prefix=".making-"))
        try:
            with failures_at(target):
                _write(files, scratch / source.name)
            scratch.rename(target.parent)
        except OSError:
            if not target.exists():  # else another process was quicker with the same files
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def _write(files: Mapping[str, str], folder: Path) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")


def _is_ours(folder: Path) -> bool:
    """Whether it is empty, or a chart that Stargit wrote."""
    if not folder.is_dir():
        return False
    about = folder / "Chart.yaml"
    if not about.is_file():
        return not any(folder.iterdir())
    return _MARK in about.read_text(encoding="utf-8", errors="replace")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
