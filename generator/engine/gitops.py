"""Argo CD's objects as units: one of an environment, one of each workspace, made anew only when these changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from generator.argocd import Facts, environment_objects, facts_of, workspace_objects
from generator.desired import Deployment, Environment, Workspace
from generator.engine.records import UnitRecord
from generator.engine.unit import Digest
from generator.render import CLUSTER_SCOPED
from generator.worktree import RENDERED, digest, header
from generator.yaml import dump_all


def argocd_digest(code: str, digests: Sequence[str], facts: Iterable[Mapping[str, Any] | orjson.Fragment] = ()) -> str:
    """Stands for what the objects follow from: ``digests`` of the files, and the deployments' facts, sorted."""
    return blake2b(orjson.dumps([code, digests, list(facts)]), digest_size=16).hexdigest()


class FactTexts:
    """Facts as JSON by the keys of their records. Of the deployments of a workspace, mostly one has new facts."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[Mapping[str, Any], orjson.Fragment]] = {}

    def of(self, key: str, facts: Mapping[str, Any]) -> orjson.Fragment:
        """The JSON of facts, which nobody changes."""
        found = self._texts.get(key)
        if found is None or found[0] is not facts:
            found = self._texts[key] = facts, orjson.Fragment(orjson.dumps(facts))
        return found[1]


def deployment_facts(deployment: Deployment, objects: Mapping[str, list[Any]]) -> Mapping[str, Any]:
    """What Argo CD's objects need to know of a deployment, as a record keeps it."""
    return facts_of(deployment, objects, CLUSTER_SCOPED).as_json()


def holds(known: UnitRecord | None, effective: str, present: Callable[[str], str | None]) -> bool:
    """Whether a record is of the same objects, and their files are there."""
    return (
        known is not None
        and known.effective == effective
        and all(present(path) == wanted for path, wanted in known.files.items())
    )


def environment_files(
    environment: Environment, effective: str, digest: Digest = digest
) -> tuple[UnitRecord, dict[str, bytes]]:
    """The record and the files of an environment's own objects; none without settings for Argo CD."""
    return _unit(environment, environment_objects(environment), effective, digest)


def workspace_files(
    workspace: Workspace,
    facts: Iterable[Mapping[str, Any]],
    effective: str,
    digest: Digest = digest,
    releases: Collection[str] | None = None,
) -> tuple[UnitRecord, dict[str, bytes]]:
    """The record and the files of a workspace's objects; ``facts`` are those of its deployments, ``releases`` their
    names, for when nothing is known of some.

    Raises ``ProblemsError`` when workspace or deployments don't fit the environment's settings for Argo CD.
    """
    objects = workspace_objects(workspace, [Facts.from_json(each) for each in facts], releases)
    return _unit(workspace.environment, objects, effective, digest)


def _unit(
    environment: Environment, objects: Mapping[str, list[Any]], effective: str, digest: Digest
) -> tuple[UnitRecord, dict[str, bytes]]:
    first = header(environment.file)
    files = {
        f"{RENDERED}/{environment.name}/argocd/{name}": (first + dump_all(documents)).encode()
        for name, documents in objects.items()
    }
    digests = {path: digest(data) for path, data in files.items()}
    return UnitRecord((), effective, sum(map(len, objects.values())), {}, digests), files
