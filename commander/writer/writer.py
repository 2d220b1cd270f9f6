"""Batches of changes become commits: one commit a change, one write and one move of the branch a batch."""

from __future__ import annotations

import errno
import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from commander.changes import Change, ConflictError, applied, message_of
from commander.git import Draft, Identity, MovedError, Store, StoreError, blob_name
from commander.writer.ahead import Made
from commander.writer.done import Done
from commander.writer.observing import Nobody, Observer
from commander.writer.outcome import Applied, Conflict, Failed, Outcome, Preview, Previewed, Refused, defect_told
from commander.writer.tracking import Tracker
from commander.writer.workers import Workers
from generator.engine.snapshot import Step
from generator.errors import Problem, ProblemsError

_ATTEMPTS = 30
_MOVING = "others moved the branch all the time; try again"
#: Seconds before the second attempt at most; twice as long before each that follows, up to the last.
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 0.5
#: After so many changes it is looked who else has come.
_LOOK_AHEAD = 8
#: What others use up, and may give back.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)


@dataclass(frozen=True, slots=True)
class _Written:
    """A change that is a commit of the draft."""

    change: Change
    commit: str
    step: Step


class Writer:
    """The one who moves the branch from here. Not for several threads at a time.

    ``name`` and ``email`` are Commander's own, ``clock`` gives seconds since 1970, ``wait`` and ``chance`` (from 0 to
    1) decide when it is tried again after others were first. ``observer`` hears how it goes. ``workers`` do what they
    can for a change before its turn comes; ``coming`` tells, to whoever can, which changes are next after those that
    are being done; ``trouble`` hears what went wrong where no caller waits, with the exception where that is a defect.
    """

    def __init__(
        self,
        tracker: Tracker,
        *,
        name: str,
        email: str,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        observer: Observer | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.tracker = tracker
        self.coming: Callable[[], Iterable[Change]] = tuple
        self.trouble: Callable[[str, BaseException | None], None] = lambda _, __: None
        self._workers = workers or Workers(0)
        self._name, self._email = name, email
        self._clock, self._wait, self._random = clock, wait, chance
        self._observer: Observer = observer or Nobody()
        tracker.truth.retried = lambda: self._observer.again("trouble")

    @property
    def _store(self) -> Store:
        return self.tracker.store

    def follow(self) -> None:
        """Be where the branch is. Raises ``StoreError``, ``OSError``, ``MovedError``."""
        self.tracker.follow(self._me())

    def look(self) -> None:
        """Find out what others pushed to where the truth is, and follow. Raises as ``follow`` does."""
        self.tracker.truth.look()
        self.follow()

    def tidy(self) -> None:
        """Keep the repository in shape, if it is time. Raises ``StoreError``, ``OSError``; then it still is usable."""
        self._store.tidy()

    def close(self) -> None:
        """End the workers; changes can still be done."""
        self._workers.close()

    def apply(self, changes: Sequence[Change]) -> list[Outcome]:
        """Do changes one after the other; what became of each. What is ``Applied`` survives power loss.

        One that is wrong harms no other. When others moved the branch meanwhile, all are done again on top of that.
        """
        outcomes = self._tried(changes)
        for each in outcomes:
            self._observer.became(each)
        return outcomes

    def _tried(self, changes: Sequence[Change]) -> list[Outcome]:
        for attempt in range(_ATTEMPTS):
            try:
                self.tracker.follow(self._me(), hold=True)
                return self._once(changes)
            except MovedError:
                self._observer.again("moved")
                # Who waits as long as the others meets them again.
                most = min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
                self._wait(self._random() * most)
            except (StoreError, OSError) as error:
                return [_failed(error)] * len(changes)
        return [Failed(_MOVING, retry=True)] * len(changes)

    def preview(self, change: Change) -> Preview:
        """What a change would do to the branch as it is known here; nothing is written."""
        if not self.tracker.revision:  # it could not be followed so far
            try:
                self.follow()
            except (StoreError, OSError) as error:
                return _failed(error)
            except MovedError:
                return Failed(_MOVING, retry=True)
        snapshot, revision = self.tracker.snapshot, self.tracker.revision
        try:
            edits = applied(change, snapshot.desired.contents, blob_name, now=self._clock())
            self._refuse_odd(edits)
            step = snapshot.change(edits)
        except ConflictError as error:
            return Conflict(error.problem, revision)
        except ProblemsError as error:
            return Refused(error.problems)
        snapshot.take_back(step)
        return Previewed(revision, {**edits, **step.written, **dict.fromkeys(step.removed)})

    def _once(self, changes: Sequence[Change]) -> list[Outcome]:
        """Raises ``MovedError``, ``StoreError``, ``OSError``; then nothing has changed."""
        started = time.perf_counter()
        draft = self.tracker.held or self._store.draft(self.tracker.revision, self.tracker.sign)
        made: list[_Written] = []
        outcomes: list[Outcome] = []
        try:
            for number, change in enumerate(changes):
                if number % _LOOK_AHEAD == 0:
                    self._expect([*changes[number:], *self.coming()])
                outcomes.append(self._one(change, draft, made))
            self._expect(self.coming())
            if draft.tip != draft.base:
                self._store.write(draft)
                written = time.perf_counter()
                self.tracker.truth.publish(draft.base, draft.tip)
                self._observer.wrote(len(made), written - started, time.perf_counter() - written)
        except BaseException:
            for each in reversed(made):
                self.tracker.snapshot.take_back(each.step)
            self.tracker.let_go()
            raise
        self.tracker.published()
        for each in made:
            self.tracker.done.add(each.change.key, each.commit, each.change.digest)
        self.tracker.revision = draft.tip
        return outcomes

    def _one(self, change: Change, draft: Draft, made: list[_Written]) -> Outcome:
        known = self.tracker.done.find(change.key) or next(
            (Done(each.commit, each.change.digest) for each in made if each.change.key == change.key), None
        )
        if known is not None:
            commit = known.commit
            if known.is_of(change.digest):
                return Applied(commit, repeated=True)
            what = f"the key '{change.key}' is that of another change, commit {commit[:12]}"
            return Refused((Problem(what, allowed="a key of its own for each change"),))
        snapshot = self.tracker.snapshot
        try:
            ahead = self._taken(change)
            now = self._clock()
            edits = ahead.edits if ahead else applied(change, snapshot.desired.contents, blob_name, now=now)
            self._refuse_odd(edits)
            step = snapshot.change(edits, prepared=ahead.prepared if ahead else ())
        except ConflictError as error:
            return Conflict(error.problem, draft.tip)
        except ProblemsError as error:
            return Refused(error.problems)
        except Exception as error:  # of one change; the others go on
            return Failed.by_defect(error)
        author = Identity(change.actor.name, change.actor.email, int(self._clock()))
        files = {**edits, **step.written, **dict.fromkeys(step.removed)}
        try:
            commit = draft.commit(files, message_of(change, snapshot.code), author, self._me())
        except StoreError as error:
            snapshot.take_back(step)
            return Failed(str(error))
        except BaseException:
            snapshot.take_back(step)
            raise
        made.append(_Written(change, commit, step))
        return Applied(
            commit, files={path: blob_name(data) if data is not None else "" for path, data in edits.items()}
        )

    def _refuse_odd(self, paths: Iterable[str]) -> None:
        """Nobody knows what is in a file that can't be read, so nothing is put over it. Raises ``ProblemsError``."""
        if found := [self.tracker.odd[path] for path in paths if path in self.tracker.odd]:
            raise ProblemsError(replace(each, hint="whoever pushed it can mend it, by a push") for each in found)

    def _expect(self, changes: Iterable[Change]) -> None:
        try:
            self._workers.expect(changes, self.tracker.snapshot)
        except Exception as error:
            self._go_without(error)

    def _taken(self, change: Change) -> Made | None:
        try:
            return self._workers.take(change, self.tracker.snapshot)
        except Exception as error:
            self._go_without(error)
            return None

    def _go_without(self, error: Exception) -> None:
        """What workers only spare must not keep anybody from anything."""
        self.trouble(f"changes are not worked on ahead: {defect_told(error)}", error)
        self._workers.give_up()

    def _me(self) -> Identity:
        return Identity(self._name, self._email, int(self._clock()))


def _failed(error: StoreError | OSError) -> Failed:
    if isinstance(error, StoreError):
        return Failed(str(error), error.retry, error.defect)
    # libgit2 tells in words alone what the system said.
    passing = error.errno in _PASSING or any(os.strerror(number) in str(error) for number in _PASSING)
    return Failed(f"the repository cannot be written: {error.strerror or error}", passing)
