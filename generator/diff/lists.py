"""By what the items of a list are known, so that an item that moved, or a new one before it, changes nothing else.

Source: the merge keys of the Kubernetes API (``patchMergeKey`` and ``x-kubernetes-list-map-keys`` of its OpenAPI
document, v1.37). Where the API replaces a list as a whole (tolerations, rules), its items are matched by what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.diff.canonical import canonical

Label = Callable[[Mapping[str, Any]], str | None]


def _fields(*names: str, optional: tuple[str, ...] = ()) -> Label:
    """A label of the values of these fields; None when one that must be there is not."""

    def label(item: Mapping[str, Any]) -> str | None:
        parts = []
        for name in (*names, *optional):
            value = item.get(name)
            if value is None and name in optional:
                continue
            if value is None or isinstance(value, (dict, list)):
                return None
            parts.append(value if isinstance(value, str) else canonical(value))
        return "/".join(parts) or None

    return label


def _claim(item: Mapping[str, Any]) -> str | None:
    metadata = item.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) else None


def _source(item: Mapping[str, Any]) -> str | None:
    """Of ``envFrom``: the kind and name of what is read, and the prefix."""
    for key, value in item.items():
        if isinstance(value, Mapping) and isinstance(name := value.get("name"), str):
            prefix = item.get("prefix")
            return "/".join([key.removesuffix("Ref"), name, *([prefix] if isinstance(prefix, str) else [])])
    return None


#: Name of the list -> labels of its items, the first that every item has and no two have alike.
_LABELS: Mapping[str, tuple[Label, ...]] = {
    "ports": (
        _fields("containerPort", optional=("protocol",)),
        _fields("port", optional=("protocol",)),
    ),
    "volumeMounts": (_fields("mountPath"),),
    "volumeDevices": (_fields("devicePath"),),
    "volumeClaimTemplates": (_claim,),
    "envFrom": (_source,),
    "hostAliases": (_fields("ip"),),
    "topologySpreadConstraints": (_fields("topologyKey", "whenUnsatisfiable"), _fields("topologyKey")),
    "items": (_fields("key"),),
    "matchExpressions": (_fields("key"), _fields("key", "operator")),
    "subjects": (_fields("kind", "name", optional=("namespace",)),),
    "rules": (_fields("host"),),
    "paths": (_fields("path", optional=("pathType",)),),
    "tls": (_fields("secretName"),),
    "data": (_fields("secretKey"),),
    "conditions": (_fields("type"),),
    "ownerReferences": (_fields("uid"),),
    "parameters": (_fields("name"),),
    "ignoreDifferences": (_fields("kind", optional=("group", "name", "namespace")),),
    "destinations": (_fields("server", "namespace"), _fields("name", "namespace")),
}
_BY_NAME: tuple[Label, ...] = (_fields("name"),)


def labels(name: str, *sides: list[Any]) -> list[list[str]] | None:
    """The labels of the items of each side, all by the same rule; None when the list's items have none."""
    if not all(isinstance(item, Mapping) for side in sides for item in side):
        return None
    for rule in (*_LABELS.get(name, ()), *_BY_NAME):
        found: list[list[str]] = []
        for side in sides:
            labelled = [label for item in side if (label := rule(item)) is not None]
            if len(labelled) != len(side) or len(set(labelled)) != len(labelled):
                break
            found.append(labelled)
        else:
            return found
    return None
