"""Checks of rendered objects: what the Kubernetes API, Argo CD or common sense would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.desired import CRON_JOB_LENGTH, LABEL_LENGTH, STATEFUL_SET_LENGTH
from generator.errors import Problem
from generator.render.kinds import CLUSTER_SCOPED, group
from generator.render.pods import KINDS_WITH_PODS, pod_problems
from generator.render.secrets import secret_problems

#: Objects of one deployment by the file they will be in.
Objects = Mapping[str, Sequence[Any]]

# What Kubernetes allows in the definition of a kind.
_KIND = re.compile(r"[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?\Z")
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
            problems.extend(_kind_problems(document))
            problems.extend(_name_problems(document))
            problems.extend(secret_problems(document, _called(document)))
            if document["kind"] in KINDS_WITH_PODS:
                problems.extend(pod_problems(document, _called(document)))
            key = _identity(document, namespace)
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


def _identity(document: Mapping[str, Any], namespace: str) -> tuple[str, str, str, str]:
    """What two documents have in common when they are the same object: versions of a group show the same ones."""
    kind, metadata = document["kind"], document["metadata"]
    of = group(document["apiVersion"])
    place = "" if (of, kind) in CLUSTER_SCOPED else metadata.get("namespace", namespace)
    return of, kind, place if isinstance(place, str) else "", metadata["name"]


def _kind_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    kind = document["kind"]
    if _KIND.match(kind) is None:
        yield Problem(f"{_called(document)}: its kind is not allowed in Kubernetes", allowed="letters, digits and '-'")
    if kind.strip().casefold().endswith("list") or isinstance(document.get("items"), list):
        yield Problem(
            f"{_called(document)} is a list of objects, which nothing looks into",
            allowed="one object in each document",
            hint="write its objects one by one",
        )


def _name_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    kind, metadata = document["kind"], document["metadata"]
    names = [("name", metadata["name"], _FORMS.get(kind, _ROLES if kind in _ROLE_KINDS else _OTHERS))]
    if "namespace" in metadata:
        namespace = metadata["namespace"]
        if isinstance(namespace, str):
            names.append(("namespace", namespace, _FORMS["Namespace"]))
        else:
            yield Problem(
                f"{_called(document)}: its namespace is no text",
                allowed="the name of a namespace",
                hint="leave it out: objects go to the deployment's own namespace",
            )
    for what, name, (form, length, allowed) in names:
        if len(name) > length:
            yield Problem(
                f"{_called(document)}: its {what} has {len(name)} characters",
                allowed=f"at most {length}",
                hint="shorten the release name, or the name of the worker queue",
            )
        elif form.match(name) is None:
            yield Problem(f"{_called(document)}: its {what} is not allowed in Kubernetes", allowed=allowed)


def _called(document: Mapping[str, Any]) -> str:
    return f"{document['kind']} '{document['metadata']['name']}'"
