"""Pods in rendered objects, and what Kubernetes would refuse in them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from generator.errors import Problem, ProblemsError
from generator.render.places import Written, place
from generator.yaml import read

_WITH_TEMPLATE = ("Deployment", "StatefulSet", "Job", "DaemonSet", "ReplicaSet", "ReplicationController")
#: Kinds that ``pod_problems`` has something to say of.
KINDS_WITH_PODS = frozenset((*_WITH_TEMPLATE, "ConfigMap", "CronJob", "Pod"))
_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30}))(?:[eE]([+-]?[0-9]{1,2})|([KMGTPE]i|[numkMGTPE]?))\Z"
)
_SUFFIXES = {
    **{
        suffix: Decimal(1000) ** power
        for power, suffix in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), -3)
    },
    **{suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)},
}
_NOTHING: Mapping[str, Any] = {}
# A longer name is cut off in messages; one of Kubernetes' labels is shown whole.
_SHOWN = 64

_CONTAINER = re.compile(r"(?:in )?the container '([^']*)'")
# So many pods a problem names beside the first.
_NAMED = 3

TEMPLATE_KEY = "pod_template_file.yaml"


def pod_template(config_map: Mapping[str, Any]) -> Any:
    """The pod in a ConfigMap from which the Kubernetes executor makes its workers, or None.

    None as well for what ``template_problems`` tells: it is no pod.
    """
    text = _template_text(config_map)
    pod = _parsed(text)[0] if text is not None else None
    return pod if isinstance(pod, dict) else None


def template_problems(written: Written, objects: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    """Pod templates of people's own that nobody can read, each where its text is written.

    What is in them would be looked at by no other check.
    """
    for documents in objects.values():
        for document in documents:
            if not isinstance(document, dict) or document.get("kind") != "ConfigMap":
                continue
            text = _template_text(document)
            pod, why = _parsed(text) if text is not None else ({}, "")
            if text is None or (isinstance(pod, dict) and not why):
                continue
            file, position, path = place(written, (text,))
            name = below(document, "metadata").get("name")
            yield Problem(
                f"{TEMPLATE_KEY} in the ConfigMap '{name}' is no pod: {why or 'it is no map'}",
                file=file,
                position=position,
                path=path,
                allowed="a pod as YAML or JSON",
                hint="the chart makes a template itself: podTemplate has its settings",
            )


def _template_text(config_map: Mapping[str, Any]) -> str | None:
    data = config_map.get("data")
    text = data.get(TEMPLATE_KEY) if isinstance(data, dict) else None
    return text if isinstance(text, str) else None


def _parsed(text: str) -> tuple[Any, str]:
    """What is in a template's text, and why it can't be read. The chart's own is JSON, which is read fast."""
    try:
        return json.loads(text), ""
    except (ValueError, RecursionError):
        try:
            return read(text, file=TEMPLATE_KEY).value, ""
        except ProblemsError as error:
            first = error.problems[0]
            line = f"line {first.position.line}: " if first.position is not None else ""
            return None, line + first.message


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod that an object makes. ``called`` are words for people, ``claims`` what a StatefulSet adds as volumes."""

    called: str
    spec: Mapping[str, Any]
    claims: Any = None


def pod_of(document: Mapping[str, Any]) -> Pod | None:
    """The pod that an object makes, or None when it makes none."""
    kind = document["kind"]
    called = f"{kind} '{shown(document['metadata']['name'])}'"
    if kind in _WITH_TEMPLATE:
        claims = below(document, "spec").get("volumeClaimTemplates") if kind == "StatefulSet" else None
        return Pod(called, below(document, "spec", "template", "spec"), claims)
    if kind == "CronJob":
        return Pod(called, below(document, "spec", "jobTemplate", "spec", "template", "spec"))
    if kind == "Pod":
        return Pod(called, below(document, "spec"))
    if kind == "ConfigMap" and (template := pod_template(document)) is not None:
        return Pod(f"{called}, the pod template of the Kubernetes executor", below(template, "spec"))
    return None


def shown(name: str) -> str:
    """A name as messages have it: a longer one than Kubernetes' labels is cut off."""
    return name if len(name) <= _SHOWN else f"{name[: _SHOWN - 1]}…"


@dataclass(frozen=True, slots=True, eq=False)
class PodProblem(Problem):
    """A problem of a pod. ``parts`` are what leads to it, the last one first to blame: volumes, mounts, variables, or
    the security context that has the setting ``key``."""

    parts: tuple[Mapping[str, Any], ...] = ()
    key: str = ""

    def plain(self) -> Problem:
        """Without what leads to it."""
        return Problem(self.message, allowed=self.allowed, hint=self.hint)


def joined(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of pods, those that one place in a file leads to in one, which names a few of the pods."""
    groups: dict[Any, list[Problem]] = {}
    for each in problems:
        # Behind the name of the object; containers differ.
        what = _CONTAINER.sub("", each.message.partition(": ")[2], count=1)
        groups.setdefault((each.file, each.position, each.path, what), []).append(each)
    for group in groups.values():
        first, *others = group
        pods = dict.fromkeys(each.message.partition(": ")[0] for each in group)
        named = list(pods)[1 : _NAMED + 1]
        more = f" and {len(pods) - 1 - len(named)} more" if len(pods) - 1 > len(named) else ""
        if named:
            yield replace(first, message=f"{first.message}; the same in {', '.join(named)}{more}")
        else:
            names = [f"the container '{match[1]}'" for each in others if (match := _CONTAINER.search(each.message))]
            also = f"; the same in {', '.join(names)}" if names else ""
            yield replace(first, message=first.message + also)


def pod_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the pods that an object makes."""
    if (pod := pod_of(document)) is None:
        return
    for message, allowed, hint, parts, key in _findings(pod.spec, pod.claims):
        yield PodProblem(f"{pod.called}: {message}", allowed=allowed, hint=hint, parts=tuple(parts), key=key)


_Finding = tuple[str, str, str, Sequence[Mapping[str, Any]], str]


def _findings(spec: Mapping[str, Any], claims: Any) -> Iterator[_Finding]:
    """Message, what is allowed, what to do, and what leads to it."""
    written = maps(spec.get("volumes"))
    volumes = _names(written)
    volumes += _names(below(claim, "metadata") for claim in maps(claims))
    containers = [*maps(spec.get("containers")), *maps(spec.get("initContainers"))]
    whole = below(spec, "securityContext")
    yield from _doubles("a volume", volumes, written)
    if "" in volumes:
        nameless = [each for each in written if not isinstance(each.get("name"), str) or not each["name"]]
        yield "a volume has no name", "a name for each volume", "add name: to it in extraVolumes", nameless, ""
    yield from _doubles("a container", _names(containers), containers)
    there = set(volumes)
    for container in containers:
        name = container.get("name")
        own = below(container, "securityContext")
        if own.get("runAsUser", whole.get("runAsUser")) == 0 and own.get("runAsNonRoot", whole.get("runAsNonRoot")):
            yield (
                f"the container '{name}' runs as user 0 and has runAsNonRoot, so that it never starts",
                "another user than root, or null to let the cluster choose",
                "set uid of the component, or runAsNonRoot: false in securityContexts where the cluster allows root",
                [own if "runAsUser" in own else whole],
                "runAsUser",
            )
        if variables := container.get("env"):
            names = _names(maps(variables))
            if len(set(names)) < len(names):
                yield from _doubles("an environment variable", names, maps(variables), f" in the container '{name}'")
        if mounts := container.get("volumeMounts"):
            yield from _mount_findings(maps(mounts), there, f"the container '{name}'")
        if resources := container.get("resources"):
            yield from _resource_findings(resources, f"the container '{name}'")


def _doubles(what: str, names: list[str], items: Sequence[Mapping[str, Any]], where: str = "") -> Iterator[_Finding]:
    if len(set(names)) == len(names):
        return
    for name, times in Counter(names).items():
        if times > 1 and name:
            yield (
                f"{what.partition(' ')[2]} '{name}' is there {times} times{where}",
                "one of each name",
                f"choose another name for yours: where you have only one, the chart itself has {what} of this name",
                [each for each in items if each.get("name") == name],
                "",
            )


def _mount_findings(mounts: list[Mapping[str, Any]], volumes: set[str], where: str) -> Iterator[_Finding]:
    paths = []
    for mount in mounts:
        name, path = mount.get("name"), mount.get("mountPath")
        if isinstance(path, str):
            paths.append(path.rstrip("/"))
        if not isinstance(name, str) or name not in volumes:
            yield (
                f"{where} mounts the volume '{name}' at {path}, and there is no such volume",
                ", ".join(sorted(volumes - {""})) or "no mounts, as there are no volumes",
                "add the volume to extraVolumes of the same component, or correct the name in the mount",
                [mount],
                "",
            )
        for key in ("subPath", "subPathExpr"):
            if key in mount and ".." in str(mount[key]).split("/"):
                message = f"{where} mounts '{name}' with a {key} that leaves the volume"
                yield message, "a path without '..'", "", [mount], ""
    if len(set(paths)) < len(paths):
        for path in (path for path, times in Counter(paths).items() if times > 1):
            yield (
                f"{where} has two mounts at {path or '/'}",
                "one mount at each path",
                "choose another mountPath for yours: where you have only one, the chart itself has a mount there",
                [mount for mount in mounts if str(mount.get("mountPath")).rstrip("/") == path],
                "",
            )


def _resource_findings(resources: Any, where: str) -> Iterator[_Finding]:
    requests, limits = below(resources, "requests"), below(resources, "limits")
    for name, request in requests.items():
        limit = limits.get(name)
        if limit is None or request is None or limit == request:
            continue
        asked, most = _amount(str(request)), _amount(str(limit))
        if asked is not None and most is not None and asked > most:
            yield (
                f"{where} requests {request} of {name}, more than its limit {limit}",
                "requests up to the limits",
                f"lower resources.requests.{name}, or raise resources.limits.{name}",
                (),
                "",
            )


@lru_cache(maxsize=4096)
def _amount(quantity: str) -> Decimal | None:
    """A quantity of Kubernetes as a number; None where it is none, which is for others to tell."""
    match = _QUANTITY.match(quantity)
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    return Decimal(number) * (Decimal(10) ** int(exponent) if exponent else _SUFFIXES[suffix or ""])


def _names(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of things; empty for what has none."""
    return [name if isinstance(name := item.get("name"), str) else "" for item in items]


def maps(value: Any) -> list[Mapping[str, Any]]:
    """The maps in a list; none when it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def below(value: Any, *keys: str) -> Mapping[str, Any]:
    """The map at the end of the keys, empty when there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else _NOTHING
