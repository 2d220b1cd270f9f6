"""YAML literals that stand in templates: one value on one line, read the same by every YAML reader or refused."""

from __future__ import annotations

import re

import yaml

from generator.dialect.source import SourceFile, unsafe_character
from generator.dialect.syntax import Json
from generator.errors import ProblemsError

_PLAIN = re.compile(r"[A-Za-z/$](?:[A-Za-z0-9_./$:@+=,()-]*[A-Za-z0-9_./$@+=,()-])?(?: [A-Za-z0-9_./$@+=,()-]+)*\Z")
_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]{0,14})\Z")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
_MOST_LEVELS = 20
_QUOTE = "put it in double quotes: YAML readers may take it for something else"


def read_literal(source: SourceFile, at: int, text: str) -> Json:
    """The value of a YAML literal. Raises ProblemsError for what two YAML readers could read differently."""
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        raise source.error(at, "a literal null", "leave the line out: absent and null are the same")
    if _INTEGER.match(text):
        return int(text)
    if text[0] in "\"'[{":
        return _flow(source, at, text)
    if text[0] in "|>":
        raise source.error(at, "a block scalar", "write a text macro: {% macro name() as text %}")
    if text[0] in "&*!":
        raise source.error(at, "an anchor, alias or tag", "use {% set %} or a macro")
    if " #" in text:
        raise _comment(source, at + text.index(" #") + 1)
    if not _is_plain(text):
        raise source.error(at, f"the plain text {text!r}", _QUOTE)
    return text


def _is_plain(text: str) -> bool:
    return _PLAIN.match(text) is not None and text.lower() not in _WORDS


def _comment(source: SourceFile, at: int) -> ProblemsError:
    return source.error(at, "a YAML comment behind a value", "write {# ... #} on a line of its own")


def _flow(source: SourceFile, at: int, text: str) -> Json:
    try:
        loader = _StrictLoader(text)
        node = loader.get_single_node()
        assert node is not None, "the text begins a value"
        value = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or getattr(error, "reason", "no YAML")
        index = mark.index if mark is not None else 0
        raise source.error(at + index, f"a YAML literal that cannot be read: {detail}") from None
    except RecursionError:
        raise _too_deep(source, at) from None
    rest = text[node.end_mark.index :]
    if rest.strip():
        raise _comment(source, at + len(text) - len(rest.lstrip()))
    return _checked(source, at, value)


def _too_deep(source: SourceFile, at: int) -> ProblemsError:
    return source.error(at, f"a YAML literal of more than {_MOST_LEVELS} levels", "write the outer ones as a block")


def _checked(source: SourceFile, at: int, value: object, level: int = 0) -> Json:
    if level > _MOST_LEVELS:
        raise _too_deep(source, at)
    match value:
        case str():
            if found := unsafe_character(value):
                raise source.error(
                    at, f"the character U+{ord(found):04X} in a string", "YAML readers drop or refuse it"
                )
            return value
        case bool() | int():
            return value
        case list():
            return [_checked(source, at, item, level + 1) for item in value]
        case dict():
            return {_key(source, at, key): _checked(source, at, item, level + 1) for key, item in value.items()}
    raise source.error(at, f"the literal {value!r}", _QUOTE)


def _key(source: SourceFile, at: int, key: object) -> str:
    if not isinstance(key, str):
        raise source.error(at, "a key that is not a string", "put the key in double quotes")
    _checked(source, at, key)
    return key


class _StrictLoader(yaml.SafeLoader):
    """Refuses duplicate keys, anchors, tags and the words that only some readers take for booleans or numbers."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [key.value for key, _ in node.value]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                mark = node.value[index][0].start_mark
                raise yaml.MarkedYAMLError(problem=f"the key '{key}' stands twice", problem_mark=mark)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchors are not in the dialect", problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(problem="tags are not in the dialect", problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            text = node.value
            if text not in ("true", "false") and not _INTEGER.match(text) and not _is_plain(text):
                raise yaml.MarkedYAMLError(problem=f"put {text!r} in double quotes", problem_mark=node.start_mark)
        return node
