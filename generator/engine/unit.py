"""One deployment: what its templates are given, and, where that is new, the bytes of its files.

Nothing here knows a disk: Commander renders blobs of git with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

from generator.charts import ChartSource
from generator.desired import Deployment, check_deployment, deployment_layers
from generator.engine.records import UnitRecord
from generator.errors import Problem, ProblemsError
from generator.render import namespace_object, render_deployment
from generator.worktree import RENDERED, digest, header
from generator.yaml import dump, dump_all

#: Gives contents a name: the same for the same bytes, another for others.
Digest: TypeAlias = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``record`` is None when there are problems; ``files`` are the bytes by path, None when they need not be made."""

    namespace: str
    problems: tuple[Problem, ...]
    record: UnitRecord | None = None
    files: Mapping[str, bytes] | None = None


def effective_digest(deployment: Deployment, chart: ChartSource, code: str) -> str:
    """Stands for everything that a deployment's rendered files follow from."""
    overrides = deployment_layers(deployment).overrides(chart.defaults)
    allowed = deployment.workspace.settings.allowedImages
    given = [
        code,
        deployment.file,
        namespace_object(deployment),
        overrides,
        allowed,
        # The environment's own images are allowed, whatever else is.
        deployment.environment.settings.defaults if allowed else None,
    ]
    return blake2b(orjson.dumps(given, default=dict), digest_size=16).hexdigest()


def render_unit(
    deployment: Deployment,
    chart: ChartSource,
    code: str,
    inputs: tuple[str, ...],
    known: UnitRecord | None,
    facts: Callable[[Deployment, Mapping[str, list[Any]]], Mapping[str, Any]],
    digest: Digest = digest,
) -> Outcome:
    """Check a deployment and render it, unless ``known`` is a record of what would come of it.

    ``digest`` gives the names of contents that the record's files have.
    """
    problems = tuple(check_deployment(deployment))
    # Of an Airflow whose version is not known, nothing more can be said.
    if any(problem.path == "runtimeVersion" for problem in problems):
        return Outcome(deployment.namespace, problems)
    effective = effective_digest(deployment, chart, code)
    if known is not None and known.effective == effective and not problems:
        record = UnitRecord(inputs, effective, known.objects, known.facts, known.files)
        return Outcome(deployment.namespace, (), record)
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
    )
    return Outcome(deployment.namespace, (), record, files)


def _files(deployment: Deployment, objects: Mapping[str, list[Any]], overrides: Mapping[str, Any]) -> dict[str, bytes]:
    first = header(deployment.file)
    environment = f"{RENDERED}/{deployment.environment.name}"
    folder = f"{environment}/workspaces/{deployment.workspace.name}/{deployment.name}"
    files = {f"{folder}/{name}": (first + dump_all(documents)).encode() for name, documents in objects.items()}
    values = f"{environment}/values/{deployment.workspace.name}/{deployment.name}.yaml"
    files[values] = (first + dump(overrides)).encode()
    return files
