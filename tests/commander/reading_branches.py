"""A branch that people and programs push to, for tests of those who only read it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from commander.changes import Target
from commander.git import Identity, Store
from commander.reading import Event, Filters, Reading
from tests.commander.repositories import MAIN, PERSON, ROBOT, git

ALL = Filters()


class Branch:
    """Main of a bare repository; time goes on by a minute with each commit."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self.store = Store(repository, MAIN)
        self._minutes = 0

    @property
    def tip(self) -> str:
        """Where it is."""
        tip = self.store.tip()
        assert tip is not None
        return tip

    def commit(self, base: str, changes: Mapping[str, str | bytes | None], message: str = "a change") -> str:
        """A commit on top of another; the branch stays where it is."""
        self._minutes += 1
        author, committer = (
            Identity(each.name, each.email, each.seconds + 60 * self._minutes) for each in (PERSON, ROBOT)
        )
        draft = self.store.draft(base)
        data = {path: text.encode() if isinstance(text, str) else text for path, text in changes.items()}
        made = draft.commit(data, message, author, committer)
        self.store.write(draft)
        return made

    def push(self, changes: Mapping[str, str | bytes | None], message: str = "a change") -> str:
        """A commit on top of the branch."""
        base = self.tip
        made = self.commit(base, changes, message)
        self.store.move(base, made)
        return made

    def merge(self, first: str, second: str) -> str:
        """The merge of a commit into another; where they meet, the second one's files are taken."""
        tree = git(self.repository, "merge-tree", "--write-tree", first, second, check=False).split("\n")[0]
        return self.commit_tree(tree, first, second)

    def commit_tree(self, tree: str, *parents: str) -> str:
        """A commit as git makes it."""
        self._minutes += 1
        when = f"{PERSON.seconds + 60 * self._minutes} +0000"
        who = {f"GIT_{role}_{what}": text for role in ("AUTHOR", "COMMITTER") for what, text in
               {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": when}.items()}  # fmt: skip
        arguments = [part for parent in parents for part in ("-p", parent)]
        done = subprocess.run(
            ["git", "-C", self.repository, "commit-tree", *arguments, "-m", "by hand", tree],
            env={**who, "PATH": "/usr/bin:/bin"}, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def odd_tree(self, rows: str) -> str:
        """A tree of the rows that ``git mktree`` takes."""
        done = subprocess.run(
            ["git", "-C", self.repository, "mktree", "--missing"], input=rows.encode(), check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def move(self, commit: str) -> None:
        """Put the branch anywhere, by force."""
        git(self.repository, "update-ref", MAIN, commit)

    def reading(self) -> Reading:
        """One that has read what there is now."""
        return Reading(self.repository, MAIN)


def names(reading: Reading, kind: str, filters: Filters = ALL, within: Target | None = None) -> list[str]:
    """All that is listed, by pages of three."""
    found, token = [], ""
    while True:
        page = reading.list(kind, filters=filters, within=within, page_size=3, page_token=token)  # type: ignore[arg-type]
        found += [str(item.target) for item in page.items]
        token = page.next_token
        if not token:
            return found


def told(event: Event) -> list[str]:
    """The changes of an event, one line each."""
    return [
        " ".join(
            part
            for part in (
                each.fate,
                f"{each.old_target} ->" if each.old_target else "",
                str(each.target),
                "desired" if each.desired else "",
                "rendered" if each.rendered else "",
            )
            if part
        )
        for each in event.changes
    ]
