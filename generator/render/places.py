"""Where in the files of a deployment a text was written that shows in its rendered objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from generator.desired import Deployment, KeyPath, Layers
from generator.errors import Position
from generator.yaml import dotted


def place(deployment: Deployment, layers: Layers, texts: Collection[str]) -> tuple[str, Position | None, str]:
    """File, position and path of the value that is one of ``texts``; of several the one nearest to the root.

    When there is none: of a file in the values that has one of them in it. What no layer says stands at the head of the
    deployment's file.
    """
    written = list(_walk(layers.merged(), ()))
    found = min((path for path, text in written if text in texts), key=len, default=None)
    if found is None:
        files = ((path, text) for path, text in written if "\n" in text)
        found = next((path for path, text in files if any(each in text for each in texts)), None)
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
