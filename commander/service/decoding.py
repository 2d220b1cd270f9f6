"""Messages of the protocol -> changes. What a message can't mean is a problem whose path names the field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

from commander.changes import (
    Actor,
    Change,
    Create,
    Delete,
    Edit,
    Move,
    Operation,
    Remove,
    Restore,
    Target,
    Undelete,
    Upgrade,
    deployment_edits,
)
from commander.proto.v1 import commander_pb2 as pb
from commander.reading import Filters, Kind
from generator.edit import Merge, Set, Unset, parse_path
from generator.errors import Problem, ProblemsError

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\Z")
_KINDS: dict[int, Kind] = {
    pb.KIND_ENVIRONMENT: "environment",
    pb.KIND_WORKSPACE: "workspace",
    pb.KIND_DEPLOYMENT: "deployment",
}
#: Operations of a change, and targets that it expects something of.
_MOST = 1000
#: The name of a file's contents; of what is no ordinary file, with its mode before.
_REVISION = re.compile(r"(?:[0-7]{1,6} )?[0-9a-f]{40}\Z|\Z")
#: YAML reads no longer key that stands in one line with its value (YAML 1.2.2, 7.4.2).
_LONGEST_KEY = 1000
#: Values nested deeper can't be written to a file that is read again.
_DEEPEST = 64


def key_of(asked: str, caller: str) -> str:
    """The key of a change that a caller calls ``asked``; of a caller without a name it is the same. Raises
    ``ProblemsError``."""
    if _ID.match(asked) is None:
        allowed = "1 to 128 letters, digits and . _ : -, the first a letter or digit"
        raise ProblemsError([Problem(f"the id of a change is {asked[:200]!r}", path="id", allowed=allowed)])
    return f"{caller}:{asked}" if caller else asked


def change_of(message: pb.Change, key: str, actor: Actor) -> Change:
    """The change that is asked for, in the name of ``actor``. Raises ``ProblemsError`` with all that is wrong."""
    problems: list[Problem] = []
    refuse_many(message.operations, "operations", "change.operations")
    refuse_many(message.expectations, "expectations", "change.expectations")
    operations: list[Operation] = []
    for number, each in enumerate(message.operations):
        with field(problems, f"change.operations[{number}]"):
            operations.extend(_operations(each))
    expected = expectations_of(message.expectations, "change.expectations", problems)
    if problems:
        raise ProblemsError(problems)
    return Change(key, actor, tuple(operations), message.reason, expected)


def actor_of(message: pb.Actor | None) -> Actor | None:
    """Who is named; None when nobody is."""
    return None if message is None else Actor(message.name, message.email)


def target_of(message: pb.Target, path: str = "target") -> Target:
    """Raises ``ProblemsError``."""
    try:
        return Target(message.environment, message.workspace, message.release)
    except ProblemsError as error:
        raise ProblemsError(_at(error.problems, path)) from None


def within_of(message: pb.Target | None) -> Target | None:
    """The environment or workspace that a list is narrowed to. Raises ``ProblemsError``."""
    if message is None or not (message.environment or message.workspace or message.release):
        return None
    return target_of(message, "within")


def refuse_many(messages: Sized, what: str, path: str) -> None:
    """Raises ``ProblemsError`` before any of them is read."""
    if len(messages) > _MOST:
        raise ProblemsError([Problem(f"{len(messages):,} {what}", path=path, allowed=f"at most {_MOST:,}")])


def kind_of(number: int) -> Kind:
    """What is listed. Raises ``ProblemsError``."""
    if number not in _KINDS:
        raise ProblemsError([Problem("no kind", path="kind", allowed="environment, workspace or deployment")])
    return _KINDS[number]


def filters_of(message: pb.Filter) -> Filters:
    """How a list is narrowed. Raises ``ProblemsError``."""
    return Filters(
        label=message.label,
        version=message.version.rstrip("."),
        executor=message.executor,
        hibernating=message.hibernating if message.HasField("hibernating") else None,
        deleted=message.deleted if message.HasField("deleted") else None,
        labels=dict(message.labels),
        with_problems=message.with_problems if message.HasField("with_problems") else None,
        words=message.words,
    )


def expectations_of(messages: Sequence[pb.Expectation], path: str, problems: list[Problem]) -> Mapping[Target, str]:
    """Revisions by target. What is wrong is put to the ``problems``."""
    expected: dict[Target, str] = {}
    for number, each in enumerate(messages):
        with field(problems, f"{path}[{number}]"):
            target = target_of(each.target)
            if _REVISION.match(each.revision) is None:
                allowed = "the revision of a target, as Get tells it, or none"
                raise ProblemsError([Problem("no revision", path="revision", allowed=allowed)])
            if expected.setdefault(target, each.revision) != each.revision:
                raise ProblemsError([Problem(f"two revisions of {target} are expected", allowed="one")])
    return expected


@contextmanager
def field(problems: list[Problem], path: str) -> Iterator[None]:
    """What is wrong inside is put to the problems, at this field of the message."""
    try:
        yield
    except ProblemsError as error:
        problems.extend(_at(error.problems, path))


def _at(problems: Sequence[Problem], path: str) -> list[Problem]:
    return [replace(each, path=f"{path}.{each.path}" if each.path else path) for each in problems]


def _operations(message: pb.Operation) -> Sequence[Operation]:
    kind = message.WhichOneof("operation")
    if kind is None:
        _wrong("an operation of no kind that is known here", f"one of {', '.join(_OPERATIONS)}")
    return _OPERATIONS[kind](target_of(message.target), getattr(message, kind))


def _edit(target: Target, message: pb.Edit) -> Sequence[Operation]:
    problems: list[Problem] = []
    edits: list[Set | Unset | Merge] = []
    for number, each in enumerate(message.settings):
        with field(problems, f"edit.settings[{number}]"):
            edits.append(_setting(each))
    if problems:
        raise ProblemsError(problems)
    return [Edit(target, tuple(edits))]


def _setting(message: pb.Setting) -> Set | Unset | Merge:
    path = parse_path(message.path) if message.path else ()
    _refuse_long_keys((each for each in path if isinstance(each, str)), "path")
    kind = message.WhichOneof("edit")
    if kind is None:
        _wrong("a setting with no edit", "set_json, unset or merge_json")
    if kind == "merge_json":
        values = _json(message.merge_json, kind)
        if not isinstance(values, dict):
            _wrong("a merge patch that is no object", "a JSON object", kind)
        return Merge(path, values)
    if not path:
        _wrong("no path", "the path of a setting, such as values.scheduler.replicas", "path")
    return Set(path, _json(message.set_json, kind)) if kind == "set_json" else Unset(path)


def _json(text: str, field: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        _wrong(f"no JSON: {error}", "JSON text; words stand in double quotes", field)
    for depth, level in enumerate(_levels(value), 1):
        if depth > _DEEPEST:
            _wrong("values that are nested too deep", f"at most {_DEEPEST} levels", field)
        _refuse_long_keys((key for each in level if isinstance(each, dict) for key in each), field)
    return value


def _refuse_long_keys(keys: Iterable[str], field: str) -> None:
    if any(len(key) > _LONGEST_KEY for key in keys):
        _wrong("a very long key", f"at most {_LONGEST_KEY:,} characters", field)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _levels(value: Any) -> Iterator[list[Any]]:
    """What stands at each level of a value, from the outside in."""
    level = [value]
    while level:
        yield level
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]


def _set_variables(target: Target, message: pb.SetVariables) -> Sequence[Operation]:
    found: list[Operation] = []
    plain: dict[str, str | None] = {**dict.fromkeys(message.hidden), **message.plain}
    if plain:
        found.append(deployment_edits.set_variables(target, plain))
    if message.sealed:
        found.append(deployment_edits.seal_variables(target, dict(message.sealed)))
    if message.external:
        references = {
            name: deployment_edits.ExternalReference(each.key, each.property, each.version)
            for name, each in message.external.items()
        }
        found.append(deployment_edits.refer_to_variables(target, references))
    if not found:
        _wrong("no variables", "at least one", "set_variables")
    return found


def _unset_variables(target: Target, message: pb.UnsetVariables) -> Sequence[Operation]:
    kinds = (("plain", message.plain), ("sealed", message.sealed), ("external", message.external))
    found = [deployment_edits.unset_variables(target, kind, names) for kind, names in kinds if names]
    if not found:
        _wrong("no variables", "at least one", "unset_variables")
    return found


def _scale(target: Target, message: pb.Scale) -> Sequence[Operation]:
    return [deployment_edits.scale(target, message.component, message.replicas, queue=message.queue)]


def _set_image(target: Target, message: pb.SetImage) -> Sequence[Operation]:
    return [deployment_edits.set_image(target, message.repository, tag=message.tag, digest=message.digest)]


def _set_bundle(target: Target, message: pb.SetBundle) -> Sequence[Operation]:
    return [deployment_edits.set_bundle(target, message.digest, repository=message.repository)]


_OPERATIONS: Mapping[str, Callable[[Target, Any], Sequence[Operation]]] = {
    "create": lambda target, message: [Create(target, message.text)],
    "edit": _edit,
    "delete": lambda target, _: [Delete(target)],
    "undelete": lambda target, _: [Undelete(target)],
    "remove": lambda target, message: [Remove(target, at_once=message.at_once)],
    "move": lambda target, message: [Move(target, message.workspace)],
    "upgrade": lambda target, message: [Upgrade(target, message.version)],
    "restore": lambda target, message: [Restore(target, message.text)],
    "set_image": _set_image,
    "set_bundle": _set_bundle,
    "set_variables": _set_variables,
    "unset_variables": _unset_variables,
    "scale": _scale,
    "hibernate": lambda target, _: [deployment_edits.hibernate(target)],
    "wake": lambda target, _: [deployment_edits.wake(target)],
    "relabel": lambda target, message: [deployment_edits.relabel(target, message.label)],
}


def _wrong(found: str, allowed: str, path: str = "") -> NoReturn:
    raise ProblemsError([Problem(found, path=path, allowed=allowed)])
