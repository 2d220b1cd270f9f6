"""Helm templates inside of values: filled in where that can be known, left to be told elsewhere."""

from __future__ import annotations

import pytest

from generator.importer.templates import Known, resolve

KNOWN = Known("etl", "data", {"executor": "LocalExecutor", "ports": {"web": 8080}, "on": True, "t": "{{ x }}", "m": {}})


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain", "plain"),
        ("{{ .Release.Name }}-x", "etl-x"),
        ("{{.Release.Namespace}}", "data"),
        ("a {{- .Release.Name -}} b", "a {{- .Release.Name -}} b"[:1] + "etl" + "b"),
        ("a {{- .Release.Name }} b", "aetl b"),
        ("{{ .Values.ports.web }}", "8080"),
        ("{{ .Values.on }}", "true"),
        ('{{ .Values.none | default "x" }}', "x"),
        ("{{ .Release.Name | upper | quote }}", '"ETL"'),
        ('{{ "{{" }} ti.dag_id {{ "}}" }}', "{{ ti.dag_id }}"),
        ("{{ `{{ ti.dag_id }}` }}", "{{ ti.dag_id }}"),
        ('{{ printf "%s-%s" .Release.Name "x" }}', "etl-x"),
        ('{{ include "airflow.fullname" . }}-config', "etl-config"),
        ("{{/* a comment */}}x", "x"),
        ("{{ $.Release.Name }}", "etl"),
    ],
)
def test_what_is_known(text: str, result: str) -> None:
    assert resolve(text, KNOWN) == result


@pytest.mark.parametrize(
    "text",
    [
        '{{ include "airflow_dags" . }}',
        "{{ .Values.none }}",
        "{{ .Values.t }}",
        "{{ .Values.m }}",
        "{{ .Chart.Name }}",
        "{{ if .Values.on }}x{{ end }}",
        "{{ randAlphaNum 10 }}",
        "{{ (.Release.Name) }}",
        "{{ .Release.Name",
        '{{ " }}',
        "{{ now | unixEpoch }}",
        "{{ .Release.Name | b64enc }}",
        "{{ }}",
    ],
)
def test_what_is_not(text: str) -> None:
    assert resolve(text, KNOWN) is None


def test_a_long_text_costs_little() -> None:
    assert resolve('{{ "' * 30_000, KNOWN) is None
    assert resolve("{{ .Release.Name }}" * 3_000, KNOWN) == "etl" * 3_000
