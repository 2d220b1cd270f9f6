"""Which images pods run, and whether a workspace allows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.desired import Deployment, Layers
from generator.errors import Problem
from generator.render.checks import Objects
from generator.render.kinds import group
from generator.render.places import Written, place
from generator.render.pods import pod_template

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers", "sidecars")
#: One container in a map of its own, as Argo Workflows has it.
_CONTAINER = ("container", "script")
_WITHOUT_PODS = frozenset(
    {
        ("", "LimitRange"),
        ("", "Namespace"),
        ("", "PersistentVolumeClaim"),
        ("", "ResourceQuota"),
        ("", "Secret"),
        ("", "Service"),
        ("", "ServiceAccount"),
        ("networking.k8s.io", "Ingress"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
    }
)
# The Kubernetes executor takes the image of this setting instead of the one in its pod template.
_WORKER_OPTION = "worker_container_repository"
_WORKER_SETTING = re.compile(rf"^[ \t]*{_WORKER_OPTION}[ \t]*[=:][ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
_WORKER_VARIABLE = re.compile(r"AIRFLOW__KUBERNETES(_EXECUTOR)?__WORKER_CONTAINER_REPOSITORY\Z")
# What stands behind the repository: a tag, a digest, or both. A `:` before a `/` is a registry's port.
_BEHIND = re.compile(r"(:[^:/@]+)?(@[^@]+)?\Z")


def image_problems(
    deployment: Deployment, layers: Layers, defaults: Mapping[str, Any], objects: Objects
) -> Iterator[Problem]:
    """Images that the deployment's workspace does not allow, each at the line that names it.

    Images of the chart's defaults and of the environment are the platform's own choice and always allowed.
    """
    allowed = deployment.workspace.settings.allowedImages
    if not allowed:
        return
    platform = {
        _repository(text) for values in (defaults, deployment.environment.settings.defaults) for text in _named(values)
    }
    for image in sorted({image for documents in objects.values() for image in images(documents)}):
        repository = _repository(image)
        if repository in platform or any(repository == each or repository.startswith(f"{each}/") for each in allowed):
            continue
        file, position, path = place(Written.of(deployment, layers), (image, repository))
        yield Problem(
            f"the workspace '{deployment.workspace.name}' does not allow the image {image}",
            file=file,
            position=position,
            path=path,
            allowed=", ".join(allowed),
            hint=f"allowedImages in {deployment.workspace.file}",
        )


def images(documents: Iterable[Any]) -> Iterator[str]:
    """The images that containers and volumes name, at any depth of pods and their templates, and those that settings
    of Airflow name for the pods that it makes itself."""
    for document in documents:
        if not isinstance(document, dict):
            continue
        version = document.get("apiVersion")
        of = (group(version) if isinstance(version, str) else "", document.get("kind"))
        if of == ("", "ConfigMap"):
            yield from _images_of_airflow(document.get("data"))
            if (template := pod_template(document)) is not None:
                yield from _images_below(template)
        elif of not in _WITHOUT_PODS:
            yield from _images_below(document)


def _images_below(value: Any) -> Iterator[str]:
    waiting: list[Any] = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            for key, below in value.items():
                if not isinstance(below, dict | list):
                    continue
                if key in _CONTAINERS and isinstance(below, list):
                    yield from _images_of_containers(below)
                elif key in _CONTAINER and isinstance(below, dict):
                    yield from _images_of_containers([below])
                elif key == "volumes" and isinstance(below, list):
                    yield from _images_of_volumes(below)
                else:
                    waiting.append(below)


def _images_of_containers(containers: list[Any]) -> Iterator[str]:
    yield from _texts_at(containers, "image")
    for container in containers:
        variables = container.get("env") if isinstance(container, dict) else None
        for variable in variables if isinstance(variables, list) else ():
            if isinstance(variable, dict) and _WORKER_VARIABLE.match(str(variable.get("name"))):
                yield from _texts_at([variable], "value")


def _images_of_volumes(volumes: list[Any]) -> Iterator[str]:
    yield from _texts_at([volume.get("image") for volume in volumes if isinstance(volume, dict)], "reference")


def _images_of_airflow(data: Any) -> Iterator[str]:
    """What a ConfigMap's data sets for the Kubernetes executor, as Airflow's file or as variables."""
    if not isinstance(data, dict):
        return
    for key, text in data.items():
        if not isinstance(text, str):
            continue
        if key == "airflow.cfg":
            yield from _WORKER_SETTING.findall(text)
        elif _WORKER_VARIABLE.match(str(key)):
            yield text


def _named(values: Mapping[str, Any]) -> Iterator[str]:
    """The images and repositories that values of the chart name as such, not every text that could be one."""
    yield from _texts_at([values], "defaultAirflowRepository")
    yield from _texts_at(_maps_in(values.get("images")), "repository")
    yield from _texts_at([each.get("bundle") for each in [values.get("dags")] if isinstance(each, dict)], "repository")
    yield from _texts_at(_maps_in(values.get("config")), _WORKER_OPTION)
    extra = values.get("extraObjects")
    if isinstance(extra, list):
        yield from images(extra)
    waiting = [below for key, below in values.items() if key != "extraObjects"]
    while waiting:
        below = waiting.pop()
        if isinstance(below, list):
            waiting.extend(below)
        elif isinstance(below, dict):
            for key, each in below.items():
                if key in ("extraContainers", "extraInitContainers") and isinstance(each, list):
                    yield from _images_of_containers(each)
                elif key in ("extraVolumes", "volumes") and isinstance(each, list):
                    yield from _images_of_volumes(each)
                elif isinstance(each, dict | list):
                    waiting.append(each)


def _maps_in(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def _texts_at(items: list[Any], key: str) -> Iterator[str]:
    for item in items:
        text = item.get(key) if isinstance(item, dict) else None
        if isinstance(text, str):
            yield text


def _repository(image: str) -> str:
    return _BEHIND.sub("", image, count=1)
