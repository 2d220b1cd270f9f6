"""The operations of a change, by name. A target is written ``dev``, ``dev/etl`` or ``dev/etl/daily``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from commander.proto.v1 import commander_pb2 as pb


def target(text: str) -> pb.Target:
    """A target by its names. Raises ``ValueError``."""
    names = text.split("/")
    if not 1 <= len(names) <= 3 or not all(names):
        raise ValueError(f"'{text}' is not ENVIRONMENT, ENVIRONMENT/WORKSPACE or ENVIRONMENT/WORKSPACE/RELEASE")
    return pb.Target(**dict(zip(("environment", "workspace", "release"), names, strict=False)))


def target_text(message: pb.Target) -> str:
    """A target as it is written."""
    return "/".join(name for name in (message.environment, message.workspace, message.release) if name)


def set_value(path: str, value: Any) -> pb.Setting:
    """``value`` (JSON-like) is to stand at ``path``; None writes null, which removes a default."""
    return pb.Setting(path=path, set_json=json.dumps(value, allow_nan=False))


def unset_value(path: str) -> pb.Setting:
    """The key or item at ``path`` goes."""
    return pb.Setting(path=path, unset=pb.Unset())


def merge_values(values: Mapping[str, Any], path: str = "") -> pb.Setting:
    """A JSON Merge Patch (RFC 7386) of the file, or of the map at ``path``."""
    return pb.Setting(path=path, merge_json=json.dumps(values, allow_nan=False))


def edit(name: str, *settings: pb.Setting) -> pb.Operation:
    """Edit a target's file; comments and all else stay."""
    return pb.Operation(target=target(name), edit=pb.Edit(settings=settings))


def create(name: str, text: str) -> pb.Operation:
    """Write the file of a target that is not there."""
    return pb.Operation(target=target(name), create=pb.Create(text=text))


def delete(name: str) -> pb.Operation:
    """Put a target to sleep, to be removed later (soft deletion)."""
    return pb.Operation(target=target(name), delete=pb.Delete())


def undelete(name: str) -> pb.Operation:
    """End a soft deletion."""
    return pb.Operation(target=target(name), undelete=pb.Undelete())


def remove(name: str, *, at_once: bool = False) -> pb.Operation:
    """Remove a target that is softly deleted, or any ``at_once``."""
    return pb.Operation(target=target(name), remove=pb.Remove(at_once=at_once))


def move(name: str, workspace: str) -> pb.Operation:
    """Put a deployment into another workspace of its environment."""
    return pb.Operation(target=target(name), move=pb.Move(workspace=workspace))


def upgrade(name: str, version: str) -> pb.Operation:
    """Another version of the runtime, if the path from the present one is allowed."""
    return pb.Operation(target=target(name), upgrade=pb.Upgrade(version=version))


def restore(name: str, text: str) -> pb.Operation:
    """Make a target's file this text, whether it is there or not."""
    return pb.Operation(target=target(name), restore=pb.Restore(text=text))


def set_image(name: str, repository: str, *, tag: str = "", digest: str = "") -> pb.Operation:
    """Run another image; tag, digest, or both."""
    return pb.Operation(target=target(name), set_image=pb.SetImage(repository=repository, tag=tag, digest=digest))


def set_bundle(name: str, digest: str, *, repository: str = "") -> pb.Operation:
    """DAGs from the bundle of this digest."""
    return pb.Operation(target=target(name), set_bundle=pb.SetBundle(digest=digest, repository=repository))


def set_variables(
    name: str,
    plain: Mapping[str, str] | None = None,
    *,
    sealed: Mapping[str, str] | None = None,
    external: Mapping[str, pb.ExternalReference] | None = None,
    hidden: Iterable[str] = (),
) -> pb.Operation:
    """Variables of a deployment; ``hidden`` are those of another layer that are not to be there."""
    message = pb.SetVariables(plain=plain or {}, sealed=sealed or {}, hidden=hidden)
    for key, reference in (external or {}).items():
        message.external[key].CopyFrom(reference)
    return pb.Operation(target=target(name), set_variables=message)


def unset_variables(
    name: str, plain: Iterable[str] = (), *, sealed: Iterable[str] = (), external: Iterable[str] = ()
) -> pb.Operation:
    """Remove variables that the deployment's own file has."""
    message = pb.UnsetVariables(plain=plain, sealed=sealed, external=external)
    return pb.Operation(target=target(name), unset_variables=message)


def scale(name: str, component: str, replicas: int, *, queue: str = "") -> pb.Operation:
    """So many pods of a component, or of one queue of ``workers``."""
    return pb.Operation(target=target(name), scale=pb.Scale(component=component, replicas=replicas, queue=queue))


def hibernate(name: str) -> pb.Operation:
    """No pods until it is woken."""
    return pb.Operation(target=target(name), hibernate=pb.Hibernate())


def wake(name: str) -> pb.Operation:
    """The pods come back."""
    return pb.Operation(target=target(name), wake=pb.Wake())


def relabel(name: str, label: str) -> pb.Operation:
    """The name that people see."""
    return pb.Operation(target=target(name), relabel=pb.Relabel(label=label))
