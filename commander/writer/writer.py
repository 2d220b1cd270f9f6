"""Batches of changes become commits: one commit a change, one write and one move of the branch a batch."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from commander.changes import Change, ConflictError, Trailers, applied, message_of
from commander.git import Draft, Identity, MovedError, Store, StoreError, blob_name
from commander.writer.observing import Nobody, Observer
from commander.writer.outcome import Applied, Conflict, Failed, Outcome, Preview, Previewed, Refused
from commander.writer.tracking import Tracker
from commander.writer.workers import Workers
from generator.engine.snapshot import Step
from generator.errors import Problem, ProblemsError

_ATTEMPTS = 30
#: Seconds before the second attempt at most; twice as long before each that follows, up to the last.
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 0.5
#: After so many changes it is looked who else has come.
_LOOK_AHEAD = 8
#: What others use up, and may give back.
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)


@dataclass(frozen=True, slots=True)
class _Made:
    """A change that is a commit of the draft."""

    change: Change
    commit: str
    step: Step


class Writer:
    """The one who moves the branch from here. Not for several threads at a time.

    ``name`` and ``email`` are Commander's own, ``clock`` gives seconds since 1970, ``wait`` and ``chance`` (from 0 to
    1) decide when it is tried again after others were first. ``observer`` hears how it goes. ``workers`` do what they
    can for a change before its turn comes; ``coming`` tells, to whoever can, which changes are next after those that
    are being done.
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
        self._workers = workers or Workers(0)
        self._name, self._email = name, email
        self._clock, self._wait, self._random = clock, wait, chance
        self._observer: Observer = observer or Nobody()

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
        return [Failed("others moved the branch all the time; try again", retry=True)] * len(changes)

    def preview(self, change: Change) -> Preview:
        """What a change would do to the branch as it is known here; nothing is written."""
        snapshot, revision = self.tracker.snapshot, self.tracker.revision
        try:
            edits = applied(change, snapshot.desired.contents, blob_name, now=self._clock())
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
        made: list[_Made] = []
        outcomes: list[Outcome] = []
        try:
            for number, change in enumerate(changes):
                if number % _LOOK_AHEAD == 0:
                    self._workers.expect([*changes[number:], *self.coming()], self.tracker.snapshot)
                outcomes.append(self._one(change, draft, made))
            self._workers.expect(self.coming(), self.tracker.snapshot)
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
            self.tracker.done[each.change.key] = (each.commit, Trailers(each.change.key, each.change.digest))
        self.tracker.revision = draft.tip
        return outcomes

    def _one(self, change: Change, draft: Draft, made: list[_Made]) -> Outcome:
        known = self.tracker.done.get(change.key) or next(
            ((each.commit, Trailers(change.key, each.change.digest)) for each in made if each.change.key == change.key),
            None,
        )
        if known is not None:
            commit, trailers = known
            if trailers.digest == change.digest:
                return Applied(commit, repeated=True)
            what = f"the key '{change.key}' is that of another change, commit {commit[:12]}"
            return Refused((Problem(what, allowed="a key of its own for each change"),))
        snapshot = self.tracker.snapshot
        try:
            ahead = self._workers.take(change, snapshot)
            now = self._clock()
            edits = ahead.edits if ahead else applied(change, snapshot.desired.contents, blob_name, now=now)
            step = snapshot.change(edits, prepared=ahead.prepared if ahead else ())
        except ConflictError as error:
            return Conflict(error.problem, draft.tip)
        except ProblemsError as error:
            return Refused(error.problems)
        except Exception as error:  # of one change; the others go on
            return Failed(f"a defect of Commander: {type(error).__name__}: {error}")
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
        made.append(_Made(change, commit, step))
        return Applied(commit)

    def _me(self) -> Identity:
        return Identity(self._name, self._email, int(self._clock()))


def _failed(error: StoreError | OSError) -> Failed:
    if isinstance(error, StoreError):
        return Failed(str(error), error.retry)
    return Failed(f"the repository cannot be written: {error.strerror or error}", error.errno in _PASSING)
