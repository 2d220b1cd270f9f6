"""Secrets that would stand readable in git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import Problem
from generator.render.kinds import group

_DATA = ("data", "stringData")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# Kubernetes' own objects hold no other objects, so only those of other groups are searched.
_WITHOUT_OBJECTS = ("", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io")


def secret_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """What an object has of Secrets' data, itself or in an object inside it; the object's name belongs before that."""
    kind = _kind(document)
    if kind == "secret" or group(document["apiVersion"]) not in _WITHOUT_OBJECTS:
        if any(_is_plain(each) for each in _maps(document)):
            what = "has data" if kind == "secret" else "has a Secret with data in it"
            yield Problem(
                f"{what}, which would be in git for everyone to read",
                allowed="a SealedSecret, an ExternalSecret, or the name of a Secret that exists in the cluster",
            )
        if kind == "sealedsecret" and _has_plain_template(document):
            yield Problem(
                "has data in its template that is not sealed and would be in git for everyone to read",
                allowed="spec.encryptedData, and in spec.template.data only texts with {{ }} that take from it",
            )


def _is_plain(value: Mapping[Any, Any]) -> bool:
    if _kind(value) != "secret":
        return False
    metadata = value.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    # What kubectl leaves behind has the whole Secret in it.
    copied = isinstance(annotations, dict) and annotations.get(_LAST_APPLIED)
    return bool(copied) or any(value.get(key) for key in _DATA)


def _has_plain_template(document: Mapping[str, Any]) -> bool:
    if any(document.get(key) for key in _DATA):
        return True
    spec = document.get("spec")
    if not isinstance(spec, dict):
        return False
    template = spec.get("template")
    found = [spec.get("stringData")]
    if isinstance(template, dict):
        found += [template.get(key) for key in _DATA]
        metadata = template.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        if isinstance(annotations, dict) and annotations.get(_LAST_APPLIED):
            return True
    return any(map(_is_readable, found))


def _is_readable(data: Any) -> bool:
    """Whether a map of data has a text that takes nothing from what is sealed."""
    if isinstance(data, dict):
        return any(text and not (isinstance(text, str) and "{{" in text) for text in data.values())
    return bool(data)


def _maps(value: Any) -> Iterator[Mapping[Any, Any]]:
    """The map and all maps in it, at any depth."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _kind(value: Mapping[Any, Any]) -> str:
    kind = value.get("kind")
    return kind.strip().casefold() if isinstance(kind, str) else ""
