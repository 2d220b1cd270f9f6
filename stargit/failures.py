"""Failures of the machine that do not say by themselves which file they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def failures_at(target: Path) -> Iterator[None]:
    """Inside, a read or a write that fails (a full disk) tells the file that it was about; by itself it tells none."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(target)
        raise
