# ruff: noqa: E501  (messages stand as they are printed)
"""Files with keys and values that don't exist, don't fit, or don't go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT,
    ENVIRONMENT_FILE,
    PLAIN,
    WORKSPACE,
    WORKSPACE_FILE,
    deployment,
    environment,
    workspace,
)
from tests.engine.broken.repositories import Broken, check

D, W, E = DEPLOYMENT_FILE, WORKSPACE_FILE, ENVIRONMENT_FILE
GITOPS = "gitops:\n  repository: https://git.example.com/a.git\n"

HEADS = {
    "another version of the format": Broken(
        {**PLAIN, D: DEPLOYMENT.replace("v1", "v2")},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: apiVersion: "stargit.dev/v2" is not allowed
          allowed: stargit.dev/v1
          hint: did you mean 'stargit.dev/v1'?
        """,
    ),
    "the format of somebody else": Broken(
        {**PLAIN, E: ENVIRONMENT.replace("stargit.dev/v1", "v1")},
        """\
        environments/dev/environment.yaml:1:1: apiVersion: "v1" is not allowed
          allowed: stargit.dev/v1
        """,
    ),
    "another kind": Broken(
        {**PLAIN, D: WORKSPACE},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:2:1: kind: "Workspace" is not allowed
          allowed: Deployment
          hint: the place of a file says what it describes; is this file in the wrong folder?
        """,
    ),
    "a kind with a typo": Broken(
        {**PLAIN, W: WORKSPACE.replace("Workspace", "WorkSpace")},
        """\
        environments/dev/workspaces/etl/workspace.yaml:2:1: kind: "WorkSpace" is not allowed
          allowed: Workspace
          hint: did you mean 'Workspace'?
        """,
    ),
    "no head": Broken(
        {**PLAIN, D: "values:\n  executor: LocalExecutor\n"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: apiVersion: is missing
          hint: write 'apiVersion: stargit.dev/v1'
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: kind: is missing
          hint: write 'kind: Deployment'
        """,
    ),
    "values of a chart without a head": Broken(
        {**PLAIN, D: "executor: LocalExecutor\nscheduler:\n  replicas: 2\n"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: apiVersion: is missing
          hint: write 'apiVersion: stargit.dev/v1'
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: executor: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: settings of Airflow stand under 'values'
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: kind: is missing
          hint: write 'kind: Deployment'
        environments/dev/workspaces/etl/deployments/daily.yaml:2:1: scheduler: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: settings of Airflow stand under 'values'
        """,
    ),
    "an Application of Argo CD": Broken(
        {
            **PLAIN,
            D: "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: daily\nspec:\n  project: etl\n",
        },
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: apiVersion: "argoproj.io/v1alpha1" is not allowed
          allowed: stargit.dev/v1
        environments/dev/workspaces/etl/deployments/daily.yaml:2:1: kind: "Application" is not allowed
          allowed: Deployment
          hint: the place of a file says what it describes; is this file in the wrong folder?
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: metadata: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
        environments/dev/workspaces/etl/deployments/daily.yaml:5:1: spec: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
        """,
    ),
    "an environment without its cluster": Broken(
        {**PLAIN, E: "apiVersion: stargit.dev/v1\nkind: Environment\n"},
        """\
        environments/dev/environment.yaml:1:1: kubernetes: is missing
          hint: write it; it has no default
        """,
    ),
    "a cluster without its version": Broken(
        {**PLAIN, E: "apiVersion: stargit.dev/v1\nkind: Environment\nkubernetes: {}\n"},
        """\
        environments/dev/environment.yaml:3:1: kubernetes.minorVersion: is missing
          hint: write it; it has no default
        """,
    ),
    "a version of Kubernetes that is a number": Broken(
        {**PLAIN, E: ENVIRONMENT.replace('"1.34"', "1.40")},
        """\
        environments/dev/environment.yaml:4:3: kubernetes.minorVersion: 1.40 is a number
          allowed: text
          hint: put it in quotes: "1.40"
        """,
    ),
    "a version of Kubernetes that nobody has": Broken(
        {**PLAIN, E: ENVIRONMENT.replace("1.34", "1.25")},
        """\
        environments/dev/environment.yaml:4:3: kubernetes.minorVersion: "1.25" is not allowed
          allowed: 1.31, 1.32, 1.33, 1.34, 1.35, 1.36, 1.37
        """,
    ),
    "a patch version of Kubernetes": Broken(
        {**PLAIN, E: ENVIRONMENT.replace("1.34", "1.34.2")},
        """\
        environments/dev/environment.yaml:4:3: kubernetes.minorVersion: "1.34.2" is not allowed
          allowed: 1.31, 1.32, 1.33, 1.34, 1.35, 1.36, 1.37
          hint: did you mean '1.34'?
        """,
    ),
}

KEYS = {
    "an unknown key of a file": Broken(
        deployment("runtime: 12.1.0\nlable: Orders\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: runtime: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: did you mean 'runtimeVersion'?
        environments/dev/workspaces/etl/deployments/daily.yaml:4:1: lable: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: did you mean 'label'?
        """,
    ),
    "settings without 'values'": Broken(
        deployment("executor: LocalExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: executor: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: settings of Airflow stand under 'values'
        """,
    ),
    "'values' in a workspace": Broken(
        workspace("values:\n  executor: LocalExecutor\n"),
        """\
        environments/dev/workspaces/etl/workspace.yaml:3:1: values: there is no such setting
          allowed: allowedImages, apiVersion, argocd, defaults, deletedAt, description, kind, label
          hint: did you mean 'defaults'?
        """,
    ),
    "'defaults' in a deployment": Broken(
        deployment("defaults:\n  executor: LocalExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: defaults: there is no such setting
          allowed: alertEmails, apiVersion, deletedAt, description, kind, label, namespace, runtimeVersion, values
          hint: did you mean 'values'?
        """,
    ),
    "an unknown setting": Broken(
        deployment("values:\n  schedular:\n    replicas: 2\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.schedular: there is no such setting
          hint: did you mean 'scheduler'?
        """,
    ),
    "an unknown setting deep inside": Broken(
        deployment("values:\n  workers:\n    keda:\n      maxReplicas: 10\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:7: values.workers.keda.maxReplicas: there is no such setting
          allowed: advanced, cooldownPeriod, enabled, maxReplicaCount, minReplicaCount, pollingInterval, query, usePgbouncer
          hint: did you mean 'maxReplicaCount'?
        """,
    ),
    "a setting of the official chart that is another one here": Broken(
        deployment("values:\n  fernetKey: abc\n  images:\n    airflow:\n      tag: 3.1.0\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.fernetKey: there is no such setting
          hint: values are kept in git, so nothing secret stands in them: name a Secret in fernetKeySecretName
        """,
    ),
    "a setting that Stargit makes": Broken(
        workspace("defaults:\n  platform:\n    workspace: other\n"),
        """\
        environments/dev/workspaces/etl/workspace.yaml:4:3: defaults.platform: is set by Stargit: the release from 'platform' in environment.yaml, the workspace from the folder
          hint: remove it
        """,
    ),
    "a label that Stargit makes": Broken(
        environment("namespaceLabels:\n  release: mine\n"),
        """\
        environments/dev/environment.yaml:6:3: namespaceLabels.release: is set by Stargit
          allowed: any other label
          hint: remove it
        """,
    ),
    "a long key that is no key of Kubernetes": Broken(
        deployment(f"values:\n  labels:\n    {'cost center ' * 10}: a\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.labels."cost center cost center cost center cost center cost cente…: the key "cost center cost center cost center cost center cost cente… does not have the right form
          allowed: The key of a label or annotation: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; a domain and `/` may stand before it
        """,
    ),
    "a key that is no key of Kubernetes": Broken(
        deployment("values:\n  labels:\n    'cost center': a\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.labels."cost center": the key "cost center" does not have the right form
          allowed: The key of a label or annotation: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; a domain and `/` may stand before it
        """,
    ),
}

TYPES = {
    "text where a number belongs": Broken(
        deployment("values:\n  scheduler:\n    replicas: two\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.scheduler.replicas: "two" is text
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a fraction where a whole number belongs": Broken(
        deployment("values:\n  scheduler:\n    replicas: 1.5\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.scheduler.replicas: 1.5 is not allowed
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a number below zero": Broken(
        deployment("values:\n  scheduler:\n    replicas: -1\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.scheduler.replicas: -1 is not allowed
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a number that is far too large": Broken(
        deployment("values:\n  scheduler:\n    replicas: 1000000\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.scheduler.replicas: 1000000 is not allowed
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a map where a list belongs": Broken(
        deployment("values:\n  env:\n    TZ: UTC\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.env: {"TZ": "UTC"} is a map
          allowed: a list
        """,
    ),
    "a list where a map belongs": Broken(
        deployment("values:\n  labels:\n    - team: etl\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.labels: [{"team": "etl"}] is a list
          allowed: a map
        """,
    ),
    "text where a map belongs": Broken(
        deployment("values:\n  scheduler: enabled\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.scheduler: "enabled" is text
          allowed: a map
        """,
    ),
    "a list where values belong": Broken(
        deployment("values:\n  - executor: LocalExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values: [{"executor": "LocalExecutor"}] is a list
          allowed: a map
        """,
    ),
    "nothing where a value is needed": Broken(
        deployment("values:\n  executor:\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.executor: is missing
          hint: null is not allowed here: leave the key out to get its default
        """,
    ),
    "an item without its name": Broken(
        deployment("values:\n  env:\n    - value: UTC\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.env[0].name: is missing
          hint: write it; it has no default
        """,
    ),
    "an amount that is none": Broken(
        deployment("values:\n  scheduler:\n    resources:\n      requests:\n        memory: 2 GB\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:7:9: values.scheduler.resources.requests.memory: "2 GB" does not have the right form
          allowed: An amount as Kubernetes writes it, such as `500m`, `2Gi` or `4`
        """,
    ),
    "an address that is none": Broken(
        deployment("alertEmails: [ops at example.com]\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:15: alertEmails[0]: "ops at example.com" does not have the right form
          allowed: An e-mail address
        """,
    ),
    "a label of two lines": Broken(
        deployment('label: "Orders\\nand more"\n'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: label: "Orders\\nand more" is not allowed
          allowed: One line of at most 120 characters, for people
        """,
    ),
    "a label of 10,000 characters": Broken(
        deployment(f"label: {'l' * 10_000}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: label: "llllllllllllllllllllllllllllllllllllllllllllllllllllllllll… is not allowed
          allowed: One line of at most 120 characters, for people
        """,
    ),
    "an image that is none": Broken(
        workspace("allowedImages:\n  - https://registry.example.com/etl\n"),
        """\
        environments/dev/workspaces/etl/workspace.yaml:4:5: allowedImages[0]: "https://registry.example.com/etl" does not have the right form
          allowed: An image without tag and digest, or the part of one before a `/`: a registry, a group
        """,
    ),
    "an executor with a typo": Broken(
        deployment("values:\n  executor: CeleryExecutr\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.executor: "CeleryExecutr" is not allowed
          allowed: LocalExecutor, CeleryExecutor, KubernetesExecutor, LocalKubernetesExecutor, CeleryKubernetesExecutor, CeleryExecutor,KubernetesExecutor, KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor, CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor
          hint: did you mean 'CeleryExecutor'?
        """,
    ),
    "everything wrong at once": Broken(
        {
            E: ENVIRONMENT + "defalts: {}\n",
            W: WORKSPACE + "defaults:\n  gid: root\n",
            D: DEPLOYMENT + "label: 5\nvalues:\n  executor: Local\n  scheduler:\n    replicas: yes please\n",
        },
        """\
        environments/dev/environment.yaml:5:1: defalts: there is no such setting
          allowed: apiVersion, defaults, deletedAt, deploymentNamespaces, description, gitops, kind, kubernetes, label, namespaceLabels, platform
          hint: did you mean 'defaults'?
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: label: 5 is a number
          allowed: One line of at most 120 characters, for people
          hint: put it in quotes: "5"
        environments/dev/workspaces/etl/deployments/daily.yaml:5:3: values.executor: "Local" is not allowed
          allowed: LocalExecutor, CeleryExecutor, KubernetesExecutor, LocalKubernetesExecutor, CeleryKubernetesExecutor, CeleryExecutor,KubernetesExecutor, KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor, CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor
        environments/dev/workspaces/etl/deployments/daily.yaml:7:5: values.scheduler.replicas: "yes please" is text
          allowed: a whole number from 0 to 1000
        environments/dev/workspaces/etl/workspace.yaml:4:3: defaults.gid: "root" is text
          allowed: a whole number from 0 to 4294967294
        """,
    ),
}

VERSIONS = {
    "a runtime that nobody knows": Broken(
        deployment("runtimeVersion: 4.2.0\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: runtimeVersion: nothing is known of runtime 4.2.0
          allowed: versions of the lines 9.x.y, 10.x.y, 11.x.y, 12.x.y, 13.x.y, 3.0, 3.1, 3.2, 3.3
          hint: values.airflowVersion and an image can be set instead
        """,
    ),
    "a runtime that is no version": Broken(
        deployment("runtimeVersion: latest\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: runtimeVersion: "latest" is not allowed
          allowed: A version of Astronomer's runtime images, such as `12.1.0` or `3.1-2`
        """,
    ),
    "a runtime beside a version of Airflow": Broken(
        deployment("runtimeVersion: 12.1.0\nvalues:\n  airflowVersion: 2.10.0\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:3: values.airflowVersion: cannot go together with runtimeVersion
          allowed: one of the two
          hint: the version of Airflow follows from that of the runtime
        """,
    ),
    "an Airflow that is too old": Broken(
        deployment("values:\n  airflowVersion: 1.10.15\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.airflowVersion: Airflow 1.10.15 is not supported
          allowed: 2.7 to 2.11, and 3.0 to 3.3
        """,
    ),
    "an executor that Airflow 3 no longer has": Broken(
        deployment("runtimeVersion: 3.1-2\nvalues:\n  executor: CeleryKubernetesExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:3: values.executor: Airflow 3.1 has no executor CeleryKubernetesExecutor
          allowed: LocalExecutor, CeleryExecutor, KubernetesExecutor, CeleryExecutor,KubernetesExecutor, KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor, CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor
          hint: CeleryExecutor,KubernetesExecutor takes its place
        """,
    ),
    "an executor that the workspace chose and Airflow 3 lacks": Broken(
        {**workspace("defaults:\n  executor: CeleryKubernetesExecutor\n"), D: DEPLOYMENT + "runtimeVersion: 3.1-2\n"},
        """\
        environments/dev/workspaces/etl/workspace.yaml:4:3: defaults.executor: Airflow 3.1 has no executor CeleryKubernetesExecutor
          allowed: LocalExecutor, CeleryExecutor, KubernetesExecutor, CeleryExecutor,KubernetesExecutor, KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor, CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor
          hint: CeleryExecutor,KubernetesExecutor takes its place; found in environments/dev/workspaces/etl/deployments/daily.yaml
        """,
    ),
    "a cluster that can't mount images": Broken(
        {
            **deployment(
                f"values:\n  dags:\n    bundle:\n      enabled: true\n      mode: imageVolume\n      repository: a/b\n      digest: sha256:{'0' * 64}\n"
            ),
            E: ENVIRONMENT.replace("1.34", "1.31"),
        },
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:7:7: values.dags.bundle.mode: Kubernetes 1.31 can't mount images
          allowed: copy, or a cluster of Kubernetes 1.33 or later
        """,
    ),
}

RULES = {
    "git-sync without a repository": Broken(
        deployment("values:\n  dags:\n    gitSync:\n      enabled: true\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.dags.gitSync.repo: is needed: git-sync is enabled
        """,
    ),
    "two ways for DAGs": Broken(
        deployment(
            "values:\n  dags:\n    gitSync:\n      enabled: true\n      repo: https://git.example.com/dags.git\n    persistence:\n      enabled: true\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:9:7: values.dags.persistence.enabled: dags.gitSync and dags.persistence are both enabled
          allowed: one way for DAGs to reach the pods
        """,
    ),
    "two autoscalers": Broken(
        deployment(
            "values:\n  executor: CeleryExecutor\n  workers:\n    keda: {enabled: true}\n    hpa: {enabled: true}\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:12: values.workers.keda.enabled: cannot go together with workers.hpa.enabled
          allowed: one of the two
        """,
    ),
    "two queues of one name": Broken(
        deployment(
            "values:\n  executor: CeleryExecutor\n  workers:\n    queues:\n      - name: heavy\n      - name: heavy\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:8:9: values.workers.queues[1].name: two queues are named heavy
          allowed: a name of its own
        """,
    ),
    "a least that is more than the most": Broken(
        deployment(
            "values:\n  executor: CeleryExecutor\n  workers:\n    keda: {enabled: true, minReplicaCount: 5, maxReplicaCount: 2}\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:27: values.workers.keda.minReplicaCount: minReplicaCount 5 is greater than maxReplicaCount 2
          allowed: at most 2
        """,
    ),
    "no broker": Broken(
        deployment("values:\n  executor: CeleryExecutor\n  redis: {enabled: false}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.data.brokerUrlSecretName: CeleryExecutor needs a broker, and there is none
          allowed: the name of a Secret with the broker's URL under key `connection`, or `redis.enabled: true`
        """,
    ),
    "no database": Broken(
        deployment("values:\n  bootstrap: {enabled: false}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.apiSecretKeySecretName: is needed: there is no bootstrap job that would make it
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.data.brokerUrlSecretName: is needed: there is no bootstrap job that would make it
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.data.metadataSecretName: nothing says where the database is
          allowed: one of data.metadataSecretName, data.metadataConnection.host and bootstrap.enabled
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.fernetKeySecretName: is needed: there is no bootstrap job that would make it
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.jwtSecretName: is needed: there is no bootstrap job that would make it
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: values.redis.passwordSecretName: is needed: there is no bootstrap job that would make it
        """,
    ),
    "a variable with neither value nor source": Broken(
        deployment("values:\n  env:\n    - name: TZ\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: values.env[0]: TZ has neither value nor valueFrom
          allowed: one of value and valueFrom
        """,
    ),
    "a variable in two places": Broken(
        deployment(
            "values:\n  variables:\n    plain: {TOKEN: a}\n    external:\n      secretStore: vault\n      data: {TOKEN: {key: a}}\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:8:14: values.variables.external.data.TOKEN: TOKEN is also in variables.plain
          allowed: one of the two
        """,
    ),
    "an ingress without a host": Broken(
        deployment("values:\n  ingress:\n    web: {enabled: true}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.ingress.web.hosts: the ingress of web has no host
          allowed: a host, or `ingress.baseDomain`
        """,
    ),
    "more asked for than allowed": Broken(
        deployment(
            "values:\n  scheduler:\n    resources:\n      requests: {memory: 4Gi}\n      limits: {memory: 2Gi}\n"
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.scheduler: Deployment 'daily-scheduler': the container 'scheduler' requests 4Gi of memory, more than its limit 2Gi
          allowed: requests up to the limits
          hint: lower resources.requests.memory, or raise resources.limits.memory
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.scheduler: Deployment 'daily-scheduler': the container 'wait-for-airflow-migrations' requests 4Gi of memory, more than its limit 2Gi
          allowed: requests up to the limits
          hint: lower resources.requests.memory, or raise resources.limits.memory
        """,
    ),
}

ARGO_CD = {
    "no repository": Broken(
        environment("gitops:\n  revision: main\n"),
        """\
        environments/dev/environment.yaml:5:1: gitops.repository: is missing
          hint: write it; it has no default
        """,
    ),
    "a repository that is no address": Broken(
        environment("gitops:\n  repository: git.example.com/a.git\n"),
        """\
        environments/dev/environment.yaml:6:3: gitops.repository: "git.example.com/a.git" does not have the right form
          allowed: The URL of a git repository (http, https, ssh, file), or `user@host:path`, without `*`, `?`, brackets and braces
        """,
    ),
    "a path that climbs": Broken(
        environment(GITOPS + "  path: ../other\n"),
        """\
        environments/dev/environment.yaml:7:3: gitops.path: "../other" does not have the right form
          allowed: A relative path without `..`, of letters, digits and `._@+/-`; empty is the root
        """,
    ),
    "a path from the root": Broken(
        environment(GITOPS + "  path: /airflow\n"),
        """\
        environments/dev/environment.yaml:7:3: gitops.path: "/airflow" does not have the right form
          allowed: A relative path without `..`, of letters, digits and `._@+/-`; empty is the root
        """,
    ),
    "a branch that git does not take": Broken(
        environment(GITOPS + "  revision: 'main branch'\n"),
        """\
        environments/dev/environment.yaml:7:3: gitops.revision: "main branch" does not have the right form
          allowed: A branch, tag or commit: letters, digits and `_./+@-`, a letter, digit or `_` first
        """,
    ),
    "a delivery with a typo": Broken(
        environment(GITOPS + "  delivery: manifest\n"),
        """\
        environments/dev/environment.yaml:7:3: gitops.delivery: "manifest" is not allowed
          allowed: manifests, helm
          hint: did you mean 'manifests'?
        """,
    ),
    "Helm without a chart": Broken(
        environment(GITOPS + "  delivery: helm\n"),
        """\
        environments/dev/environment.yaml:7:3: gitops.delivery: needs the packed chart
          allowed: manifests, or helm with 'chart'
          hint: write 'chart:' with the 'repository:' that it is published in
        """,
    ),
    "the platform's own name": Broken(
        {E: ENVIRONMENT + GITOPS, f"{W.replace('etl', 'platform')}": WORKSPACE},
        """\
        environments/dev/workspaces/platform/workspace.yaml:1:1: 'platform' is how the platform itself is called in Argo CD
          allowed: any other name of a workspace
        """,
    ),
    "a window for a release that is not there": Broken(
        {
            E: ENVIRONMENT + GITOPS,
            W: WORKSPACE
            + "argocd:\n  syncWindows:\n    - kind: deny\n      schedule: 0 22 * * *\n      duration: 8h\n      deployments: [dialy]\n",
            D: DEPLOYMENT,
        },
        """\
        environments/dev/workspaces/etl/workspace.yaml:8:21: argocd.syncWindows[0].deployments[0]: there is no deployment 'dialy' in this workspace
          allowed: release names of the workspace's deployments
          hint: did you mean 'daily'?
        """,
    ),
    "a window with a wrong schedule": Broken(
        workspace("argocd:\n  syncWindows:\n    - kind: deny\n      schedule: 0 25 * * *\n      duration: 8h\n"),
        """\
        environments/dev/workspaces/etl/workspace.yaml:6:7: argocd.syncWindows[0].schedule: "0 25 * * *" does not have the right form
          allowed: When a window begins: minute (0-59), hour (0-23), day of month (1-31), month (1-12, JAN-DEC), day of week (0-6 from Sunday, SUN-SAT)
        """,
    ),
    "a window without an end": Broken(
        workspace("argocd:\n  syncWindows:\n    - kind: forbid\n      schedule: 0 22 * * *\n"),
        """\
        environments/dev/workspaces/etl/workspace.yaml:5:7: argocd.syncWindows[0].duration: is missing
          hint: write it; it has no default
        environments/dev/workspaces/etl/workspace.yaml:5:7: argocd.syncWindows[0].kind: "forbid" is not allowed
          allowed: allow, deny
        """,
    ),
    "a group that would be a policy": Broken(
        workspace("argocd:\n  access:\n    viewers: ['etl, role:admin']\n"),
        """\
        environments/dev/workspaces/etl/workspace.yaml:5:15: argocd.access.viewers[0]: "etl, role:admin" does not have the right form
          allowed: A group of people, as single sign-on names it: letters, digits, blanks and `_@:./=+-`
        """,
    ),
    "objects that reach beyond the deployment": Broken(
        {
            E: ENVIRONMENT + GITOPS,
            W: WORKSPACE,
            D: DEPLOYMENT
            + "values:\n  extraObjects:\n    - apiVersion: v1\n      kind: PersistentVolume\n      metadata: {name: nfs}\n",
        },
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: PersistentVolume 'nfs' is in no namespace, and so reaches beyond this deployment
          allowed: its own Namespace, and the kinds that 'gitops.clusterKinds' of environment.yaml has
          hint: whoever looks after the environment can add the kind there
        """,
    ),
    "a switch that is text": Broken(
        environment(GITOPS + "  automated: manual\n"),
        """\
        environments/dev/environment.yaml:7:3: gitops.automated: "manual" is text
          allowed: true or false
        """,
    ),
}

TABLE = {**HEADS, **KEYS, **TYPES, **VERSIONS, **RULES, **ARGO_CD}


@pytest.mark.parametrize("name", TABLE)
def test_settings(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(TABLE[name], tmp_path, capsys)
