"""Repositories that went wrong in any way: bytes, lines, keys, values, names and places of good files are changed.

Everything is drawn from one ``random.Random``, so that hypothesis, a seed or a coverage-guided fuzzer can lead it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from generator.worktree import STAGING
from tests.engine.fuzz.files import changed_file

ROOT = Path(__file__).parents[3]

#: A regular file's bytes, or a function that makes what is none at a path.
Entry = bytes | Callable[[Path], object]


@dataclass(slots=True)
class Tree:
    """``entries`` by path; ``changes`` says what was done, for the person who looks at a failure."""

    entries: dict[str, Entry]
    changes: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Put everything on the disk; what does not fit under what is there already is left out."""
        for path, entry in self.entries.items():
            place = Path(os.path.normpath(folder / path))
            if not place.is_relative_to(folder):
                continue
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                if not place.parent.resolve().is_relative_to(folder.resolve()):  # behind a link that was drawn
                    continue
                if isinstance(entry, bytes):
                    place.write_bytes(entry)
                else:
                    entry(place)
            except (OSError, ValueError):
                continue


def _sample() -> dict[str, bytes]:
    """One environment of the sample repository, with some of its deployments: small, and with many settings."""
    files = {}
    for path in sorted((ROOT / "environments" / "staging").rglob("*.yaml")):
        files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    return files


SAMPLE = _sample()

_NAMES = (
    "", ".", "..", "...", "-", "a", "A", "a b", "a\nb", "a\x1b[2J", "é", "\u202e", "😀", "{{ x }}", "%2f", "*", "~",
    "con", "x" * 64, "x" * 255, "x" * 256, "workspaces", "deployments", "environment.yaml", "workspace.yaml",
    "platform", "dev", "daily", "daily.yaml", "daily.yml", ".yaml", ".hidden.yaml", "a.b.yaml", "kube-system",
    "rendered", "argocd", "values", os.fsdecode(b"caf\xe9"), os.fsdecode(b"\xff.yaml"), "a\\b.yaml",
    "namespace.yaml", "0", "null.yaml", "true.yaml",
)  # fmt: skip


def broken_tree(random: Random, rendered: dict[str, bytes]) -> Tree:
    """The sample with its rendered state, changed in one to three ways."""
    tree = Tree({**SAMPLE, **rendered})
    for _ in range(random.choice([1, 1, 1, 1, 2, 3])):
        change = random.choice(_CHANGES)
        change(random, tree)
    return tree


def _a_desired_file(random: Random, tree: Tree) -> str:
    paths = [
        path for path, entry in tree.entries.items() if path.startswith("environments/") and isinstance(entry, bytes)
    ]
    return random.choice(paths) if paths else "environments/staging/environment.yaml"


def _change_file(random: Random, tree: Tree) -> None:
    path = _a_desired_file(random, tree)
    entry = tree.entries.get(path, b"")
    assert isinstance(entry, bytes)
    tree.entries[path] = changed_file(random, entry, SAMPLE[random.choice(list(SAMPLE))])
    tree.changes.append(f"changed {path!r}")


def _move_file(random: Random, tree: Tree) -> None:
    path = _a_desired_file(random, tree)
    parts = path.split("/")
    at = random.randrange(1, len(parts))
    name = random.choice(_NAMES)
    other = "/".join([*parts[:at], name, *parts[at + random.randint(0, 1) :]])
    if random.randint(0, 1):
        tree.entries[other] = tree.entries.get(path, b"")
    else:
        tree.entries[other] = tree.entries.pop(path, b"")
    tree.changes.append(f"moved {path!r} to {other!r}")


def _remove(random: Random, tree: Tree) -> None:
    path = _a_desired_file(random, tree)
    above = path if random.randint(0, 2) else path.rpartition("/")[0]
    for each in [each for each in tree.entries if each == above or each.startswith(f"{above}/")]:
        del tree.entries[each]
    tree.changes.append(f"removed {above!r}")


def _other_kind(random: Random, tree: Tree) -> None:
    """A folder, link or pipe in the place of a file or folder of desired state or of rendered state."""
    paths = list(tree.entries)
    path = random.choice(paths) if paths else "rendered"
    for _ in range(random.randint(0, 3)):
        path = path.rpartition("/")[0] or path
    for each in [each for each in tree.entries if each == path or each.startswith(f"{path}/")]:
        del tree.entries[each]
    what = random.choice(["folder", "file", "pipe", "link"])
    if what == "link":
        target = random.choice(
            ["nowhere", ".", "..", "../../..", "/etc/passwd", path.rpartition("/")[2], "environment.yaml"]
        )
        tree.entries[path] = lambda place: place.symlink_to(target)
    else:
        makers: dict[str, Entry] = {"folder": Path.mkdir, "pipe": os.mkfifo, "file": b"mine"}
        tree.entries[path] = makers[what]
    tree.changes.append(f"put a {what} at {path!r}")


def _change_rendered(random: Random, tree: Tree) -> None:
    paths = [path for path, entry in tree.entries.items() if path.startswith("rendered/") and isinstance(entry, bytes)]
    path = random.choice(paths) if paths else "rendered/a.yaml"
    entry = tree.entries.get(path, b"")
    assert isinstance(entry, bytes)
    which = random.randint(0, 3)
    if which == 0:
        tree.entries.pop(path, None)
    elif which == 1:
        tree.entries[path] = changed_file(random, entry, entry)
    elif which == 2:
        tree.entries[f"{path.rpartition('/')[0]}/{random.choice(_NAMES)}"] = random.choice([b"mine", entry])
    else:
        tree.entries[f"{path}/{random.choice(_NAMES)}"] = tree.entries.pop(path, b"")
    tree.changes.append(f"changed rendered {path!r}")


def _leave_staging(random: Random, tree: Tree) -> None:
    name = random.choice(["journal.json", "old/a", "rendered/a.yaml", "kept/0", ""])
    journal = random.choice(
        [b"", b"{}", b"[]", b'{"written": ["rendered/a.yaml"], "removed": []}', b'{"written": [], "removed": ["../x"]}']
    )
    tree.entries[f"{STAGING}/{name}".rstrip("/")] = journal
    tree.changes.append(f"left {name!r} in {STAGING}")


_CHANGES = (_change_file,) * 8 + (_move_file,) * 2 + (_remove, _other_kind, _change_rendered, _leave_staging)
