"""The heads of statements: what stands in ``{% ... %}``, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.dialect import syntax as s
from generator.dialect.expressions import ExpressionParser
from generator.dialect.lines import Statement, Tag
from generator.dialect.source import SourceFile
from generator.errors import did_you_mean

FORMATS = ("text", "ini", "python", "shell")
_WORDS = ("import", "set", "if", "elif", "else", "endif", "for", "endfor", "require", "macro", "endmacro")
_FORBIDDEN = {
    "include": "import a macro and call it",
    "extends": "call macros of a library",
    "block": "call macros of a library",
    "call": "pass what the macro needs as arguments",
    "do": "there are no side effects",
    "with": "use {% set %}",
    "filter": "use a filter in an expression",
    "raw": 'write the text as an expression: {{ "..." }}',
    "autoescape": "the compiler quotes everything",
    "break": "filter in the head: {% for x in list if condition %}",
    "continue": "filter in the head: {% for x in list if condition %}",
    "from": 'write {% import "file" as name %}',
}
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_WORD = re.compile(rf"\s*({_NAME})")
_IMPORT = re.compile(rf"""\s*["']([^"']+)["']\s+as\s+({_NAME})\s*\Z""")
_SET = re.compile(rf"\s*({_NAME})\s*=(?!=)")
_MACRO = re.compile(rf"\s*({_NAME})\s*\((.*)\)\s*(?:as\s+(\w+))?\s*\Z", re.S)
_PARAMETER = re.compile(rf"\s*({_NAME})\s*(?::\s*([A-Za-z0-9_\[\]? ]+?))?\s*\Z")
#: Roots, functions and words of expressions; ``root`` is how a macro of the chart reaches values and release.
_RESERVED = frozenset(
    (
        "values", "release", "chart", "catalog", "root", "latest", "merge", "overlay", "override",
        "true", "false", "none", "True", "False", "None",
        "not", "and", "or", "in", "is", "if", "else", "for", "recursive",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """A statement's head. ``text`` is a file, a message or a macro's format, as the word needs."""

    word: str
    names: tuple[str, ...] = ()
    expression: s.Expression | None = None
    condition: s.Expression | None = None
    text: str = ""
    parameters: tuple[s.Parameter, ...] = ()

    @property
    def value(self) -> s.Expression:
        """The expression of a statement that has one."""
        assert self.expression is not None
        return self.expression


def read_head(source: SourceFile, expressions: ExpressionParser, line: Statement) -> Head:
    """The head of one statement. Raises ProblemsError."""
    text = source.text[line.tag.start : line.tag.end]
    match = _WORD.match(text)
    if match is None:
        raise source.error(line.at, "a statement without a word", "one of: " + ", ".join(_WORDS))
    word = match.group(1)
    rest = Tag(line.tag.start + match.end(), line.tag.end)
    tail = text[match.end() :]
    if word in _FORBIDDEN:
        raise source.error(line.at, f"{{% {word} %}} is not in the dialect", _FORBIDDEN[word])
    if line.inline is not None and word != "macro":
        raise source.error(line.at, f"something stands behind {{% {word} %}}", "a statement stands alone on its line")
    match word:
        case "else" | "endif" | "endfor" | "endmacro":
            if tail.strip():
                raise source.error(rest.start, f"'{tail.strip()}' behind '{word}'", f"write {{% {word} %}}")
            return Head(word)
        case "if" | "elif":
            return Head(word, expression=expressions.expression(rest))
        case "for":
            names, iterable, condition = expressions.loop(rest)
            for name in names:
                _free(source, line.at, name)
            if len(set(names)) < len(names):
                raise source.error(line.at, f"the name '{names[0]}' stands twice", "a key and a value need two names")
            return Head(word, names, iterable, condition)
        case "set":
            found = _SET.match(tail)
            if found is None:
                raise source.error(line.at, "a {% set %} that is no assignment", "{% set name = expression %}")
            _free(source, line.at, found.group(1))
            return Head(word, (found.group(1),), expressions.expression(Tag(rest.start + found.end(), rest.end)))
        case "require":
            return _require(source, expressions, line, rest)
        case "import":
            found = _IMPORT.match(tail)
            if found is None:
                raise source.error(line.at, "an import that names no file", '{% import "file.yaml.j2" as name %}')
            _free(source, line.at, found.group(2))
            return Head(word, (found.group(2),), text=found.group(1))
        case "macro":
            return _macro(source, line, rest, tail)
    raise source.error(line.at, f"{{% {word} %}} is not in the dialect", did_you_mean(word, _WORDS), ", ".join(_WORDS))


def _free(source: SourceFile, at: int, name: str) -> None:
    if not re.fullmatch(_NAME, name) or name.startswith("_"):
        raise source.error(
            at, f"the name '{name}'", "names are of ASCII letters, digits and '_', and begin with a letter"
        )
    if name in _RESERVED:
        raise source.error(at, f"'{name}' is a name of the dialect", "choose another name")


def _require(source: SourceFile, expressions: ExpressionParser, line: Statement, rest: Tag) -> Head:
    parts = expressions.list_of(rest)
    if len(parts) != 2 or not isinstance(parts[1], s.Literal) or not isinstance(parts[1].value, str):
        raise source.error(line.at, "a {% require %} without a message", '{% require condition, "what to do" %}')
    return Head("require", expression=parts[0], text=parts[1].value)


def _macro(source: SourceFile, line: Statement, rest: Tag, tail: str) -> Head:
    found = _MACRO.match(tail)
    if found is None:
        raise source.error(line.at, "a macro without a name and parameters", "{% macro name(parameter: type) %}")
    name, inside, format_ = found.group(1), found.group(2), found.group(3) or ""
    _free(source, line.at, name)
    if format_ and format_ not in FORMATS:
        raise source.error(
            rest.start + found.start(3), f"the format '{format_}'", did_you_mean(format_, FORMATS), ", ".join(FORMATS)
        )
    parameters: list[s.Parameter] = []
    offset = rest.start + found.start(2)
    for part in inside.split(",") if inside.strip() else []:
        at = offset + len(part) - len(part.lstrip())
        match = _PARAMETER.match(part)
        if match is None:
            raise source.error(at, f"the parameter '{part.strip()}'", "name: type")
        if match.group(2) is None:
            raise source.error(
                at,
                f"the parameter '{match.group(1)}' has no type",
                f"{match.group(1)}: str, a shape such as Component, or static",
            )
        _free(source, at, match.group(1))
        if any(known.name == match.group(1) for known in parameters):
            raise source.error(at, f"the parameter '{match.group(1)}' stands twice")
        parameters.append(s.Parameter(at, match.group(1), match.group(2)))
        offset += len(part) + 1
    return Head("macro", (name,), text=format_, parameters=tuple(parameters))
