"""What commands work on: an environment, a workspace or a deployment, written ``ENV/WORKSPACE/RELEASE``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from generator.desired import Places

_MOST_PROPOSED = 1000
_MOST_HINTED = 3


def target_file(text: str, places: Places) -> str:
    """The file of the environment, workspace or deployment of that name. Raises ``ProblemsError`` for one that is not
    known."""
    from generator.errors import Problem, ProblemsError, did_you_mean

    known = dict(places.environments)
    known |= {"/".join(names): path for names, path in places.workspaces.items()}
    known |= {"/".join(names): path for names, path in places.deployments.items()}
    if text in known:
        return known[text]
    level = text.count("/")
    if level > 2 or not all(text.split("/")):
        forms = "ENVIRONMENT, ENVIRONMENT/WORKSPACE or ENVIRONMENT/WORKSPACE/RELEASE"
        raise ProblemsError([Problem(f"'{text}' is no name of anything here", allowed=forms)])
    what = ("environment", "workspace", "deployment")[level]
    proposed = of_this_release(text, places.deployments)
    proposed = proposed or did_you_mean(text, [name for name in known if name.count("/") == level])
    makes = f"'stargit new {what} {text}' makes one" if _can_be(text) else ""
    hint = " ".join(part for part in (proposed, makes) if part)
    raise ProblemsError([Problem(f"there is no {what} '{text}'", hint=hint)])


def _can_be(text: str) -> bool:
    """Whether something may be called so: what the name is made of is allowed."""
    from generator.desired import wrong_name, wrong_release

    names, release = text.split("/")[:2], text.split("/")[2:]
    return not any(map(wrong_name, names)) and not any(map(wrong_release, release))


def deployment_name(text: str, known: Iterable[tuple[str, str, str]]) -> tuple[str, str, str]:
    """Environment, workspace and release of ``ENV/WORKSPACE/RELEASE``. Raises ``ProblemsError`` for one that is not
    known."""
    from generator.errors import Problem, ProblemsError, did_you_mean

    names = {"/".join(each): each for each in known}
    if text not in names:
        allowed = "ENVIRONMENT/WORKSPACE/RELEASE" if text.count("/") != 2 else ""
        hint = of_this_release(text, known) or did_you_mean(text, names)
        raise ProblemsError([Problem(f"there is no deployment '{text}'", allowed=allowed, hint=hint)])
    return names[text]


def of_this_release(text: str, known: Iterable[tuple[str, str, str]]) -> str:
    """A hint for somebody who gave a release's name alone, or with a wrong place: where it is. Empty when nowhere."""
    release = text.rpartition("/")[2]
    names = sorted("/".join(name) for name in known if name[2] == release)
    if not names:
        return ""
    shown = " or ".join(f"'{name}'" for name in names[:_MOST_HINTED])
    return f"did you mean {shown}?" if len(names) <= _MOST_HINTED else f"did you mean {shown}, or another of this name?"


def complete_target(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """For shells: names that begin so. Only folders are listed, no file is read."""
    repository = Path(context.params.get("repository") or ".")
    found: list[str] = []
    with suppress(OSError):
        for name in _names(repository / "environments", incomplete):
            found.append(name)
            if len(found) == _MOST_PROPOSED:
                break
    return [CompletionItem(name) for name in sorted(found)]


def complete_deployment(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """As ``complete_target``, of deployments only."""
    return [item for item in complete_target(context, parameter, incomplete) if item.value.count("/") == 2]


def _names(root: Path, incomplete: str) -> Iterator[str]:
    for environment in _folders(root):
        if not _fits(environment, incomplete):
            continue
        if environment.startswith(incomplete):
            yield environment
        for workspace in _folders(root / environment / "workspaces"):
            name = f"{environment}/{workspace}"
            if not _fits(name, incomplete):
                continue
            if name.startswith(incomplete):
                yield name
            releases = root / environment / "workspaces" / workspace / "deployments"
            if not releases.is_dir():
                continue
            with os.scandir(releases) as entries:
                for entry in entries:
                    release = f"{name}/{entry.name.removesuffix('.yaml')}"
                    if entry.name.endswith(".yaml") and release.startswith(incomplete):
                        yield release


def _folders(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))


def _fits(name: str, incomplete: str) -> bool:
    """Whether it, or something in it, begins as typed."""
    return f"{name}/".startswith(incomplete) or incomplete.startswith(f"{name}/")
