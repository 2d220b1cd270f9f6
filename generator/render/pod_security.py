"""The Pod Security Standard that a deployment's namespace enforces: pods that Kubernetes would refuse to make.

The rules are those of the Pod Security Admission controller (kubernetes.io, "Pod Security Standards"). A level that an
environment's ``namespaceLabels`` choose takes the place of ``restricted``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.desired import POD_SECURITY, POD_SECURITY_LEVELS
from generator.errors import Problem
from generator.render.places import Written, asked_place, object_place
from generator.render.pods import Pod, below, joined, maps, pod_of

RESTRICTED = POD_SECURITY_LEVELS[-1]

_HOST = ("hostNetwork", "hostPID", "hostIPC")
_BASELINE_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_RESTRICTED_CAPABILITIES = frozenset({"NET_BIND_SERVICE"})
# Volumes of the node or of a storage system, which restricted pods reach by a claim alone.
_BAD_VOLUMES = (
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker",
    "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte",
    "rbd", "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip
_NOT_ROOT = "another user, or null to let the cluster choose"


@dataclass(frozen=True, slots=True)
class _Finding:
    """``part`` is the volume, container or security context that has it, ``key`` the setting in it."""

    found: str
    allowed: str
    part: Mapping[str, Any]
    key: str


def security_problems(
    objects: Mapping[str, Sequence[Any]], namespace: Mapping[str, Any], written: Written
) -> Iterator[Problem]:
    """Pods that the level of their namespace refuses, each where people wrote what leads to it.

    ``namespace`` is the Namespace object; objects in other namespaces are the business of those.
    """
    metadata = namespace["metadata"]
    level = metadata["labels"].get(POD_SECURITY)
    if level not in POD_SECURITY_LEVELS[1:]:
        return
    # What one setting leads to in many pods is one problem.
    asked: list[Problem] = []
    for documents in objects.values():
        for document in documents:
            if below(document, "metadata").get("namespace", metadata["name"]) != metadata["name"]:
                continue
            pod = pod_of(document)
            if pod is None:
                continue
            for each in _findings(pod, level == RESTRICTED):
                at = asked_place(written, document, (each.part,), each.key)
                file, position, path = at or object_place(written, document)
                problem = Problem(
                    f"{pod.called}: {each.found}, which the namespace's Pod Security level '{level}' refuses",
                    file=file,
                    position=position,
                    path=path,
                    allowed=each.allowed,
                    hint=f"an environment may choose another level: namespaceLabels, {POD_SECURITY}",
                )
                if at is None:
                    yield problem
                else:
                    asked.append(problem)
    yield from joined(asked)


def _findings(pod: Pod, restricted: bool) -> Iterator[_Finding]:
    spec = pod.spec
    if below(spec, "os").get("name") == "windows":
        return  # has rules of its own, and Airflow does not run there
    for key in _HOST:
        if spec.get(key):
            yield _Finding(f"it has {key}", f"no {key}", spec, key)
    for volume in maps(spec.get("volumes")):
        for key in ("hostPath", *(_BAD_VOLUMES if restricted else ())):
            if key in volume:
                found = f"the volume '{volume.get('name')}' is of type {key}"
                yield _Finding(found, "volumes of other types, such as a claim", volume, key)
    whole = below(spec, "securityContext")
    if restricted and whole.get("runAsUser") == 0:
        yield _Finding("it runs as user 0, which is root", _NOT_ROOT, whole, "runAsUser")
    for container in (*maps(spec.get("containers")), *maps(spec.get("initContainers"))):
        own = below(container, "securityContext")
        where = f"the container '{container.get('name')}'"
        for key, found, allowed in _container_findings(container, own, whole, restricted):
            part = container if key == "ports" else own if key in own else whole
            yield _Finding(f"{where} {found}", allowed, part, key)


def _container_findings(
    container: Mapping[str, Any], own: Mapping[str, Any], whole: Mapping[str, Any], restricted: bool
) -> Iterator[tuple[str, str, str]]:
    """The setting, what was found and what the level allows."""
    if own.get("privileged"):
        yield "privileged", "is privileged", "securityContext.privileged: false"
    capabilities = _RESTRICTED_CAPABILITIES if restricted else _BASELINE_CAPABILITIES
    added = below(own, "capabilities").get("add")
    more = [str(each) for each in added if each not in capabilities] if isinstance(added, list) else []
    if more:
        yield "capabilities", f"adds the capabilities {', '.join(more)}", ", ".join(sorted(capabilities))
    for port in maps(container.get("ports")):
        if port.get("hostPort"):
            yield "ports", f"has the hostPort {port['hostPort']}", "no hostPort"
    seccomp = below(own if "seccompProfile" in own else whole, "seccompProfile")
    if seccomp.get("type") == "Unconfined":
        yield "seccompProfile", "has no seccomp profile (Unconfined)", "RuntimeDefault or Localhost"
    if not restricted:
        return
    if own.get("allowPrivilegeEscalation"):
        key = "allowPrivilegeEscalation"
        yield key, f"may get more rights ({key})", f"securityContext.{key}: false"
    if (own if "runAsNonRoot" in own else whole).get("runAsNonRoot") is False:
        yield "runAsNonRoot", "may run as root (runAsNonRoot: false)", "securityContext.runAsNonRoot: true"
    if own.get("runAsUser") == 0:
        yield "runAsUser", "runs as user 0, which is root", _NOT_ROOT
