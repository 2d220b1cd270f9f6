"""kubeconform as a judge of rendered manifests: offline, strict, against the schemas of one Kubernetes version.

The schemas of the API's own kinds come from ``stargit.kubernetes_schemas``, those of custom kinds from
``schemas/custom/<group>/<kind>_<version>.json``.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from generator.errors import Problem
from stargit import resources
from stargit.kubernetes_schemas import bundled, supported_minors
from stargit.tools import ToolError, tool

_SECONDS = 300
# kubeconform hands out slices of a read buffer that it refills after 2 MiB (pkg/resource/stream.go of v0.8.0), so
# larger files would be judged by mixed-up text.
_WHOLE_FILE_BYTES = 1024 * 1024
_FILES_A_RUN = 2000  # keeps the command line well under the system's limit

# One reason of the tree: two spaces for each level, then the JSON pointer; the line breaks have become spaces.
_REASON = re.compile(r" ((?:  )*)- at '((?:[^'\\]|\\.)*)': ")
_NO_QUANTITY = re.compile(r"('.*') does not match pattern '\^\[\+-\]\?\(\[0-9\]\+\|.*")

__all__ = ["Finding", "check", "supported_minors"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What kubeconform refused. ``document`` counts from 1 and is 0 where it is unknown (files of one go)."""

    file: str
    document: int
    kind: str
    name: str
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}#{self.document}" if self.document else self.file
        return ": ".join(part for part in (place, f"{self.kind} {self.name}".strip(), self.path, self.message) if part)

    def as_problem(self) -> Problem:
        """The finding as a problem, for commands."""
        what = f"{self.kind} {self.name}".strip()
        message = f"{what}: {self.message}" if what else self.message
        return Problem(message, file=self.file, path=self.path)


def check(
    manifests: str | Sequence[Path], *, kubernetes_minor: str, extra_schemas: Path | None = None
) -> list[Finding]:
    """What the Kubernetes API of that minor version (``"1.31"``) would refuse in the YAML text or in the files.

    Unknown fields, duplicate keys, missing required fields, wrong types, quantities that are none, unnamed objects and
    kinds without a schema are findings. ``extra_schemas`` is a folder like ``schemas/custom`` for kinds that are not in
    it. Raises ``ToolError`` when kubeconform or the schemas cannot be had.
    """
    locations = [
        f"{bundled(kubernetes_minor)}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json",
        *(
            f"{folder.resolve()}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
            for folder in (resources.folder("schemas/custom"), extra_schemas)
            if folder is not None
        ),
    ]
    with tempfile.TemporaryDirectory(prefix="stargit-kubeconform-") as scratch:
        places = _places(manifests, Path(scratch))
        files = sorted(places)
        findings: list[Finding] = []
        for start in range(0, len(files), _FILES_A_RUN):
            batch = files[start : start + _FILES_A_RUN]
            findings += _run(batch, locations, f"{kubernetes_minor}.0", places)
    return sorted(findings)


def _places(manifests: str | Sequence[Path], scratch: Path) -> dict[str, tuple[str, int]]:
    """The files to give to kubeconform, each with the file and document that it stands for."""
    if isinstance(manifests, str):
        return _one_file_a_document(manifests, "", scratch)
    places: dict[str, tuple[str, int]] = {}
    for number, path in enumerate(manifests):
        if path.stat().st_size <= _WHOLE_FILE_BYTES:
            places[str(path)] = (str(path), 0)
        else:
            folder = scratch / str(number)
            folder.mkdir()
            places |= _one_file_a_document(path.read_text(encoding="utf-8"), str(path), folder)
    return places


def _one_file_a_document(text: str, name: str, folder: Path) -> dict[str, tuple[str, int]]:
    places = {}
    documents = [part for part in re.split(r"^---(?=\s|$)", text, flags=re.MULTILINE) if part.strip()]
    for number, document in enumerate(documents, start=1):
        file = folder / f"{number:06}.yaml"
        file.write_text(document, encoding="utf-8")
        places[str(file)] = (name, number)
    return places


def _run(
    files: Sequence[str], locations: Sequence[str], version: str, places: dict[str, tuple[str, int]]
) -> Iterator[Finding]:
    command = [str(tool("kubeconform")), "-strict", "-output", "json", "-summary", "-kubernetes-version", version]
    for location in locations:
        command += ["-schema-location", location]
    try:
        done = subprocess.run(
            [*command, "--", *files], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ToolError([Problem(f"kubeconform took more than {_SECONDS} s for {len(files)} files")]) from None
    try:
        report = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        words = done.stderr.decode(errors="replace").strip()[-2000:]
        raise ToolError([Problem(f"kubeconform gave no report (exit code {done.returncode}): {words}")]) from None
    for result in report["resources"]:
        file, document = places.get(result["filename"], (result["filename"], 0))
        for path, message in _reasons(result):
            yield Finding(file, document, result["kind"], result["name"], path, message)


def _reasons(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where and why, from kubeconform's one-line print of a tree of reasons: the leaves tell what people can mend."""
    message = str(result["msg"])
    parts = _REASON.split(message)
    if len(parts) == 1:  # no schema, not YAML, no kind
        yield "", message.removeprefix("error unmarshalling resource: ").strip()
        return
    reasons = list(zip(map(len, parts[1::3]), parts[2::3], parts[3::3], strict=True))
    for number, (depth, pointer, reason) in enumerate(reasons):
        if number + 1 == len(reasons) or reasons[number + 1][0] <= depth:
            yield _path(pointer), _NO_QUANTITY.sub(r"\1 is no quantity (like 500m, 2, 1Gi)", reason.strip())


def _path(pointer: str) -> str:
    """``spec.containers[0].image`` for the JSON pointer ``/spec/containers/0/image``."""
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    return "".join(f"[{key}]" if key.isdigit() else f".{key}" for key in keys).removeprefix(".")
