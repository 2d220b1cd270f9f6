"""Values against their schema, with messages for people: what was found, what is allowed, the nearest known name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import jsonschema_rs

from generator.charts.confidential import is_confidential
from generator.errors import Problem, did_you_mean
from generator.secrecy import HIDDEN, WHY_HIDDEN
from generator.yaml import dotted

_NUMBER = re.compile(r"\+?[0-9]+\Z")
_SHOWN = 60
_MOST_NAMES = 20
_MOST = 100  # problems; as many as the reader of YAML tells of a file
_UNKNOWN = "there is no such setting"
#: How hints begin that repeat the value: a reader of files puts in what stands there (3.10 is read as 3.1).
QUOTES = "put it in quotes"
WHOLE = "write the whole version"


def validate(
    validator: jsonschema_rs.Draft7Validator,
    schema: Mapping[str, Any],
    values: Mapping[str, Any],
    instead: Callable[[str], str] = lambda _: "",
) -> list[Problem]:
    """All problems of ``values``; an empty list when they are valid.

    Of a hundred nobody reads all: then it is said that there are more. ``instead`` tells for the path of an unknown
    setting what people write for it here, or nothing. A value that may be a secret is not repeated.
    """
    if validator.is_valid(values):
        return []
    problems: list[Problem] = []
    told: set[tuple[tuple[str | int, ...], tuple[str | int, ...]]] = set()
    for error in validator.iter_errors(values):
        place = (*error.instance_path,), (*error.schema_path,)
        if place in told:
            continue  # of each key that is wrong or missing there is an error, and the first tells all of them
        told.add(place)
        for problem in _problems(error, schema, values):
            problems.append(_with_instead(problem, instead))
            if len(problems) == _MOST:
                return [*problems, Problem(f"has {_MOST} problems or more; what else there is, is not told")]
    return problems


def _with_instead(problem: Problem, instead: Callable[[str], str]) -> Problem:
    known = instead(problem.path) if problem.message == _UNKNOWN else ""
    # What stands in its place says more than the list of all settings.
    return replace(problem, hint=known, allowed="") if known else problem


def _step(key: str) -> str:
    """A key as it stands in a path: quoted when it could break the line or look like more than one step."""
    return dotted([key], _SHOWN)


def _problems(
    error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterable[Problem]:
    path = _steps(values, list(error.instance_path), error.instance)
    found = _at(values, path)
    rule = _resolve(schema, list(error.schema_path)[:-1])
    keyword = str(list(error.schema_path)[-1])
    where = dotted(path, _SHOWN)
    if "propertyNames" in error.schema_path and isinstance(found, dict):
        form = jsonschema_rs.Draft7Validator({**rule, "type": "string"})
        wrong = sorted(key for key in found if not form.is_valid(key))
        return [
            Problem(f"the key {_show(key)} does not have the right form", path=where, allowed=_words(rule))
            for key in wrong
        ]
    if keyword == "additionalProperties" and isinstance(found, dict):
        known = rule.get("properties", {})
        pattern = next(iter(rule.get("patternProperties", {})), "")
        unknown = sorted(key for key in found if key not in known and not _matches(pattern, key))
        return (
            replace(_unknown_key(where, key, rule), secret=is_confidential(values, [*path, key])) for key in unknown
        )
    if keyword == "required":
        missing = sorted(set(rule.get("required", ())) - set(found if isinstance(found, dict) else ()))
        return [_missing(where, key, rule, schema) for key in missing]
    if not is_confidential(values, path):
        return [
            _wrong_value(keyword, found, rule, schema, where, _show(found))
            or Problem(_short(error.message), path=where)
        ]
    problem = _wrong_value(keyword, found, rule, schema, where, HIDDEN)
    problem = problem or Problem(f"{HIDDEN} does not keep to the rule '{keyword}'", path=where)
    # What sets a value repeats it in quotes when a hint says so.
    hint = f"{QUOTES}; {WHY_HIDDEN}" if problem.hint.startswith(QUOTES) else WHY_HIDDEN
    return [replace(problem, hint=hint, secret=True)]


def _wrong_value(
    keyword: str, found: Any, rule: Mapping[str, Any], schema: Mapping[str, Any], where: str, shown: str
) -> Problem | None:
    """What is wrong with a value, which is told as ``shown`` (the hint may repeat it); None for rules without words."""
    match keyword:
        case "enum":
            allowed = ["null" if value is None else str(value) for value in rule["enum"]]
            return Problem(
                f"{shown} is not allowed",
                path=where,
                allowed=", ".join(allowed),
                hint=did_you_mean(str(found), allowed),
            )
        case "type":
            return Problem(
                f"{shown} is {_type_of(found)}",
                path=where,
                allowed=_words(rule) if "pattern" in rule else _types(rule["type"]),
                hint=_type_hint(rule, found),
            )
        case "pattern":
            return Problem(
                f"{shown} does not have the right form",
                path=where,
                allowed=_words(rule),
                hint=_text_hint(rule, found),
            )
        case "minimum" | "maximum":
            low, high = rule.get("minimum"), rule.get("maximum")
            return Problem(
                f"{shown} is out of range",
                path=where,
                allowed=f"{low} to {high}" if None not in (low, high) else f"{keyword} {rule[keyword]}",
            )
        case "minLength" | "maxLength":
            return Problem(
                f"{shown} has {len(str(found))} characters",
                path=where,
                allowed=f"{rule.get('minLength', 0)} to {rule.get('maxLength', 'any number of')} characters",
            )
        case "anyOf":
            return _no_alternative(found, rule, schema, where, shown)
    return None


def _missing(where: str, key: str, rule: Mapping[str, Any], schema: Mapping[str, Any]) -> Problem:
    # A setting with a default can only be missing when a null took the default away.
    own = rule.get("properties", {}).get(key, {})
    removed = "default" in own or "properties" in _follow(own, schema)
    hint = "null is not allowed here: leave the key out to get its default" if removed else "it has no default: give it"
    return Problem("is missing", path=f"{where}.{_step(key)}".lstrip("."), hint=hint)


def _unknown_key(where: str, key: str, rule: Mapping[str, Any]) -> Problem:
    path = f"{where}.{_step(key)}".lstrip(".")
    known = rule.get("properties", {})
    if known:
        hint = did_you_mean(key, known)
        names = "" if hint and len(known) > _MOST_NAMES else ", ".join(sorted(known))
        return Problem(_UNKNOWN, path=path, hint=hint, allowed=names)
    return Problem(
        f"the key {_show(key)} does not have the right form", path=path, allowed=_words(rule.get("propertyNames", {}))
    )


def _no_alternative(found: Any, rule: Mapping[str, Any], schema: Mapping[str, Any], where: str, shown: str) -> Problem:
    allowed = " or ".join(dict.fromkeys(words.rstrip(".") for words in _alternatives(rule, schema)))
    options = [_follow(option, schema) for option in rule["anyOf"]]
    kinds = {kind for option in options for kind in [option.get("type")] if isinstance(kind, str)}
    text = next((option for option in options if option.get("type") == "string"), None)
    same = {"a number": {"integer", "number"}, "text": {"string"}, "a list": {"array"}, "a map": {"object"}}
    if kinds & same.get(_type_of(found), set()):
        hint = _text_hint(text, found) if text is not None and isinstance(found, str) else ""
        return Problem(f"{shown} is not allowed", path=where, allowed=allowed, hint=hint)
    hint = _text_hint(text, found) if text is not None and "number" not in kinds else ""
    return Problem(f"{shown} is {_type_of(found)}", path=where, allowed=allowed, hint=hint if found is not None else "")


def _alternatives(rule: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    words: list[str] = []
    for each in rule["anyOf"]:
        option = _follow(each, schema)
        if "enum" in option:
            words.append("one of " + ", ".join(str(value) for value in option["enum"]))
        elif "pattern" in option:
            words.append(_words(option))
        elif "anyOf" in option:
            words.extend(_alternatives(option, schema))
        elif "minimum" in option and "maximum" in option:
            words.append(f"{_types(option['type'])} from {option['minimum']} to {option['maximum']}")
        elif "type" in option:
            words.append(_types(option["type"]))
    return words


def _words(rule: Mapping[str, Any]) -> str:
    """What a rule of texts says for people: all that have a pattern have words, too (``generator.model``)."""
    return str(rule.get("description", "")).rstrip(".")


def _steps(values: Any, path: list[str | int], wrong: Any) -> list[str | int]:
    """The path to what is ``wrong``. Of a key that looks like a number ("8", "08", "+8") the validator gives that."""
    steps: list[str | int] = []
    for index, part in enumerate(path):
        step = part
        if isinstance(values, dict) and part not in values:
            keys = [key for key in values if _NUMBER.match(key) is not None and int(key) == part]
            last = index == len(path) - 1
            step = next((key for key in keys if last and values[key] == wrong), keys[0])
        steps.append(step)
        values = values[step]
    return steps


def _at(values: Any, path: list[str | int]) -> Any:
    for part in path:
        values = values[part]
    return values


def _resolve(schema: Mapping[str, Any], path: list[str | int]) -> Mapping[str, Any]:
    """The part of the schema at a path of keywords; ``$ref`` steps are followed."""
    node: Any = schema
    for part in path:
        if part == "$ref":
            node = _follow(node, schema)
        else:
            if isinstance(node, Mapping) and "$ref" in node and part not in node:
                node = _follow(node, schema)
            node = node[part]
    return node if isinstance(node, Mapping) else {}


def _follow(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][str(node["$ref"]).rpartition("/")[2]]
    return node


def _matches(pattern: str, key: str) -> bool:
    return bool(pattern) and jsonschema_rs.is_valid({"type": "string", "pattern": pattern}, key)


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
    return "a map"


def _types(kind: str | list[str]) -> str:
    words = {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "array": "a list",
        "object": "a map",
        "null": "null",
    }
    return " or ".join(words[one] for one in ([kind] if isinstance(kind, str) else kind))


def _type_hint(rule: Mapping[str, Any], found: Any) -> str:
    if rule["type"] == "string":
        return _text_hint(rule, found) or _null_hint(found)
    return _null_hint(found)


def _null_hint(found: Any) -> str:
    return "null removes a default, and this setting needs a value" if found is None else ""


def _text_hint(rule: Mapping[str, Any], found: Any) -> str:
    """How to write, where text belongs, what YAML takes for a number or a boolean, or what is no whole version.

    Only what the rule takes is proposed.
    """
    if not isinstance(found, str | bool | int | float):
        return ""
    text = found if isinstance(found, str) else json.dumps(found)
    form = {key: rule[key] for key in ("pattern", "minLength", "maxLength") if key in rule}
    if jsonschema_rs.is_valid({"type": "string", **form}, text):
        return f'{QUOTES}: "{text}"'
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        for behind in (".0", ".0.0"):
            if jsonschema_rs.is_valid({"type": "string", **form}, text + behind):
                return f"{WHOLE}: {text}{behind}"
    return ""


def _show(value: Any) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
