"""How values of the official chart become values of ours: a table, from the special to the general.

A value that no rule is for stays where it is when there is such a setting here; else it is dropped, with what to write
instead where that is known (``generator.airflow.official``).

Patterns are dotted paths: ``*`` is any one key, ``**`` any number of them. Targets may use ``^`` for what is above the
key, and ``$1``, ``$2`` for what ``*`` stood for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from generator.importer import database, environment, repositories, versions, web, workers
from generator.importer.draft import STRONG, WEAK, Draft, Item

#: Gets the draft and the value with its paths.
Handler: TypeAlias = Callable[[Draft, Item], None]
Condition = Literal["always", "airflow3", "kubernetes"]


@dataclass(frozen=True, slots=True)
class Goto:
    """The value is another one, to which the rules hold again; ``strength`` is what it counts there."""

    to: str
    strength: int = STRONG


@dataclass(frozen=True, slots=True)
class Rename:
    """The value goes to a setting of ours."""

    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """The value is left out. Without a reason: for that in the list of what people write instead."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unneeded:
    """The value need not be said; with ``values``, only when it is one of them."""

    reason: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class IntoSecret:
    """The value goes into the Secret ``<release>-<suffix>``, which is named at ``to``; ``ref`` when the key is too."""

    suffix: str
    key: str
    to: str
    ref: bool = False


Action: TypeAlias = "Goto | Rename | Drop | Unneeded | IntoSecret | Handler"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to the values that ``pattern`` fits."""

    pattern: str
    do: Action
    when: Condition = "always"


_JOBS = "jobs of this chart are never Helm hooks, and get the same environment as the pods"
_PORTS = {
    "flowerUI": 5555, "airflowUI": 8080, "apiServer": 8080, "workerLogs": 8793, "triggererLogs": 8794, "redisDB": 6379,
    "statsdIngest": 9125, "statsdScrape": 9102, "pgbouncer": 6543, "pgbouncerScrape": 9127,
}  # fmt: skip
_NAMES = "objects are always named by the release and the component"

RULES: tuple[Rule, ...] = (
    # Secrets that stand in values
    Rule("fernetKey", IntoSecret("fernet", "fernet-key", "fernetKeySecretName")),
    Rule("webserverSecretKey", Goto("apiSecretKey", strength=WEAK), "airflow3"),
    Rule("webserverSecretKey", IntoSecret("webserver-key", "webserver-secret-key", "webserverSecretKeySecretName")),
    Rule("apiSecretKey", IntoSecret("api-key", "api-secret-key", "apiSecretKeySecretName")),
    Rule("jwtSecret", IntoSecret("jwt", "jwt-secret", "jwtSecretName")),
    Rule("data.brokerUrl", IntoSecret("broker", "connection", "data.brokerUrlSecretName")),
    Rule("data.metadataConnection", database.metadata),
    Rule(
        "data.resultBackendConnection.pass",
        IntoSecret("results", "password", "data.resultBackendConnection.passwordSecret", ref=True),
    ),
    Rule("data.resultBackendConnection.protocol", Unneeded("it is a PostgreSQL database", ("postgresql",))),
    Rule("redis.password", IntoSecret("redis", "password", "redis.passwordSecretName")),
    Rule("registry.connection", environment.registry),
    Rule("elasticsearch.connection", database.elasticsearch),
    Rule("flower.username", web.flower_login),
    Rule("flower.password", web.flower_login),
    Rule("pgbouncer.ssl.ca", IntoSecret("pgbouncer-certificates", "root.crt", "pgbouncer.sslSecretName")),
    Rule("pgbouncer.ssl.cert", IntoSecret("pgbouncer-certificates", "server.crt", "pgbouncer.sslSecretName")),
    Rule("pgbouncer.ssl.key", IntoSecret("pgbouncer-certificates", "server.key", "pgbouncer.sslSecretName")),
    Rule("dags.gitSync.sshKey", IntoSecret("git-ssh-key", "gitSshKey", "dags.gitSync.sshKeySecret")),
    Rule("extraSecrets", environment.extra_secrets),
    Rule("extraObjects", environment.extra_objects),
    # Version, images and executor
    Rule("airflowVersion", versions.airflow_version),
    Rule("defaultAirflowTag", versions.tag),
    Rule("images.airflow.tag", versions.tag),
    Rule("images.gitSync.tag", repositories.image_tag),
    Rule("executor", versions.executor),
    # The database and what stands before it
    Rule("postgresql", database.postgresql),
    Rule("pgbouncer.enabled", database.pgbouncer_enabled),
    Rule("pgbouncer.auth_type", Rename("pgbouncer.authType")),
    Rule("pgbouncer.auth_file", Unneeded("the file is fixed", ("/etc/pgbouncer/users.txt",))),
    Rule("pgbouncer.extraIni", database.ini),
    Rule("pgbouncer.extraIniMetadata", database.ini),
    Rule("pgbouncer.extraIniResultBackend", database.ini),
    Rule("pgbouncer.mountConfigSecret", Unneeded("the configuration is always mounted", (True,))),
    Rule("pgbouncer.metricsExporterSidecar.sslmode", Unneeded("it is the default", ("disable",))),
    Rule("pgbouncer.service.extraAnnotations", Rename("pgbouncer.serviceAnnotations")),
    Rule("statsd.service.extraAnnotations", Rename("statsd.serviceAnnotations")),
    # The first user, web pages and how they are reached
    Rule("webserver.defaultUser", Goto("createUserJob.defaultUser", strength=WEAK)),
    Rule("createUserJob.defaultUser.enabled", web.user_enabled),
    Rule("createUserJob.enabled", web.user_enabled),
    Rule("createUserJob.defaultUser.password", web.user_password),
    Rule("ingress.enabled", web.ingress_enabled),
    Rule("ingress.web.*", Goto("ingress.apiServer.$1", strength=WEAK), "airflow3"),
    Rule("ingress.*.hosts", web.hosts),
    Rule("ingress.*.host", web.host),
    Rule("ingress.*.tls", web.tls),
    Rule("webserver.enabled", Unneeded("Airflow 3 has the API server in its place", (True, False)), "airflow3"),
    Rule("webserver.webserverConfig", Goto("apiServer.apiServerConfig", strength=WEAK), "airflow3"),
    Rule(
        "webserver.webserverConfigConfigMapName",
        Goto("apiServer.apiServerConfigConfigMapName", strength=WEAK),
        "airflow3",
    ),
    Rule("webserver.*", Goto("apiServer.$1", strength=WEAK), "airflow3"),
    Rule("**.service.ports", web.service_ports),
    Rule("**.networkPolicy.ingress.ports", web.policy_ports),
    # Workers, and the pods of the Kubernetes executor
    Rule("workers.celery.sets", workers.sets),
    Rule("workers.celery.*", Goto("workers.$1")),
    Rule("workers.kubernetes.*", Goto("podTemplate.$1")),
    Rule("workers.keda.namespaceLabels", Rename("networkPolicies.keda.namespaceLabels")),
    Rule("workers.keda.query", workers.keda_query),
    Rule("triggerer.keda.query", workers.keda_query),
    *(
        Rule(f"workers.{name}", Goto(f"podTemplate.{name}", strength=WEAK), "kubernetes")
        for name in workers.POD_SETTINGS
    ),
    Rule("workers.securityContexts.*", Goto("podTemplate.securityContexts.$1", strength=WEAK), "kubernetes"),
    Rule("podTemplate", workers.pod_template),
    # DAGs
    Rule("dags.persistence.enabled", repositories.volume_enabled),
    Rule("dags.gitSync.repo", repositories.repository),
    Rule("dags.gitSync.wait", repositories.wait),
    Rule("dags.gitSync.credentialsSecret", repositories.credentials),
    Rule("dags.gitSync.securityContext", Rename("dags.gitSync.securityContexts.container")),
    # Configuration and environment
    Rule("config.*.*", environment.option),
    Rule("config", environment.sections),
    Rule("env", environment.variables),
    Rule("extraEnv", environment.extra_env),
    Rule("extraEnvFrom", environment.extra_env_from),
    Rule("extraConfigMaps", environment.extra_config_maps),
    Rule("airflowLocalSettings", environment.local_settings),
    Rule("enableBuiltInSecretEnvVars.AIRFLOW__CORE__SQL_ALCHEMY_CONN", Unneeded("it is of Airflow before 2.3")),
    Rule("enableBuiltInSecretEnvVars.AIRFLOW__CELERY__CELERY_RESULT_BACKEND", Unneeded("it is of Airflow before 2.4")),
    Rule(
        "enableBuiltInSecretEnvVars.AIRFLOW__ELASTICSEARCH__ELASTICSEARCH_HOST", Unneeded("it is of Airflow before 2.0")
    ),
    # Jobs
    Rule(
        "createUserJob.annotations", Rename("createUserJob.podAnnotations", "here `annotations` are those of the job")
    ),
    Rule(
        "migrateDatabaseJob.annotations",
        Rename("migrateDatabaseJob.podAnnotations", "here `annotations` are those of the job"),
    ),
    Rule("migrateDatabaseJob.jobAnnotations", web.job_annotations),
    Rule("**.jobAnnotations", web.job_annotations),
    Rule("**.useHelmHooks", Unneeded(_JOBS)),
    Rule("**.applyCustomEnv", Unneeded(_JOBS)),
    Rule("**.ttlSecondsAfterFinished", Unneeded("a finished job stays until its next run takes its place")),
    # Contexts, start commands, checks
    Rule("securityContext", Goto("securityContexts.pod", strength=WEAK)),
    Rule("securityContexts.container", Goto("securityContexts.containers", strength=WEAK)),
    Rule("**.securityContext", Goto("^.securityContexts.pod", strength=WEAK)),
    Rule("**.args", workers.arguments),
    Rule("**.command", workers.arguments),
    Rule("**.livenessProbe.scheme", Unneeded("it is http", ("HTTP",))),
    Rule("**.readinessProbe.scheme", Unneeded("it is http", ("HTTP",))),
    Rule("**.startupProbe.scheme", Unneeded("it is http", ("HTTP",))),
    # Names, ports, and what is switched on and off
    Rule("scheduler.enabled", Unneeded("there is always a scheduler", (True,))),
    Rule("rbac.createSCCRoleBinding", Unneeded("none is made", (False,))),
    Rule("useStandardNaming", Unneeded(_NAMES)),
    *(Rule(f"ports.{name}", Unneeded("it is the port here", (port,))) for name, port in _PORTS.items()),
    Rule("**.fixPermissions", Unneeded("volumes belong to `gid`")),
    Rule("platform", Drop("it is filled in by Stargit")),
)
