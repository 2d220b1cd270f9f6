"""What people ask of a deployment by name, as edits of its file: image, variables, scale, sleep, version, label.

Where a setting stands is known here and nowhere else in Commander; what it may be, the generator's checks say.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commander.changes.operations import Edit
from commander.changes.target import Target
from generator.airflow import CATALOG
from generator.edit import Operation, Set, Unset, Where
from generator.errors import Problem, ProblemsError, did_you_mean

_VARIABLES = ("values", "variables")
#: Keys of 2,048, 3,072 and 4,096 bits; kubeseal's own is the last.
_RSA_BYTES = (256, 384, 512)
_PROOF_BYTES = 16


@dataclass(frozen=True, slots=True)
class ExternalReference:
    """A value in an external store: its key there, and the part of it."""

    key: str
    property: str = ""
    version: str = ""


def set_image(target: Target, repository: str, *, tag: str = "", digest: str = "") -> Edit:
    """Run another image. Raises ``ProblemsError`` when it has neither tag nor digest."""
    if not tag and not digest:
        raise ProblemsError(
            [Problem(f"the image {repository} has no tag and no digest", allowed="one of them, or both")]
        )
    image: dict[str, str] = {"repository": repository}
    image |= {name: value for name, value in (("tag", tag), ("digest", digest)) if value}
    stale = [] if digest else [Set(("values", "images", "airflow", "digest"), None)]
    edits = [Set(("values", "images", "airflow", name), value) for name, value in image.items()]
    return Edit(target, (*edits, *stale))


def set_bundle(target: Target, digest: str, *, repository: str = "") -> Edit:
    """DAGs from the bundle of this digest (``sha256:...``), of the repository that is set unless another is named."""
    bundle = {"enabled": True, **({"repository": repository} if repository else {}), "digest": digest}
    return Edit(target, tuple(Set(("values", "dags", "bundle", name), value) for name, value in bundle.items()))


def set_variables(target: Target, values: Mapping[str, str | None]) -> Edit:
    """Variables in the open, by name; None hides one that another layer sets."""
    return Edit(target, tuple(Set((*_VARIABLES, "plain", name), value) for name, value in sorted(values.items())))


def seal_variables(target: Target, encrypted: Mapping[str, str]) -> Edit:
    """Sealed variables; the values were encrypted for the environment's cluster before (``kubeseal --raw``).

    Raises ``ProblemsError`` for a value that was not: it would be a secret in git.
    """
    plain = [name for name, value in sorted(encrypted.items()) if not _is_sealed(value)]
    if plain:
        allowed = "what kubeseal gives for it (kubeseal --raw)"
        raise ProblemsError(Problem(f"the value of {name} is not encrypted", allowed=allowed) for name in plain)
    edits = (Set((*_VARIABLES, "sealed", "encryptedData", name), value) for name, value in sorted(encrypted.items()))
    return Edit(target, tuple(edits))


def _is_sealed(text: str) -> bool:
    """Whether a text is made as Sealed Secrets' pkg/crypto makes it: the length of a session key that RSA encrypted, in
    two bytes, this key, and what AES-GCM encrypted with it, with 16 bytes that prove it."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return False
    length = int.from_bytes(data[:2], "big")
    return length in _RSA_BYTES and len(data) >= 2 + length + _PROOF_BYTES


def refer_to_variables(target: Target, references: Mapping[str, ExternalReference]) -> Edit:
    """Variables whose values an external store has."""
    edits = []
    for name, reference in sorted(references.items()):
        parts = {"key": reference.key, "property": reference.property, "version": reference.version}
        value = {key: part for key, part in parts.items() if part}
        edits.append(Set((*_VARIABLES, "external", "data", name), value))
    return Edit(target, tuple(edits))


def unset_variables(target: Target, kind: str, names: Iterable[str]) -> Edit:
    """Remove variables that this deployment itself has; ``kind`` is ``plain``, ``sealed`` or ``external``."""
    inside = {"plain": ("plain",), "sealed": ("sealed", "encryptedData"), "external": ("external", "data")}
    if kind not in inside:
        raise ProblemsError([Problem(f"there are no {kind} variables", allowed=", ".join(inside))])
    return Edit(target, tuple(Unset((*_VARIABLES, *inside[kind], name)) for name in sorted(names)))


def scale(target: Target, component: str, replicas: int, *, queue: str = "") -> Edit:
    """So many pods of a component, or of one queue of ``workers`` that the deployment's own file has: a list that
    begins there would take the place of all queues that others give it.

    Where KEDA or a HorizontalPodAutoscaler scales it, this counts once they don't. Raises ``ProblemsError`` for unknown
    components.
    """
    if component not in CATALOG:
        hint = did_you_mean(component, CATALOG)
        raise ProblemsError([Problem(f"there is no component '{component}'", allowed=", ".join(CATALOG), hint=hint)])
    if queue and component != "workers":
        raise ProblemsError([Problem(f"{component} has no queues", allowed="queues of workers")])
    items = ("queues", Where("name", queue)) if queue else ()
    path = ("values", component, *items)
    return Edit(target, (Set((*path, "replicas"), replicas),), needed=(path,) if queue else ())


def hibernate(target: Target) -> Edit:
    """No pods until it is woken; everything else stays."""
    return Edit(target, (Set(("values", "hibernate"), True),))


def wake(target: Target) -> Edit:
    """The pods come back, whatever another layer says of sleep."""
    return Edit(target, (Set(("values", "hibernate"), False),))


def relabel(target: Target, label: str) -> Edit:
    """The name that people see; of environments and workspaces, too."""
    operation: Operation = Set(("label",), label)
    return Edit(target, (operation,))
