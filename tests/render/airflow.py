"""Everything that the Airflow chart can make, for tests of names and checks."""

from __future__ import annotations

from typing import Any

#: Turns on all components and jobs of either line of Airflow.
EVERYTHING: dict[str, Any] = {
    "executor": "CeleryExecutor,KubernetesExecutor",
    "dagProcessor": {"enabled": True},
    "flower": {"enabled": True},
    "pgbouncer": {"enabled": True},
    "cleanup": {"enabled": True},
    "databaseCleanup": {"enabled": True},
    "createUserJob": {"enabled": True},
    "triggerer": {"persistence": {"enabled": True}},
    "workers": {"persistence": {"enabled": True}},
    "logs": {"persistence": {"enabled": True}},
    "dags": {"persistence": {"enabled": True}},
    "capacity": {"quota": True},
    "ingress": {"baseDomain": "example.com", **{page: {"enabled": True} for page in ("web", "apiServer", "flower")}},
    "variables": {"plain": {"A": "b"}, "sealed": {"encryptedData": {"B": "AgA="}}},
}
EVERYTHING |= {
    key: {**EVERYTHING.get(key, {}), "podDisruptionBudget": {"enabled": True}}
    for key in ("scheduler", "webserver", "apiServer", "dagProcessor", "triggerer", "workers", "flower", "redis")
}
VERSIONS = ("2.11.0", "3.1.0")
