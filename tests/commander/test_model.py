"""Many writers, hand-made pushes and restarts in any order: the branch always is what a simple model says."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from commander.changes import Create, Delete, Edit, Remove, Restore, Target, Undelete
from commander.git import blob_name
from commander.writer import Applied, Conflict, Refused, Writer
from generator.edit import Set
from tests.commander.fleets import DEV, ETL, FILES, ML, change, desired_state, generated, rendered_state, writer
from tests.commander.repositories import bare, fsck, git, store
from tests.commander.test_writer import push
from tests.desired.repositories import DEPLOYMENT
from tests.render.tiny_chart import tiny_chart

LAB = Target("dev", "lab")
TARGETS = [
    *(Target("dev", workspace, f"{workspace}-{release}") for workspace in ("etl", "ml") for release in "ab"),
    *(Target("dev", "lab", f"lab-{release}") for release in "ab"),
]
targets, writers, numbers = st.sampled_from(TARGETS), st.integers(0, 1), st.integers(0, 3)
SURROUNDINGS = {target.file: FILES[target.file].encode() for target in (DEV, ETL, ML)}
SURELY = "By hand\n\nPrune-All: dev\n"


def text_of(number: int) -> str:
    return DEPLOYMENT + f"values:\n  labels:\n    number: n{number}\n"


#: What the clock of the writers says.
DELETED = 'deletedAt: "2023-11-14T22:13:20Z"\n'


def asleep(text: str) -> str:
    return text.replace(DEPLOYMENT, DEPLOYMENT + DELETED)


class Branch(RuleBasedStateMachine):
    """``model`` has the text of every deployment, ``lab`` says whether there is that workspace, ``sent`` has every
    change that was applied, with its commit."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.chart = tiny_chart(self.folder / "chart")
        self.model: dict[Target, str] = {}
        self.lab = False
        self.wrong: set[Target] = set()
        self.sent: list[tuple[Any, str]] = []
        self.number = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self.repository = bare(self.folder, {path: data.decode() for path, data in SURROUNDINGS.items()})
        self.writers: list[Writer] = [writer(self.repository, self.chart, self.folder / "cache") for _ in range(2)]

    def ask(self, who: int, *operations: Any, expected: dict[Target, str] | None = None) -> Any:
        self.number += 1
        asked = change(f"key-{self.number}", *operations, expected=expected)
        (outcome,) = self.writers[who].apply([asked])
        if isinstance(outcome, Applied):
            assert not outcome.repeated
            self.sent.append((asked, outcome.revision))
        return outcome

    def is_in(self, about: Target) -> bool:
        return self.lab or about.workspace != LAB.workspace

    def has(self, about: Target, text: str) -> None:
        self.model[about] = text
        self.wrong.discard(about)

    @rule(who=writers, about=targets, number=numbers)
    def create(self, who: int, about: Target, number: int) -> None:
        outcome = self.ask(who, Create(about, text_of(number)))
        if about in self.model or about in self.wrong or not self.is_in(about):
            assert isinstance(outcome, Refused)
        else:
            assert isinstance(outcome, Applied)
            self.has(about, text_of(number))

    @rule(who=writers, about=targets, number=numbers)
    def edit(self, who: int, about: Target, number: int) -> None:
        outcome = self.ask(who, Edit(about, (Set(("values", "labels", "number"), f"n{number}"),)))
        if about in self.model and DELETED not in self.model[about]:
            assert isinstance(outcome, Applied), outcome
            self.has(about, text_of(number))
        else:
            assert isinstance(outcome, Refused)

    @rule(who=writers)
    def create_a_workspace(self, who: int) -> None:
        outcome = self.ask(who, Create(LAB, FILES[ETL.file]))
        assert isinstance(outcome, Refused if self.lab else Applied), outcome
        self.lab = True

    @rule(who=writers)
    def remove_a_workspace(self, who: int) -> None:
        """Never with something in it."""
        outcome = self.ask(who, Remove(LAB, at_once=True))
        inside = any(target.workspace == LAB.workspace for target in (*self.model, *self.wrong))
        assert isinstance(outcome, Applied if self.lab and not inside else Refused), outcome
        self.lab = self.lab and inside

    @rule(who=writers, about=targets)
    def delete(self, who: int, about: Target) -> None:
        outcome = self.ask(who, Delete(about))
        if about in self.model and DELETED not in self.model[about]:
            assert isinstance(outcome, Applied), outcome
            self.model[about] = asleep(self.model[about])
        else:
            assert isinstance(outcome, Refused)

    @rule(who=writers, about=targets)
    def undelete(self, who: int, about: Target) -> None:
        outcome = self.ask(who, Undelete(about))
        if DELETED in self.model.get(about, ""):
            assert isinstance(outcome, Applied), outcome
            self.model[about] = self.model[about].replace(DELETED, "")
        else:
            assert isinstance(outcome, Refused)

    @rule(who=writers, about=targets)
    def remove_what_is_deleted(self, who: int, about: Target) -> None:
        outcome = self.ask(who, Remove(about))
        if DELETED in self.model.get(about, ""):
            assert isinstance(outcome, Applied), outcome
            del self.model[about]
        else:
            assert isinstance(outcome, Refused)

    @rule(who=writers, about=targets, number=numbers, deleted=st.booleans())
    def restore(self, who: int, about: Target, number: int, deleted: bool) -> None:
        text = asleep(text_of(number)) if deleted else text_of(number)
        outcome = self.ask(who, Restore(about, text))
        if not self.is_in(about):
            assert isinstance(outcome, Refused), outcome
            return
        assert isinstance(outcome, Applied), outcome
        self.model[about] = text
        self.wrong.discard(about)

    @rule(who=writers, about=targets)
    def remove(self, who: int, about: Target) -> None:
        outcome = self.ask(who, Remove(about, at_once=True))
        if about in self.model or about in self.wrong:
            assert isinstance(outcome, Applied), outcome
            self.model.pop(about, None)
            self.wrong.discard(about)
        else:
            assert isinstance(outcome, Refused)

    @rule(who=writers, about=targets)
    def ask_for_nonsense(self, who: int, about: Target) -> None:
        nonsense = Edit(about, (Set(("values", "executor"), "Nobody"),))
        assert isinstance(self.ask(who, Create(Target("dev", "etl", "new"), DEPLOYMENT), nonsense), Refused)

    @rule(who=writers, about=targets, number=numbers)
    def expect(self, who: int, about: Target, number: int) -> None:
        """The one who has seen another text gets a conflict."""
        seen = blob_name(text_of(number).encode())
        outcome = self.ask(who, Remove(about, at_once=True), expected={about: seen})
        if self.model.get(about) == text_of(number):
            assert isinstance(outcome, Applied)
            del self.model[about]
        else:
            assert isinstance(outcome, Conflict)

    @rule(who=writers, data=st.data())
    def send_again(self, who: int, data: st.DataObject) -> None:
        if self.sent:
            asked, commit = data.draw(st.sampled_from(self.sent))
            assert self.writers[who].apply([asked]) == [Applied(commit, repeated=True)]

    @rule(about=targets, number=numbers)
    def push_by_hand(self, about: Target, number: int) -> None:
        """What was wrong is mended by it."""
        if self.is_in(about):
            push(self.repository, {about.file: text_of(number).encode()})
            self.has(about, text_of(number))

    @rule(about=targets)
    def push_what_is_wrong(self, about: Target) -> None:
        if self.is_in(about):
            push(self.repository, {about.file: b"kind: Deployment\n"})
            self.model.pop(about, None)
            self.wrong.add(about)

    @rule(about=targets)
    def push_a_removal(self, about: Target) -> None:
        if about in self.model or about in self.wrong:
            push(self.repository, {about.file: None}, SURELY)
            self.model.pop(about, None)
            self.wrong.discard(about)

    @rule(who=writers, confirm=st.booleans())
    def push_the_end_of_all(self, who: int, confirm: bool) -> None:
        """What is rendered waits, until somebody says that it is meant, or puts the files back."""
        for each in self.writers:
            each.follow()
        before = rendered_state(self.repository)
        there = desired_state(self.repository)
        gone = {path: data for path, data in there.items() if path not in {*SURROUNDINGS, LAB.file}}
        if not any(path.startswith("rendered/dev/workspaces/") for path in before):
            return
        push(self.repository, dict.fromkeys(gone))
        for each in self.writers:
            each.follow()
            assert [problem.file for problem in each.tracker.problems] == ["environments/dev"]
        assert rendered_state(self.repository) == before
        (refused,) = self.writers[who].apply([change("refused", Create(Target("dev", "etl", "new"), DEPLOYMENT))])
        assert isinstance(refused, Refused)
        if confirm:
            push(self.repository, {"README.md": b"Gone.\n"}, SURELY)
            self.model.clear()
            self.wrong.clear()
        else:
            push(self.repository, dict(gone))

    @rule(data=st.data())
    def spoil_what_is_rendered(self, data: st.DataObject) -> None:
        there = sorted(rendered_state(self.repository))
        if there:
            path = data.draw(st.sampled_from(there))
            push(self.repository, {path: data.draw(st.sampled_from([None, b"# by hand\n"]))})

    @rule(who=writers, keep=st.booleans())
    def restart(self, who: int, keep: bool) -> None:
        if keep:
            self.writers[who].tracker.keep_records()
        self.writers[who].tracker.store.close()
        self.writers[who] = writer(self.repository, self.chart, self.folder / "cache")

    @rule()
    def a_fresh_one_changes_nothing(self) -> None:
        """Whatever is wrong: one that knows nothing but the branch finds the same, and leaves what is rendered."""
        for each in self.writers:
            each.follow()
        before = rendered_state(self.repository)
        fresh = writer(self.repository, self.chart)
        fresh.follow()
        assert rendered_state(self.repository) == before
        assert set(fresh.tracker.problems) == set(self.writers[0].tracker.problems)
        fresh.tracker.store.close()

    @invariant()
    def is_as_the_model_says(self) -> None:
        if not hasattr(self, "repository"):
            return
        for each in self.writers:
            each.follow()
        assert len({each.tracker.revision for each in self.writers}) == 1
        desired = {
            path: data for path, data in desired_state(self.repository).items() if path not in {*SURROUNDINGS, LAB.file}
        }
        wrong = {target.file for target in self.wrong}
        assert {path: data.decode() for path, data in desired.items() if path not in wrong} == {
            target.file: text for target, text in self.model.items()
        }
        for each in self.writers:
            assert {problem.file for problem in each.tracker.problems} == wrong
        if not wrong:
            tree = self.folder / "tree"
            shutil.rmtree(tree, ignore_errors=True)
            assert rendered_state(self.repository) == generated(self.repository, self.chart, tree)
        keys = git(self.repository, "log", "--format=%H %(trailers:key=Change-Id,valueonly,separator=)").splitlines()
        found = {key: commit for commit, _, key in (line.partition(" ") for line in keys) if key}
        assert found == {asked.key: commit for asked, commit in self.sent}
        assert store(self.repository).tip() == self.writers[0].tracker.revision


@pytest.mark.slow
@pytest.mark.timeout(300)
class TestBranch(Branch.TestCase):  # type: ignore[misc, valid-type]
    """20 random histories of up to 15 steps."""

    settings = settings(max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))


def test_history_of_the_model_is_sound(tmp_path: Path) -> None:
    """The model's own pushes make no broken repository."""
    repository = bare(tmp_path, {path: data.decode() for path, data in SURROUNDINGS.items()})
    push(repository, {TARGETS[0].file: b"x\n"})
    push(repository, {TARGETS[0].file: None})
    fsck(repository)
