"""Commits made in memory are what git makes of the same files, are written as one pack, and move a branch safely."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commander.git import Identity, MovedError, Store, StoreError, blob_name, program, tidying
from commander.git.objects import FILE, FOLDER
from commander.git.trees import Tree, tree_bytes
from tests.commander.repositories import MAIN, PERSON, ROBOT, bare, contents, fsck, git, store


def commit(target: Store, changes: dict[str, bytes | None], message: str = "a change") -> str:
    tip = target.tip()
    assert tip is not None
    draft = target.draft(tip)
    made = draft.commit(changes, message, PERSON, ROBOT)
    target.write(draft)
    target.move(tip, made)
    return made


def test_a_commit_has_files_people_and_message(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    made = commit(store(repository), {"a/b/c.yaml": b"c\n", "a/d.yaml": b"d\n"}, "Say why\n\nActor: ada\n")
    assert git(repository, "rev-parse", "main") == made
    assert contents(repository) == {"README.md": "A repository.", "a/b/c.yaml": "c", "a/d.yaml": "d"}
    assert git(repository, "log", "-1", "--format=%an %ae %at|%cn %ce %ct|%s|%(trailers:key=Actor)") == (
        "Ada Person ada@example.com 1700000000|Commander commander@example.com 1700000001|Say why|Actor: ada"
    )
    fsck(repository)


def test_several_commits_are_one_pack(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    before = len(list((repository / "objects/pack").glob("*.pack")))
    tip = target.tip()
    assert tip is not None
    draft = target.draft(tip)
    for number in range(5):
        draft.commit({f"{number}.yaml": b"%d" % number}, f"number {number}", PERSON, ROBOT)
    target.write(draft)
    target.move(tip, draft.tip)
    assert git(repository, "log", "--format=%s") == "\n".join([*(f"number {n}" for n in (4, 3, 2, 1, 0)), "begin"])
    assert len(list((repository / "objects/pack").glob("*.pack"))) == before + 1
    assert [path.name for path in (repository / "objects/pack").glob("tmp_*")] == []
    fsck(repository)


@pytest.mark.parametrize("seed", range(8))
def test_random_trees_are_those_that_git_makes(tmp_path: Path, seed: int) -> None:
    """Files whose names sort differently as folders, removed, made anew, nested."""
    rng = random.Random(seed)
    names = ("a", "a-b", "a.yaml", "a0", "b", "ü", "Z")
    repository = bare(tmp_path)
    target = store(repository)
    model = {"README.md": b"A repository.\n"}
    for _ in range(25):
        changes: dict[str, bytes | None] = {}
        for _ in range(rng.randrange(1, 5)):
            depth = rng.randrange(3)
            path = "/".join([*(f"{rng.choice(names)}.d" for _ in range(depth)), rng.choice(names)])
            changes[path] = rng.choice([None, b"", rng.randbytes(20)])
        made = commit(target, changes)
        model = {path: data for path, data in {**model, **changes}.items() if data is not None}
        rows = "".join(f"100644 blob {blob_name(data)}\t{path}\0" for path, data in model.items())
        index = {"GIT_INDEX_FILE": str(tmp_path / "index"), "PATH": "/usr/bin:/bin"}
        (tmp_path / "index").unlink(missing_ok=True)
        for command in (["update-index", "-z", "--index-info"],):
            subprocess.run(["git", "-C", repository, *command], input=rows.encode(), env=index, check=True)
        wanted = subprocess.run(
            ["git", "-C", repository, "write-tree"], env=index, check=True, capture_output=True, text=True
        )
        assert target.root(made) == wanted.stdout.strip()
        assert {path: entry.name for path, entry in target.files(made)} == {
            path: blob_name(data) for path, data in model.items()
        }
    fsck(repository)


def test_what_differs_between_commits(tmp_path: Path) -> None:
    repository = bare(tmp_path, {"a/x": "1", "a/y": "1", "b": "1", "c/z": "1"})
    target = store(repository)
    old = target.tip()
    assert old is not None
    new = commit(target, {"a/x": b"2", "a/y": None, "b": None, "c/z": None, "c": b"now a file", "d/new": b"3"})
    found = {path: entry.name if entry is not None else None for path, entry in target.changed(old, new)}
    assert found == {
        "a/x": blob_name(b"2"),
        "a/y": None,
        "b": None,
        "c": blob_name(b"now a file"),
        "c/z": None,
        "d/new": blob_name(b"3"),
    }


def test_a_branch_that_somebody_moved_is_not_moved(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    mine, other = store(repository), store(repository)
    old = mine.tip()
    assert old is not None
    draft = mine.draft(old)
    draft.commit({"mine": b""}, "mine", PERSON, ROBOT)
    mine.write(draft)
    theirs = commit(other, {"theirs": b""})
    with pytest.raises(MovedError) as moved:
        mine.move(old, draft.tip)
    assert moved.value.tip == theirs
    assert git(repository, "rev-parse", "main") == theirs


def test_a_lock_of_somebody_else_is_told(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    (repository / f"{MAIN}.lock").touch()
    with pytest.raises(StoreError, match=r"refs/heads/main can't be moved.*lock"):
        commit(store(repository), {"a": b""})


def test_a_file_where_a_folder_is_needed_is_told(tmp_path: Path) -> None:
    repository = bare(tmp_path, {"environments": "a file"})
    with pytest.raises(StoreError, match="'environments' is a file, and a folder of this name is needed"):
        commit(store(repository), {"environments/dev/environment.yaml": b""})


def test_what_is_no_bare_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no git repository that can be opened"):
        store(tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path / "tree"], check=True)
    with pytest.raises(StoreError, match="has a work tree; Commander needs a bare repository"):
        store(tmp_path / "tree")


def test_leftovers_of_a_killed_commander_are_removed(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    left = repository / "objects/pack/tmp_pack_commander_1"
    left.touch()
    store(repository)
    assert not left.exists()


def test_names_of_people_cannot_break_a_commit(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    tip = target.tip()
    assert tip is not None
    draft = target.draft(tip)
    hostile = Identity("Eve <x>\nparent 1", "e v e@example.com>\n", 1)
    draft.commit({"a": b""}, "a change", hostile, Identity("", "", 1))
    target.write(draft)
    target.move(tip, draft.tip)
    assert git(repository, "log", "-1", "--format=%an|%ae|%cn") == "Eve  x  parent 1|eve@example.com|unknown"
    fsck(repository)


def test_links_and_submodules_are_told_apart(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    tip = git(repository, "rev-parse", "main")
    rows = f"120000 blob {blob_name(b'x')}\tlink\n160000 commit {tip}\tmodule\n100755 blob {blob_name(b'x')}\trun\n"
    git(repository, "update-ref", "refs/heads/main", tip)
    subprocess.run(
        ["git", "-C", repository, "hash-object", "-w", "--stdin"], input=b"x", check=True, capture_output=True
    )
    tree = subprocess.run(
        ["git", "-C", repository, "mktree"], input=rows.encode(), check=True, capture_output=True
    ).stdout.decode().strip()  # fmt: skip
    made = git(repository, "-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", "-m", "odd", tree)
    found = {path: entry.is_file for path, entry in store(repository).files(made)}
    assert found == {"link": False, "module": False, "run": True}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    target = store(bare(tmp_path, {"a": "12345"}))
    assert target.data(blob_name(b"12345"), 5) == b"12345"
    assert target.data(blob_name(b"12345"), 4) is None


@pytest.fixture
def fifty(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many packs are put together."""
    monkeypatch.setattr("commander.git.store._MANY_PACKS", 50)


@pytest.mark.usefixtures("fifty")
def test_packs_are_put_together(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    made = []
    for number in range(120):
        made.append(commit(target, {f"{number % 7}.yaml": b"%d" % number}))
        target.tidy(wait=True)
    assert len(list((repository / "objects/pack").glob("*.pack"))) < 60
    assert [target.message(each) for each in made] == ["a change"] * 120
    assert {path: target.data(entry.name, 9) for path, entry in target.files(made[-1]) if path == "0.yaml"} == {
        "0.yaml": b"119"
    }
    fsck(repository)


def test_a_draft_finds_its_own_folders_however_many_it_has_made(tmp_path: Path) -> None:
    """What a store keeps of trees in memory has an end; what is not written yet is nowhere else."""
    made = store(bare(tmp_path))
    draft = made.draft(made.tip() or "")
    draft.commit({f"d{number}/x": b"%d" % number for number in range(5000)}, "Many\n", PERSON, PERSON)
    draft.commit({"d0/x": b"another"}, "One of them\n", PERSON, PERSON)
    made.write(draft)
    made.move(draft.base, draft.tip)
    assert git(made.path, "show", "main:d0/x") == "another"
    fsck(made.path)


@pytest.mark.slow
@pytest.mark.usefixtures("fifty")
def test_commits_go_on_while_packs_are_put_together(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    made: list[str] = []
    beside = ended = 0
    while ended < 3:
        made.append(commit(target, {f"{len(made) % 7}.yaml": b"%d" % len(made)}))
        was = target._tidying is not None
        target.tidy()
        beside += target._tidying is not None
        ended += was and target._tidying is None
        assert target.message(made[len(made) // 2]) == "a change"
    assert beside > 3, "nothing was written meanwhile"
    assert [target.message(each) for each in made] == ["a change"] * len(made)
    assert len(git(repository, "rev-list", "main").splitlines()) == len(made) + 1
    assert (repository / "objects/info/commit-graphs/commit-graph-chain").exists()
    target.close()
    fsck(repository)


@pytest.mark.usefixtures("fifty")
def test_putting_packs_together_that_fails_is_told_once_and_nothing_is_lost(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    made = [commit(target, {"a": b"%d" % number}) for number in range(50)]
    broken = repository / "objects/pack" / f"pack-{'1' * 40}.idx"
    broken.write_bytes(b"no index")
    broken.with_suffix(".pack").write_bytes(b"no pack")
    (repository / "objects/info/commit-graphs").write_bytes(b"in the way of a folder")
    with pytest.raises(StoreError, match=r"git (repack|commit-graph) failed: "):
        target.tidy(wait=True)
    target.tidy(wait=True)
    made.append(commit(target, {"a": b"and on"}))
    assert len(git(repository, "rev-list", "main").splitlines()) == len(made) + 1
    target.close()


def test_the_size_is_what_git_counts(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    for number in range(5):
        commit(target, {"a": b"%d" % number})
    subprocess.run(
        ["git", "-C", repository, "hash-object", "-w", "--stdin"], input=b"loose", check=True, capture_output=True
    )
    counted = dict(line.split(": ") for line in git(repository, "count-objects", "-v").splitlines())
    size = target.size()
    assert (size.packs, size.objects) == (int(counted["packs"]), int(counted["in-pack"]) + int(counted["count"]))
    files = [path for path in (repository / "objects").rglob("*") if path.is_file()]
    assert size.bytes == sum(path.stat().st_size for path in files)


def test_a_file_in_the_place_of_rendered_state_goes_and_a_folder_in_the_place_of_a_file_stays(tmp_path: Path) -> None:
    repository = bare(tmp_path, {"rendered": "no folder\n", "environments/dev/environment.yaml/mine": "x\n"})
    made = store(repository)
    draft = made.draft(made.tip() or "")
    draft.commit({"rendered/dev/a.yaml": b"a\n"}, "Rendered\n", PERSON, PERSON)
    with pytest.raises(StoreError, match=r"'environments/dev/environment.yaml' is a folder, and a file"):
        draft.commit({"environments/dev/environment.yaml": b"x\n"}, "Over it\n", PERSON, PERSON)
    made.write(draft)
    made.move(draft.base, draft.tip)
    assert contents(repository) == {"environments/dev/environment.yaml/mine": "x", "rendered/dev/a.yaml": "a"}
    fsck(repository)


def test_putting_packs_together_that_takes_too_long_is_ended_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "_STEPS", (("-c", "alias.busy=!exec sleep 600", "busy"),))
    monkeypatch.setattr(tidying, "_SECONDS", 0.2)
    monkeypatch.setattr("commander.git.store._MANY_PACKS", 0)
    target = store(bare(tmp_path))
    with pytest.raises(StoreError, match="failed: it was ended"):
        target.tidy(wait=True)
    target.close()


def test_what_is_missing_of_a_repository_is_told(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    tip = target.tip()
    assert tip is not None
    nothing = "1" * 40
    for ask in (
        lambda: target.contains(tip, nothing),
        lambda: target.contains(nothing, tip),
        lambda: list(target.log(nothing)),
        lambda: list(target.names(tip, nothing)),
    ):
        with pytest.raises(StoreError):
            ask()
    made = [commit(target, {"a": f"{number}".encode()}) for number in range(3)]
    git(repository, "symbolic-ref", MAIN, "refs/heads/none")
    with pytest.raises(StoreError, match="refs/heads/main can't be read"):
        target.tip()
    with pytest.raises(StoreError):
        target.move(made[-1], made[0])


_ENTRY = st.tuples(st.sampled_from([FILE, FOLDER]), st.sampled_from([f"{n}" * 40 for n in range(4)]))
_TREE = st.dictionaries(st.sampled_from(["a", "a-b", "a.yaml", "a b", "100644 a", "ü", "Z"]), _ENTRY)


@given(_TREE, st.lists(_TREE, max_size=4), st.booleans())
def test_a_tree_that_is_edited_is_written_as_one_that_is_made_of_its_entries(
    first: dict[str, tuple[int, str]], edits: list[dict[str, tuple[int, str]]], own: bool
) -> None:
    tree = Tree.of(first) if own else Tree(first)
    for edit in edits:
        gone = set(list(tree.entries)[: len(edit) % 2])
        entries = {name: entry for name, entry in {**tree.entries, **edit}.items() if name not in gone}
        tree = tree.edited(entries, {*edit, *gone})
        assert (tree.entries, tree.written) == (entries, tree_bytes(entries))


@pytest.mark.parametrize("changes", [{}, {"a/b.yaml": b"b"}, {"a/none.yaml": None}])
@pytest.mark.parametrize("opened_again", [True, False])
def test_a_commit_that_changes_nothing_keeps_all_files(
    tmp_path: Path, changes: dict[str, bytes | None], opened_again: bool
) -> None:
    repository = bare(tmp_path)
    target = store(repository)
    commit(target, {"a/b.yaml": b"b", "c.yaml": b"c"})
    before = target.root(str(target.tip()))
    if opened_again:
        target.close()
        target = store(repository)
    assert target.root(commit(target, changes)) == before
    fsck(repository)


def test_an_entry_that_ends_as_another_is_written_keeps_its_object() -> None:
    """`100644 a` in the folder's bytes is an entry, or the end of the name of one."""
    before = {"100644 a": (FILE, "1" * 40), "a": (FILE, "1" * 40)}
    after = {**before, "a": (FILE, "2" * 40)}
    assert Tree.of(before).edited(after, ["a"]).data == tree_bytes(after)


@pytest.mark.usefixtures("fifty")
def test_upkeep_stands_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The git beside the one who writes gets less of the processors than that."""
    target = store(bare(tmp_path))
    for number in range(60):
        commit(target, {f"{number}.yaml": b"%d" % number})
    start = program.start_git

    def started(*given: Any) -> Any:
        process = start(*given)
        process.send_signal(signal.SIGSTOP)  # it must live until it is looked at
        return process

    monkeypatch.setattr(tidying, "start_git", started)
    target.tidy()
    assert target._tidying is not None
    process = target._tidying._process
    nice = os.getpriority(os.PRIO_PROCESS, process.pid)
    process.send_signal(signal.SIGCONT)
    target.close()
    assert nice == tidying._NICE
