"""Operations done to the files of desired state as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from commander.changes.change import Change, ConflictError
from commander.changes.needed import refuse_missing
from commander.changes.operations import Create, Delete, Edit, Move, Operation, Remove, Restore, Undelete, Upgrade
from commander.changes.target import Target
from commander.changes.upgrading import image_left_behind, upgrade
from commander.changes.working import DELETED, Working
from generator.desired import moment
from generator.edit import Operation as EditOperation
from generator.edit import Set, Unset, edit
from generator.errors import Problem, ProblemsError

#: Others wait as long as a change is worked on; this much takes some seconds.
_MOST_EDITED = 8 * 1024 * 1024


def applied(
    change: Change, files: Mapping[str, bytes], name_of: Callable[[bytes], str], *, now: float
) -> dict[str, bytes | None]:
    """The new contents of the files that a change is about; None removes one. ``name_of`` gives contents a revision,
    ``now`` is the time in seconds since 1970.

    Raises ``ConflictError`` when a target is not as the change expects it, ``ProblemsError`` with all operations that
    can't be done. That the result is good is for others to say.
    """
    for target, revision in change.expected.items():
        _check_revision(target, revision, files, name_of)
    working = Working(files)
    problems: list[Problem] = []
    for operation in _joined(change.operations):
        try:
            _do(operation, working, now)
        except ProblemsError as error:
            problems.extend(error.problems)
        except (TypeError, ValueError) as error:  # a value that no file can hold
            problems.append(Problem(str(error), file=operation.target.file))
    problems = problems or list(_problems_of_all(change, working))
    if problems:
        raise ProblemsError(problems)
    return working.changed


def _joined(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Edits of one file that follow each other as one: any number of settings is one pass over it."""
    waiting: Edit | None = None
    for operation in operations:
        match operation, waiting:
            case Edit(target, edits, ()), Edit(before) if target == before:
                waiting = replace(waiting, edits=(*waiting.edits, *edits))
                continue
        if waiting is not None:
            yield waiting
        waiting = operation if isinstance(operation, Edit) else None
        if waiting is None:
            yield operation
    if waiting is not None:
        yield waiting


def _do(operation: Operation, working: Working, now: float) -> None:
    match operation:
        case Create(target, text):
            working.create(target, text.encode())
        case Edit(target, edits, needed):
            data = working.need_awake(target)
            refuse_missing(target, data, needed)
            _edit(working, target, data, edits)
        case Restore(target, text):
            working.refuse_around(target)
            working.write(target, text.encode())
        case Delete(target):
            working.write(target, _edited(target, working.need_awake(target), (Set((DELETED,), moment(now)),)))
        case Undelete(target):
            _undelete(working, target)
        case Remove(target, at_once):
            working.need(target)
            # The change may have removed what is around it before.
            if not at_once and not working.deleted_by(target) and not Working(working.files).deleted_by(target):
                found = f"the {target.kind} '{target}' is not deleted"
                allowed = "one that was deleted before, and sleeps; or to remove it at once"
                raise ProblemsError([Problem(found, file=target.file, allowed=allowed)])
            working.remove(target)
        case Move(target, workspace):
            data = working.need_awake(target)
            working.create(_moved(target, workspace), data)
            working.remove(target)
        case Upgrade(target, version):
            upgrade(target, version, working)
        case _:
            assert_never(operation)


def _edit(working: Working, target: Target, data: bytes, edits: tuple[EditOperation, ...]) -> None:
    working.edited += len(data)
    if working.edited > _MOST_EDITED:
        found = f"edits of {working.edited:,} bytes of files, one after the other"
        hint = "edit each file once, or make several changes"
        raise ProblemsError([Problem(found, file=target.file, allowed=f"{_MOST_EDITED:,} in a change", hint=hint)])
    working.write(target, _edited(target, data, edits))
    if working.deletion(target) is not None:
        found = f"an edit would delete the {target.kind} '{target}'"
        hint = "ask for its deletion, which knows the time"
        raise ProblemsError([Problem(found, file=target.file, path=DELETED, hint=hint)])


def _edited(target: Target, data: bytes, edits: tuple[EditOperation, ...]) -> bytes:
    return edit(data.decode("utf-8", "surrogateescape"), target.file, edits).encode("utf-8", "surrogateescape")


def _undelete(working: Working, target: Target) -> None:
    data = working.need(target)
    if working.deletion(target) is None:
        by = working.deleted_by(target)
        hint = f"'{by}' is, which it is in: undelete that" if by is not None else ""
        raise ProblemsError([Problem(f"the {target.kind} '{target}' is not deleted", file=target.file, hint=hint)])
    working.write(target, _edited(target, data, (Unset((DELETED,)),)))


def _problems_of_all(change: Change, working: Working) -> Iterator[Problem]:
    """What can be said only when all operations are done."""
    for operation in change.operations:
        match operation:
            case Remove(target):
                problem = working.left_in(target)
            case Upgrade(target):
                problem = image_left_behind(target, working)
            case Create(target) | Restore(target):
                problem = working.nothing_around(target)
            case Move(target, workspace):
                problem = working.nothing_around(_moved(target, workspace))
            case _:
                continue
        if problem is not None:
            yield problem


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
