"""All settings of the Airflow chart."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.backing import Flower, Pgbouncer, Redis, Statsd
from generator.airflow.components import ApiServer, DagProcessor, Scheduler, Triggerer, Webserver
from generator.airflow.dags import Dags
from generator.airflow.data import BuiltInSecretEnvVars, Data
from generator.airflow.images import ImagePullSecret, Images, Registry
from generator.airflow.jobs import Bootstrap, Cleanup, CreateUserJob, DatabaseCleanup, MigrateDatabaseJob
from generator.airflow.logs import Elasticsearch, Logs
from generator.airflow.network import Ingress, NetworkPolicies
from generator.airflow.shapes import EnvVar
from generator.airflow.snippets import (
    AFFINITY,
    ANNOTATIONS,
    CONTAINER_SECURITY_CONTEXT,
    LIFECYCLE,
    NODE_SELECTOR,
    POD_ANNOTATIONS,
    TOLERATIONS,
    TOPOLOGY_SPREAD,
    VOLUME_MOUNTS,
    VOLUMES,
)
from generator.airflow.variables import ExtraConfigMap, SecretEnv, Variables
from generator.airflow.workers import PodTemplate, Workers
from generator.model import FreeMap, Model
from generator.model.names import (
    ConfigKey,
    ConfigSection,
    Digest,
    DnsLabel,
    DnsName,
    ImageRepository,
    ImageTag,
    LabelKey,
    LabelValue,
    Version,
)
from generator.model.number import AirflowUnits, Count, Quantity, Scalar, UserId
from generator.model.text import AbsolutePath, Line, LongText

Executor = Literal[
    "LocalExecutor",
    "CeleryExecutor",
    "KubernetesExecutor",
    "LocalKubernetesExecutor",
    "CeleryKubernetesExecutor",
    "CeleryExecutor,KubernetesExecutor",
    "KubernetesExecutor,CeleryExecutor",
    "LocalExecutor,KubernetesExecutor",
    "KubernetesExecutor,LocalExecutor",
    "CeleryExecutor,LocalExecutor",
    "LocalExecutor,CeleryExecutor",
]


class GlobalSecurityContexts(Model):
    """Security contexts of all pods and containers. The defaults meet the Pod Security Standard `restricted`."""

    EXAMPLES = ({"containers": CONTAINER_SECURITY_CONTEXT},)

    pod: FreeMap = Field(default={"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}})
    """Security context of pods; user and groups are added from `uid` and `gid`."""
    containers: FreeMap = Field(
        default={
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
    )
    """Security context of containers."""


class Rbac(Model):
    """Rights at the Kubernetes API."""

    EXAMPLES = ({"create": False},)

    create: bool = True
    """Whether the chart makes roles and role bindings."""


class CloudRole(Model):
    """The cloud identity of all components that run Airflow, given by annotations of their service accounts."""

    EXAMPLES = ({"awsRoleArn": "arn:aws:iam::123456789012:role/etl"},)

    awsRoleArn: Line | None = Field(default=None, examples=["arn:aws:iam::123456789012:role/etl"])
    """Role in Amazon Web Services. Without it: none."""
    gcpServiceAccount: Line | None = Field(default=None, examples=["etl@project.iam.gserviceaccount.com"])
    """Service account in Google Cloud. Without it: none."""
    azureClientId: Line | None = Field(default=None, examples=["3f2504e0-4f89-41d3-9a0c-0305e82c3301"])
    """Client id of a managed identity in Azure. Without it: none."""


class CapacityInUnits(Model):
    """Quota and limits of the namespace, counted in Airflow Units."""

    EXAMPLES = ({"quota": True, "extraAu": 50},)

    quota: bool = False
    """Whether CPU and memory of the namespace are limited to twice the units of all components with their sidecars
    (room for rolling updates) and `extraAu`. `quotas` is merged over it. A component counts with its `au`, also when
    it has `resources`."""
    extraAu: Count = Field(default=0, examples=[50])
    """More units, for pods of tasks."""
    maxPodAu: AirflowUnits | None = Field(default=None, examples=[20])
    """The greatest size of one container. Without it: no limit."""


class Platform(Model):
    """What the deployment belongs to; becomes labels and annotations."""

    release: DnsName | None = Field(default=None, examples=["stargit"])
    """Name of the platform. Without it: the deployment belongs to none."""
    workspace: DnsLabel | None = Field(default=None, examples=["customer-data"])
    """The deployment's workspace. Without it: none."""


class AirflowValues(Model):
    """Settings of one Airflow. Names are those of the official Airflow chart where it has the setting."""

    airflowVersion: Version = Field(default="3.3.2", examples=["2.11.2"])
    """Version of Airflow, 2.7 or later. It decides which components there are and how they are started."""
    executor: Executor = Field(
        default="CeleryExecutor", examples=["KubernetesExecutor", "CeleryExecutor,KubernetesExecutor"]
    )
    """Where tasks run. Two executors joined by a comma need Airflow 2.10 or later, the first is the default;
    LocalKubernetesExecutor and CeleryKubernetesExecutor end with Airflow 2."""
    hibernate: bool = False
    """Whether the deployment sleeps: every component has no pods, every CronJob is suspended; databases and volumes
    stay."""

    defaultAirflowRepository: ImageRepository = Field(
        default="apache/airflow", examples=["registry.example.com/etl/airflow"]
    )
    """The image of Airflow, unless `images.airflow` says else."""
    defaultAirflowTag: ImageTag | None = Field(default=None, examples=["3.3.2-1"])
    """The tag of that image. Without it: `airflowVersion`."""
    defaultAirflowDigest: Digest | None = None
    """The digest of that image; with it the tag is not used."""
    images: Images = Images()
    registry: Registry = Registry()
    imagePullSecrets: list[ImagePullSecret] = Field(default=[], examples=[[{"name": "registry-login"}]])
    """More Secrets with which images are pulled."""

    platform: Platform = Platform()
    labels: dict[LabelKey, LabelValue] = Field(default={}, examples=[{"example.com/team": "etl"}])
    """Labels of all objects and pods."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[ANNOTATIONS])
    """Annotations of all objects (not of pods)."""
    airflowPodAnnotations: dict[LabelKey, Line] = Field(default={}, examples=[POD_ANNOTATIONS])
    """Annotations of all pods that run Airflow."""
    airflowConfigAnnotations: dict[LabelKey, Line] = Field(default={}, examples=[ANNOTATIONS])
    """Annotations of the ConfigMap with airflow.cfg."""

    airflowHome: AbsolutePath = "/opt/airflow"
    """Airflow's folder in the containers."""
    uid: UserId | None = 50000
    """User that containers run as. Without it: the cluster chooses (OpenShift)."""
    gid: UserId | None = 0
    """Group that containers run as, and group of volumes. Without it: the cluster chooses (OpenShift)."""
    securityContexts: GlobalSecurityContexts = GlobalSecurityContexts()
    containerLifecycleHooks: FreeMap = Field(default={}, examples=[LIFECYCLE])
    """What runs after the start and before the stop of containers of Airflow, as in a Kubernetes container."""
    nodeSelector: dict[LabelKey, LabelValue] = Field(default={}, examples=[NODE_SELECTOR])
    """Labels of the nodes that may run pods."""
    affinity: FreeMap = Field(default={}, examples=[AFFINITY])
    """Which nodes and neighbours pods prefer or need."""
    tolerations: list[FreeMap] = Field(default=[], examples=[TOLERATIONS])
    """Taints of nodes that pods bear."""
    topologySpreadConstraints: list[FreeMap] = Field(default=[], examples=[TOPOLOGY_SPREAD])
    """How pods are spread over zones and nodes."""
    priorityClassName: DnsName | None = Field(default=None, examples=["high-priority"])
    """Priority class of pods. Without it: the cluster's default."""
    schedulerName: DnsName | None = Field(default=None, examples=["volcano"])
    """Which Kubernetes scheduler places pods. Without it: the cluster's default."""
    revisionHistoryLimit: Count | None = Field(default=None, examples=[5])
    """How many old versions of a workload Kubernetes keeps. Without it: 10."""

    dags: Dags = Dags()
    config: dict[ConfigSection, dict[ConfigKey, Scalar]] = Field(
        default={"core": {"load_examples": "False"}, "logging": {"colored_console_log": "False"}},
        examples=[{"core": {"parallelism": 64}}],
    )
    """Settings of airflow.cfg by section, merged over those that follow from other values. Nothing secret: this is
    kept in git."""
    airflowLocalSettings: LongText | None = Field(
        default=None, examples=["def task_policy(task):\n    task.retries = max(task.retries or 0, 1)\n"]
    )
    """Contents of airflow_local_settings.py (Python). Without it: none."""
    env: list[EnvVar] = Field(default=[], examples=[[{"name": "AIRFLOW__CORE__PARALLELISM", "value": "64"}]])
    """Environment variables of all containers of Airflow. They win over those that the chart sets."""
    secret: list[SecretEnv] = Field(
        default=[], examples=[[{"envName": "WAREHOUSE_PASSWORD", "secretName": "warehouse", "secretKey": "password"}]]
    )
    """Environment variables of all containers of Airflow, from Secrets that exist already."""
    extraEnvFrom: list[FreeMap] = Field(default=[], examples=[[{"secretRef": {"name": "connections"}}]])
    """ConfigMaps and Secrets whose entries all become environment variables, as in a Kubernetes container."""
    variables: Variables = Variables()
    volumes: list[FreeMap] = Field(default=[], examples=[VOLUMES])
    """More volumes of all pods that run Airflow."""
    volumeMounts: list[FreeMap] = Field(default=[], examples=[VOLUME_MOUNTS])
    """More mounts of all containers that run Airflow."""

    data: Data = Data()
    fernetKeySecretName: DnsName | None = Field(default=None, examples=["etl-fernet-key"])
    """A Secret with key `fernet-key`, which encrypts connections and variables. Without it: `<release>-fernet-key`,
    made by the bootstrap job."""
    webserverSecretKeySecretName: DnsName | None = Field(default=None, examples=["etl-webserver-secret-key"])
    """A Secret with key `webserver-secret-key`, which signs sessions of Airflow 2. Without it:
    `<release>-webserver-secret-key`, made by the bootstrap job."""
    apiSecretKeySecretName: DnsName | None = Field(default=None, examples=["etl-api-secret-key"])
    """A Secret with key `api-secret-key`, which signs sessions of Airflow 3. Without it: `<release>-api-secret-key`,
    made by the bootstrap job."""
    jwtSecretName: DnsName | None = Field(default=None, examples=["etl-jwt-secret"])
    """A Secret with key `jwt-secret`, which signs tokens of Airflow 3. Without it: `<release>-jwt-secret`, made by
    the bootstrap job."""
    enableBuiltInSecretEnvVars: BuiltInSecretEnvVars = BuiltInSecretEnvVars()

    scheduler: Scheduler = Scheduler()
    webserver: Webserver = Webserver()
    apiServer: ApiServer = ApiServer()
    dagProcessor: DagProcessor = DagProcessor()
    triggerer: Triggerer = Triggerer()
    workers: Workers = Workers()
    podTemplate: PodTemplate = PodTemplate()
    flower: Flower = Flower()
    redis: Redis = Redis()
    pgbouncer: Pgbouncer = Pgbouncer()
    statsd: Statsd = Statsd()

    bootstrap: Bootstrap = Bootstrap()
    migrateDatabaseJob: MigrateDatabaseJob = MigrateDatabaseJob()
    createUserJob: CreateUserJob = CreateUserJob()
    cleanup: Cleanup = Cleanup()
    databaseCleanup: DatabaseCleanup = DatabaseCleanup()

    logs: Logs = Logs()
    elasticsearch: Elasticsearch = Elasticsearch()

    ingress: Ingress = Ingress()
    networkPolicies: NetworkPolicies = NetworkPolicies()
    rbac: Rbac = Rbac()
    allowPodLaunching: bool = True
    """Whether scheduler and workers may make pods."""
    multiNamespaceMode: bool = False
    """Whether they may do so in every namespace of the cluster."""
    cloudRole: CloudRole = CloudRole()

    quotas: dict[LabelKey, Quantity] = Field(default={}, examples=[{"requests.cpu": "20", "pods": 100}])
    """Limits of the namespace (a ResourceQuota). Empty: none."""
    limits: list[FreeMap] = Field(default=[], examples=[[{"type": "Container", "max": {"cpu": "4", "memory": "16Gi"}}]])
    """Limits of single pods and containers (a LimitRange). Empty: none."""
    capacity: CapacityInUnits = CapacityInUnits()

    extraConfigMaps: dict[DnsName, ExtraConfigMap] = Field(
        default={}, examples=[{"settings": {"data": {"region": "eu"}}}]
    )
    """ConfigMaps of people's own, by name."""
    extraObjects: list[FreeMap] = Field(
        default=[],
        examples=[[{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "extra"}, "data": {"a": "b"}}]],
    )
    """Kubernetes objects of people's own. A Secret is refused: seal it, or refer to one."""
