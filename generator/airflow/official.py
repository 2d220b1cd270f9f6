"""What to write instead of settings of the official Airflow chart that this chart does not have.

People bring their values along; whatever differs is told to them by name. The paths are those of the official chart up
to 1.22.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

_IN_GIT = "values are kept in git, so nothing secret stands in them: "
_NO_HOOKS = "remove it: jobs of this chart are never Helm hooks, and get the same environment as the pods"

#: Path (``*`` is any one key) -> what to do. Of several that fit, the longest counts.
OFFICIAL: dict[str, str] = {
    "apiSecretKey": _IN_GIT + "name a Secret in apiSecretKeySecretName",
    "fernetKey": _IN_GIT + "name a Secret in fernetKeySecretName",
    "jwtSecret": _IN_GIT + "name a Secret in jwtSecretName",
    "webserverSecretKey": _IN_GIT + "name a Secret in webserverSecretKeySecretName",
    "data.brokerUrl": _IN_GIT + "name a Secret in data.brokerUrlSecretName",
    "data.metadataConnection.pass": _IN_GIT + "refer to one in data.metadataConnection.passwordSecret",
    "data.resultBackendConnection.pass": _IN_GIT + "refer to one in data.resultBackendConnection.passwordSecret",
    "elasticsearch.connection.pass": _IN_GIT + "name a Secret with the whole URL in elasticsearch.secretName",
    "elasticsearch.connection.user": "put the whole URL into a Secret and name it in elasticsearch.secretName",
    "flower.password": _IN_GIT + "name a Secret in flower.secretName",
    "flower.username": "put `name:password` into a Secret and name it in flower.secretName",
    "redis.password": _IN_GIT + "name a Secret in redis.passwordSecretName",
    "registry.connection": _IN_GIT + "name a Secret of type dockerconfigjson in registry.secretName",
    "dags.gitSync.sshKey": _IN_GIT + "name a Secret in dags.gitSync.sshKeySecret",
    "extraSecrets": _IN_GIT + "use variables.sealed, variables.external, or a SealedSecret in extraObjects",
    "kerberos": "put keytab and configuration on a volume (volumes, volumeMounts) and run kinit in an extra container",
    "postgresql": "there is no database here: set data.metadataConnection, data.metadataSecretName or bootstrap",
    "webserver.defaultUser": "createUserJob.defaultUser, with the password in a Secret",
    "createUserJob.defaultUser.password": _IN_GIT + "refer to one in createUserJob.defaultUser.passwordSecret",
    "createUserJob.defaultUser.enabled": "createUserJob.enabled",
    "defaultUser": "createUserJob.defaultUser",
    "dags.gitSync.wait": "dags.gitSync.period, with a unit (5s)",
    "dags.gitSync.securityContext": "dags.gitSync.securityContexts.container",
    "dags.gitSync.httpPort": "remove it: the port is fixed",
    "dags.gitSync.recommendedProbeSetting": "remove it: git-sync always has its probes",
    "workers.celery.sets": "workers.queues",
    "workers.celery.enableDefault": "workers.enableDefault",
    "workers.celery": "the same settings are under workers",
    "workers.kubernetes": "podTemplate",
    "workers.kerberosSidecar": "workers.extraContainers",
    "workers.kerberosInitContainer": "workers.extraInitContainers",
    "workers.extraPorts": "workers.extraContainers, or a Service in extraObjects",
    "ingress.enabled": "ingress.web.enabled, ingress.apiServer.enabled and ingress.flower.enabled",
    "ingress.*.host": "ingress.*.hosts",
    "ingress.*.tls": "`tls` of each host in ingress.*.hosts, or ingress.tlsSecretName for all",
    "ingress.statsd": "remove it: Prometheus reads metrics inside the cluster",
    "ingress.pgbouncer": "remove it: Prometheus reads metrics inside the cluster",
    "*.useHelmHooks": _NO_HOOKS,
    "*.applyCustomEnv": _NO_HOOKS,
    "*.ttlSecondsAfterFinished": "remove it: the next sync would make a job again that has vanished",
    "*.jobAnnotations": "`annotations` of the same job; annotations of its pods are podAnnotations",
    "*.securityContext": "securityContexts.pod and securityContexts.container",
    "securityContext": "securityContexts.pod and securityContexts.containers",
    "podSecurityContext": "securityContexts.pod",
    "serviceAccount": "serviceAccount of each component; for a cloud identity of all of them, cloudRole",
    "extraEnv": "env",
    "extraVolumes": "volumes",
    "extraVolumeMounts": "volumeMounts",
    "extraPipPackages": "build an image with the packages: pods that install them as they start are slow and differ",
    "metrics": "remove it: metrics are found by Prometheus through annotations of Services",
    "otelCollector": "extraObjects, and env for Airflow's settings",
    "ports": "remove it: ports are fixed",
    "priorityClasses": "classes belong to the cluster, not to a deployment; name one in priorityClassName",
    "useStandardNaming": "remove it: names are always made of the release's name and the component's",
    "fullnameOverride": "the release's name",
    "nameOverride": "the release's name",
    "*.extraNetworkPolicies": "networkPolicy.extraIngress of the same component, with whole ingress rules",
    "*.networkPolicy.ingress": "networkPolicy.extraIngress of the same component, with whole ingress rules",
    "*.service.ports": "remove it: ports are fixed",
    "*.service.loadBalancerIP": "an annotation of the Service that the cloud knows",
    "*.service.extraAnnotations": "serviceAnnotations",
    "*.configMapAnnotations": "airflowConfigAnnotations",
    "*.persistence.fixPermissions": "remove it: volumes belong to `gid`",
    "*.persistence.securityContexts": "remove it: volumes belong to `gid`",
    "pgbouncer.auth_type": "pgbouncer.authType",
    "pgbouncer.auth_file": "remove it: the file is fixed, its contents come from pgbouncer.usersSecretName",
    "pgbouncer.ssl": _IN_GIT + "name a Secret in pgbouncer.sslSecretName",
    "pgbouncer.mountConfigSecret": "remove it: the configuration is always mounted",
    "pgbouncer.metricsExporterSidecar.sslmode": "the URL in pgbouncer.metricsExporterSidecar.statsSecretName",
    "statsd.cache": "statsd.args",
    "*.livenessProbe.scheme": "a `command`, when the page speaks https itself",
    "*.readinessProbe.scheme": "a `command`, when the page speaks https itself",
    "*.startupProbe.scheme": "a `command`, when the page speaks https itself",
    "redis.emptyDirConfig": "redis.persistence",
    "rbac.createSCCRoleBinding": "a RoleBinding to the security context constraint in extraObjects",
    "devMode": "remove it: it is for work on the official chart itself",
    "enableServiceLinks": "remove it: Services are found by their names",
    "*.enableServiceLinks": "remove it: Services are found by their names",
    "*.serviceAccount.serviceAccountTokenVolume": "serviceAccount.automountServiceAccountToken of the same component",
    "*.logGroomerSidecar.maxSizeBytes": "logGroomerSidecar.retentionDays, or a command of your own",
    "*.logGroomerSidecar.maxSizePercent": "logGroomerSidecar.retentionDays, or a command of your own",
    "*.containerName": "remove it: names of containers are fixed",
}


def instead_of(path: str) -> str:
    """What to write instead of an unknown setting, or an empty string when the official chart does not have it either.

    ``path`` is dotted, items of lists as ``[0]``; a setting below a listed one counts as that one.
    """
    keys = re.sub(r"\[[0-9]+\]", ".*", path).split(".")
    best = ""
    for pattern in OFFICIAL:
        parts = pattern.split(".")
        if len(parts) <= len(keys) and all(map(fnmatchcase, keys, parts)):
            best = max(best, pattern, key=lambda each: (each.count("."), -each.count("*"), each))
    return OFFICIAL.get(best, "")
