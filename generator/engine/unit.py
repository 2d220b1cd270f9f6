"""One deployment: what its templates are given, and, where that is new, the bytes of its files.

Nothing here knows a disk: Commander renders blobs of git with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

from generator.charts import ChartSource
from generator.desired import Deployment, check_deployment, deployment_layers
from generator.engine.parts import Parts, shown_of
from generator.engine.records import UnitRecord
from generator.errors import Problem, ProblemsError
from generator.render import namespace_object, render_deployment
from generator.worktree import RENDERED, digest, header
from generator.yaml import dump, dump_all

#: Gives contents a name: the same for the same bytes, another for others.
Digest: TypeAlias = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``record`` is None when there are problems; ``files`` are the bytes by path of those that may be new, None when
    none need be made."""

    namespace: str
    problems: tuple[Problem, ...]
    record: UnitRecord | None = None
    files: Mapping[str, bytes] | None = None


def render_unit(
    deployment: Deployment,
    chart: ChartSource,
    code: str,
    inputs: tuple[str, ...],
    known: UnitRecord | None,
    facts: Callable[[Deployment, Mapping[str, list[Any]]], Mapping[str, Any]],
    present: Callable[[str], str | None],
    digest: Digest = digest,
) -> Outcome:
    """Check a deployment and render it, unless ``known`` is a record of what would come of it.

    Where all that ``known`` tells of is ``present`` (which gives the digest of what is at a path), only those template
    files are rendered that read something that is new. ``digest`` gives the names of contents that the record's files
    have.
    """
    problems = tuple(check_deployment(deployment))
    # Of an Airflow whose version is not known, nothing more can be said.
    if any(problem.path == "runtimeVersion" for problem in problems):
        return Outcome(deployment.namespace, problems)
    overrides = deployment_layers(deployment).overrides(chart.defaults)
    surroundings = _surroundings(deployment, code)
    effective = _digest([surroundings.hex(), overrides])
    if known is not None and known.effective == effective and not problems:
        return Outcome(deployment.namespace, (), replace(known, inputs=inputs))
    made_of = chart.ingredients.digests(overrides, surroundings)
    if known is not None and not problems and all(present(path) == name for path, name in known.files.items()):
        unit = _again(deployment, chart, made_of, known, digest)
        if unit is not None:
            record = replace(unit.record, inputs=inputs, effective=effective)
            return Outcome(deployment.namespace, (), record, unit.files)
    try:
        rendered = render_deployment(deployment, chart)
    except ProblemsError as error:
        return Outcome(deployment.namespace, (*problems, *error.problems))
    if problems:
        return Outcome(deployment.namespace, problems)
    files = _files(deployment, rendered.objects, rendered.overrides)
    record = UnitRecord(
        inputs,
        effective,
        sum(map(len, rendered.objects.values())),
        facts(deployment, rendered.objects),
        {path: digest(data) for path, data in files.items()},
        _parts(chart, made_of, rendered.objects).as_text(chart.program.files),
    )
    return Outcome(deployment.namespace, (), record, files)


@dataclass(frozen=True, slots=True)
class _Again:
    record: UnitRecord
    files: Mapping[str, bytes]


def _again(
    deployment: Deployment, chart: ChartSource, made_of: Mapping[str, str], known: UnitRecord, digest: Digest
) -> _Again | None:
    """Only the template files that are made of something else than they were. None where that is not enough, or
    something is wrong: then all is to be looked at together."""
    files = chart.program.files
    before = Parts.parse(known.parts, files)
    same = before.same(made_of)
    if not same:
        return None
    try:
        rendered = render_deployment(deployment, chart, without=same)
    except ProblemsError:
        return None
    now = _parts(chart, made_of, rendered.objects)
    if any(now.shown[file] != before.shown[file] for file in files if file not in same):
        return None
    parts = Parts(made_of, before.shown)
    made = _files(deployment, rendered.objects, rendered.overrides)
    # The same objects stand in the same files.
    names = {**known.files, **{path: digest(data) for path, data in made.items()}}
    return _Again(replace(known, files=names, parts=parts.as_text(files)), made)


def _surroundings(deployment: Deployment, code: str) -> bytes:
    """Stands for everything that all of a deployment's rendered files follow from, but for the values."""
    allowed = deployment.workspace.settings.allowedImages
    given = [
        code,
        deployment.file,
        namespace_object(deployment),
        # What the cluster can do decides what may be asked of it, whatever is written of it on the namespace.
        deployment.environment.settings.kubernetes.minorVersion,
        allowed,
        # The environment's own images are allowed, whatever else is.
        deployment.environment.settings.defaults if allowed else None,
    ]
    return blake2b(orjson.dumps(given, default=dict), digest_size=16).digest()


def _digest(given: list[Any]) -> str:
    return blake2b(orjson.dumps(given, default=dict), digest_size=16).hexdigest()


def _parts(chart: ChartSource, made_of: Mapping[str, str], objects: Mapping[str, list[Any]]) -> Parts:
    return Parts(made_of, {file: shown_of(objects.get(file, ())) for file in chart.program.files})


def _files(deployment: Deployment, objects: Mapping[str, list[Any]], overrides: Mapping[str, Any]) -> dict[str, bytes]:
    first = header(deployment.file)
    environment = f"{RENDERED}/{deployment.environment.name}"
    folder = f"{environment}/workspaces/{deployment.workspace.name}/{deployment.name}"
    files = {f"{folder}/{name}": (first + dump_all(documents)).encode() for name, documents in objects.items()}
    values = f"{environment}/values/{deployment.workspace.name}/{deployment.name}.yaml"
    files[values] = (first + dump(overrides)).encode()
    return files
