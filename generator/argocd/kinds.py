"""Kinds of objects that a workspace's project permits whether or not they are in use.

Argo CD doesn't see what a project doesn't permit, so it would not remove the last object of a kind if the project lost
the kind in the same commit (``controller/state.go`` of Argo CD: live objects that are not permitted are dropped before
they are compared).
"""

from __future__ import annotations

from generator.argocd.facts import GroupKind

#: What the Airflow chart makes in a deployment's namespace with any values, besides people's `extraObjects`.
CHART_KINDS: tuple[GroupKind, ...] = (
    ("", "ConfigMap"),
    ("", "LimitRange"),
    ("", "PersistentVolumeClaim"),
    ("", "ResourceQuota"),
    ("", "Service"),
    ("", "ServiceAccount"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("bitnami.com", "SealedSecret"),
    ("external-secrets.io", "ExternalSecret"),
    ("keda.sh", "ScaledObject"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
)

#: What the cluster makes of the above. Argo CD shows of it, and of its logs, only what the project permits.
CHILD_KINDS: tuple[GroupKind, ...] = (
    ("", "Pod"),
    ("apps", "ReplicaSet"),
)
