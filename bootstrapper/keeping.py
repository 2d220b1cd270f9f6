"""A Secret read, looked at, and written again if need be, so that of several who do this nobody loses anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bootstrapper.cluster import Cluster, Conflict, Secret
from bootstrapper.errors import Later
from bootstrapper.report import Action, Report

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a Secret has to say: values of some keys, annotations; ``action`` is told when it says something else."""

    data: Mapping[str, bytes]
    annotations: Mapping[str, str] = field(default_factory=dict)
    type: str = "Opaque"
    action: Action | None = None


def keep(
    cluster: Cluster, report: Report, name: str, release: str, decide: Callable[[Secret | None], Wanted]
) -> Mapping[str, bytes]:
    """Bring a Secret to what ``decide`` wants of it as it is by then; returns its data. What it decides may be random:
    only what was written counts. Raises ``Later`` when others change it all the time."""
    for _ in range(_TRIES):
        found = cluster.read(name)
        wanted = decide(found)
        try:
            if found is None:
                labels = {"tier": "airflow", "release": release, "app.kubernetes.io/managed-by": "stargit-bootstrap"}
                made = Secret(name, wanted.data, wanted.type, labels, wanted.annotations)
                cluster.create(made)
                report.add(f"Secret {name}", "made", ", ".join(sorted(wanted.data)))
                return made.data
            other = sorted(key for key, value in wanted.data.items() if found.data.get(key) != value)
            noted = any(found.annotations.get(key) != value for key, value in wanted.annotations.items())
            if not other and not noted:
                report.add(f"Secret {name}", "kept")
                return found.data
            changed = found.with_data(wanted.data, wanted.annotations)
            cluster.replace(changed)
            missing = all(key not in found.data for key in other)
            report.add(f"Secret {name}", wanted.action or ("completed" if missing else "rewritten"), ", ".join(other))
            return changed.data
        except Conflict:
            continue
    raise Later(f"Secret {name} is changed by others all the time")
