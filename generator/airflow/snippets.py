"""Examples of what Kubernetes defines and several settings take: what people paste into their values."""

from __future__ import annotations

from typing import Any

COMMAND: list[str] = ["/usr/bin/dumb-init", "--"]
ARGUMENTS: list[str] = ["bash", "-c", "exec airflow scheduler"]
ENV: list[dict[str, str]] = [{"name": "TZ", "value": "UTC"}]
AFFINITY: dict[str, Any] = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-west-1a", "eu-west-1b"]}
                    ]
                }
            ]
        }
    }
}
TOLERATIONS: list[dict[str, Any]] = [
    {"key": "dedicated", "operator": "Equal", "value": "airflow", "effect": "NoSchedule"}
]
TOPOLOGY_SPREAD: list[dict[str, Any]] = [
    {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"tier": "airflow"}},
    }
]
NODE_SELECTOR: dict[str, str] = {"pool": "airflow"}
LIFECYCLE: dict[str, Any] = {"preStop": {"exec": {"command": ["/bin/sh", "-c", "sleep 10"]}}}
UPDATE_STRATEGY: dict[str, Any] = {"type": "OnDelete"}

POD_SECURITY_CONTEXT: dict[str, Any] = {"fsGroup": 50000, "fsGroupChangePolicy": "OnRootMismatch"}
CONTAINER_SECURITY_CONTEXT: dict[str, Any] = {"readOnlyRootFilesystem": False}

CONTAINERS: list[dict[str, Any]] = [
    {
        "name": "database-proxy",
        "image": "registry.example.com/tools/database-proxy:2.14.0",
        "args": ["--port=5433", "warehouse"],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
    }
]
INIT_CONTAINERS: list[dict[str, Any]] = [
    {
        "name": "wait-for-warehouse",
        "image": "busybox:1.37",
        "command": ["sh", "-c", "until nc -z warehouse 5432; do sleep 2; done"],
    }
]
VOLUMES: list[dict[str, Any]] = [{"name": "certificates", "secret": {"secretName": "warehouse-certificates"}}]
VOLUME_MOUNTS: list[dict[str, Any]] = [
    {"name": "certificates", "mountPath": "/etc/warehouse-certificates", "readOnly": True}
]
CLAIM_TEMPLATES: list[dict[str, Any]] = [
    {
        "metadata": {"name": "scratch"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}}},
    }
]

LABELS: dict[str, str] = {"example.com/cost-center": "4711"}
ANNOTATIONS: dict[str, str] = {"example.com/owner": "data-platform"}
POD_ANNOTATIONS: dict[str, str] = {"sidecar.istio.io/inject": "false"}
CLAIM_ANNOTATIONS: dict[str, str] = {"argocd.argoproj.io/sync-options": "Prune=false"}
SERVICE_ANNOTATIONS: dict[str, str] = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}
INGRESS_ANNOTATIONS: dict[str, str] = {
    "cert-manager.io/cluster-issuer": "letsencrypt",
    "nginx.ingress.kubernetes.io/proxy-body-size": "8m",
}
INGRESS_PATHS: list[dict[str, Any]] = [
    {
        "path": "/docs",
        "pathType": "Prefix",
        "backend": {"service": {"name": "team-docs", "port": {"number": 8080}}},
    }
]

STORAGE_CLASS = "premium-rwo"
SHARED_STORAGE_CLASS = "efs"
TLS_SECRET = "airflow-tls"  # noqa: S105 - a name
WEBSERVER_CONFIG = """\
from flask_appbuilder.const import AUTH_DB

AUTH_TYPE = AUTH_DB
AUTH_USER_REGISTRATION = False
"""
