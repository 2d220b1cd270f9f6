"""Files of rendered state -> whose they are, and the objects in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.diff.model import ObjectKey, Unit
from generator.diff.own_yaml import Blocks, Unclear, parse, texts

ROOT = "rendered"
_VALUES = "values"
_ENDINGS = (".yaml", ".yml", ".json")
# What the chart puts behind the name of a Job, so that a changed one is a new one.
_DIGEST = re.compile(r"-[0-9a-f]{10}\Z")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Whose a file is, and whether it holds effective values instead of objects."""

    unit: Unit
    values: bool = False


def place(path: str) -> Place:
    """Where a file of rendered state belongs, by its path with or without ``rendered/`` in front."""
    match path.removeprefix(f"{ROOT}/").split("/"):
        case [environment, "workspaces", workspace, release, _, *_]:
            return Place(Unit(environment, workspace, release))
        case [environment, values, workspace, file] if values == _VALUES:
            return Place(Unit(environment, workspace, _stem(file)), values=True)
        case [environment, values, file] if values == _VALUES:
            return Place(Unit(environment, "", _stem(file)), values=True)
        case [environment, part, _, *_]:
            return Place(Unit(environment, "", part))
        case [environment, _]:
            return Place(Unit(environment, "", ""))
        case _:
            return Place(Unit("", "", ""))


def unit_of(path: str) -> Unit:
    """Whose a file of rendered state is, by its path."""
    return place(path).unit


def _stem(file: str) -> str:
    for ending in _ENDINGS:
        file = file.removesuffix(ending)
    return file


@dataclass(frozen=True, slots=True)
class Text:
    """A document that was not parsed yet."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """An object of a file. ``identity`` is what the cluster knows it by: its group, without the version."""

    key: ObjectKey
    file: str
    unit: Unit
    data: Mapping[str, Any]

    @property
    def identity(self) -> tuple[str, str, str, str, str]:
        """The environment's cluster, and the object in it."""
        return (self.unit.environment, *identity(self.key))

    @property
    def role(self) -> str:
        """The name without the release's in front and a digest behind."""
        name = self.key.name
        if self.key.kind == "Job":
            name = _DIGEST.sub("", name)
        release = self.unit.name
        if self.unit.is_deployment and name != release:
            return name.removeprefix(f"{release}-")
        return name

    @property
    def component(self) -> str:
        """The label that tells which component it is of; empty without one."""
        labels = below(self.data, "metadata", "labels")
        found = labels.get("component") if isinstance(labels, Mapping) else None
        return found if isinstance(found, str) else ""


def identity(key: ObjectKey) -> tuple[str, str, str, str]:
    """Group, kind, namespace, name: a new version of the API is the same object."""
    return (key.api_version.rpartition("/")[0], key.kind, key.namespace, key.name)


def successor(key: ObjectKey) -> tuple[str, str, str]:
    """What a Job and the one that replaces it have in common; the name stays whole where it has no digest."""
    return (key.kind, key.namespace, _DIGEST.sub("", key.name))


def below(data: Any, *path: str) -> Any:
    """The value at a path of keys; None where there is none."""
    for key in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data


def documents(file: str, content: bytes) -> list[Text]:
    """The documents of a file. Raises ``Unclear``."""
    if not file.endswith(_ENDINGS):
        raise Unclear("is no YAML file, and its contents differ")
    return [Text(file, text) for text in texts(content)]


def manifests(document: Text, unit: Unit, blocks: Blocks | None = None) -> Iterator[Manifest]:
    """The objects of a document; a ``List`` holds several. Raises ``Unclear``."""
    waiting = [parse(document.text, document.file, blocks)]
    while waiting:
        data = waiting.pop(0)
        if data is None:
            continue
        if not isinstance(data, dict):
            raise Unclear("a document is no map, so it is no Kubernetes object")
        kind, version = data.get("kind"), data.get("apiVersion")
        if isinstance(kind, str) and kind.endswith("List") and isinstance(data.get("items"), list):
            waiting += data["items"]
            continue
        name, namespace = (below(data, "metadata", part) for part in ("name", "namespace"))
        if not (isinstance(kind, str) and isinstance(version, str) and isinstance(name, str)):
            raise Unclear("a document without apiVersion, kind or metadata.name is no Kubernetes object")
        key = ObjectKey(version, kind, namespace if isinstance(namespace, str) else "", name)
        yield Manifest(key, document.file, unit, data)
