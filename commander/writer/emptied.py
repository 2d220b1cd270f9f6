"""Environments whose deployments somebody pushed away, all of them: what is rendered waits for a word.

Who commits from a part of a checkout, or merges the wrong way, would else end every Airflow of an environment. What is
so follows from the repository alone: there are rendered deployments of an environment, its files describe none, and no
commit since the one that removed the last of them says ``Prune-All: <environment>`` in a trailer. A change that
Commander makes removes files and what is rendered of them in one commit, so it never is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from commander.git import Repository
from generator.desired import Place, place_of
from generator.engine.paths import owner_of
from generator.engine.snapshot import Edits, Snapshot
from generator.errors import Problem
from generator.worktree import DESIRED, RENDERED

_CONFIRMED = re.compile(r"Prune-All: *(\S+) *\Z", re.IGNORECASE)


def emptied(
    store: Repository,
    tip: str,
    snapshot: Snapshot,
    edits: Edits,
    present: Mapping[str, str | None],
    is_generated: Callable[[str], bool],
) -> dict[str, Problem]:
    """Environments that wait at ``tip``, with what is told of them.

    ``snapshot`` is before ``edits`` of desired state and what is ``present`` of rendered state are put into it;
    ``is_generated`` says it of the name of a file's contents. Raises ``StoreError``.
    """
    found: dict[str, Problem] = {}
    suspects = _suspects(snapshot, edits, present)
    if not suspects:
        return found
    rendered: dict[str, set[tuple[str, ...]]] = {}
    for path, name in {**snapshot.present, **present}.items():
        owner = owner_of(path) if name is not None and _environment(path) in suspects else None
        if owner is not None and owner.kind == "deployment" and name is not None and is_generated(name):
            rendered.setdefault(owner.names[0], set()).add(owner.names)
    for environment, deployments in rendered.items():
        commit = _removal(store, tip, environment)
        if commit is not None:
            found[environment] = _problem(environment, len(deployments), commit)
    return found


def _suspects(snapshot: Snapshot, edits: Edits, present: Mapping[str, str | None]) -> set[str]:
    """Environments without deployments that may have had some."""
    removed = {name for path, data in edits.items() if data is None and (name := _deployed(path))}
    suspects = {*snapshot.waiting, *removed}
    if not snapshot.desired.contents:
        suspects.update(_environment(path) for path in present)
    if not suspects:
        return suspects
    places = snapshot.desired.places.deployments
    there = {name[0] for name, path in places.items() if edits.get(path, b"") is not None}
    there.update(_deployed(path) for path, data in edits.items() if data is not None)
    return suspects - there


def _removal(store: Repository, tip: str, environment: str) -> str | None:
    """The commit that removed the last deployment of an environment; None when it, or a later one, confirms that."""
    commit = tip
    while True:
        described = store.described(commit)
        first = described.parents[0] if described.parents else None
        messages = [described.message]
        if len(described.parents) > 1:  # what is merged is new here, too
            messages = [message for _, message in store.log(commit, first)]
        if any(environment in _confirmed(message) for message in messages):
            return None
        if first is None or _has_deployments(store, first, environment):
            return commit
        commit = first


def _has_deployments(store: Repository, commit: str, environment: str) -> bool:
    return any(_deployed(path) for path, _ in store.files(commit, f"{DESIRED}/{environment}"))


def _confirmed(message: str) -> Iterable[str]:
    trailers = message.rstrip("\n").rpartition("\n\n")[2].split("\n")
    return (match[1] for line in trailers if (match := _CONFIRMED.match(line)))


def _deployed(path: str) -> str:
    """The environment of a deployment's file; empty for other files."""
    place = place_of(path)
    return place.names[0] if isinstance(place, Place) and place.kind == "deployment" else ""


def _environment(path: str) -> str:
    """Of a rendered file."""
    return path.removeprefix(f"{RENDERED}/").partition("/")[0]


def _problem(environment: str, deployments: int, commit: str) -> Problem:
    what = "the last deployment was" if deployments == 1 else f"all {deployments:,} deployments were"
    return Problem(
        f"{what} removed by commit {commit[:12]}; what is rendered stays as it is, and nothing here is changed",
        file=f"{DESIRED}/{environment}",
        allowed=f"deployments, or a commit with the trailer 'Prune-All: {environment}'",
        hint=f"push the files again, or: git commit --allow-empty -m 'Remove all' --trailer 'Prune-All: {environment}'",
    )
