"""Checks of rendered objects: what the Kubernetes API, Argo CD or common sense would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from generator.desired import CRON_JOB_LENGTH, LABEL_LENGTH, STATEFUL_SET_LENGTH
from generator.errors import Problem
from generator.render.kinds import CLUSTER_SCOPED, group
from generator.render.pods import KINDS_WITH_PODS, pod_problems, shown
from generator.render.secrets import secret_problems

#: Objects of one deployment by the file they will be in.
Objects = Mapping[str, Sequence[Any]]

#: The chart's file with the objects that people write themselves.
EXTRA_OBJECTS = "extra-objects.yaml"

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
    # KEDA makes a label of it.
    "ScaledObject": (_SUBDOMAIN, LABEL_LENGTH, "small letters, digits, '-' and '.'"),
    "Job": (_LABEL, LABEL_LENGTH, "small letters, digits and '-'"),
}
_ROLE_KINDS = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
_ROLES = (_ROLE, 253, "no '/' and no '%'")
_OTHERS = (_SUBDOMAIN, 253, "small letters, digits, '-' and '.'")


def check_objects(objects: Objects, namespace: str) -> list[Problem]:
    """What is wrong with objects that go to ``namespace``. Problems have no file: the caller knows whose they are."""
    return [problem for _, problem in find_problems(objects, namespace)]


def find_problems(objects: Objects, namespace: str) -> Iterator[tuple[Any, Problem]]:
    """What is wrong with objects that go to ``namespace``, each with the object that has it.

    Whether ``namespace`` itself can be one is not asked here: that is told once, of the file that leads to it.
    """
    seen: dict[tuple[str, str, str, str], tuple[str, Any]] = {}
    for file, documents in objects.items():
        for document in documents:
            if lack := _lack(document):
                yield document, Problem(f"an object of {file} {lack}", allowed="apiVersion, kind and metadata.name")
                continue
            for problem in _problems(document, namespace):
                yield document, problem
            key = _identity(document, namespace)
            if key in seen:
                other, first = seen[key]
                files = " and ".join(dict.fromkeys((other, file)))
                # The chart's own object stays; that of a person has to go.
                yield (
                    (first if other == EXTRA_OBJECTS else document),
                    Problem(f"{_called(document)} is made twice, in {files}", allowed="one of each name"),
                )
            seen.setdefault(key, (file, document))


def _problems(document: Mapping[str, Any], namespace: str) -> Iterator[Problem]:
    """What is wrong with an object by itself."""
    yield from _kind_problems(document)
    yield from _name_problems(document, namespace)
    for problem in secret_problems(document):
        yield replace(problem, message=f"{_called(document)} {problem.message}")
    if document["kind"] in KINDS_WITH_PODS:
        yield from pod_problems(document)


def _lack(document: Any) -> str:
    """Why this is no Kubernetes object, or an empty string."""
    if not isinstance(document, dict):
        return "is no map"
    metadata = document.get("metadata")
    found = {
        "apiVersion": document.get("apiVersion"),
        "kind": document.get("kind"),
        "metadata.name": metadata.get("name") if isinstance(metadata, dict) else None,
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


def _name_problems(document: Mapping[str, Any], own_namespace: str) -> Iterator[Problem]:
    kind, metadata = document["kind"], document["metadata"]
    names = []
    if (kind, metadata["name"]) != ("Namespace", own_namespace):
        names.append(("name", metadata["name"], _FORMS.get(kind, _ROLES if kind in _ROLE_KINDS else _OTHERS)))
    if "namespace" in metadata and metadata["namespace"] != own_namespace:
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
                hint="shorten it, or the name of the release or worker queue that it is made of",
            )
        elif form.match(name) is None:
            yield Problem(f"{_called(document)}: its {what} is not allowed in Kubernetes", allowed=allowed)


def _called(document: Mapping[str, Any]) -> str:
    return f"{shown(document['kind'])} '{shown(document['metadata']['name'])}'"
