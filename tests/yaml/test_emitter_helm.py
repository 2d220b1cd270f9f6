"""Helm reads what is written, both as values and in the manifests that it splits and joins."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.yaml import dump, dump_all
from stargit.tools import tool
from tests.yaml.nasty import STRINGS, documents, scalars


def template(folder: Path, body: str, values: str = "{}", **files: str) -> str:
    """What Helm prints for a chart with one template; ``files`` can be read by it."""
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: judge\nversion: 1.0.0\n", encoding="utf-8")
    (folder / "templates" / "out.yaml").write_text(body, encoding="utf-8")
    for name, text in {"user": values, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")
    command = [str(tool("helm")), "template", "judge", str(folder), "--values", str(folder / "user.yaml")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def as_values(folder: Path, text: str) -> Any:
    """The values that Helm reads."""
    body = "out: {{ .Values | toJson | b64enc }}\n"
    output = template(folder, body, text)
    return json.loads(base64.b64decode(output.split("out: ")[1].strip()))


def plain(value: Any) -> Any:
    """As Helm knows it: every number is a float64."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def test_helm_reads_every_nasty_string_back(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "list": [*STRINGS],
        "nested": [[[text], {text: {text: [text]}}] for text in STRINGS],
        "map": {f"{number} {text}": text for number, text in enumerate(STRINGS)},
        "keys": {text: number for number, text in enumerate(STRINGS)},
    }
    assert plain(as_values(tmp_path, dump(values))) == plain(values)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents, min_size=100, max_size=150))
def test_helm_reads_drawn_data_back(tmp_path: Path, cases: list[Any]) -> None:
    assert plain(as_values(tmp_path, dump({"cases": cases}))) == plain({"cases": cases})


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(scalars, documents), min_size=60, max_size=100))
def test_the_last_value_of_a_document_survives_helm(tmp_path: Path, last: list[Any]) -> None:
    """Helm splits what templates give at '---', trims the parts and writes them anew."""
    stream: list[dict[str, Any]] = [
        {"kind": "ConfigMap", "metadata": {"name": f"n{n}"}, "data": {"last": value}} for n, value in enumerate(last)
    ]
    body = '{{ .Files.Get "stream.yaml" }}'
    output = template(tmp_path, body, stream=dump_all(stream))
    found = {document["metadata"]["name"]: document for document in yaml.load_all(output, Loader=yaml.CSafeLoader)}
    assert plain(found) == plain({document["metadata"]["name"]: document for document in stream})


@pytest.mark.parametrize("text", ["a\n", "a\n\nb\n", "a", "[core]\nkey = 1\n"])
def test_a_text_at_the_end_of_a_manifest_keeps_its_line_feed(tmp_path: Path, text: str) -> None:
    stream = [{"kind": "ConfigMap", "metadata": {"name": name}, "data": {"f": text}} for name in ("a", "b")]
    output = template(tmp_path, '{{ .Files.Get "stream.yaml" }}', stream=dump_all(stream))
    assert [document["data"]["f"] for document in yaml.load_all(output, Loader=yaml.CSafeLoader)] == [text, text]
