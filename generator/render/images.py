"""Which images pods run, and whether a workspace allows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.desired import Deployment, KeyPath, Layers
from generator.desired.layers import Values
from generator.errors import Position, Problem
from generator.render.checks import Objects
from generator.yaml import dotted

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
    platform = {_repository(text) for text in _texts((defaults, deployment.environment.settings.defaults))}
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


def images(value: Any) -> Iterator[str]:
    """The images that containers and volumes name, at any depth of pods, templates and lists."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key in ("containers", "initContainers", "ephemeralContainers") and isinstance(below, list):
                for container in below:
                    if isinstance(container, Mapping) and isinstance(container.get("image"), str):
                        yield container["image"]
            elif key == "volumes" and isinstance(below, list):
                for volume in below:
                    source = volume.get("image") if isinstance(volume, Mapping) else None
                    if isinstance(source, Mapping) and isinstance(source.get("reference"), str):
                        yield source["reference"]
            else:
                yield from images(below)
    elif isinstance(value, list):
        for item in value:
            yield from images(item)


def _place(deployment: Deployment, layers: Layers, image: str) -> tuple[str, Position | None, str]:
    """Where the image, or its repository, is written."""
    merged: Values = layers.merged()
    wanted = (image, _repository(image))
    found = min((path for path, text in _walk(merged, ()) if text in wanted), key=len, default=None)
    if found is None or not (origins := layers.origins(found)):
        return deployment.file, Position(1), ""
    return origins[0].file, origins[0].position, dotted(origins[0].path)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from (text for _, text in _walk(value, ()))


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
