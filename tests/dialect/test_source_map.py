"""Every line of the chart's Go templates knows the template line that it was made from."""

from __future__ import annotations

import pytest

from tests.dialect.constructs import CONSTRUCTS, Construct
from tests.dialect.small import compiled

_LIBRARY = """\
{# Labels. #}
{% macro labels(name: str) %}
name: {{ name }}
{% if values.debug %}
note: {{ values.note }}
{% endif %}
{% endmacro %}
"""
_TEMPLATE = """\
{% import "lib.yaml.j2" as lib %}
{# The document. #}
---
a: {{ lib.labels("x") }}

b:
  # C
  {% for host in values.hosts %}
  - name: {{ host }}
    port: {{ values.limit }}
  {% endfor %}
"""


def test_the_lines_of_a_template_and_its_library() -> None:
    files = compiled(_TEMPLATE.replace("  # C\n", "  {# C #}\n"), _LIBRARY).go_files
    shown = {
        name: [(line, origin) for line, origin in zip(file.text.splitlines(), file.origins, strict=True)]
        for name, file in files.items()
    }
    test, lib = "test.yaml.j2", "_lib/lib.yaml.j2"
    assert shown == {
        "test.yaml": [
            ("{{- /* The document. */}}", (test, 3)),
            ("---", (test, 3)),
            ("a:", (test, 4)),
            ('  {{- include "small.lib.labels" (dict "root" $ "name" "x") | trim | nindent 2 }}', (test, 4)),
            ("{{- if $.Values.hosts }}", (test, 6)),
            ("b:", (test, 6)),
            ("  {{- /* C */}}", (test, 8)),
            ("  {{- range $host := $.Values.hosts }}", (test, 8)),
            ("  - name: {{ $host | quote }}", (test, 9)),
            ('    {{- if not (kindIs "invalid" $.Values.limit) }}', (test, 10)),
            ("    port: {{ $.Values.limit | int64 }}", (test, 10)),
            ("    {{- end }}", (test, 10)),
            ("  {{- end }}", (test, 8)),
            ("{{- end }}", (test, 6)),
        ],
        "_lib.tpl": [
            ("{{- /* Labels. */}}", (lib, 2)),
            ('{{- define "small.lib.labels" }}', (lib, 2)),
            ("{{- $name := .name }}", (lib, 2)),
            ("name: {{ $name | quote }}", (lib, 3)),
            ("{{- if $.root.Values.debug }}", (lib, 4)),
            ('{{- if not (kindIs "invalid" $.root.Values.note) }}', (lib, 5)),
            ("note: {{ $.root.Values.note | quote }}", (lib, 5)),
            ("{{- end }}", (lib, 5)),
            ("{{- end }}", (lib, 4)),
            ("{{- end }}", (lib, 2)),
            ("", None),
        ],
    }


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_every_line_has_its_origin(construct: Construct) -> None:
    files = compiled(construct.template, construct.library).go_files
    lengths = {
        "test.yaml.j2": construct.template.count("\n"),
        "_lib/lib.yaml.j2": construct.library.count("\n"),
    }
    for file in files.values():
        lines = file.text.splitlines()
        assert len(lines) == len(file.origins)
        for line, origin in zip(lines, file.origins, strict=True):
            assert (origin is None) == (line == "")
            assert origin is None or 1 <= origin[1] <= lengths[origin[0]]
