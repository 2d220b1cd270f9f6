"""What the ``astro`` CLI asks about deployments (contract 1.4 "Deployments", 1.5, 1.9).

The contract says which variables are declared, which others are sent beside them and what some of them are. Where it
does not name the command that sends an undeclared one (``sync``), it is here with ``deployment update``.
"""

from __future__ import annotations

from tests.houston.contract.wire import Request, Slot, Version, mutations, queries, subscriptions

RUNTIME = "12.1.0"
AIRFLOW = "2.10.4"
IMAGE = "registry.example.com/team/airflow@sha256:" + 64 * "a"

_CREATE = {
    "label": "Sales",
    "workspaceId": Slot.WORKSPACE,
    "executor": "CeleryExecutor",
    "namespace": "",
    "config": {},
    "cloudRole": "",
    "dagDeployment": {},
}
_ON_AIRFLOW = {**_CREATE, "airflowVersion": AIRFLOW}
_BY_NAME = {**_ON_AIRFLOW, "releaseName": Slot.RELEASE, "dagDeployment": {"type": "volume", "nfsLocation": "nas:/dags"}}
_GIT_SYNC = {
    "type": "git_sync",
    "repositoryUrl": "git@git.example.com:sales/dags.git",
    "branchName": "main",
    "rev": "",
    "dagDirectoryLocation": "dags",
    "syncInterval": 30,
    "sshKey": "a private key",
    "knownHosts": "git.example.com ssh-ed25519 AAAA",
}
_ON_RUNTIME = {**_CREATE, "airflowVersion": "", "runtimeVersion": RUNTIME, "triggererReplicas": 1}
_ON_CLUSTER = {**_ON_RUNTIME, "clusterId": Slot.CLUSTER}
_UPDATE = {
    "deploymentId": Slot.DEPLOYMENT,
    "payload": {"label": "Sales", "description": "Figures of the day"},
    "executor": "KubernetesExecutor",
    "cloudRole": "",
    "dagDeployment": {},
    "sync": True,
}
_UPSERT = {**_UPDATE, "label": "Sales", "description": "Figures of the day"}
_IMAGE = {"releaseName": Slot.RELEASE, "image": IMAGE, "airflowVersion": "", "runtimeVersion": RUNTIME}
_LOGS = {
    "deploymentId": Slot.DEPLOYMENT,
    "component": "scheduler",
    "timestamp": "2026-01-02T03:04:05.678901234Z",
    "search": "",
}
_WAITING = {"deploymentUuid": Slot.DEPLOYMENT, "desiredRuntimeVersion": RUNTIME}
_ADOPT = {
    "workspaceId": Slot.WORKSPACE,
    "clusterId": Slot.CLUSTER,
    "crNamespace": "sales",
    "crName": "sales-airflow",
    "label": "Sales",
    "description": "",
    "useApcLogging": False,
    "useApcRegistry": False,
    "acceptIncompatibilities": False,
}

REQUESTS = (
    Request(
        "create deployment",
        ("deployment create",),
        mutations("CreateDeployment", "createDeployment", (_ON_AIRFLOW, _BY_NAME), "0.25.0")
        + mutations(
            "CreateDeployment", "createDeployment", ({**_ON_AIRFLOW, "triggererReplicas": 1}, _BY_NAME), "0.28.0"
        )
        + mutations("CreateDeployment", "createDeployment", (_ON_RUNTIME, _ON_AIRFLOW, _BY_NAME), "0.29.0")
        + mutations("upsertDeployment-create", "upsertDeployment", (_ON_CLUSTER,), "1.0.0", "1.0.1")
        + mutations("upsertDeployment-create", "upsertDeployment", ({**_ON_CLUSTER, "mode": "helm"},), "2.1.0"),
    ),
    Request(
        "list deployments",
        ("deployment list", "deploy"),
        queries(
            "GetDeployment-list",
            "workspaceDeployments",
            ({"workspaceId": Slot.WORKSPACE},),
            *("0.25.0", "0.29.0", "1.0.0", "1.0.1"),
        ),
    ),
    Request(
        "list all deployments",
        ("deployment list --all",),
        queries("paginatedDeployments", "paginatedDeployments", ({"take": -1},), "0.32.0")
        + queries(
            "paginatedDeployments",
            "paginatedDeployments",
            ({"take": -1, "clusterId": ""}, {"take": -1, "clusterId": Slot.CLUSTER}),
            *("1.0.0", "1.0.1"),
        ),
        Version(0, 32, 0),
    ),
    Request(
        "update deployment",
        ("deployment update",),
        mutations("UpdateDeployment", "updateDeployment", (_UPDATE,), "0.25.0")
        + mutations(
            "UpdateDeployment",
            "updateDeployment",
            (_UPDATE, {**_UPDATE, "triggererReplicas": 2, "dagDeployment": _GIT_SYNC}),
            "0.28.0",
        )
        + mutations("upsertDeployment-update", "upsertDeployment", (_UPSERT,), "1.0.0", "1.0.1"),
    ),
    Request(
        "get deployment",
        ("deployment update", "deploy", "deployment airflow upgrade", "deployment runtime upgrade"),
        queries("GetDeployment", "deployment", ({"id": Slot.DEPLOYMENT},), "0.25.0", "0.29.0", "1.0.0", "1.0.1"),
    ),
    Request(
        "delete deployment",
        ("deployment delete",),
        mutations(
            "DeleteDeployment",
            "deleteDeployment",
            ({"deploymentId": Slot.DEPLOYMENT, "deploymentHardDelete": True},),
        ),
    ),
    Request(
        "adopt deployment",
        ("deployment adopt",),
        mutations("AdoptDeployment", "adoptDeployment", (_ADOPT,), "2.1.0"),
        Version(2, 1, 0),
    ),
    Request(
        "unadopt deployment",
        ("deployment unadopt",),
        mutations("UnadoptDeployment", "unadoptDeployment", ({"deploymentId": Slot.DEPLOYMENT},), "2.1.0"),
        Version(2, 1, 0),
    ),
    Request(
        "update deployment's Airflow",
        ("deployment airflow upgrade", "deployment airflow upgrade --cancel"),
        mutations(
            "updateDeploymentAirflow",
            "updateDeploymentAirflow",
            ({"deploymentId": Slot.DEPLOYMENT, "desiredAirflowVersion": AIRFLOW},),
        ),
    ),
    Request(
        "update deployment's Runtime",
        ("deployment runtime upgrade", "deployment runtime migrate"),
        mutations("updateDeploymentRuntime", "updateDeploymentRuntime", (_WAITING,), "0.29.0"),
        Version(0, 29, 0),
    ),
    Request(
        "cancel update of deployment's Runtime",
        ("deployment runtime upgrade --cancel", "deployment runtime migrate --cancel"),
        mutations("cancelRuntimeUpdate", "cancelRuntimeUpdate", ({"deploymentUuid": Slot.DEPLOYMENT},), "0.29.0"),
        Version(0, 29, 0),
    ),
    Request(
        "get configuration of deployments",
        ("deploy", "deployment airflow upgrade"),
        queries("DeploymentInfo", "deploymentConfig", (None, {}), "0.25.0", "1.0.1"),
    ),
    Request("get logs", ("deployment logs",), queries("GetLogs", "logs", (_LOGS, {**_LOGS, "search": "error"}))),
    Request("follow logs", ("deployment logs -f",), subscriptions("log", "log", (_LOGS,))),
    Request(
        "update deployment's image",
        ("deploy --image-name --remote", "deploy"),
        mutations("updateDeploymentImage", "updateDeploymentImage", (_IMAGE,), "0.25.0", "1.0.1")
        + mutations("upsertDeployment-image", "upsertDeployment", (_IMAGE,), "2.1.0"),
        Version(0, 29, 2),
    ),
)
