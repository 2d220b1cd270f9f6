"""A path in an object, split into where it is and what it is: ``containers[scheduler]`` and ``image``."""

from __future__ import annotations

import re

_POD = re.compile(r"spec\.(?:jobTemplate\.spec\.)?template(?:\.|\Z)")
_CONTAINER = re.compile(r"spec\.(?:initContainers|containers|ephemeralContainers)\[([^\]]*)\](?:\.|\Z)")
_CHECKSUM = re.compile(r"metadata\.annotations\.\"?checksum/([^\"]*)\"?\Z")


def where(path: str) -> tuple[bool, str, str]:
    """Whether the path is in a pod template, the container it is in, and the rest of it."""
    match = _POD.match(path)
    if match is None:
        return False, "", path
    rest = path[match.end() :]
    container = _CONTAINER.match(rest)
    if container is None:
        return True, "", rest.removeprefix("spec.") or "template"
    return True, container[1], rest[container.end() :] or "container"


def checksum(path: str) -> str:
    """What a checksum in a pod's annotations is of; empty when the path is no such annotation."""
    in_pod, _, rest = where(path)
    match = _CHECKSUM.match(rest) if in_pod else None
    return match[1] if match else ""


def brief(path: str) -> str:
    """A path for a list of reasons: without the way to the container, of a checksum what it is of."""
    if of := checksum(path):
        return f"new {of}"
    _, container, rest = where(path)
    return f"{container} (container)" if rest == "container" else rest
