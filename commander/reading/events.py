"""What commits changed, told one by one, so that somebody else's picture of the branch can follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from commander.changes import Target
from commander.git import Repository
from commander.reading.commits import commit_of
from commander.reading.model import Event, Fate, TargetChange
from commander.reading.places import desired_names, folder_of, rendered_of, rendered_target
from generator.worktree import DESIRED, RENDERED

_NAME = 20
#: Of a commit, in rendered state: twenty times as many as 10,000 deployments have.
_MOST_FILES = 2_000_000


@dataclass(slots=True)
class _Seen:
    """What differs of a target."""

    was: bool = False
    now: bool = False
    desired: bool = False
    rendered: bool = False

    def as_change(self, target: Target) -> TargetChange:
        fate: Fate = "changed" if not self.desired or self.was is self.now else "created" if self.now else "removed"
        return TargetChange(target, fate, self.desired, self.rendered)


def event_of(repository: Repository, name: str, before: str | None = None) -> Event:
    """What a commit changed, compared with its first parent, or with another commit. Raises ``StoreError``."""
    if before is None:
        before = next(iter(repository.described(name).parents), "")
    return Event(commit_of(repository, name), before, changes_between(repository, before or None, name))


def line_after(repository: Repository, since: str, until: str) -> Iterator[str]:
    """The first-parent line behind ``since``, which it comes from, to ``until``, the oldest first.

    Only the commits' names are kept, 20 bytes each, and the repository is not needed any more. Raises ``StoreError``.
    """
    line = b"".join(repository.names(until, since, first_parents=True))
    return (line[end - _NAME : end].hex() for end in range(len(line), 0, -_NAME))


def changes_between(
    repository: Repository, old: str | None, new: str, within: Target | None = None
) -> tuple[TargetChange, ...]:
    """The targets that differ between two commits, sorted; or only one, and what is inside of it. Raises
    ``StoreError``."""
    seen: dict[Target, _Seen] = {}
    for path, was, now in repository.differences(old, new, folder_of(within) if within is not None else DESIRED):
        names = desired_names(path)
        if names is not None:
            found = seen.setdefault(Target(*names), _Seen())
            found.desired, found.was, found.now = True, was is not None, now is not None
    for folder in rendered_of(within, inside=True) if within is not None else (RENDERED,):
        _see_rendered(repository, old, new, folder, seen)
    return tuple(_with_moves([found.as_change(target) for target, found in sorted(seen.items())]))


def _see_rendered(repository: Repository, old: str | None, new: str, folder: str, seen: dict[Target, _Seen]) -> None:
    # A default of an environment changes ten files of each of its thousands of deployments: a folder stands for them.
    targets: dict[str, Target | None] = {}
    for number, (path, _, _) in enumerate(repository.differences(old, new, folder)):
        if number >= _MOST_FILES:
            raise repository.error(f"{new} has more than {_MOST_FILES:,} changed files in {folder}")
        place = path.rpartition("/")[0] if "/workspaces/" in path and "/argocd/" not in path else path
        if place not in targets:
            targets[place] = rendered_target(path)
        if (target := targets[place]) is not None:
            seen.setdefault(target, _Seen()).rendered = True


def _with_moves(changes: list[TargetChange]) -> Iterator[TargetChange]:
    """The changes with what was removed here and created there as one."""
    gone: dict[tuple[str, str], list[TargetChange]] = {}
    come: dict[tuple[str, str], list[TargetChange]] = {}
    for each in changes:
        if each.target.release and each.fate in ("created", "removed"):
            side = come if each.fate == "created" else gone
            side.setdefault((each.target.environment, each.target.release), []).append(each)
    moves = {
        new[0].target: old[0] for name, new in come.items() if len(new) == 1 and len(old := gone.get(name, [])) == 1
    }
    left = {each.target for each in moves.values()}
    for each in changes:
        old_change = moves.get(each.target)
        if old_change is not None:
            rendered = each.rendered or old_change.rendered
            yield replace(each, fate="moved", rendered=rendered, old_target=old_change.target)
        elif each.target not in left:
            yield each
