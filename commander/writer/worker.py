"""The process that ``Workers`` begins: it does what it is sent, one task after the other, until nobody sends any more.

Its parent may be killed at any time; then the line to it ends, and so does the process.
"""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from commander.writer.ahead import Maker, maker_code
from commander.writer.memory import collect_rarely
from generator.derived import keep_in


def work(descriptor: int, cache: str) -> None:
    """Say by what code it works, then answer tasks. ``cache`` is where what follows from the code is kept; or empty."""
    keep_in(Path(cache) if cache else None)
    maker = Maker()
    maker.warm_up()
    collect_rarely()
    with suppress(EOFError, OSError), Connection(descriptor) as line:
        line.send(maker_code())
        while True:
            number, task = line.recv()
            line.send((number, maker.made(task)))
