"""Helm itself as a rendering engine: a chart on disk and values in, objects by template file out.

The program runs with a fixed list of arguments, its own empty settings and no access to a cluster. What it prints is
read as Kubernetes' tools read it, and what it complains about is traced to the line of the template that the chart was
made from.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from generator.dialect import Release
from generator.errors import Position, Problem, ProblemsError
from generator.yaml import dump

#: For each Go template file (``templates/x.yaml``) the file and line that each of its lines came from.
Origins = Mapping[str, Sequence[Sequence[int | str] | None]]

_SECONDS = 120
_SHOWN = 4000  # characters of Helm's words that are shown


class HelmError(ProblemsError):
    """Helm refused. ``stderr`` has its own words; the problems name template source lines where they are known."""

    def __init__(self, problems: Sequence[Problem], stderr: str) -> None:
        super().__init__(problems)
        self.stderr = stderr


def helm_template(
    chart: Path,
    values: Mapping[str, Any],
    release: Release,
    helm: Path,
    *,
    origins: Origins | None = None,
    kubernetes: str | None = None,
) -> dict[str, list[Any]]:
    """The objects that Helm makes of a chart (a folder or a package), by template file (``scheduler.yaml``).

    Files are sorted by name; the objects of one file are in Helm's order, which is the order of installation by kind.
    ``kubernetes`` is the version that the chart sees (``1.31.0``). Raises ``HelmError`` when Helm refuses,
    ``ProblemsError`` when its output is no YAML that everybody reads alike.
    """
    with tempfile.TemporaryDirectory(prefix="stargit-helm-") as folder:
        home = Path(folder)
        # Not as JSON: Helm reads values as YAML, which has no surrogate pairs and no raw line separators in keys.
        file = home / "values.yaml"
        file.write_text(dump(dict(values)), encoding="utf-8")
        command = [
            str(helm), "template", release.name, str(chart), "--namespace", release.namespace, "--values", str(file),
            *(["--kube-version", kubernetes] if kubernetes else []),
        ]  # fmt: skip
        text = _run(command, home, origins or {})
    return objects(text)


def helm_lint(chart: Path, helm: Path) -> None:
    """Raises ``HelmError`` with what ``helm lint --strict`` finds."""
    with tempfile.TemporaryDirectory(prefix="stargit-helm-") as folder:
        _run([str(helm), "lint", "--strict", str(chart)], Path(folder), {})


def objects(text: str) -> dict[str, list[Any]]:
    """The documents of Helm's output by template file, read as Kubernetes' tools read YAML.

    Raises ``ProblemsError`` for a stream that is no YAML, and for a key that a map has twice.
    """
    lines, names = _sources(text)
    found: dict[str, list[Any]] = {}
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None or _is_empty(node):
                continue
            place = bisect_right(lines, node.start_mark.line) - 1
            name = names[place] if place >= 0 else ""
            found.setdefault(name, []).append(_plain(node))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = Position(mark.line + 1, mark.column + 1) if mark else None
        what = getattr(error, "problem", None) or str(error)
        raise ProblemsError([Problem(f"Helm's output is no YAML: {what}", position=position)]) from None
    finally:
        loader.dispose()
    return dict(sorted(found.items()))


def _run(command: list[str], home: Path, origins: Origins) -> str:
    try:
        done = subprocess.run(
            command, env=_environment(home), cwd=home, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise HelmError([Problem(f"Helm took more than {_SECONDS} s")], "") from None
    except OSError as error:
        raise HelmError([Problem(f"Helm can't be started: {error.strerror}", file=command[0])], "") from None
    # Text of a chart may hold any character; only Helm's own words may be broken, when it cuts a line in the middle.
    errors = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        words = errors if "lint" not in command else done.stdout.decode(errors="replace") + errors
        raise HelmError(_problems(words, origins), words)
    return done.stdout.decode()


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the person's own Helm (plugins, repositories, a cluster) takes part."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("HELM_", "KUBE"))}
    own = {f"HELM_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    return {**kept, **own, "HELM_PLUGINS": str(home / "plugins"), "KUBECONFIG": os.devnull, "NO_COLOR": "1"}


_PLACE = re.compile(r"\(?[a-z0-9-]+/(templates/[A-Za-z0-9_./-]+):([0-9]+)(?::([0-9]+))?\)?:?")
_SCHEMA = re.compile(r"^- at '(?P<path>[^']*)': (?P<message>.*)$", re.MULTILINE)
_LINT = re.compile(r"^\[(?:ERROR|WARNING)\] (?P<message>.*(?:\n(?!\[|\n).*)*)", re.MULTILINE)


def _problems(words: str, origins: Origins) -> list[Problem]:
    """What Helm's words say: values against the schema, findings of lint, or one error in a template."""
    if "meet the specifications of the schema" in words:
        found = [
            Problem(match["message"], path=match["path"].strip("/").replace("/", "."))
            for match in _SCHEMA.finditer(words)
        ]
        if found:
            return found
    if linted := [Problem(match["message"]) for match in _LINT.finditer(words)]:
        return [_located(problem.message, origins) for problem in linted]
    words = words.strip().removeprefix("Error: ").removesuffix("Use --debug flag to render out invalid YAML")
    return [_located(words, origins)]


def _located(words: str, origins: Origins) -> Problem:
    """Helm tells the places from the outermost include to the innermost; the last one is where it happened."""
    places = list(_PLACE.finditer(words))
    if not places:
        return Problem(_short(words))
    last = places[-1]
    file, line = last[1], int(last[2])
    message = _short(words[last.end() :] or words)
    chart_place = f"{file}:{line}" + (f":{last[3]}" if last[3] else "")
    lines = origins.get(file, ())
    origin = lines[line - 1] if 0 < line <= len(lines) else None
    if origin is None:
        return Problem(message, file=file, position=Position(line, int(last[3] or 0) + 1))
    return Problem(message, file=str(origin[0]), position=Position(int(origin[1])), hint=f"in the chart: {chart_place}")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


def _sources(text: str) -> tuple[list[int], list[str]]:
    """The lines on which documents of a template file begin, and the files' names.

    ``---`` in the first column ends whatever stands before it, also quoted text and block scalars, so no value of a
    document can look like such a line.
    """
    lines: list[int] = []
    names: list[str] = []
    before = ""
    for number, line in enumerate(text.split("\n")):
        if before == "---" and line.startswith("# Source: "):
            lines.append(number)
            names.append(line.removeprefix("# Source: ").partition("/templates/")[2])
        before = line
    return lines, names


class _Loader(yaml.CSafeLoader):
    """PyYAML's scanner with the words and numbers of sigs.k8s.io/yaml (go-yaml 2), which kubectl and Argo CD use."""


_Loader.yaml_implicit_resolvers = {}  # none of PyYAML's own


_INT = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_BOOL = re.compile(r"(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)\Z")
_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")

for _tag, _pattern, _first in (
    ("null", _NULL, ["~", "n", "N", ""]),
    ("bool", _BOOL, list("yYtToOnNfF")),
    ("int", _INT, list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
    ("merge", re.compile(r"<<\Z"), ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, _first)


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key, value in node.value:
            name = _plain(key)
            if not isinstance(name, str) or name in result or key.tag.endswith(":merge"):
                what = "is there twice" if name in result else "is no plain text"
                position = Position(key.start_mark.line + 1, key.start_mark.column + 1)
                raise ProblemsError([Problem(f"Helm's output: the key {name!r} {what}", position=position)])
            result[name] = _plain(value)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    text: str = node.value
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text.lower() in ("y", "yes", "true", "on")
        case "int":
            return _integer(text.replace("_", ""))
        case "float":
            return float(text)
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    sign = -1 if text.startswith("-") else 1
    # As Go's ParseInt with base 0: a leading 0 is octal.
    base = {"0x": 16, "0b": 2, "0o": 8}.get(digits[:2].lower(), 8 if len(digits) > 1 and digits[0] == "0" else 10)
    return sign * int(digits[2:] if digits[:2].lower() in ("0x", "0b", "0o") else digits, base)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")
