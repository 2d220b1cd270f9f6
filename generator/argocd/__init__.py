"""Argo CD's objects of an environment, from its settings and the facts of its deployments."""

from generator.argocd.facts import Facts, GroupKind, ObjectFacts, ObjectName, facts_of, object_facts
from generator.argocd.objects import environment_objects, unknown_releases, workspace_objects

__all__ = [
    "Facts",
    "GroupKind",
    "ObjectFacts",
    "ObjectName",
    "environment_objects",
    "facts_of",
    "object_facts",
    "unknown_releases",
    "workspace_objects",
]
