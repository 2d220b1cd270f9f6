"""JSON Schemas of the Kubernetes API: one file a kind that needs no other file, for one Kubernetes version.

They come from the package ``kubernetes-validate`` (extra ``schemas``), whose files point at each other by addresses on
the web. The bundles made of them are kept in the person's cache. ``stargit.kubeconform`` gives them to kubeconform.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from generator.errors import Problem
from stargit import resources
from stargit.tools import ToolError

# Not by the name of the package: it is not published, so the name could be anybody's.
_INSTALL = "pip install '.[schemas]' in the checkout that Stargit was installed from brings them"
OLDEST_MINOR = "1.31"

_DEFINITION = "/api/_definitions.json#/$defs/"
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_INT_OR_TEXT = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
# k8s.io/apimachinery/pkg/api/resource/quantity.go: <number><suffix>, binary, decimal or exponent.
_QUANTITY_PATTERN = r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)(|[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)$"


def supported_minors() -> list[str]:
    """The Kubernetes versions that can be checked, oldest first: from 1.31 to the newest with schemas."""
    pattern = re.compile(r"v1\.(\d+)\.\d+-local-strict")
    numbers = [int(found[1]) for folder in _source().iterdir() if (found := pattern.fullmatch(folder.name))]
    oldest = int(OLDEST_MINOR.removeprefix("1."))
    return [f"1.{number}" for number in sorted(numbers) if number >= oldest]


def bundled(minor: str) -> Path:
    """The folder of bundled schemas for a Kubernetes version, made when it is not there yet."""
    known = supported_minors()
    if minor not in known:
        raise ToolError([Problem(f"there are no schemas of Kubernetes {minor}", allowed=", ".join(known))])
    # The bundles follow from the package and from this file.
    package = importlib.metadata.version("kubernetes-validate")
    maker = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    target = resources.cache_folder() / "schemas" / f"kubernetes-{minor}-{package}-{maker}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
        try:
            _write_bundles(next(_source().glob(f"v{minor}.*-local-strict")), scratch)
            scratch.chmod(0o755)
            _move_into_place(scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def _move_into_place(made: Path, target: Path) -> None:
    try:
        made.rename(target)
    except OSError:
        if not target.exists():  # else another process was quicker with the same content
            raise


def _write_bundles(source: Path, target: Path) -> None:
    definitions = orjson.loads((source / "_definitions.json").read_bytes())["$defs"]
    definitions = {name: _plain(definition) for name, definition in definitions.items()}
    needs = {name: frozenset(_references(definition)) for name, definition in definitions.items()}
    # One type each instead of alternatives, so that a wrong value has one reason and not one for each alternative.
    definitions[_QUANTITY] = {"type": ["string", "number"], "pattern": _QUANTITY_PATTERN}
    definitions[_INT_OR_TEXT] = {"type": ["string", "integer"]}
    for file in source.glob("*-*.json"):
        schema = orjson.loads(file.read_bytes())
        # An object of the API has one group, version and kind and the usual metadata; the rest are its parts.
        if len(schema.get("x-kubernetes-group-version-kind", ())) != 1:
            continue
        if schema["properties"].get("metadata", {}).get("$ref") != _DEFINITION + _METADATA:
            continue
        schema = _plain(schema)
        schema["required"] = sorted({"apiVersion", "kind", "metadata", *schema.get("required", ())})
        # An object without a fixed name would be made anew at every sync.
        schema["properties"]["metadata"]["required"] = ["name"]
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["$defs"] = {name: definitions[name] for name in sorted(_closure(_references(schema), needs))}
        (target / file.name).write_bytes(orjson.dumps(schema))


def _plain(schema: Any) -> Any:
    """The schema without texts for people, with its references pointing into the bundle itself."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for key, value in schema.items():
        if key == "$ref":
            made[key] = "#/$defs/" + value.rpartition("/")[2]
        elif key == "properties":  # names of fields, among them "description", are no keywords
            made[key] = {name: _plain(field) for name, field in value.items()}
        elif key not in ("description", "$id", "$schema"):
            made[key] = _plain(value)
    return made


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for item in schema:
            yield from _references(item)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            else:
                yield from _references(value)


def _closure(names: Iterable[str], needs: dict[str, frozenset[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= needs[name] - reached
    return reached


def _source() -> Path:
    """The schemas in the package kubernetes-validate; found without importing it, for that is slow."""
    found = importlib.util.find_spec("kubernetes_validate")
    if found is None or found.origin is None:
        raise ToolError([Problem("the Kubernetes schemas are not installed", hint=_INSTALL)])
    return Path(found.origin).parent / "kubernetes-json-schema"
