"""Helm as the judge: what the real program makes of expressions and of values."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any, Literal

from generator.yaml import dump
from stargit.tools import tool

Generation = Literal["helm", "helm3"]


def render(generation: Generation, folder: Path, templates: dict[str, str], values: str, defaults: str = "{}") -> str:
    """The output of ``helm template`` for a chart of these templates, its ``defaults`` and a user's ``values``."""
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: judge\nversion: 1.0.0\n", encoding="utf-8")
    (folder / "values.yaml").write_text(defaults, encoding="utf-8")
    (folder / "user.yaml").write_text(values, encoding="utf-8")
    for name, text in templates.items():
        (folder / "templates" / name).write_text(text, encoding="utf-8")
    command = [str(tool(generation)), "template", "judge", str(folder), "--values", str(folder / "user.yaml")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def evaluate(generation: Generation, folder: Path, term: str, inputs: list[list[Any]], defines: str = "") -> list[Any]:
    """What the Go term gives for each list of operands; in the term they are ``(index $c 0)``, ``(index $c 1)``, ..."""
    template = f'{{{{- range $c := .Values.inputs }}}}\n- {{{{ toJson (dict "r" {term}) | b64enc }}}}\n{{{{- end }}}}\n'
    files = {"_defines.tpl": defines, "out.yaml": "out:" + template}
    output = render(generation, folder, files, dump({"inputs": inputs}))
    lines = [line.removeprefix("- ") for line in output.splitlines() if line.startswith("- ")]
    return [json.loads(base64.b64decode(line))["r"] for line in lines]
