"""Helm reads what is written, both as values and in the manifests that it splits and joins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.yaml import dump, dump_all
from tests.compat import helm
from tests.yaml.nasty import STRINGS, documents, scalars

BODY = {"out.yaml": '{{ .Files.Get "files/stream.yaml" }}'}


def test_helm_reads_every_nasty_string_back(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "list": [*STRINGS],
        "nested": [[[text], {text: {text: [text]}}] for text in STRINGS],
        "map": {f"{number} {text}": text for number, text in enumerate(STRINGS)},
        "keys": {text: number for number, text in enumerate(STRINGS)},
    }
    assert helm.plain(helm.effective_values(tmp_path, dump(values))) == helm.plain(values)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents, min_size=100, max_size=150))
def test_helm_reads_drawn_data_back(tmp_path: Path, cases: list[Any]) -> None:
    assert helm.plain(helm.effective_values(tmp_path, dump({"cases": cases}))) == helm.plain({"cases": cases})


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(scalars, documents), min_size=60, max_size=100))
def test_the_last_value_of_a_document_survives_helm(tmp_path: Path, last: list[Any]) -> None:
    """Helm splits what templates give at '---', trims the parts and writes them anew."""
    stream: list[dict[str, Any]] = [
        {"kind": "ConfigMap", "metadata": {"name": f"n{n}"}, "data": {"last": value}} for n, value in enumerate(last)
    ]
    output = helm.render(tmp_path, BODY, files={"stream.yaml": dump_all(stream)})
    found = {document["metadata"]["name"]: document for document in yaml.load_all(output, Loader=yaml.CSafeLoader)}
    assert helm.plain(found) == helm.plain({document["metadata"]["name"]: document for document in stream})


@pytest.mark.parametrize("text", ["a\n", "a\n\nb\n", "a", "[core]\nkey = 1\n"])
def test_a_text_at_the_end_of_a_manifest_keeps_its_line_feed(tmp_path: Path, text: str) -> None:
    stream = [{"kind": "ConfigMap", "metadata": {"name": name}, "data": {"f": text}} for name in ("a", "b")]
    output = helm.render(tmp_path, BODY, files={"stream.yaml": dump_all(stream)})
    assert [document["data"]["f"] for document in yaml.load_all(output, Loader=yaml.CSafeLoader)] == [text, text]
