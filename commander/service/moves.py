"""The news that the branch has moved, from the writer's thread to everybody who waits in the event loop."""

from __future__ import annotations

import asyncio
import contextlib


class Moves:
    """Made in the event loop; ``tell`` may be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._next = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        """Set when the branch moves after this. Take it before you look where the branch is."""
        return self._next

    def tell(self, _revision: str = "") -> None:
        """The branch is at another commit."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._next.set()
        self._next = asyncio.Event()


async def happened(event: asyncio.Event, seconds: float) -> bool:
    """Wait for it; False when it did not happen for so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
