"""Operations done to the files of desired state as they are now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from commander.changes.change import Change, ConflictError
from commander.changes.operations import Create, Edit, Move, Remove
from commander.changes.target import Target
from generator.edit import edit
from generator.errors import Problem, ProblemsError, did_you_mean


def applied(change: Change, files: Mapping[str, bytes], name_of: Callable[[bytes], str]) -> dict[str, bytes | None]:
    """The new contents of the files that a change is about; None removes one. ``name_of`` gives contents a revision.

    Raises ``ConflictError`` when a target is not as the change expects it, ``ProblemsError`` with all operations that
    can't be done. That the result is good is for others to say.
    """
    for target, revision in change.expected.items():
        _check_revision(target, revision, files, name_of)
    working = _Files(files)
    problems: list[Problem] = []
    for operation in change.operations:
        try:
            match operation:
                case Create(target, text):
                    working.create(target, text.encode())
                case Edit(target, edits):
                    old = working.need(target).decode("utf-8", "surrogateescape")
                    working.write(target, edit(old, target.file, edits).encode("utf-8", "surrogateescape"))
                case Remove(target):
                    working.need(target)
                    working.write(target, None)
                case Move(target, workspace):
                    data = working.need(target)
                    working.create(_moved(target, workspace), data)
                    working.write(target, None)
                case _:
                    assert_never(operation)
        except ProblemsError as error:
            problems.extend(error.problems)
        except (TypeError, ValueError) as error:  # a value that no file can hold
            problems.append(Problem(str(error), file=operation.target.file))
    if problems:
        raise ProblemsError(problems)
    return working.changed


def _check_revision(target: Target, revision: str, files: Mapping[str, bytes], name_of: Callable[[bytes], str]) -> None:
    data = files.get(target.file)
    now = name_of(data) if data is not None else ""
    if now != revision:
        what = "is not there any more" if not now else "is there already" if not revision else f"is at revision {now}"
        allowed = f"revision {revision}" if revision else "that it is not there"
        hint = "read it again, and ask for the change of what is there now"
        raise ConflictError(target, Problem(f"{target} {what}", file=target.file, allowed=allowed, hint=hint))


def _moved(target: Target, workspace: str) -> Target:
    if not target.release:
        raise ProblemsError([Problem(f"{target} is no deployment", allowed="a deployment; only these are moved")])
    return replace(target, workspace=workspace)


class _Files:
    """Files with what was changed laid over them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.changed: dict[str, bytes | None] = {}
        self._files = files

    def need(self, target: Target) -> bytes:
        data = self._read(target)
        if data is None:
            kind = target.kind
            known = [path for path in self._files if path.count("/") == target.file.count("/")]
            hint = did_you_mean(target.file, known) if len(known) < 1000 else ""
            raise ProblemsError([Problem(f"there is no {kind} '{target}'", file=target.file, hint=hint)])
        return data

    def create(self, target: Target, data: bytes) -> None:
        if self._read(target) is not None:
            raise ProblemsError([Problem(f"the {target.kind} '{target}' is there already", file=target.file)])
        self.changed[target.file] = data

    def write(self, target: Target, data: bytes | None) -> None:
        self.changed[target.file] = data

    def _read(self, target: Target) -> bytes | None:
        return self.changed[target.file] if target.file in self.changed else self._files.get(target.file)
