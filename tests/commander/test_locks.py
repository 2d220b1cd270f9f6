"""Locks of processes that are gone are removed, those of the living are not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from commander.git import Store, StoreError
from commander.git.locks import Owner, remove_left
from tests.commander.repositories import MAIN, PERSON, bare, store

OTHER = "1" * 40


def in_another_process(repository: Path, commit: str) -> None:
    """One that says what it moves the branch to, and is killed."""
    child = os.fork()
    if child == 0:
        try:
            Owner(repository).moves_to(commit)
        finally:
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)


def lock(repository: Path, text: str, age: float = 0) -> Path:
    path = repository / f"{MAIN}.lock"
    path.write_text(text)
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def commit(target: Store) -> None:
    tip = target.tip()
    assert tip is not None
    draft = target.draft(tip)
    draft.commit({"a": b"a"}, "a change", PERSON, PERSON)
    target.write(draft)
    target.move(tip, draft.tip)


@pytest.mark.parametrize("text", ["", f"{OTHER}\n"])
def test_the_lock_of_a_killed_commander_is_removed_at_the_next_start(tmp_path: Path, text: str) -> None:
    repository = bare(tmp_path)
    in_another_process(repository, OTHER)
    path = lock(repository, text)
    target = store(repository)
    assert not path.exists()
    commit(target)


def test_a_commander_that_is_killed_while_another_lives(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    in_another_process(repository, OTHER)
    path = lock(repository, f"{OTHER}\n")
    commit(target)
    assert not path.exists()


def test_the_lock_of_a_living_commander_stays(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    owner = Owner(repository)
    owner.moves_to(OTHER)
    path = lock(repository, f"{OTHER}\n")
    with pytest.raises(StoreError, match="can't be moved"):
        commit(store(repository))
    assert path.exists()
    owner.close()


@pytest.mark.parametrize(("text", "age"), [("", 0), (f"{OTHER}\n", 0), (f"{OTHER}\n", 50)])
def test_a_lock_of_git_itself_stays(tmp_path: Path, text: str, age: float) -> None:
    repository = bare(tmp_path)
    path = lock(repository, text, age)
    with pytest.raises(StoreError, match="can't be moved"):
        commit(store(repository))
    assert path.exists()


def test_an_old_lock_of_nobody_is_removed(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    lock(repository, "", age=100)
    commit(store(repository))


def test_an_old_lock_that_somebody_has_open_stays(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    path = lock(repository, "", age=100)
    with path.open():
        assert not remove_left(repository, MAIN)
    assert remove_left(repository, MAIN)


def test_files_of_owners_do_not_pile_up(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    for _ in range(3):
        in_another_process(repository, OTHER)
    one, two = store(repository), store(repository)
    assert len(list(repository.glob("*.commander"))) == 2
    one.close()
    two.close()
    assert list(repository.glob("*.commander")) == []
