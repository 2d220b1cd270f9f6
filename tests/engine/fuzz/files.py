"""A good file made bad: at random bytes, at lines, and, as people do it, in its keys and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from generator.airflow import AirflowValues
from generator.errors import ProblemsError
from generator.yaml import read

#: More than this is not interesting, only slow.
_LARGEST = 60_000

_BYTES = (
    b"\0", b"\t", b"\r", b"\x1b", b"\x7f", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe9", b"\xc3", b"\xed\xa0\x80",
    b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xc2\xa0", b"\xe2\x80\x8b", b"\xf0\x9f\x98\x80", b"{{ x }}", b"{%",
    b"[" * 70, b"{" * 70, b"'", b'"', b"\\", b"&a ", b"*a ", b"!!binary ", b"%YAML 1.1\n", b"---\n", b"...\n",
    b"<<<<<<< HEAD\n", b"#", b": ", b"- ", b"? ", b"|\n",
)  # fmt: skip
_LINES = (
    "---", "...", "%TAG ! x", "<<: *a", "? [a]", ": x", "\tx: y", "x: &a [*a]", "- x", "}", "]", "{{- if x }}",
    "=======", "apiVersion: stargit.dev/v1", "kind: Deployment", "  kind: Secret", "values:", "defaults:", "x: |",
    "x: >-", "'", '"', "namespace: kube-system", "namespace: stargit", "runtimeVersion: 1.0.0", "x: " + "y" * 2000,
    "k" * 2000 + ": 1",
)  # fmt: skip
#: Values as they are written; each is put where another one was.
_SCALARS = (
    "", "~", "null", "true", "yes", "Off", "0", "-1", "1.5", "010", "0x1F", "1_000", "1e3", ".inf", "-.INF", ".nan",
    "NaN", "9007199254740993", "1" * 400, "1.0e+400", "-0.0", "2026-01-01", "2026-01-01T00:00:00Z", "12:30:45", "=",
    "<<", "''", '""', '"{{ .Values.x }}"', '"${X}"', '"a\\nb"', '"\\u0000"', '"\\u001b[2J"', '"\\ud800"',
    '"\\u2028"', '"../../etc"', '"a: b"', "'" + "x" * 300 + "'", "LocalExecutor", "CeleryExecutor",
    "KubernetesExecutor", "3.1.0", '"2.7"', "latest", "1Gi", "500m", "[]", "{}", "[[]]", "[null]", "{a: b}",
    '{"": ""}', '[{name: a}]', "{name: a, value: b}", "!!str x", "*a", "&a x", "@x", "{{ x }}",
    "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {a: b}}",
    "[{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]", '[{apiVersion: "", kind: 5, metadata: []}]',
)  # fmt: skip
_KEYS = (
    '""', "a.b", '"a b"', '"a\\nb"', "<<", "null", "on", "5", "x" * 300, '"[0]"', '"\\""', "name", "value",
    "enabled", "replicas", "env", "labels", "resources", "platform", "extraObjects", "extraContainers",
    "extraVolumes", "queues", "keda", "hpa", "image", "namespace", "gitops", "argocd", "kind", "metadata", "data",
    "config", "annotations", "podTemplate", "apiVersion", *sorted(AirflowValues.model_fields),
)  # fmt: skip


def changed_file(random: Random, data: bytes, other: bytes) -> bytes:
    """The file after one or two changes; ``other`` is a file whose lines may get into it."""
    for _ in range(random.choice([1, 1, 2])):
        change = random.choice(_CHANGES)
        data = change(random, data, other)[:_LARGEST]
    return data


def _flip(random: Random, data: bytes, _other: bytes) -> bytes:
    at = random.randint(0, max(len(data) - 1, 0))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _insert(random: Random, data: bytes, _other: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(_BYTES) + data[at:]


def _cut(random: Random, data: bytes, _other: bytes) -> bytes:
    begin, end = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    return data[:begin] + data[end:] if random.randint(0, 1) else data[begin:end]


def _encode(random: Random, data: bytes, _other: bytes) -> bytes:
    text = data.decode("utf-8", "replace") + "# é\n"
    return text.encode(
        random.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp037", "utf-8-sig"]), "replace"
    )


def _lines(random: Random, data: bytes, other: bytes) -> bytes:
    lines, others = data.split(b"\n"), other.split(b"\n")
    at = random.randrange(len(lines))
    match random.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[random.randrange(len(lines))])
        case 2:
            lines[at] = b" " * random.randint(0, 5) + lines[at].lstrip()
        case 3:
            lines.insert(at, random.choice(others))
        case 4:
            lines.insert(at, b" " * random.choice([0, 0, 2, 4]) + random.choice(_LINES).encode())
        case 5:
            lines[at:at] = others
        case _:
            random.shuffle(lines)
    return b"\n".join(lines)


class _Raw(str):
    """Text that is written as it is."""

    __slots__ = ()


def _structure(random: Random, data: bytes, other: bytes) -> bytes:
    """Keys and values changed, so that the file is still YAML, mostly."""
    try:
        value = read(data, file="x").value
        donor = read(other, file="x").value
    except ProblemsError:
        return _lines(random, data, other)
    for _ in range(random.randint(1, 2)):
        _change(random, value, donor)
    return _flow(value).encode("utf-8", "surrogatepass") + b"\n"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys or indexes."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict | list):
            for key, below in list(each.items() if isinstance(each, dict) else enumerate(each)):
                yield each, key
                waiting.append(below)


def _change(random: Random, value: Any, donor: Any) -> None:
    places = list(_places(value))
    if not places:
        return
    container, key = random.choice(places)
    match random.randrange(14):
        case number if number > 5:  # as another file has it, so that it is valid, mostly
            alike = [theirs[each] for theirs, each in _places(donor) if each == key]
            container[key] = json.loads(json.dumps(random.choice(alike or [container[key]])))
        case 0 | 1:
            container[key] = _Raw(random.choice(_SCALARS))
        case 2:
            del container[key]
        case 3 if isinstance(container, dict):
            container[_Raw(random.choice(_KEYS))] = container.pop(key)
        case 4 if isinstance(container, dict):
            container[_Raw(random.choice(_KEYS))] = _Raw(random.choice(_SCALARS))
        case 5:
            others = list(_places(donor))
            if others:
                theirs, their_key = random.choice(others)
                container[key] = json.loads(json.dumps(theirs[their_key]))
        case _:
            container[key] = [container[key]]


def _flow(value: Any) -> str:
    if isinstance(value, _Raw):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value)


_Change = Callable[[Random, bytes, bytes], bytes]
_CHANGES: tuple[_Change, ...] = (_structure,) * 10 + (_lines,) * 3 + (_flip, _insert, _insert, _cut, _encode)
