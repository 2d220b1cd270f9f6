"""What is asked of a database, so that a test can count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_BESIDE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that any engine of this process sends inside, but for those around transactions."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(_BESIDE):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
