"""The state of a branch in memory, and how it follows what others push: read what changed, render what they left.

Rendered state always equals what the generator makes of desired state. Where somebody else's commit leaves it
otherwise, a commit of Commander's own puts it right. Files that are wrong are told; what was rendered of them stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from commander.changes import Trailers, trailers_of
from commander.git import LINK, Draft, Entry, Identity, Local, MovedError, Sign, Store, Truth, blob_name
from generator.charts import ChartSource
from generator.engine.records import Index
from generator.engine.records import Store as Records
from generator.engine.snapshot import Edits, Snapshot, Step
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
        self.done: dict[str, tuple[str, Trailers]] = {}
        self.odd: dict[str, Problem] = {}
        self._records = Records(store.path, cache)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong with files that others pushed."""
        return [*self.odd.values(), *(each for found in self.snapshot.wrong.values() for each in found)]

    def follow(self, committer: Identity) -> None:
        """Be at the branch's tip, whatever was pushed; render what was left unrendered in a commit of one's own.

        Raises ``StoreError`` or ``OSError``, and ``MovedError`` when others don't stop moving the branch.
        """
        for _ in range(_ATTEMPTS):
            tip = self.truth.tip()
            if tip is None:
                raise self.store.error(f"there is no branch {self.store.branch}; push a first commit")
            if tip == self.revision:
                return
            step = self._take(tip)
            if not (step.written or step.removed):
                self._remember_changes(tip)
                self.revision = tip
                return
            try:
                draft = self._rendered(tip, step, committer)
            except MovedError:
                self.snapshot.take_back(step)
                continue
            except BaseException:
                self.snapshot.take_back(step)
                raise
            self._remember_changes(tip)
            self.revision = draft.tip
            return
        raise MovedError(self.truth.tip())

    def keep_records(self) -> None:
        """Keep what is known of rendered state for the next start, if that is possible."""
        self._records.save(Index(code=self.snapshot.code), self.snapshot.units)

    # --- what others did -----------------------------------------------------------------------------------------

    def _take(self, tip: str) -> Step:
        if self.revision:
            changed = dict(self.store.changed(self.revision, tip))
            known = None
        else:
            changed = dict(chain(self.store.files(tip, DESIRED), self.store.files(tip, RENDERED)))
            known = self._records.units() if self._records.index().code == self.snapshot.code else None
        desired = {path: entry for path, entry in changed.items() if path.startswith(f"{DESIRED}/")}
        present = {
            path: entry.name if entry is not None else None
            for path, entry in changed.items()
            if path.startswith(f"{RENDERED}/")
        }
        edits = self._edits(desired)
        return self.snapshot.change(edits, present=present, known=known, is_generated=self._is_generated, lenient=True)

    def _edits(self, entries: Mapping[str, Entry | None]) -> Edits:
        edits: dict[str, bytes | None] = {}
        for path, entry in entries.items():
            self.odd.pop(path, None)
            if any(part.startswith(".") for part in path.split("/")):
                continue
            data = self._read(path, entry) if entry is not None else None
            if data is not None or path in self.snapshot.desired.contents:
                edits[path] = data
        return edits

    def _read(self, path: str, entry: Entry) -> bytes | None:
        """The contents of a file; nothing, and a problem, for what is none of desired state's."""
        if entry.is_file and not path.endswith((".yaml", ".yml")):
            return None  # nobody's business
        if shown(path) != path:
            wrong = "has characters in its name that are not allowed"
        elif not entry.is_file:
            wrong = "is a symbolic link" if entry.mode == LINK else "is a submodule"
        else:
            data = self.store.data(entry.name, LIMITS.file_bytes)
            if data is not None:
                return data
            wrong = f"is larger than {LIMITS.file_bytes:,} bytes"
        self.odd[path] = Problem(wrong, file=shown(path), allowed="a regular file")
        return None

    def _is_generated(self, path: str) -> bool:
        data = self.store.data(self.snapshot.present[path], LIMITS.file_bytes)
        return data is not None and data.startswith(_HEADER)

    # --- putting rendered state right ----------------------------------------------------------------------------

    def _rendered(self, tip: str, step: Step, committer: Identity) -> Draft:
        draft = self.store.draft(tip, self.sign)
        changes: dict[str, bytes | None] = {**step.written, **dict.fromkeys(step.removed)}
        draft.commit(changes, f"Render what {tip[:12]} left unrendered\n", committer, committer)
        self.store.write(draft)
        self.truth.publish(tip, draft.tip)
        return draft

    # --- changes that were done ----------------------------------------------------------------------------------

    def _remember_changes(self, tip: str) -> None:
        """The changes in commits that are new; where history was rewritten, those that are still in it."""
        known = self.revision if self.revision and self.store.contains(tip, self.revision) else None
        if known is None:
            self.done.clear()
        for commit, message in self.store.log(tip, known):
            trailers = trailers_of(message)
            if trailers is not None:
                self.done.setdefault(trailers.key, (commit, trailers))
