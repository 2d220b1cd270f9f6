"""Values that are valid one by one, but not together."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from generator.airflow import AirflowValues, chart_schema, check
from generator.errors import Problem
from generator.model import defaults

VALIDATOR = jsonschema_rs.validator_for(chart_schema())
DIGEST = "sha256:" + "0" * 64
BOTH = "one of the two"


def _effective(layer: dict[str, Any]) -> dict[str, Any]:
    def merge(base: Any, over: Any) -> Any:
        if isinstance(base, dict) and isinstance(over, dict):
            return {**base, **{key: merge(base.get(key), part) for key, part in over.items()}}
        return over

    values = merge(defaults(AirflowValues), layer)
    assert isinstance(values, dict)
    assert VALIDATOR.is_valid(values)
    return values


@pytest.mark.parametrize(
    ("layer", "problems"),
    [
        (
            {"airflowVersion": "2.6.3"},
            [
                Problem(
                    "Airflow 2.6.3 is not supported",
                    path="airflowVersion",
                    allowed="2.7 to 2.11, and 3.0 to 3.3",
                )
            ],
        ),
        (
            {"airflowVersion": "2.11.2", "defaultAirflowTag": "slim-2.10.4-python3.12"},
            [
                Problem(
                    "the image apache/airflow of this tag is Airflow 2.10, and airflowVersion says 2.11",
                    path="defaultAirflowTag",
                    allowed="a tag of Airflow 2.11",
                    hint="without a tag, airflowVersion is the tag",
                )
            ],
        ),
        (
            {
                "airflowVersion": "3.1.0",
                "images": {"airflow": {"repository": "registry.example.com/mirror/apache/airflow", "tag": "3.0.2"}},
            },
            [
                Problem(
                    "the image registry.example.com/mirror/apache/airflow of this tag is Airflow 3.0, and"
                    " airflowVersion says 3.1",
                    path="images.airflow.tag",
                    allowed="a tag of Airflow 3.1",
                    hint="without a tag, airflowVersion is the tag",
                )
            ],
        ),
        # Newer than all that is known, the same minor, no version, people's own image, a digest.
        ({"airflowVersion": "3.3.0", "defaultAirflowTag": "3.4.0"}, []),
        ({"airflowVersion": "3.3.0", "defaultAirflowTag": "3.3.9-python3.12"}, []),
        ({"airflowVersion": "3.3.0", "defaultAirflowTag": "latest"}, []),
        (
            {
                "airflowVersion": "3.3.0",
                "defaultAirflowRepository": "example.com/airflow",
                "defaultAirflowTag": "3.0.0",
            },
            [],
        ),
        (
            {
                "airflowVersion": "3.3.0",
                "defaultAirflowTag": "3.0.0",
                "defaultAirflowDigest": f"sha256:{'0' * 64}",
            },
            [],
        ),
        (
            {"airflowVersion": "3.99.0"},
            [
                Problem(
                    "Airflow 3.99.0 is not supported",
                    path="airflowVersion",
                    allowed="2.7 to 2.11, and 3.0 to 3.3",
                    hint="to try a newer image: airflowVersion: 3.3.0 and its tag in defaultAirflowTag",
                )
            ],
        ),
        (
            {"airflowVersion": "3.0.0", "executor": "CeleryKubernetesExecutor"},
            [
                Problem(
                    "Airflow 3.0 has no executor CeleryKubernetesExecutor",
                    path="executor",
                    allowed="LocalExecutor, CeleryExecutor, KubernetesExecutor, CeleryExecutor,KubernetesExecutor,"
                    " KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor,"
                    " KubernetesExecutor,LocalExecutor,"
                    " CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor",
                    hint="CeleryExecutor,KubernetesExecutor takes its place",
                )
            ],
        ),
        (
            {"airflowVersion": "2.9.3", "executor": "LocalExecutor,KubernetesExecutor"},
            [
                Problem(
                    "Airflow 2.9 has no executor LocalExecutor,KubernetesExecutor",
                    path="executor",
                    allowed="LocalExecutor, CeleryExecutor, KubernetesExecutor,"
                    " LocalKubernetesExecutor, CeleryKubernetesExecutor",
                )
            ],
        ),
        (
            {
                "dags": {
                    "gitSync": {"enabled": True, "repo": "https://h/r"},
                    "bundle": {"enabled": True, "repository": "a/b", "digest": DIGEST},
                }
            },
            [
                Problem(
                    "dags.gitSync and dags.bundle are both enabled",
                    path="dags.bundle.enabled",
                    allowed="one way for DAGs to reach the pods",
                )
            ],
        ),
        (
            {"dags": {"gitSync": {"enabled": True}}},
            [Problem("is needed: git-sync is enabled", path="dags.gitSync.repo")],
        ),
        (
            {"dags": {"gitSync": {"enabled": True, "repo": "git@h:r.git"}}},
            [Problem("is needed: git@h:r.git is reached by ssh", path="dags.gitSync.sshKeySecret")],
        ),
        (
            {"dags": {"bundle": {"enabled": True}}},
            [
                Problem("is needed: the bundle is enabled", path="dags.bundle.repository"),
                Problem("is needed: the bundle is enabled", path="dags.bundle.digest"),
            ],
        ),
        (
            {"dags": {"persistence": {"enabled": True, "existingClaim": "a", "nfs": {"server": "b"}}}},
            [
                Problem(
                    "cannot go together with dags.persistence.nfs.server",
                    path="dags.persistence.existingClaim",
                    allowed=BOTH,
                )
            ],
        ),
        (
            {"workers": {"keda": {"enabled": True}, "hpa": {"enabled": True}}},
            [Problem("cannot go together with workers.hpa.enabled", path="workers.keda.enabled", allowed=BOTH)],
        ),
        (
            {
                "workers": {
                    "keda": {"enabled": True},
                    "queues": [
                        {"name": "a", "keda": {"enabled": False}, "hpa": {"enabled": True}},
                        {"name": "b", "hpa": {"enabled": True}},
                    ],
                }
            },
            [
                Problem(
                    "cannot go together with workers.queues[1].hpa.enabled",
                    path="workers.queues[1].keda.enabled",
                    allowed=BOTH,
                )
            ],
        ),
        (
            {"triggerer": {"keda": {"enabled": True, "minReplicaCount": 20}}},
            [
                Problem(
                    "minReplicaCount 20 is greater than maxReplicaCount 10",
                    path="triggerer.keda.minReplicaCount",
                    allowed="at most 10",
                )
            ],
        ),
        (
            {"workers": {"queues": [{"name": "a", "keda": {"enabled": True, "minReplicaCount": 11}}]}},
            [
                Problem(
                    "minReplicaCount 11 is greater than maxReplicaCount 10",
                    path="workers.queues[0].keda.minReplicaCount",
                    allowed="at most 10",
                )
            ],
        ),
        (
            {"apiServer": {"hpa": {"enabled": True, "minReplicaCount": 0}}},
            [
                Problem(
                    "a HorizontalPodAutoscaler keeps one pod at least",
                    path="apiServer.hpa.minReplicaCount",
                    allowed="1 or more",
                )
            ],
        ),
        (
            {"workers": {"queues": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}},
            [Problem("two queues are named a", path="workers.queues[2].name", allowed="a name of its own")],
        ),
        (
            {"redis": {"enabled": False}},
            [
                Problem(
                    "CeleryExecutor needs a broker, and there is none",
                    path="data.brokerUrlSecretName",
                    allowed="the name of a Secret with the broker's URL under key `connection`,"
                    " or `redis.enabled: true`",
                )
            ],
        ),
        (
            {"data": {"metadataConnection": {"host": "db"}}},
            [
                Problem(
                    "is needed: data.metadataConnection.host is given", path="data.metadataConnection.passwordSecret"
                )
            ],
        ),
        (
            {
                "data": {
                    "metadataSecretName": "m",
                    "metadataConnection": {"host": "db", "passwordSecret": {"name": "a", "key": "b"}},
                }
            },
            [
                Problem(
                    "cannot go together with data.metadataConnection.host", path="data.metadataSecretName", allowed=BOTH
                )
            ],
        ),
        (
            {
                "data": {
                    "resultBackendSecretName": "m",
                    "resultBackendConnection": {
                        "host": "db",
                        "user": "celery",
                        "passwordSecret": {"name": "a", "key": "b"},
                    },
                }
            },
            [
                Problem(
                    "cannot go together with data.resultBackendConnection",
                    path="data.resultBackendSecretName",
                    allowed=BOTH,
                )
            ],
        ),
        (
            {"data": {"metadataSecretName": "m", "resultBackendConnection": {"db": "results"}}},
            [
                Problem(
                    "is needed: data.metadataConnection has no host, so there is nothing to take it from",
                    path=f"data.resultBackendConnection.{key}",
                )
                for key in ("host", "passwordSecret", "user")
            ],
        ),
        (
            {"data": {"metadataSecretName": "m"}, "pgbouncer": {"enabled": True}},
            [
                Problem(
                    "holds a whole URL, with which Airflow would go past PgBouncer, which is enabled",
                    path="data.metadataSecretName",
                    allowed="the parts of the connection in data.metadataConnection",
                    hint="set data.metadataConnection.host, .db, .user and .passwordSecret instead,"
                    " or pgbouncer.configSecretName beside it",
                )
            ],
        ),
        (
            {"bootstrap": {"enabled": False}, "executor": "KubernetesExecutor"},
            [
                Problem(
                    "nothing says where the database is",
                    path="data.metadataSecretName",
                    allowed="one of data.metadataSecretName, data.metadataConnection.host and bootstrap.enabled",
                ),
                *(
                    Problem("is needed: there is no bootstrap job that would make it", path=path)
                    for path in ("fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName")
                ),
            ],
        ),
        (
            {
                "airflowVersion": "2.10.5",
                "bootstrap": {"enabled": False},
                "fernetKeySecretName": "f",
                "data": {"metadataConnection": {"host": "db", "passwordSecret": {"name": "a", "key": "b"}}},
                "pgbouncer": {"enabled": True},
                "createUserJob": {"enabled": True},
            },
            [
                Problem("is needed: there is no bootstrap job that would make it", path=path)
                for path in (
                    "webserverSecretKeySecretName",
                    "redis.passwordSecretName",
                    "data.brokerUrlSecretName",
                    "pgbouncer.usersSecretName",
                    "pgbouncer.metricsExporterSidecar.statsSecretName",
                    "createUserJob.defaultUser.passwordSecret",
                )
            ],
        ),
        (
            {"webserver": {"webserverConfig": "A = 1", "webserverConfigConfigMapName": "c"}},
            [
                Problem(
                    "cannot go together with webserver.webserverConfigConfigMapName",
                    path="webserver.webserverConfig",
                    allowed=BOTH,
                )
            ],
        ),
        (
            {"ingress": {"apiServer": {"enabled": True}, "auth": {"enabled": True}}},
            [
                Problem(
                    "the ingress of apiServer has no host",
                    path="ingress.apiServer.hosts",
                    allowed="a host, or `ingress.baseDomain`",
                ),
                Problem("is needed: the login is enabled", path="ingress.auth.url"),
            ],
        ),
        (
            {
                "variables": {
                    "plain": {"A": "1", "B": "2"},
                    "sealed": {"encryptedData": {"B": "x"}},
                    "external": {"data": {"A": {"key": "k"}}},
                }
            },
            [
                Problem("B is also in variables.plain", path="variables.sealed.encryptedData.B", allowed=BOTH),
                Problem("A is also in variables.plain", path="variables.external.data.A", allowed=BOTH),
                Problem("is needed: variables.external.data has variables", path="variables.external.secretStore"),
            ],
        ),
        (
            {
                "env": [{"name": "A"}],
                "scheduler": {
                    "env": [{"name": "B", "value": "", "valueFrom": {}}],
                    "waitForMigrations": {"env": [{"name": "C"}]},
                },
                "workers": {
                    "queues": [
                        {
                            "name": "q",
                            "env": [{"name": "D", "value": "1"}, {"name": "E"}],
                            "logGroomerSidecar": {"env": [{"name": "F"}]},
                        }
                    ]
                },
            },
            [
                Problem(f"{name} has {found}", path=path, allowed="one of value and valueFrom")
                for name, found, path in (
                    ("A", "neither value nor valueFrom", "env[0]"),
                    ("B", "both value and valueFrom", "scheduler.env[0]"),
                    ("C", "neither value nor valueFrom", "scheduler.waitForMigrations.env[0]"),
                    ("E", "neither value nor valueFrom", "workers.queues[0].env[1]"),
                    ("F", "neither value nor valueFrom", "workers.queues[0].logGroomerSidecar.env[0]"),
                )
            ],
        ),
        (
            {
                "env": [{"name": name, "value": "1"} for name in ("A", "B", "A", "A")],
                "scheduler": {"env": [{"name": "A", "value": "2"}]},
                "workers": {"queues": [{"name": "q", "env": [{"name": "C", "value": "1"}] * 2}]},
            },
            [
                Problem(
                    f"the variable {name} is there already, earlier in this list", path=path, allowed="one of each name"
                )
                for name, path in (("A", "env[2]"), ("A", "env[3]"), ("C", "workers.queues[0].env[1]"))
            ],
        ),
        (
            {
                "scheduler": {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}},
                "workers": {
                    "strategy": {"rollingUpdate": {"maxSurge": 1}},
                    "queues": [
                        {"name": "a", "strategy": {"type": "Recreate"}},
                        {"name": "b", "updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}},
                    ],
                },
            },
            [
                Problem(
                    f"the type {kind} has no rollingUpdate",
                    path=f"{place}.rollingUpdate",
                    allowed="rollingUpdate with the type RollingUpdate",
                    hint="rollingUpdate: null removes what another layer says",
                )
                for kind, place in (
                    ("Recreate", "scheduler.strategy"),
                    ("OnDelete", "workers.queues[1].updateStrategy"),
                )
            ],
        ),
        (
            {
                "capacity": {"quota": True},
                "scheduler": {"resources": {"requests": {"cpu": "100m", "memory": "0.5Gi"}}},
                "triggerer": {"resources": {"requests": {"cpu": 2}, "limits": {"cpu": 2}}},
                "workers": {
                    "resources": {"limits": {"memory": "8Gi"}},
                    "queues": [{"name": "a", "resources": {"requests": {"memory": "2Gi", "cpu": "101m"}}}],
                },
            },
            [
                Problem(
                    f"requests {amount} of {what} and has no limit, so capacity.quota limits it to {most}",
                    path=f"{place}.requests.{what}",
                    allowed=f"a limit at {place}.limits.{what}",
                )
                for amount, what, most, place in (
                    ("0.5Gi", "memory", "384Mi", "scheduler.resources"),
                    ("101m", "cpu", "100m", "workers.queues[0].resources"),
                )
            ],
        ),
        (
            {
                "workers": {
                    "resources": {"limits": {"memory": "8Gi"}},
                    "queues": [{"name": "a", "au": 5}, {"name": "b", "au": 5, "resources": {"limits": {"cpu": 1}}}],
                },
            },
            [
                Problem(
                    "has no effect: workers.resources gives the queue's size in amounts",
                    path="workers.queues[0].au",
                    allowed="amounts in workers.queues[0].resources",
                    hint="or give the size of workers in au, too",
                )
            ],
        ),
        (
            {"cleanup": {"schedule": "1-5,40-30 0-9 * Jan-3 FRI-mon"}},
            [
                Problem(
                    f"1-5,40-30 0-9 * Jan-3 FRI-mon has the range {found}, which ends before it begins",
                    path="cleanup.schedule",
                    allowed="ranges from the smaller to the greater; a week begins with Sunday",
                    hint="write two ranges, joined by a comma",
                )
                for found in ("40-30", "FRI-mon")
            ],
        ),
        (
            {"airflowVersion": "3.0.6", "databaseCleanup": {"batchSize": 100}},
            [Problem("Airflow 3.0 cannot delete in batches", path="databaseCleanup.batchSize", allowed="3.1 on")],
        ),
        (
            {"elasticsearch": {"enabled": True}},
            [Problem("is needed: Elasticsearch is enabled", path="elasticsearch.connection.host")],
        ),
        (
            {
                "extraObjects": [
                    {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s"}, "stringData": {"a": "b"}},
                    {"kind": "Role"},
                ]
            },
            [
                Problem(
                    "a Secret with data would be kept in git for everyone to read",
                    path="extraObjects[0]",
                    allowed="a SealedSecret, an ExternalSecret, or variables.sealed",
                ),
                Problem("is needed: every Kubernetes object has it", path="extraObjects[1].apiVersion"),
                Problem("is needed: every Kubernetes object has it", path="extraObjects[1].metadata.name"),
            ],
        ),
        *(
            (
                layer,
                [
                    Problem(
                        "user 0 is root, and securityContexts say runAsNonRoot: its pods would never start",
                        path=path,
                        allowed="another user, or null to let the cluster choose",
                        hint="runAsNonRoot: false in securityContexts.pod, where the cluster allows root",
                    )
                ],
            )
            for path, layer in (
                ("uid", {"uid": 0}),
                ("redis.uid", {"redis": {"uid": 0}}),
                ("workers.queues[0].uid", {"workers": {"queues": [{"name": "a", "uid": 0}]}}),
                ("dags.gitSync.uid", {"dags": {"gitSync": {"uid": 0}}}),
            )
        ),
        *(
            (
                layer,
                [
                    Problem(
                        "0 leaves no room in the volume",
                        path=path,
                        allowed="an amount above 0, such as 10Gi",
                        hint="enabled: false is how there is no volume",
                    )
                ],
            )
            for path, layer in (
                ("redis.persistence.size", {"redis": {"persistence": {"size": "0"}}}),
                ("logs.persistence.size", {"logs": {"persistence": {"size": 0}}}),
                (
                    "workers.queues[0].persistence.size",
                    {"workers": {"queues": [{"name": "a", "persistence": {"size": "0"}}]}},
                ),
            )
        ),
        *(
            (
                {"extraObjects": [{"apiVersion": "v1", "metadata": {"name": "l"}, **each}]},
                [
                    Problem(
                        "is a list of objects, which nothing looks into",
                        path="extraObjects[0]",
                        allowed="one object in each item of extraObjects",
                        hint="write its objects one by one",
                    )
                ],
            )
            for each in ({"kind": "List"}, {"kind": "secretlist "}, {"kind": "Bundle", "items": []})
        ),
        (
            {
                "flower": {"serviceAccount": {"create": False}},
                "podTemplate": {"serviceAccount": {"create": False, "name": "x"}},
            },
            [Problem("is needed: the chart does not make the service account", path="flower.serviceAccount.name")],
        ),
    ],
)
def test_refused_together(layer: dict[str, Any], problems: list[Problem]) -> None:
    assert check(_effective(layer)) == problems


@pytest.mark.parametrize(
    "layer",
    [
        {"airflowVersion": "2.7.0", "executor": "CeleryKubernetesExecutor"},
        {"airflowVersion": "2.10.0", "executor": "CeleryExecutor,KubernetesExecutor"},
        {"airflowVersion": "3.3.0-rc1", "executor": "LocalExecutor"},
        {"dags": {"gitSync": {"enabled": True, "repo": "git@h:r.git", "sshKeySecret": "k"}}},
        {"uid": 0, "securityContexts": {"pod": {"runAsNonRoot": False}}},
        {"redis": {"uid": 0, "securityContexts": {"pod": {"runAsNonRoot": False}}}},
        {"data": {"metadataSecretName": "m"}},
        {"data": {"metadataSecretName": "m"}, "pgbouncer": {"enabled": True, "configSecretName": "c"}},
        {"executor": "LocalExecutor", "redis": {"enabled": False}},
        {
            "workers": {
                "queues": [{"name": "a", "keda": {"enabled": True, "minReplicaCount": 11, "maxReplicaCount": 12}}]
            }
        },
        {
            "ingress": {
                "baseDomain": "example.com",
                "web": {"enabled": True},
                "flower": {"enabled": True, "hosts": [{"name": "f.h"}]},
            }
        },
        {
            "extraObjects": [
                {
                    "kind": "Secret",
                    "apiVersion": "v1",
                    "metadata": {"name": "token"},
                    "type": "kubernetes.io/service-account-token",
                }
            ]
        },
    ],
)
def test_taken_together(layer: dict[str, Any]) -> None:
    assert check(_effective(layer)) == []
