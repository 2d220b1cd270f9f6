"""Sets of values in which much is switched on: the ground on which single settings are changed."""

from __future__ import annotations

from typing import Any

_HOSTS = {"hosts": [{"name": "airflow.example.com"}], "enabled": True}


def _component(name: str) -> dict[str, Any]:
    return {"podDisruptionBudget": {"enabled": True}, "serviceAccount": {"name": f"own-{name.lower()}"}}


_SECRETS = {"name": "database", "key": "password"}
_INGRESS = {
    "auth": {"enabled": True, "url": "http://houston/v1/authorization", "signinUrl": "https://app.example.com/login"},
    "web": _HOSTS,
    "apiServer": _HOSTS,
    "flower": {"hosts": [{"name": "flower.example.com"}], "enabled": True},
}
_EVERYTHING: dict[str, Any] = {
    "scheduler": _component("scheduler"),
    "webserver": _component("webserver"),
    "apiServer": _component("apiServer"),
    "dagProcessor": {"enabled": True, **_component("dagProcessor")},
    "triggerer": _component("triggerer"),
    "flower": {"enabled": True, **_component("flower")},
    "redis": _component("redis"),
    "statsd": {"enabled": True, **_component("statsd")},
    "pgbouncer": {"enabled": True, **_component("pgbouncer")},
    "cleanup": {"enabled": True, "serviceAccount": {"name": "own-cleanup"}},
    "databaseCleanup": {"enabled": True, "serviceAccount": {"name": "own-databasecleanup"}},
    "createUserJob": {"enabled": True, "serviceAccount": {"name": "own-createuserjob"}},
    "workers": {"serviceAccount": {"name": "own-workers"}},
    "podTemplate": {"serviceAccount": {"name": "own-podtemplate"}},
    "bootstrap": {"serviceAccount": {"name": "own-bootstrap"}},
    "migrateDatabaseJob": {"serviceAccount": {"name": "own-migratedatabasejob"}},
    "networkPolicies": {"enabled": True},
    "ingress": _INGRESS,
    "quotas": {"pods": 10},
    "capacity": {"quota": True},
}
_PERSISTENCE = {"persistence": {"enabled": True}}
# So many that every least number of pods fits below.
_MANY = 1_000_000


def _version(version: str, executor: str, **more: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {**_EVERYTHING, "airflowVersion": version, "executor": executor}
    for key, value in more.items():
        merged[key] = {**merged.get(key, {}), **value} if isinstance(value, dict) else value
    return merged


_EXTERNAL = {
    "metadataConnection": {
        "host": "db.example.com",
        "userSecret": {"name": "database", "key": "user"},
        "passwordSecret": _SECRETS,
    },
    "resultBackendConnection": {
        "host": "db.example.com",
        "userSecret": {"name": "database", "key": "user"},
        "passwordSecret": _SECRETS,
    },
}

#: Both lines of Airflow, all executors, each way to get DAGs, to scale and to reach the database.
CONTEXTS: list[dict[str, Any]] = [
    _version(
        "3.3.2",
        "CeleryExecutor",
        dags={"gitSync": {"enabled": True, "repo": "git@example.com:dags.git", "sshKeySecret": "dags-ssh"}},
        workers={
            "keda": {"enabled": True},
            "queues": [
                {"name": "heavy", "keda": {"maxReplicaCount": _MANY}},
                {"name": "light", "keda": {"enabled": False}, "hpa": {"enabled": True, "maxReplicaCount": _MANY}},
            ],
        },
    ),
    _version(
        "2.11.0",
        "CeleryExecutor",
        workers={"hpa": {"enabled": True, "maxReplicaCount": _MANY}, **_PERSISTENCE, "queues": [{"name": "big"}]},
        triggerer=_PERSISTENCE,
        webserver={"hpa": {"enabled": True}},
    ),
    _version(
        "3.2.1",
        "KubernetesExecutor",
        # Beside the volumes of single pods it would take their place.
        logs=_PERSISTENCE,
        dags={"persistence": {"enabled": True}},
        apiServer={"hpa": {"enabled": True}},
        triggerer={"keda": {"enabled": True}},
    ),
    _version(
        "2.8.4",
        "LocalExecutor",
        workers=_PERSISTENCE,
        data=_EXTERNAL,
        dags={"persistence": {"enabled": True, "nfs": {"server": "nfs.example.com", "path": "/dags"}}},
    ),
    _version(
        "3.3.2",
        "CeleryExecutor,KubernetesExecutor",
        data=_EXTERNAL,
        pgbouncer={"enabled": False},
        flower={"service": {"type": "LoadBalancer"}},
        ingress={"baseDomain": "example.com", "apiServer": {"enabled": True}},
        workers={"queues": [{"name": "heavy", "keda": {"enabled": True, "maxReplicaCount": _MANY}}]},
    ),
    # Every Secret exists already, so that there need be no bootstrap job.
    _version(
        "3.1.3",
        "CeleryExecutor",
        data=_EXTERNAL,
        fernetKeySecretName="own-fernet",
        webserverSecretKeySecretName="own-webserver",
        apiSecretKeySecretName="own-api",
        jwtSecretName="own-jwt",
        redis={"passwordSecretName": "own-redis"},
        createUserJob={"defaultUser": {"passwordSecret": {"name": "own-user", "key": "password"}}},
        pgbouncer={"metricsExporterSidecar": {"statsSecretName": "own-stats"}},
        dags={"gitSync": {"enabled": True, "repo": "https://git.example.com/d.git", "credentialsSecret": "own-token"}},
    ),
]
