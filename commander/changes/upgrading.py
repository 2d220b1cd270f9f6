"""Upgrading a deployment: where its version stands, whether there is a way, and whether its image goes along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commander.changes.image import IMAGE_SETTINGS, Image, image_of
from commander.changes.target import Target
from commander.changes.working import Working, around
from generator.airflow import AirflowValues, AirflowVersion, airflow_of_runtime, upgrade_problem
from generator.desired import Deployment, KeyPath, deployment_layers, load
from generator.edit import Set, edit, path_text
from generator.errors import Problem, ProblemsError

_RUNTIME: KeyPath = ("runtimeVersion",)
_AIRFLOW: KeyPath = ("values", "airflowVersion")


def upgrade(target: Target, version: str, working: Working) -> None:
    """Set the version. Raises ``ProblemsError`` when there is no way to it, or the deployment can't be read."""
    data = working.need_awake(target)
    if not target.release:
        found = f"the {target.kind} '{target}' has no version of its own"
        raise ProblemsError([Problem(found, file=target.file, allowed="a deployment; only these are upgraded")])
    deployment = _loaded(target, {each: working.read(each) for each in _files_of(target)})
    path, old = _version(deployment)
    if (problem := upgrade_problem(old, version)) is not None:
        at = deployment.document.position(path) if deployment.document.written(path) else None
        raise ProblemsError([_at(problem, target, path, at)])
    text = data.decode("utf-8", "surrogateescape")
    working.write(target, edit(text, target.file, [Set(path, version)]).encode("utf-8", "surrogateescape"))


def image_left_behind(target: Target, working: Working) -> Problem | None:
    """What is wrong with an image that stays what it was, while the version of Airflow becomes another one.

    To be asked when a whole change is done, for the image may be set behind the version.
    """
    files = _files_of(target)
    if working.files.get(target.file) is None or working.read(target) is None:
        return None
    try:
        before = _loaded(target, {each: working.files.get(each.file) for each in files})
        after = _loaded(target, {each: working.read(each) for each in files})
    except ProblemsError:
        return None  # told by those who look at the files
    (path, version), (_, wanted) = _version(before), _version(after)
    old, new = _airflow(version), _airflow(wanted)
    image = _image(after)
    shown = _shown(image)
    if old is None or new is None or old == new or not image.decided_by or shown != _shown(_image(before)):
        return None
    named = image.version.startswith(version) or (path == _AIRFLOW and AirflowVersion.of_tag(image.version) == old)
    if not image.digest and not named:
        return None  # a tag of people's own tells nothing
    what = f"the image stays {shown}, which has Airflow {old}"
    hint = f"set an image with Airflow {new} in the same change"
    where = path_text(("values", *IMAGE_SETTINGS[image.decided_by]))
    return Problem(what, target.file, path=where, hint=hint)


def _files_of(target: Target) -> tuple[Target, ...]:
    workspace = around(target)
    return around(workspace), workspace, target


def _loaded(target: Target, files: Mapping[Target, bytes | None]) -> Deployment:
    loaded = load({each.file: data for each, data in files.items() if data is not None})
    if loaded.problems or not loaded.state.deployments:
        raise ProblemsError(loaded.problems)
    return loaded.state.deployments[0]


def _version(deployment: Deployment) -> tuple[KeyPath, str]:
    """Where the version is to be written, and what it is now, whoever decided that."""
    if deployment.settings.runtimeVersion is not None:
        return _RUNTIME, deployment.settings.runtimeVersion
    default: str = AirflowValues.model_fields["airflowVersion"].default
    return _AIRFLOW, deployment_layers(deployment).merged().get("airflowVersion") or default


def _airflow(version: str) -> AirflowVersion | None:
    return AirflowVersion.parse(airflow_of_runtime(version) or version)


def _image(deployment: Deployment) -> Image:
    values = deployment_layers(deployment).merged()
    return image_of({name: _at_path(values, path) for name, path in IMAGE_SETTINGS.items()})


def _shown(image: Image) -> str:
    repository = image.repository or AirflowValues.model_fields["defaultAirflowRepository"].default
    return f"{repository}{'@' if image.digest else ':'}{image.version}"


def _at_path(values: Any, path: KeyPath) -> Any:
    for part in path:
        values = (values or {}).get(part)
    return values


def _at(problem: Problem, target: Target, path: KeyPath, position: Any) -> Problem:
    return Problem(problem.message, target.file, position, path_text(path), allowed=problem.allowed, hint=problem.hint)
