"""Checks of rendered objects: what the Kubernetes API, Argo CD or common sense would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.desired import CRON_JOB_LENGTH, LABEL_LENGTH, STATEFUL_SET_LENGTH
from generator.errors import Problem

#: Objects of one deployment by the file they will be in.
Objects = Mapping[str, Sequence[Any]]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_SERVICE = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
# Names of roles are only parts of a path.
_ROLE = re.compile(r"(?!\.\.?\Z)[^/%\x00-\x20\x7f]+\Z")

_FORMS = {
    "Service": (_SERVICE, LABEL_LENGTH, "a small letter, then small letters, digits and '-'"),
    "Namespace": (_LABEL, LABEL_LENGTH, "small letters, digits and '-'"),
    "StatefulSet": (_LABEL, STATEFUL_SET_LENGTH, "small letters, digits and '-'"),
    "CronJob": (_LABEL, CRON_JOB_LENGTH, "small letters, digits and '-'"),
    "Job": (_LABEL, LABEL_LENGTH, "small letters, digits and '-'"),
}
_ROLE_KINDS = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
_ROLES = (_ROLE, 253, "no '/' and no '%'")
_OTHERS = (_SUBDOMAIN, 253, "small letters, digits, '-' and '.'")


def check_objects(objects: Objects, namespace: str) -> list[Problem]:
    """What is wrong with objects that go to ``namespace``. Problems have no file: the caller knows whose they are."""
    problems: list[Problem] = []
    places: dict[tuple[str, str, str, str], str] = {}
    for file, documents in objects.items():
        for document in documents:
            if lack := _lack(document):
                problems.append(Problem(f"an object of {file} {lack}", allowed="apiVersion, kind and metadata.name"))
                continue
            problems.extend(_name_problems(document))
            problems.extend(_secret_problems(document))
            metadata = document["metadata"]
            # What belongs to no namespace has none; two of the same name are one object there too.
            key = (document["apiVersion"], document["kind"], metadata.get("namespace", namespace), metadata["name"])
            if key in places:
                files = " and ".join(dict.fromkeys((places[key], file)))
                problems.append(Problem(f"{_called(document)} is made twice, in {files}", allowed="one of each name"))
            places.setdefault(key, file)
    return problems


def _lack(document: Any) -> str:
    """Why this is no Kubernetes object, or an empty string."""
    if not isinstance(document, Mapping):
        return "is no map"
    metadata = document.get("metadata")
    found = {
        "apiVersion": document.get("apiVersion"),
        "kind": document.get("kind"),
        "metadata.name": metadata.get("name") if isinstance(metadata, Mapping) else None,
    }
    lacking = [key for key, text in found.items() if not isinstance(text, str) or not text]
    return f"has no {' and no '.join(lacking)}" if lacking else ""


def _name_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    kind, metadata = document["kind"], document["metadata"]
    names = [("name", metadata["name"], _FORMS.get(kind, _ROLES if kind in _ROLE_KINDS else _OTHERS))]
    if "namespace" in metadata:
        names.append(("namespace", str(metadata["namespace"]), _FORMS["Namespace"]))
    for what, name, (form, length, allowed) in names:
        if len(name) > length:
            yield Problem(
                f"{_called(document)}: its {what} has {len(name)} characters",
                allowed=f"at most {length}",
                hint="shorten the release name, or the name of the worker queue",
            )
        elif form.match(name) is None:
            yield Problem(f"{_called(document)}: its {what} is not allowed in Kubernetes", allowed=allowed)


def _secret_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    if document["kind"] == "Secret" and any(document.get(key) for key in ("data", "stringData")):
        yield Problem(
            f"{_called(document)} has data, which would be in git for everyone to read",
            allowed="a SealedSecret, an ExternalSecret, or the name of a Secret that exists in the cluster",
        )


def _called(document: Mapping[str, Any]) -> str:
    return f"{document['kind']} '{document['metadata']['name']}'"
