"""The state of a branch in memory, and how it follows what others push: read what changed, render what they left.

Rendered state always equals what the generator makes of desired state. Where somebody else's commit leaves it
otherwise, a commit of Commander's own puts it right. Files that are wrong are told; what was rendered of them stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path

from commander.changes import trailers_of
from commander.git import (
    FOLDER,
    LINK,
    Draft,
    Entry,
    Identity,
    Local,
    MovedError,
    Sign,
    Store,
    StoreError,
    Truth,
    blob_name,
)
from commander.writer.done import Doings
from commander.writer.emptied import emptied
from commander.writer.outcome import defect_told
from generator.charts import ChartSource
from generator.engine.records import Index
from generator.engine.records import Store as Records
from generator.engine.snapshot import Known, Snapshot, Step
from generator.errors import Problem
from generator.worktree import DESIRED, HEADER, LIMITS, RENDERED, shown

#: Who moves the branch again and again while Commander follows has to be followed as often; then it is told.
_ATTEMPTS = 20
_HEADER = HEADER.encode()


class Tracker:
    """``revision`` is the commit that ``snapshot`` is of, ``done`` the commits of changes by the changes' keys.

    ``odd`` are files that can't be read at all (links, submodules, too large), with what is wrong.
    """

    def __init__(
        self,
        store: Store,
        *,
        truth: Truth | None = None,
        sign: Sign | None = None,
        chart: ChartSource | None = None,
        cache: Path | None = None,
        processes: int | None = None,
    ) -> None:
        self.store = store
        self.truth = truth or Local(store)
        self.sign = sign
        self.revision = ""
        self.snapshot = Snapshot(chart=chart, digest=blob_name, processes=processes)
        self.done = Doings()
        self.odd: dict[str, Problem] = {}
        #: What others left unrendered, while it is not published.
        self.held: Draft | None = None
        self._let_go: Callable[[], None] = _nothing
        self._records = Records(store.path, cache)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong with files that others pushed."""
        wrong = (found for path, found in self.snapshot.wrong.items() if path not in self.odd)
        return [*self.odd.values(), *self.snapshot.waiting.values(), *(each for found in wrong for each in found)]

    def follow(self, committer: Identity, *, hold: bool = False) -> None:
        """Be at the branch's tip, whatever was pushed; render what was left unrendered in a commit of one's own.

        ``hold``: that commit is not published but ``held``, for more to be put on top: one push is lost to others half
        as often as two. It ends by ``published`` or ``let_go``. Raises ``StoreError`` or ``OSError``, and
        ``MovedError`` when others don't stop moving the branch.
        """
        for _ in range(_ATTEMPTS):
            tip = self.truth.tip()
            if tip is None:
                raise self.store.error(f"there is no branch {self.store.branch}; push a first commit")
            if tip == self.revision:
                return
            with self._told(tip):
                new, rewritten = self._changes(tip)
                step, odd = self._take(tip)
            try:
                with self._told(tip):
                    draft = self._rendered(tip, step, committer)
                if draft is not None and not hold:
                    self.store.write(draft)
                    self.truth.publish(tip, draft.tip)
            except MovedError:
                self.snapshot.take_back(step)
                continue
            except BaseException:
                self.snapshot.take_back(step)
                raise
            before = self.done
            added = [] if rewritten else before.take(new)
            if draft is not None and hold:
                self.held, self._let_go = draft, partial(self._back, step, self.revision, before, added, self.odd)
            self.revision = draft.tip if draft is not None else tip
            self.done, self.odd = new if rewritten else before, odd
            self.snapshot.processes = 1  # from now on changes are few, and threads may be about
            return
        raise MovedError(self.truth.tip())

    def published(self) -> None:
        """What was held is where the truth is."""
        self.held, self._let_go = None, _nothing

    def let_go(self) -> None:
        """What was held could not be published: be where it was before."""
        self._let_go()
        self.published()

    def _back(self, step: Step, revision: str, done: Doings, added: list[bytes], odd: dict[str, Problem]) -> None:
        self.snapshot.take_back(step)
        done.forget(added)
        self.revision, self.done, self.odd = revision, done, odd

    @contextmanager
    def _told(self, tip: str) -> Iterator[None]:
        """What nobody thought of in something that others pushed: told with the commit, and looked at anew later."""
        try:
            yield
        except (StoreError, MovedError, OSError):
            raise
        except Exception as error:
            raise self.store.error(f"commit {tip} can't be followed: {defect_told(error)}", defect=error) from error

    def keep_records(self) -> None:
        """Keep what is known of rendered state for the next start, if that is possible."""
        self._records.save(Index(code=self.snapshot.code), self.snapshot.units)

    # --- what others did -----------------------------------------------------------------------------------------

    def _take(self, tip: str) -> tuple[Step, dict[str, Problem]]:
        """The step to what is at ``tip``, and the files there that can't be read."""
        if self.revision:
            changed = dict(self.store.changed(self.revision, tip))
            known = None
        else:
            changed = dict(chain(self.store.files(tip, DESIRED), self.store.files(tip, RENDERED)))
            known = Known(self._records.index().code, self._records.units())
        odd = dict(self.odd)
        edits: dict[str, bytes | None] = {}
        present: dict[str, str | None] = {}
        for path, entry in changed.items():
            if path.startswith(f"{RENDERED}/"):
                present[path] = entry.told if entry is not None else None
            elif path.startswith(f"{DESIRED}/") and not any(part.startswith(".") for part in path.split("/")):
                self._edit(path, entry, edits, odd)
        waiting = emptied(self.store, tip, self.snapshot, edits, present, self._is_generated)
        step = self.snapshot.change(
            edits,
            present=present,
            known=known,
            is_generated=lambda path: self._is_generated(self.snapshot.present[path]),
            lenient=True,
            waiting=waiting,
        )
        return step, odd

    def _edit(self, path: str, entry: Entry | None, edits: dict[str, bytes | None], odd: dict[str, Problem]) -> None:
        odd.pop(path, None)
        data: bytes | None = None
        if entry is not None and (not entry.is_file or path.endswith((".yaml", ".yml"))):
            wrong, data = self._read(path, entry)
            if wrong:
                odd[path] = Problem(wrong, file=shown(path), allowed="a regular file")
                # It is there all the same: what was rendered of it stays until it can be read.
                data = b"" if path.endswith(".yaml") and shown(path) == path else None
        if data is not None or path in self.snapshot.desired.contents:
            edits[path] = data

    def _read(self, path: str, entry: Entry) -> tuple[str, bytes | None]:
        """What is wrong with a file, or its contents."""
        if shown(path) != path:
            return "has characters in its name that are not allowed", None
        if not entry.is_file:
            kinds = {LINK: "is a symbolic link", FOLDER: "is a folder that is too deep"}
            return kinds.get(entry.mode, "is a submodule"), None
        data = self.store.data(entry.name, LIMITS.file_bytes)
        return ("", data) if data is not None else (f"is larger than {LIMITS.file_bytes:,} bytes", None)

    def _is_generated(self, name: str) -> bool:
        if " " in name:
            return False  # a link, or a submodule
        data = self.store.data(name, LIMITS.file_bytes)
        return data is not None and data.startswith(_HEADER)

    # --- putting rendered state right ----------------------------------------------------------------------------

    def _rendered(self, tip: str, step: Step, committer: Identity) -> Draft | None:
        """A commit that has what ``tip`` left unrendered; None when it left nothing."""
        if not (step.written or step.removed):
            return None
        draft = self.store.draft(tip, self.sign)
        changes: dict[str, bytes | None] = {**step.written, **dict.fromkeys(step.removed)}
        draft.commit(changes, f"Render what {tip[:12]} left unrendered\n", committer, committer)
        return draft

    # --- changes that were done ----------------------------------------------------------------------------------

    def _changes(self, tip: str) -> tuple[Doings, bool]:
        """The changes in the commits up to ``tip`` that are new; all that are in it where history was rewritten, and
        whether it was."""
        known = self.revision if self.revision and self.store.contains(tip, self.revision) else None
        found = Doings()
        for commit, message in self.store.log(tip, known):
            with self._told(commit):
                trailers = trailers_of(message)
                if trailers is not None:
                    found.add(trailers.key, commit, trailers.digest)
        return found, known is None


def _nothing() -> None:
    """Nothing is held."""
