"""One value set, rendered by Helm and natively, compared object by object."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from generator.charts import ChartSource, chart_files, source_map
from generator.dialect import Release
from generator.yaml import dump_all
from stargit.helm_engine import helm_template, objects
from tests.support.draw_kubernetes import draw_free
from tests.support.values import drawn_release, drawn_values

_SAFE = 2**53


@dataclass(frozen=True)
class BuiltChart:
    """A chart on disk, with the source it was built from."""

    source: ChartSource
    folder: Path
    origins: Mapping[str, list[list[int | str] | None]]


def build(source: ChartSource, folder: Path) -> BuiltChart:
    """Write the Helm chart below ``folder``."""
    root = folder / source.name
    for name, text in chart_files(source).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return BuiltChart(source, root, source_map(source))


def drawn_set(source: ChartSource, number: int) -> tuple[dict[str, Any], Release]:
    """Values and release of a number: even ones as nasty as the schema allows, odd ones as Kubernetes accepts them."""
    return drawn_values(source, number, draw_free if number % 2 else None), drawn_release(number)


def differences(chart: BuiltChart, values: Mapping[str, Any], release: Release, helm: Path) -> list[str]:
    """What Helm's objects and ours differ in; each text names the template file."""
    native = chart.source.render(chart.source.effective(values), release)
    rendered = helm_template(chart.folder, values, release, helm, origins=chart.origins)
    found = []
    for name in sorted(native.keys() | rendered.keys()):
        ours, theirs = _sorted(_whole(native.get(name, []))), _sorted(rendered.get(name, []))
        if ours != theirs:
            found.append(f"{name}: {_first_difference(ours, theirs)}")
        written = objects(dump_all(native[name])).get("", []) if name in native else []
        if _sorted(written) != ours:
            found.append(f"{name}: our own YAML reads back otherwise: {_first_difference(ours, _sorted(written))}")
    return found


def shuffled(numbers: range, seed: int) -> list[int]:
    """The numbers in another order, always the same."""
    order = list(numbers)
    random.Random(seed).shuffle(order)
    return order


def canonical(value: Any) -> str:
    """JSON of a value in which whole numbers are whole: Kubernetes refuses ``1e+06`` where it wants an integer.

    In ours a float may still be one that is written as a whole number; what was read from text is as it was written.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _whole(value: Any) -> Any:
    match value:
        case float() if value.is_integer() and abs(value) <= _SAFE:
            return int(value)
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {key: _whole(item) for key, item in value.items()}
    return value


def _sorted(documents: list[Any]) -> list[str]:
    """Helm orders the documents of a file by kind; their order means nothing."""
    return sorted(canonical(document) for document in documents)


def _first_difference(ours: list[str], theirs: list[str]) -> str:
    if len(ours) != len(theirs):
        return f"{len(ours)} objects natively, {len(theirs)} from Helm: {_names(ours)} and {_names(theirs)}"
    left, right = next((a, b) for a, b in zip(ours, theirs, strict=True) if a != b)
    return _path(orjson.loads(left), orjson.loads(right), "")


def _names(documents: list[str]) -> list[str]:
    return [
        f"{document.get('kind')}/{document.get('metadata', {}).get('name')}"
        for document in map(orjson.loads, documents)
    ]


def _path(left: Any, right: Any, path: str) -> str:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key) or (key in left) != (key in right):
                return _path(left.get(key, "<absent>"), right.get(key, "<absent>"), f"{path}.{key}")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            if one != other:
                return _path(one, other, f"{path}[{index}]")
    return f"{path or '.'}: natively {left!r:.300}, from Helm {right!r:.300}"
