"""Helm as the judge: what the real program makes of values, of YAML text and of expressions."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any, Literal

from generator.yaml import dump
from stargit.tools import tool

Generation = Literal["helm", "helm3"]


def render(
    folder: Path,
    templates: dict[str, str],
    *,
    values: str = "{}",
    defaults: str = "{}",
    files: dict[str, str] | None = None,
    generation: Generation = "helm",
) -> str:
    """The output of ``helm template`` for a chart of these templates, its ``defaults`` and a user's ``values``."""
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "files").mkdir(exist_ok=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: judge\nversion: 1.0.0\n", encoding="utf-8")
    (folder / "values.yaml").write_text(defaults, encoding="utf-8")
    (folder / "user.yaml").write_bytes(values.encode())
    for name, text in templates.items():
        (folder / "templates" / name).write_text(text, encoding="utf-8")
    for name, text in (files or {}).items():
        (folder / "files" / name).write_bytes(text.encode())
    command = [str(tool(generation)), "template", "judge", str(folder), "--values", str(folder / "user.yaml")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def effective_values(folder: Path, values: str, defaults: str = "{}", generation: Generation = "helm") -> Any:
    """The values that templates see, for a user's values file and the chart's own."""
    template = {"out.yaml": "out:\n- {{ .Values | toJson | b64enc }}\n"}
    return _results(render(folder, template, values=values, defaults=defaults, generation=generation))[0]


def from_yaml(folder: Path, texts: list[str], *, generation: Generation = "helm") -> list[Any]:
    """What Helm reads from each text, which is a map; a map with the key ``Error`` where it fails."""
    template = (
        "out:\n"
        f"{{{{- range $index, $_ := until {len(texts)} }}}}\n"
        '- {{ $.Files.Get (printf "files/%d" $index) | fromYaml | toJson | b64enc }}\n'
        "{{- end }}\n"
    )
    files = {str(index): text for index, text in enumerate(texts)}
    return _results(render(folder, {"out.yaml": template}, files=files, generation=generation))


def evaluate(
    folder: Path, term: str, inputs: list[list[Any]], *, defines: str = "", generation: Generation = "helm"
) -> list[Any]:
    """What the Go term gives for each list of operands; in the term they are ``(index $c 0)``, ``(index $c 1)``, ..."""
    template = (
        f'out:\n{{{{- range $c := .Values.inputs }}}}\n- {{{{ toJson (dict "r" {term}) | b64enc }}}}\n{{{{- end }}}}\n'
    )
    files = {"_defines.tpl": defines, "out.yaml": template}
    output = render(folder, files, values=dump({"inputs": inputs}), generation=generation)
    return [result["r"] for result in _results(output)]


def plain(value: Any) -> Any:
    """As Helm knows it: every number is a float64."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _results(output: str) -> list[Any]:
    lines = [line.removeprefix("- ") for line in output.splitlines() if line.startswith("- ")]
    # Python's reader of JSON would lose the sign of Go's -0.
    return [
        json.loads(base64.b64decode(line), parse_int=lambda text: -0.0 if text == "-0" else int(text)) for line in lines
    ]
