"""What became of desired state in the clusters: read from Argo CD and Kubernetes, explained for people. It writes
nothing."""

from commander.status.access import ACCOUNT, Where
from commander.status.clusters import Clusters, NotConfiguredError
from commander.status.model import Component, Explanation, LiveStatus, Stale
from commander.status.reader import StatusReader

__all__ = [
    "ACCOUNT",
    "Clusters",
    "Component",
    "Explanation",
    "LiveStatus",
    "NotConfiguredError",
    "Stale",
    "StatusReader",
    "Where",
]
