"""What somebody pushes, sets in the environment or writes into a repository makes Commander do nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from commander.changes import Edit, Restore, Target
from commander.git import FOLDER, LINK, Repository, Store, StoreError
from commander.git.objects import FILE, commit_bytes, name_of
from commander.git.packs import write_pack
from commander.git.program import run_git
from commander.git.trees import tree_bytes
from commander.writer import Applied, Failed, Refused, Writer
from generator.charts import ChartSource
from generator.edit import Merge, Set
from generator.worktree import LIMITS
from tests.commander.fleets import DAILY, FILES, change, generated, rendered_state, writer
from tests.commander.repositories import MAIN, PERSON, bare, git
from tests.commander.test_remote import hook
from tests.commander.test_remote import writer as remote_writer
from tests.desired.repositories import DEPLOYMENT

pytestmark = pytest.mark.slow

MODULE = 0o160000
LABELLED = Edit(DAILY, (Set(("label",), "Mine"),))


@pytest.fixture
def following(repository: Path, chart: ChartSource) -> Writer:
    made = writer(repository, chart)
    made.follow()
    return made


class Hostile:
    """Trees that git itself would not make, pushed on top of main."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._store = Repository(repository, MAIN)
        self._objects: dict[str, tuple[bytes, bytes]] = {}

    def add(self, kind: bytes, data: bytes) -> str:
        name = name_of(kind, data)
        self._objects[name] = (kind, data)
        return name

    def tree(self, entries: Mapping[str, tuple[int, str]]) -> str:
        return self.add(b"tree", tree_bytes(entries))

    def blob(self, data: bytes = DEPLOYMENT.encode()) -> str:
        return self.add(b"blob", data)

    def put(self, folder: str, entries: Mapping[str, tuple[int, str]]) -> str:
        """A commit that has more in a folder that is there."""
        tip = self._store.tip()
        assert tip is not None
        parts = folder.split("/") if folder else []
        trees = [self._store.root(tip)]
        for part in parts:
            trees.append(self._store.tree(trees[-1])[part][1])
        made = self.tree({**self._store.tree(trees.pop()), **entries})
        for part in reversed(parts):
            made = self.tree({**self._store.tree(trees.pop()), part: (FOLDER, made)})
        commit = self.add(b"commit", commit_bytes(made, [tip], PERSON, PERSON, "Hostile\n"))
        write_pack(self._repository / "objects/pack", self._objects, "hostile")
        git(self._repository, "update-ref", MAIN, commit)
        return commit


DEPLOYMENTS = "environments/dev/workspaces/etl/deployments"
ODD: dict[str, tuple[str, list[str]]] = {
    "..": ("environments/dev/workspaces/etl/deployments", []),
    ".git": ("environments/dev", []),
    ".": ("environments", []),
    "new\nline.yaml": (DEPLOYMENTS, ["has characters in its name that are not allowed"]),
    "back\\slash.yaml": (DEPLOYMENTS, ["is no name", "has characters", "allowed"]),
    "a/../../b.yaml": (DEPLOYMENTS, []),
    "etl/deployments/forged.yaml": ("environments/dev/workspaces", []),
    "\udcff.yaml": (DEPLOYMENTS, ["has characters in its name that are not allowed"]),
    "-rf.yaml": (DEPLOYMENTS, ["is no name", "release", "allowed"]),
    "x" * 4000 + ".yaml": (DEPLOYMENTS, ["is no name", "release", "allowed"]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_told_or_left_alone_and_stop_nobody(
    repository: Path, chart: ChartSource, following: Writer, name: str
) -> None:
    folder, words = ODD[name]
    before = rendered_state(repository)
    hostile = Hostile(repository)
    inside = hostile.tree({"environment.yaml": (FILE, hostile.blob())})
    entry = (FILE, hostile.blob()) if name.endswith(".yaml") else (FOLDER, inside)
    hostile.put(folder, {name: entry})
    for each in (following, writer(repository, chart)):
        each.follow()
        told = [str(problem) for problem in each.tracker.problems]
        assert len(told) == (1 if words else 0), told
        assert not words or any(word in told[0] for word in words), told
        assert rendered_state(repository) == before
    (outcome,) = following.apply([change("one", LABELLED)])
    assert isinstance(outcome, Applied)


def test_links_and_submodules_are_told_and_never_followed(repository: Path, following: Writer) -> None:
    hostile = Hostile(repository)
    elsewhere = hostile.blob(b"/etc/passwd")
    hostile.put(DEPLOYMENTS, {"link.yaml": (LINK, elsewhere), "module.yaml": (MODULE, "1" * 40)})
    hostile.put("environments", {"linked": (LINK, elsewhere), "module": (MODULE, "2" * 40)})
    following.follow()
    assert sorted(str(problem).partition("\n")[0] for problem in following.tracker.problems) == [
        f"{DEPLOYMENTS}/link.yaml: is a symbolic link",
        f"{DEPLOYMENTS}/module.yaml: is a submodule",
        "environments/linked: is a symbolic link",
        "environments/module: is a submodule",
    ]
    assert isinstance(following.apply([change("one", LABELLED)])[0], Applied)


def test_nothing_is_written_over_what_cannot_be_read(repository: Path, following: Writer) -> None:
    hostile = Hostile(repository)
    large = hostile.blob(b"# " + b"x" * LIMITS.file_bytes)
    hostile.put(DEPLOYMENTS, {"link.yaml": (LINK, hostile.blob(b"/etc/passwd")), "large.yaml": (FILE, large)})
    following.follow()
    for name in ("link", "large"):
        target = Target("dev", "etl", name)
        merged = Edit(target, (Merge((), {"apiVersion": "stargit.dev/v1", "kind": "Deployment", "label": "Mine"}),))
        for operation in (merged, Restore(target, DEPLOYMENT)):
            (outcome,) = following.apply([change(f"{name}-{type(operation).__name__}", operation)])
            assert isinstance(outcome, Refused), outcome
            assert "by a push" in outcome.problems[0].hint
            assert isinstance(following.preview(change("tried", operation)), Refused)


@pytest.mark.slow
def test_folders_without_end_and_folders_full_of_files(repository: Path, chart: ChartSource, following: Writer) -> None:
    hostile = Hostile(repository)
    deep = hostile.tree({"x.yaml": (FILE, hostile.blob())})
    for _ in range(10_000):
        deep = hostile.tree({"d": (FOLDER, deep)})
    wide = hostile.tree({f"{number}.txt": (FILE, hostile.blob(b"x")) for number in range(100_000)})
    hostile.put("environments", {"deep": (FOLDER, deep), "wide": (FOLDER, wide)})
    hostile.put("", {"elsewhere": (FOLDER, wide)})
    for each in (following, writer(repository, chart)):
        each.follow()
        (problem,) = each.tracker.problems
        assert problem.message == "is a folder that is too deep"
    before = rendered_state(repository)
    assert isinstance(following.apply([change("one", LABELLED)])[0], Applied)
    assert rendered_state(repository).keys() == before.keys()


#: How much more memory (KiB) a process had at most when it has asked for a file that is too large.
ASKING = """
import sys
from pathlib import Path
from commander.git import Repository

def most():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmHWM:"))

read, before = Repository(Path(sys.argv[1]), "refs/heads/main"), most()
assert read.data_size(sys.argv[2]) == 200_000_000
assert read.data(sys.argv[2], 1_000_000) is None
print(most() - before)
"""


def test_a_file_that_is_huge_is_never_in_memory(repository: Path, following: Writer) -> None:
    """200 MB of nothing are 200 kB in a pack."""
    hostile = Hostile(repository)
    huge = hostile.blob(bytes(200_000_000))
    hostile.put(DEPLOYMENTS, {"huge.yaml": (FILE, huge)})
    asked = subprocess.run([sys.executable, "-c", ASKING, repository, huge], capture_output=True, text=True, check=True)
    assert int(asked.stdout) < 20_000
    following.follow()
    assert [str(problem).partition("\n")[0] for problem in following.tracker.problems] == [
        f"{DEPLOYMENTS}/huge.yaml: is larger than 1,048,576 bytes"
    ]


def test_attributes_settings_and_hooks_in_the_tree_are_files_like_others(
    tmp_path: Path, repository: Path, chart: ChartSource, following: Writer
) -> None:
    hostile = Hostile(repository)
    attributes = hostile.blob(b"* text eol=crlf ident filter=evil\n*.yaml working-tree-encoding=UTF-16\n")
    config = hostile.blob(b'[filter "evil"]\n\tclean = touch /tmp/evil\n[core]\n\thooksPath = hooks\n')
    script = hostile.blob(b"#!/bin/sh\ntouch /tmp/evil\n")
    hooks = hostile.tree({"post-commit": (0o100755, script), "reference-transaction": (0o100755, script)})
    modules = hostile.blob(b'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c id\n')
    hostile.put("", {".gitattributes": (FILE, attributes), "config": (FILE, config), "hooks": (FOLDER, hooks),
                     ".gitmodules": (FILE, modules)})  # fmt: skip
    assert isinstance(following.apply([change("one", LABELLED)])[0], Applied)
    assert following.tracker.problems == []
    assert rendered_state(repository) == generated(repository, chart, tmp_path / "tree")


def test_hooks_of_the_local_repository_are_not_run(tmp_path: Path, repository: Path, chart: ChartSource) -> None:
    mine = remote_writer(tmp_path, repository, chart, "local")
    local = tmp_path / "local.git"
    run = tmp_path / "was-run"
    for name in ("reference-transaction", "pre-push", "post-update", "pre-auto-gc", "post-rewrite"):
        hook(local, name, f"touch {run}")
    assert isinstance(mine.apply([change("one", LABELLED)])[0], Applied)
    store = mine.tracker.store
    store._tidied = -1000
    store.tidy(wait=True)
    assert not run.exists()


def test_nothing_of_the_environment_reaches_git(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = {
        "GIT_DIR": "/elsewhere",
        "GIT_OBJECT_DIRECTORY": "/elsewhere",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(tmp_path),
        "GIT_CONFIG_PARAMETERS": "'protocol.ext.allow=always'",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "config"),
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_TRACE": str(tmp_path / "trace"),
        "GIT_SSH": "false",
        "GIT_PROXY_COMMAND": "false",
        "GIT_ALLOW_PROTOCOL": "ext",
        "LD_PRELOAD_OF_SOMEBODY": "x",
    }
    for name, value in hostile.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "config").write_text('[url "ext::false "]\n\tinsteadOf = /\n[alias]\n\tgone = !false\n')
    done = run_git(repository, ["-c", "alias.shown=!env", "shown"], seconds=20)
    found = dict(line.split("=", 1) for line in done.output.splitlines() if "=" in line)
    assert found["GIT_CONFIG_GLOBAL"] == os.devnull
    assert hostile["GIT_CONFIG_PARAMETERS"] not in found["GIT_CONFIG_PARAMETERS"]
    assert found["GIT_CONFIG_COUNT"] == "0"
    for name in set(hostile) - {"GIT_DIR", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"}:
        assert name not in found, name
    assert found["GIT_DIR"] == str(repository)
    assert run_git(repository, ["rev-parse", "main"], seconds=20).output.strip() == git_tip(repository)
    assert not (tmp_path / "trace").exists()


def git_tip(repository: Path) -> str:
    tip = Repository(repository, MAIN).tip()
    assert tip is not None
    return tip


@pytest.mark.parametrize(
    "url", ["ext::sh -c id", "fd::3", "hg::https://example.com/x", "ftp://example.com/x.git", "/x"]
)
def test_other_protocols_are_not_spoken_even_where_the_repository_s_settings_lead_to_one(
    tmp_path: Path, repository: Path, url: str
) -> None:
    """The bare repository's own settings are trusted; what git may speak is fixed all the same."""
    git(repository, "config", f"url.{url}.insteadOf", "https://example.com/ours.git")
    done = run_git(repository, ["fetch", "--", "https://example.com/ours.git", "main"], seconds=20)
    assert done.code != 0
    assert "not allowed" in done.error or "does not appear to be a git repository" in done.error


@pytest.mark.parametrize(
    "branch", ["", "main", "--all", "refs/heads/../x", "refs/heads/a b", "refs/heads/x.lock", "refs/tags/x", "HEAD",
               "refs/heads/a:refs/heads/b", "refs/heads/*", "refs/heads/a\n"]
)  # fmt: skip
def test_what_is_no_branch(repository: Path, branch: str) -> None:
    with pytest.raises(StoreError, match="is no full name of a branch"):
        Store(repository, branch)


def test_trees_that_git_refuses_to_take_are_told_and_others_are_not_retried(tmp_path: Path, chart: ChartSource) -> None:
    (tmp_path / "remote").mkdir()
    remote = bare(tmp_path / "remote", FILES)
    mine = remote_writer(tmp_path, remote, chart, patience=600)
    mine.follow()
    before = git(remote, "rev-parse", "main")
    hostile = Hostile(remote)
    hostile.put("", {"..": (FOLDER, hostile.tree({"x": (FILE, hostile.blob())}))})
    mine.tracker.truth._known = False  # type: ignore[attr-defined]
    (failed,) = mine.apply([change("one", LABELLED)])
    assert isinstance(failed, Failed)
    assert not failed.retry
    assert "hasDotdot" in failed.reason
    git(remote, "update-ref", MAIN, before)
    assert isinstance(mine.apply([change("one", LABELLED)])[0], Applied)
