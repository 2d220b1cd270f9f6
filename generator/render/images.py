"""Which images pods run, and whether a workspace allows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.desired import Deployment, KeyPath, Layers
from generator.errors import Position, Problem
from generator.render.checks import Objects
from generator.yaml import dotted

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_WITHOUT_PODS = ("ConfigMap", "NetworkPolicy", "Role", "RoleBinding", "Secret", "Service", "ServiceAccount")
# What stands behind the repository: a tag, a digest, or both. A `:` before a `/` is a registry's port.
_BEHIND = re.compile(r"(:[^:/@]+)?(@[^@]+)?\Z")


def image_problems(
    deployment: Deployment, layers: Layers, defaults: Mapping[str, Any], objects: Objects
) -> Iterator[Problem]:
    """Images that the deployment's workspace does not allow, each at the line that names it.

    Images of the chart's defaults and of the environment are the platform's own choice and always allowed.
    """
    allowed = deployment.workspace.settings.allowedImages
    if not allowed:
        return
    chosen = (
        defaults.get("images"),
        defaults.get("defaultAirflowRepository"),
        deployment.environment.settings.defaults,
    )
    platform = {_repository(text) for _, text in _walk(list(chosen), ())}
    for image in sorted({image for documents in objects.values() for image in images(documents)}):
        repository = _repository(image)
        if repository in platform or any(repository == each or repository.startswith(f"{each}/") for each in allowed):
            continue
        file, position, path = _place(deployment, layers, image)
        yield Problem(
            f"the workspace '{deployment.workspace.name}' does not allow the image {image}",
            file=file,
            position=position,
            path=path,
            allowed=", ".join(allowed),
            hint=f"allowedImages in {deployment.workspace.file}",
        )


def images(documents: Iterable[Any]) -> Iterator[str]:
    """The images that containers and volumes name, at any depth of pods and their templates."""
    waiting: list[Any] = [
        each for each in documents if isinstance(each, dict) and each.get("kind") not in _WITHOUT_PODS
    ]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            for key, below in value.items():
                if not isinstance(below, dict | list):
                    continue
                if key in _CONTAINERS and isinstance(below, list):
                    yield from _texts_at(below, "image")
                elif key == "volumes" and isinstance(below, list):
                    sources = [volume.get("image") for volume in below if isinstance(volume, dict)]
                    yield from _texts_at(sources, "reference")
                else:
                    waiting.append(below)


def _texts_at(items: list[Any], key: str) -> Iterator[str]:
    for item in items:
        text = item.get(key) if isinstance(item, dict) else None
        if isinstance(text, str):
            yield text


def _place(deployment: Deployment, layers: Layers, image: str) -> tuple[str, Position | None, str]:
    """Where the image, or its repository, is written."""
    merged = layers.merged()
    wanted = (image, _repository(image))
    found = min((path for path, text in _walk(merged, ()) if text in wanted), key=len, default=None)
    if found is None or not (origins := layers.origins(found)):
        return deployment.file, Position(1), ""
    return origins[0].file, origins[0].position, dotted(origins[0].path)


def _walk(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _walk(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _walk(below, (*path, index))


def _repository(image: str) -> str:
    return _BEHIND.sub("", image, count=1)
