"""An environment's Argo CD objects as a unit: made of the facts of its deployments, anew only when these changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

import orjson

from generator.argocd import Facts, argocd_objects
from generator.desired import Environment, Workspace
from generator.engine.records import UnitRecord
from generator.worktree import RENDERED, digest, header
from generator.yaml import dump_all


def argocd_digest(code: str, digests: Sequence[str], units: Mapping[str, UnitRecord]) -> str:
    """Stands for what the objects follow from: ``digests`` of the files, and the deployments' facts."""
    given = [code, digests, [unit.facts for _, unit in sorted(units.items())]]
    return blake2b(orjson.dumps(given), digest_size=16).hexdigest()


def holds(known: UnitRecord | None, effective: str, present: Callable[[str], str | None]) -> bool:
    """Whether a record is of the same objects, and their files are there."""
    return (
        known is not None
        and known.effective == effective
        and all(present(path) == wanted for path, wanted in known.files.items())
    )


def argocd_files(
    environment: Environment, workspaces: Sequence[Workspace], units: Mapping[str, UnitRecord], effective: str
) -> tuple[UnitRecord, dict[str, bytes]]:
    """The record and the files of an environment's objects; none without settings for Argo CD.

    Raises ``ProblemsError`` when workspaces or deployments don't fit these settings.
    """
    first = header(environment.file)
    objects = argocd_objects(environment, workspaces, [Facts.from_json(unit.facts) for unit in units.values()])
    files = {
        f"{RENDERED}/{environment.name}/argocd/{name}": (first + dump_all(documents)).encode()
        for name, documents in objects.items()
    }
    record = UnitRecord(
        (), effective, sum(map(len, objects.values())), {}, {path: digest(data) for path, data in files.items()}
    )
    return record, files
