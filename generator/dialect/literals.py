"""YAML literals that stand in templates: one value on one line, read the same by every YAML reader or refused."""

from __future__ import annotations

import re

import yaml

from generator.dialect.source import SourceFile
from generator.dialect.syntax import Json

_PLAIN = re.compile(r"[A-Za-z/$][A-Za-z0-9_./$:@+=,()-]*( [A-Za-z0-9_./$@+=,()-]+)*\Z")
_INTEGER = re.compile(r"(0|-?[1-9][0-9]{0,14})\Z")
_WORDS = frozenset("y n yes no on off true false null nan inf".split())


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
        raise source.error(at + text.index(" #") + 1, "a YAML comment behind a value", "write {# ... #} on a line of its own")
    if text.lower() in _WORDS or not _PLAIN.match(text):
        raise source.error(at, f"the plain text {text!r}", "put it in double quotes: YAML readers may take it for something else")
    return text


def _flow(source: SourceFile, at: int, text: str) -> Json:
    try:
        value = yaml.load(text, _StrictLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or "no YAML"
        raise source.error(at + (mark.index if mark else 0), f"a YAML literal that cannot be read: {detail}") from None
    return _checked(source, at, value)


def _checked(source: SourceFile, at: int, value: object) -> Json:
    match value:
        case str() | bool() | int():
            return value
        case list():
            return [_checked(source, at, item) for item in value]
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise source.error(at, "a key that is not a string", "put the key in double quotes")
            return {key: _checked(source, at, item) for key, item in value.items()}
    raise source.error(at, f"the literal {value!r}", "put it in double quotes: YAML readers may take it for something else")


class _StrictLoader(yaml.SafeLoader):
    """Refuses duplicate keys, anchors and the words that YAML 1.1 alone takes for booleans or numbers."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [key.value for key, _ in node.value]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                mark = node.value[index][0].start_mark
                raise yaml.MarkedYAMLError(problem=f"the key '{key}' stands twice", problem_mark=mark)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(problem="anchors are not in the dialect", problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            text = node.value
            if text not in ("true", "false") and not _INTEGER.match(text) and (text.lower() in _WORDS or not _PLAIN.match(text)):
                raise yaml.MarkedYAMLError(problem=f"put {text!r} in double quotes", problem_mark=node.start_mark)
        return node
