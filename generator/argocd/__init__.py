"""Argo CD's objects of an environment, from its settings and the facts of its deployments."""

from generator.argocd.facts import ClusterObject, Facts, GroupKind, Workload, facts_of

__all__ = ["ClusterObject", "Facts", "GroupKind", "Workload", "facts_of"]
