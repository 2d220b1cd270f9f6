"""Values drawn from a JSON Schema: valid by construction, and as nasty as the schema allows.

Empty strings, nulls, boundary numbers, words that YAML takes for something else and keys that collide come far more
often than chance would have it: most differences between two programs live there.
"""

from __future__ import annotations

import random
import re
import re._constants as regex  # type: ignore[import-not-found]
import re._parser as regex_parser  # type: ignore[import-not-found]
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

NASTY = (
    "", " ", "a", "y", "no", "on", "null", "~", "true", "0", "-1", "1.0", "1e3", "0x1F", "08", "0o17", "1_000",
    "12:30", "2001-01-01", ".inf", "=", "<<", "-", "- a", "? a", ": a", "a: b", "a:b", "a #b", "#a", "&a", "*a", "!a",
    "|", ">", "%a", "@a", "`a", "'", '"', "''", "a'b\"c", "\\", "\\n", "{{ .Values }}", "{{", "}}", "{% if %}", "[a]",
    "{a: b}", "a,b", "$(VAR)", "${VAR}", "%s", "%(x)s", "<a&b>", " leading", "trailing ", "é", "ß", "İ", "日本", "😀",
    "\u00a0", "\u2028", "\u2029", "\u200b", "\u0301", "a\nb", "\n", "a\n", " a\nb", "a\n\n", "a\r\nb", "\ta", "a\tb",
    "---", "...", "x" * 300, "/", "a/b", "A.b_c-d",
)  # fmt: skip

_POOL = "abcXYZ019_-./:=,;+@ #'\"\\{}[]<>&*!|%$~é日😀\u00a0\u2028"
VERSIONS = ("2.7.3", "2.8.4", "2.9.3", "2.10.5", "2.11.0", "3.0.0", "3.0.6", "3.1.3", "3.2.1", "3.3.2", "3.0.0-rc1")
EXECUTORS = (
    "LocalExecutor", "CeleryExecutor", "CeleryExecutor", "CeleryExecutor", "KubernetesExecutor", "KubernetesExecutor",
    "CeleryKubernetesExecutor", "LocalKubernetesExecutor", "CeleryExecutor,KubernetesExecutor",
    "LocalExecutor,KubernetesExecutor", "KubernetesExecutor,CeleryExecutor",
)  # fmt: skip

Draw = Callable[[], Any]


class Drawer:
    """Draws values of one schema.

    ``free`` draws what the schema leaves free, by the name of the setting; without it: any JSON.
    """

    def __init__(
        self, schema: Mapping[str, Any], rng: random.Random, free: Callable[[str, random.Random], Any] | None = None
    ) -> None:
        self._schema = schema
        self._rng = rng
        self._free = free

    def values(self) -> dict[str, Any]:
        """A set of values: each key is there with a chance of 10, 50 or 90 %, drawn anew for every map."""
        result = self._object(self._schema, "", 0)
        if "airflowVersion" in self._schema["properties"]:
            # Both decide which templates render anything: never left to chance.
            result["airflowVersion"] = self._rng.choice(VERSIONS)
            result["executor"] = self._rng.choice(EXECUTORS)
        return result

    def of(self, schema: Mapping[str, Any], name: str) -> Any:
        """A value of a part of the schema."""
        return self._draw(schema, name, 0)

    def _draw(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        if "$ref" in schema:
            definition = str(schema["$ref"]).rpartition("/")[2]
            if definition == "Free":
                return self._any(name, depth)
            return self._draw(self._schema["$defs"][definition], name, depth)
        if "anyOf" in schema:
            return self._draw(self._rng.choice(schema["anyOf"]), name, depth)
        if "enum" in schema:
            return self._rng.choice(schema["enum"])
        if name == "airflowVersion":
            return self._rng.choice(VERSIONS)
        match schema.get("type"):
            case "null":
                return None
            case "boolean":
                return self._rng.random() < 0.5
            case "integer":
                return self._integer(schema)
            case "number":
                return self._number(schema)
            case "string":
                return self._text(schema)
            case "array":
                length = self._rng.choice((0, 0, 1, 1, 2, 3))
                items = [self._draw(schema["items"], name, depth + 1) for _ in range(length)]
                return (
                    items
                    if not schema.get("uniqueItems")
                    else [item for index, item in enumerate(items) if item not in items[:index]]
                )
            case "object" if "properties" in schema:
                return self._object(schema, name, depth)
            case "object":
                return self._map(schema, name, depth)
        return self._any(name, depth)

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        chance = self._rng.choice((0.1, 0.5, 0.9))
        required = set(schema.get("required", ()))
        result: dict[str, Any] = {}
        for key, sub in schema["properties"].items():
            must = key in required and "default" not in sub
            if must or self._rng.random() < chance:
                result[key] = self._draw(sub, key, depth + 1)
        if schema["properties"].keys() == {"name", "value", "valueFrom"}:
            # An environment variable has exactly one of the two.
            kept, other = self._rng.sample(("value", "valueFrom"), 2)
            result.pop(other, None)
            while result.get(kept) is None:
                result[kept] = self._draw(schema["properties"][kept], kept, depth + 1)
        return result

    def _map(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        drawn = self._free_map(schema, name, depth)
        if name == "extraObjects" and self._free is None:
            names = {"name": self._rng.choice(("a", "b-1")), **self._free_map(schema, "", depth)}
            drawn = {**drawn, "apiVersion": "v1", "kind": "Thing", "metadata": names}
        return drawn

    def _free_map(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        ((pattern, item),) = (
            schema["patternProperties"].items()
            if "patternProperties" in schema
            else [("^[a-z]{1,8}$", schema.get("additionalProperties", {}))]
        )
        if item == {"$ref": "#/$defs/Free"} and self._free is not None:
            drawn = self._free(name, self._rng)
            return drawn if isinstance(drawn, dict) else {}
        keys = {**schema.get("propertyNames", {}), "pattern": pattern}
        return {self._text(keys): self._draw(item, name, depth + 1) for _ in range(self._rng.choice((0, 1, 1, 2, 4)))}

    def _any(self, name: str, depth: int) -> Any:
        if self._free is not None:
            return self._free(name, self._rng)
        free = self._schema["$defs"]["Free"]
        options = free["anyOf"]
        scalars = [option for option in options if option.get("type") not in ("array", "object")]
        option = self._rng.choice(scalars if depth > 6 else options)
        return self._draw(option, name, depth + 2)

    def _integer(self, schema: Mapping[str, Any]) -> int:
        low, high = schema["minimum"], schema["maximum"]
        edges = (low, high, low + 1, (low + high) // 2, 0, 1, 2, 10)
        return self._rng.choice([edge for edge in edges if low <= edge <= high])

    def _number(self, schema: Mapping[str, Any]) -> float:
        low, high = schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)
        edges = (low, high, 0, 1, -1, 0.5, 1.5, 1e-7, 123456789.125, 1e15, 0.1, 1 / 3)
        return self._rng.choice([edge for edge in edges if low <= edge <= high])

    def _text(self, schema: Mapping[str, Any]) -> str:
        pattern = schema.get("pattern")
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
        if pattern is None:
            return self._rng.choice([text for text in NASTY if least <= len(text) <= most])
        fitting = [text for text in _fitting(pattern) if least <= len(text) <= most]
        if fitting and self._rng.random() < 0.6:
            return self._rng.choice(fitting)
        for _ in range(20):
            text = generate(pattern, self._rng)
            if least <= len(text) <= most and matches(pattern, text):
                return text
        return self._rng.choice(fitting)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\$\Z", r"\\Z", pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether a JSON Schema pattern matches, with ``$`` as Go and Rust read it."""
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=512)
def _fitting(pattern: str) -> tuple[str, ...]:
    return tuple(text for text in NASTY if matches(pattern, text))


def generate(pattern: str, rng: random.Random) -> str:
    """A string that a regular expression matches."""
    return "".join(_generate(_parsed(pattern), rng))


@lru_cache(maxsize=512)
def _parsed(pattern: str) -> tuple[Any, ...]:
    return tuple(regex_parser.parse(pattern))


def _generate(items: Sequence[Any], rng: random.Random) -> list[str]:
    parts: list[str] = []
    for operator, argument in items:
        match operator:
            case regex.LITERAL:
                parts.append(chr(argument))
            case regex.NOT_LITERAL:
                parts.append(rng.choice([char for char in _POOL if ord(char) != argument]))
            case regex.ANY:
                parts.append(rng.choice(_POOL))
            case regex.IN:
                parts.append(_one_of(argument, rng))
            case regex.MAX_REPEAT | regex.MIN_REPEAT:
                low, high, inner = argument
                for _ in range(min(int(high), int(low) + rng.choice((0, 0, 1, 1, 2, 5)))):
                    parts.extend(_generate(list(inner), rng))
            case regex.SUBPATTERN:
                parts.extend(_generate(list(argument[3]), rng))
            case regex.BRANCH:
                parts.extend(_generate(list(rng.choice(argument[1])), rng))
            case regex.AT:
                pass
            case _:
                raise AssertionError(f"the drawer does not know {operator} of a pattern")
    return parts


def _one_of(members: list[Any], rng: random.Random) -> str:
    negated = members[0][0] is regex.NEGATE
    if negated:
        return rng.choice(_outside(tuple(members[1:])))
    kind, argument = rng.choice(members)
    if kind is regex.LITERAL:
        return chr(argument)
    if kind is regex.RANGE:
        return chr(rng.choice((argument[0], argument[1], rng.randint(*argument))))
    return rng.choice([char for char in "az09_ .-" if _member(char, [(kind, argument)])])


@lru_cache(maxsize=512)
def _outside(members: tuple[Any, ...]) -> str:
    return "".join(char for char in _POOL if not _member(char, members))


def _member(char: str, members: Sequence[Any]) -> bool:
    for kind, argument in members:
        if kind is regex.LITERAL and ord(char) == argument:
            return True
        if kind is regex.RANGE and argument[0] <= ord(char) <= argument[1]:
            return True
        if kind is regex.CATEGORY:
            classes = {regex.CATEGORY_DIGIT: r"\d", regex.CATEGORY_SPACE: r"\s", regex.CATEGORY_WORD: r"\w"}
            if re.match(classes[argument], char):
                return True
    return False
