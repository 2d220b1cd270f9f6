"""Which values the official chart has, in any release, so that a misspelt one is told from one without counterpart.

Most have the same name here, others are named in ``generator.airflow.official``; the rest is listed here. Facts from
the chart's values.yaml and values.schema.json, releases 1.0 to 1.22.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache

from generator.airflow.official import OFFICIAL, instead_of
from generator.importer.result import KeyPath
from generator.importer.settings import setting, settings_below
from generator.yaml import dotted

#: Settings of ours that the official chart does not have, by the first part of their path.
_OURS = frozenset(
    {"platform", "hibernate", "variables", "bootstrap", "capacity", "cloudRole", "extraObjects", "imagePullSecrets"}
)

#: What people write at the top although no release of the official chart reads it.
_UNOFFICIAL = frozenset({
    "defaultUser", "enabled", "extraPipPackages", "extraVolumeMounts", "extraVolumes", "metrics",
    "podSecurityContext", "serviceAccount",
})  # fmt: skip

_COMPONENTS = (
    "scheduler", "webserver", "apiServer", "dagProcessor", "triggerer", "workers", "flower", "redis", "pgbouncer",
    "statsd", "createUserJob", "migrateDatabaseJob", "cleanup", "databaseCleanup",
)  # fmt: skip

#: Paths of the official chart that neither exist here nor are in the list of what to write instead.
_MORE = (
    "devMode", "enableServiceLinks", "*.enableServiceLinks", "opensearch", "rbac.createSCCRoleBinding",
    "scheduler.enabled", "*.serviceAccount.serviceAccountTokenVolume", "*.serviceAccountTokenVolume",
    "*.logGroomerSidecar.containerLifecycleHooks", "*.logGroomerSidecar.maxSizeBytes",
    "*.logGroomerSidecar.maxSizePercent", "*.logGroomerSidecar.requirePersistence",
    "*.logGroomerSidecar.securityContext", "*.waitForMigrations.containerLifecycleHooks",
    "*.waitForMigrations.resources", "*.persistence.containerLifecycleHooks",
    "*.metricsExporterSidecar.containerLifecycleHooks", "*.keda.namespaceLabels", "*.service.ports",
    "*.extraPorts", "*.service.nodePort", "workers.celery", "workers.kubernetes", "workers.extraPorts",
    "images.airflow.pullSecrets", "ports.*", "data.resultBackendConnection.protocol", "registry.connection",
    "postgresql", "kerberos", "pgbouncer.ssl", "enableBuiltInSecretEnvVars.*", "extraEnv", "extraSecrets",
    "airflowConfigAnnotations", "dags.gitSync.wait", "createUserJob.defaultUser.enabled", "webserver.defaultUser",
    "webserver.securityContext", "config", "priorityClasses", "useStandardNaming", "fullnameOverride",
    "nameOverride", "ingress.enabled", "ingress.*.tls", "ingress.*.host", "ingress.*.hosts", "limits", "quotas",
    "labels",
)  # fmt: skip


def is_official(path: KeyPath) -> bool:
    """Whether some release of the official chart has a value at this path, or at one above or below it."""
    if not path or str(path[0]) in _UNOFFICIAL | _OURS or str(path[0]) not in _tops():
        return False
    if setting(path) is not None or instead_of(dotted(path)):
        return True
    keys = [str(step) for step in path]
    return any(_fits(pattern.split("."), keys) for pattern in _MORE)


@cache
def _tops() -> frozenset[str]:
    """The first parts of all paths."""
    named = {pattern.partition(".")[0] for pattern in (*OFFICIAL, *_MORE)}
    return frozenset({*settings_below(()), *named, *_COMPONENTS} - {"*"})


def _fits(pattern: list[str], keys: list[str]) -> bool:
    if pattern[0] == "*" and len(pattern) > 1 and keys[0] not in _COMPONENTS:
        return False
    short = min(len(pattern), len(keys))
    return all(map(fnmatchcase, keys[:short], pattern[:short]))


@cache
def official_names(path: KeyPath) -> tuple[str, ...]:
    """The names that values may have below a path."""
    names = {name for name in settings_below(path) if path or name not in _OURS}
    for pattern in (*OFFICIAL, *_MORE):
        parts = pattern.split(".")
        if len(parts) == len(path) + 1 and parts[-1] != "*" and all(map(fnmatchcase, map(str, path), parts[:-1])):
            names.add(parts[-1])
    return tuple(sorted(names - (_UNOFFICIAL if not path else frozenset())))
