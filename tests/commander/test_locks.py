"""Locks of processes that are gone are removed, those of the living are not."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from commander.git import Store, StoreError, locks
from commander.git.locks import Owner, remove_left
from commander.git.program import start_git
from tests.commander.repositories import MAIN, PERSON, bare, fsck, git, store

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


LEFT = (
    "refs/stargit/remote.lock",
    "packed-refs.lock",
    "objects/info/commit-graphs/commit-graph-chain.lock",
    "objects/pack/multi-pack-index.lock",
    "objects/pack/tmp_pack_x7Zq",
    "objects/pack/.tmp-17-pack-1.pack",
)


def leave(repository: Path) -> list[Path]:
    """What a git that is killed leaves behind."""
    paths = [repository / each for each in LEFT]
    keep = repository / "objects/pack/pack-1.keep"
    for path in (*paths, keep):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"fetch-pack 17 on here" if path == keep else b"")
    return [*paths, keep]


def test_what_a_killed_git_left_is_removed_when_its_commander_is_gone(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    left = leave(repository)
    persons = repository / "objects/pack/pack-2.keep"
    persons.write_text("a person wants to keep this")
    store(repository).close()
    assert all(path.exists() for path in left), "nobody is known to be gone"
    in_another_process(repository, "")
    with left[0].open():
        store(repository).close()
        assert left[0].exists(), "somebody has it open"
    in_another_process(repository, "")
    store(repository).close()
    assert [path for path in left if path.exists()] == []
    assert persons.exists()


def test_a_git_that_outlives_its_commander_is_waited_for(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            owner = Owner(repository)
            process = start_git(repository, ["-c", "alias.busy=!exec sleep 600", "busy"], write, write,
                                (owner.descriptor,))  # fmt: skip
            os.write(write, f"{process.pid}\n".encode())
        finally:
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    os.close(write)
    left = leave(repository)
    with os.fdopen(read) as said:
        git_that_lives = int(said.readline())
        store(repository).close()
        assert all(path.exists() for path in left)
        os.killpg(git_that_lives, 9)
        assert said.read() == ""  # all who had the pipe have ended
    store(repository).close()
    assert [path for path in left if path.exists()] == []


def test_a_git_of_one_s_own_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    left = leave(repository)
    assert target.git(["-c", "alias.busy=!exec sleep 600", "busy"], seconds=0.2).code is None
    assert [path for path in left if path.exists()] == []
    target.close()


def test_a_pack_that_another_commander_writes_stays(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    mine = store(repository)
    writing = repository / f"objects/pack/tmp_pack_commander_{mine._owner.name}"
    writing.touch()
    in_another_process(repository, "")
    store(repository).close()
    assert writing.exists()
    mine.close()
    store(repository).close()
    assert not writing.exists()


def test_who_starts_is_not_taken_for_one_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one that starts looks just between the making of a file and its flock, and for a while."""
    repository = bare(tmp_path)
    original = fcntl.flock
    before = len(list(Path("/proc/self/fd").iterdir()))
    with ExitStack() as another:

        def flock(descriptor: int, how: int) -> None:
            monkeypatch.setattr(fcntl, "flock", original)
            found = another.enter_context(locks._gone(repository))
            assert found == {}
            original(descriptor, how)

        monkeypatch.setattr(fcntl, "flock", flock)
        owner = Owner(repository)
    assert [path.name for path in repository.glob("*.commander*")] == [f"{owner.name}.commander"]
    with locks._gone(repository) as gone:
        assert gone == {}
    owner.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_who_looks_while_an_owner_ends_and_another_begins_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = bare(tmp_path)
    first = Owner(repository)
    original = fcntl.flock
    owners: list[Owner] = []

    def flock(descriptor: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", original)
        first.close()
        owners.append(Owner(repository))
        original(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with locks._gone(repository) as gone:
        assert gone == {}
    assert (repository / f"{owners[0].name}.commander").exists()
    owners[0].close()


def test_a_file_that_was_only_begun_is_removed(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    begun = repository / "17-0.commander-begun"
    begun.touch()
    store(repository).close()
    assert not begun.exists()


def test_many_that_start_at_once_all_start(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for _ in range(40):
                    remove_left(repository, MAIN)
                    Owner(repository).close()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert list(repository.glob("*.commander*")) == []


def test_a_pack_of_a_killed_git_goes_also_when_it_was_read_here(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    git(repository, "repack", "-adq")
    whole = [path for path in (repository / "objects/pack").glob("pack-*") if path.suffix in (".pack", ".idx")]
    left = [path.rename(path.with_name(f".tmp-17-{path.name}")) for path in whole]
    target = store(repository)
    commit(target)  # of what is in that pack
    for path, copy in zip(whole, left, strict=True):
        shutil.copy(copy, path)
    in_another_process(repository, "")
    target.remove_left()
    assert [path for path in left if path.exists()] == []
    commit(target)
    fsck(repository)
    target.close()
