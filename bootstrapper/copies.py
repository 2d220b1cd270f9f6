"""Secrets of the platform that a release needs a copy of: the registry's login, the certificate that signs tokens."""

from __future__ import annotations

from bootstrapper.cluster import Cluster, Secret
from bootstrapper.errors import Later, Refused
from bootstrapper.keeping import Wanted, keep
from bootstrapper.plan import Copy, Plan
from bootstrapper.report import Report


def copy_all(plan: Plan, cluster: Cluster, report: Report) -> None:
    """Bring all copies to what their originals say now. Keys that a copy has besides stay."""
    for suffix, one in plan.copies.items():
        _copy(plan.full_name(suffix), one, plan.release, cluster, report)


def _copy(name: str, one: Copy, release: str, cluster: Cluster, report: Report) -> None:
    original = cluster.read(one.secret, one.namespace)
    if original is None:
        raise Later(f"Secret {one.secret} in namespace {one.namespace} is not there yet")
    if missing := [key for key in one.keys if key not in original.data]:
        raise Later(f"Secret {one.secret} in namespace {one.namespace} has no key {missing[0]} yet")
    data = {key: original.data[key] for key in one.keys}

    def decide(found: Secret | None) -> Wanted:
        if found is not None and found.type != one.type:
            raise Refused(
                f"Secret {name} has type {found.type}, which cannot be changed to {one.type}; delete it first"
            )
        return Wanted(data, type=one.type)

    keep(cluster, report, name, release, decide)
