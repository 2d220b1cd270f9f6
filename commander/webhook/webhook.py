"""The webhook's own thread: it hears where the branch is, and tells Argo CD what lies between that and what it told
last.

So nothing queues up: of a burst of commits, or of those that came while Argo CD was away, one call tells all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from commander.git import Repository, StoreError
from commander.reading import GitOpsSettings
from commander.webhook.endpoint import Endpoint, SendError
from commander.webhook.push import pushes
from commander.webhook.repeats import Repeats

#: Seconds between two calls, so that bursts become one.
_APART = 0.2
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 10.0
#: Seconds after which Argo CD finds the commits by itself: it polls every two to three minutes.
_PATIENCE = 180.0
#: Seconds that stopping waits for a call that is under way.
_LAST = 2.0

Result: TypeAlias = Literal["told", "told again", "again", "given up"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of telling; ``told again`` is what Argo CD may have forgotten. ``seconds`` are from when the branch
    moved. ``files`` is 0 when they were too many to be told one by one; ``message`` is why it did not work."""

    result: Result
    revision: str
    seconds: float
    calls: int = 0
    files: int = 0
    message: str = ""


class Webhook:
    """Tells ``endpoint`` of the branch of the bare repository at ``path``, from the commit ``since`` on.

    ``heard`` is called in its thread with what came of it. After ``patience`` seconds it is given up.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        path: Path,
        branch: str,
        since: str,
        *,
        heard: Callable[[Heard], None] = lambda _: None,
        patience: float = _PATIENCE,
    ) -> None:
        """Raises ``StoreError``."""
        self._endpoint, self._heard, self._patience = endpoint, heard, patience
        self._repository = Repository(path, branch)
        self._settings = GitOpsSettings()
        self._repeats = Repeats()
        self._told, self._wanted = since, since
        #: When the first move was heard of that nobody has begun to tell.
        self._moved: float | None = None
        self._change = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="commander-webhook", daemon=True)
        self._thread.start()

    def moved(self, revision: str) -> None:
        """The branch is at this commit. Takes no time."""
        with self._change:
            if self._moved is None:
                self._moved = time.monotonic()
            self._wanted = revision
            self._change.notify()

    def close(self) -> None:
        """Tell what waits, once, and end."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join(_LAST)

    # --- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._change:
                while self._wanted == self._told and not self._closed:
                    due = self._repeats.due(time.monotonic())
                    if due == 0.0:
                        break
                    self._change.wait(due)
                moved = self._wanted != self._told
                if self._closed and not moved:
                    return
            # A repeat comes first: without an end of moves there would never be one.
            if self._repeats.due(time.monotonic()) == 0.0:
                self._tell_again()
            if moved:
                self._tell()
            with self._change:
                self._change.wait_for(lambda: self._closed, _APART)

    def _tell(self) -> None:
        """Tell until it is told, or given up."""
        wait = _FIRST_WAIT
        moved = self._moved or time.monotonic()
        while True:
            with self._change:
                wanted, self._moved = self._wanted, None
            try:
                calls, files = self._once(wanted)
            except (SendError, StoreError) as error:
                failed, retry = str(error), error.retry
            except Exception as error:  # a defect must end neither the thread nor the service
                failed, retry = f"a defect of Commander: {type(error).__name__}: {error}"[:500], False
            else:
                self._done(Heard("told", wanted, time.monotonic() - moved, calls, files))
                return
            late = time.monotonic() - moved
            if not retry or self._closed or late + wait > self._patience:
                self._done(Heard("given up", wanted, late, message=failed))
                return
            self._heard(Heard("again", wanted, late, message=failed))
            with self._change:
                self._change.wait_for(lambda: self._closed, wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _tell_again(self) -> None:
        """If that does not work, it was not needed, or Argo CD finds out by itself."""
        found = self._repeats.take()
        began = time.monotonic()
        try:
            for each in found:
                self._endpoint.send("push", each.as_json())
        except SendError as error:
            self._heard(Heard("again", self._told, time.monotonic() - began, message=str(error)))
        else:
            files = sum(each.files for each in found)
            self._heard(Heard("told again", self._told, time.monotonic() - began, len(found), files))

    def _once(self, wanted: str) -> tuple[int, int]:
        self._repository.look_again()
        settings = {
            **self._settings.at(self._repository, self._told),
            **self._settings.at(self._repository, wanted),
        }
        found = pushes(self._repository, self._told, wanted, settings)
        for each in found:
            self._endpoint.send("push", each.as_json())
        self._repeats.told(found, time.monotonic())
        return len(found), sum(each.files for each in found)

    def _done(self, heard: Heard) -> None:
        with self._change:
            self._told = heard.revision
        self._heard(heard)
