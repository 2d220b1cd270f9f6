"""Argo CD's objects of an environment, from its settings and the facts of its deployments."""

from generator.argocd.facts import Facts, GroupKind, ObjectFacts, ObjectName, facts_of, object_facts, sleeps
from generator.argocd.installation import FIELD_MANAGER, Installation, Part, installation
from generator.argocd.logins import Login, Store
from generator.argocd.objects import environment_objects, unknown_releases, workspace_objects

__all__ = [
    "FIELD_MANAGER",
    "Facts",
    "GroupKind",
    "Installation",
    "Login",
    "ObjectFacts",
    "ObjectName",
    "Part",
    "Store",
    "environment_objects",
    "facts_of",
    "installation",
    "object_facts",
    "sleeps",
    "unknown_releases",
    "workspace_objects",
]
