"""Random templates give the same in Helm and natively, whatever the values are."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from generator.compat.table import runtime_defines
from generator.dialect import CompiledChart, Release
from generator.errors import ProblemsError
from stargit.helm_engine import HelmError, helm_template
from stargit.tools import tool
from tests.dialect.constructs import CONSTRUCTS
from tests.dialect.random_templates import Writer
from tests.dialect.small import BARE, FULL, compiled, compiler, drawn

_RELEASE = Release("r-1", "n.s")


def random_files(seed: int) -> tuple[str, str]:
    """A template and its library (empty when it has none) that compile; drawn again until they do."""
    rng = random.Random(seed)
    while True:
        writer = Writer(rng)
        library = writer.library()
        template = writer.template()
        try:
            compiled(template, library if writer.macros else "")
        except ProblemsError:
            continue
        return template, library if writer.macros else ""


def random_chart(seeds: range) -> CompiledChart:
    """Many templates as one chart: one start of Helm renders them all."""
    templates, libraries = {}, {}
    for seed in seeds:
        template, library = random_files(seed)
        templates[f"t{seed}.yaml.j2"] = template.replace("lib.yaml.j2", f"l{seed}.yaml.j2")
        if library:
            libraries[f"l{seed}.yaml.j2"] = library
    return compiler().compile(templates, libraries)


def write_chart(chart: CompiledChart, folder: Path) -> Path:
    """The Helm chart on disk."""
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 1.0.0\n", encoding="utf-8")
    for name, file in chart.go_files.items():
        (folder / "templates" / name).write_text(file.text, encoding="utf-8")
    (folder / "templates" / "_stargit.tpl").write_text(runtime_defines(chart.used_functions), encoding="utf-8")
    return folder


def differing(chart: CompiledChart, folder: Path, values: dict[str, Any], helm: Path) -> list[str]:
    """The files of which Helm makes something else, or with which it fails."""
    native = chart.program.render(values, _RELEASE)
    try:
        rendered = helm_template(folder, values, _RELEASE, helm)
    except HelmError as error:
        return [str(error)]
    return [
        name
        for name in sorted(native.keys() | rendered.keys())
        if sorted(canonical(whole(one)) for one in native.get(name, []))
        != sorted(map(canonical, rendered.get(name, [])))
    ]


def canonical(value: Any) -> str:
    """JSON text in which an integer and a float differ."""
    return json.dumps(value, sort_keys=True)


def whole(value: Any) -> Any:
    """Floats that are whole numbers as integers: so does Helm write them."""
    match value:
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case list():
            return [whole(item) for item in value]
        case dict():
            return {key: whole(item) for key, item in value.items()}
    return value


def test_constructs_give_the_same_in_helm_and_natively(tmp_path: Path) -> None:
    templates, libraries = {}, {}
    for number, construct in enumerate(CONSTRUCTS):
        templates[f"t{number}.yaml.j2"] = construct.template.replace("lib.yaml.j2", f"l{number}.yaml.j2")
        if construct.library:
            libraries[f"l{number}.yaml.j2"] = construct.library
    chart = compiler().compile(templates, libraries)
    folder = write_chart(chart, tmp_path / "small")
    for values in (FULL, BARE):
        assert differing(chart, folder, values, tool("helm")) == []


@pytest.mark.parametrize("batch", range(4))
def test_random_templates_give_the_same_in_helm_and_natively(batch: int, tmp_path: Path) -> None:
    helm = tool("helm")
    chart = random_chart(range(batch * 25, batch * 25 + 25))
    folder = write_chart(chart, tmp_path / "small")
    for number, values in enumerate([FULL, BARE, *(drawn(batch * 100 + seed) for seed in range(8))]):
        assert differing(chart, folder, values, helm) == [], f"values {number}"
