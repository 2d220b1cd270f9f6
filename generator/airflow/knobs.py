"""The knobs: settings that every component, job and pod template has in the same form."""

from __future__ import annotations

from pydantic import Field

from generator.airflow.shapes import (
    ComponentNetworkPolicy,
    EnvVar,
    LogGroomerSidecar,
    PodDisruptionBudget,
    Probe,
    Resources,
    SecurityContexts,
    ServiceAccount,
    WaitForMigrations,
)
from generator.airflow.snippets import (
    AFFINITY,
    ANNOTATIONS,
    ARGUMENTS,
    COMMAND,
    CONTAINERS,
    ENV,
    INIT_CONTAINERS,
    LABELS,
    LIFECYCLE,
    NODE_SELECTOR,
    POD_ANNOTATIONS,
    TOLERATIONS,
    TOPOLOGY_SPREAD,
    VOLUME_MOUNTS,
    VOLUMES,
)
from generator.model import FreeMap, Model
from generator.model.names import DnsName, LabelKey, LabelValue
from generator.model.number import AirflowUnits, Count, Replicas, Seconds, UserId
from generator.model.text import Line, LongText


class PodKnobs(Model):
    """Settings of a pod and of what makes it, whatever that is."""

    EXAMPLES = ({"au": 5, "nodeSelector": NODE_SELECTOR},)

    au: AirflowUnits | None = None
    """Size of the main container in Airflow Units (one: 100m CPU, 384Mi memory), used when `resources` is empty."""
    resources: Resources = Resources()
    """Size of the main container as amounts. Empty: follows from `au`."""
    command: list[LongText] | None = Field(default=None, examples=[COMMAND])
    """Replaces the command of the main container."""
    args: list[LongText] | None = Field(default=None, examples=[ARGUMENTS])
    """Replaces the arguments of the main container."""
    env: list[EnvVar] = Field(default=[], examples=[ENV])
    """Environment variables of the main container. They win over those in the chart's own `env` and over those that the
    chart sets."""
    nodeSelector: dict[LabelKey, LabelValue] = Field(default={}, examples=[NODE_SELECTOR])
    """Labels of the nodes that may run the pods. Empty: the chart's own `nodeSelector`."""
    affinity: FreeMap = Field(default={}, examples=[AFFINITY])
    """Which nodes and neighbours the pods prefer or need. Empty: the chart's own `affinity`, and without that the pods
    of a component avoid nodes which have one of it already."""
    tolerations: list[FreeMap] = Field(default=[], examples=[TOLERATIONS])
    """Taints of nodes that the pods bear. Empty: the chart's own `tolerations`."""
    topologySpreadConstraints: list[FreeMap] = Field(default=[], examples=[TOPOLOGY_SPREAD])
    """How the pods are spread over zones and nodes. Empty: the chart's own `topologySpreadConstraints`."""
    priorityClassName: DnsName | None = Field(default=None, examples=["high-priority"])
    """Priority class of the pods. Without it: the chart's own `priorityClassName`."""
    runtimeClassName: DnsName | None = Field(default=None, examples=["gvisor"])
    """Container runtime of the pods. Without it: the cluster's default."""
    schedulerName: DnsName | None = Field(default=None, examples=["volcano"])
    """Which Kubernetes scheduler places the pods. Without it: the chart's own `schedulerName`."""
    hostAliases: list[FreeMap] = Field(default=[], examples=[[{"ip": "10.1.2.3", "hostnames": ["db.local"]}]])
    """Entries of the pods' /etc/hosts."""
    terminationGracePeriodSeconds: Seconds = 60
    """Seconds between the request to stop and the kill."""
    uid: UserId | None = None
    """User that the containers run as. Without it: the chart's own `uid`."""
    securityContexts: SecurityContexts = SecurityContexts()
    """Security contexts of the pods and of the main container."""
    containerLifecycleHooks: FreeMap = Field(default={}, examples=[LIFECYCLE])
    """What runs after the start and before the stop of the main container, as in a Kubernetes container. Empty: the
    chart's own."""
    extraContainers: list[FreeMap] = Field(default=[], examples=[CONTAINERS])
    """More containers in the pods."""
    extraInitContainers: list[FreeMap] = Field(default=[], examples=[INIT_CONTAINERS])
    """More init containers, after the chart's own."""
    extraVolumes: list[FreeMap] = Field(default=[], examples=[VOLUMES])
    """More volumes of the pods."""
    extraVolumeMounts: list[FreeMap] = Field(default=[], examples=[VOLUME_MOUNTS])
    """More mounts of the main container."""
    labels: dict[LabelKey, LabelValue] = Field(default={}, examples=[LABELS])
    """Labels of the component's objects and pods."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[ANNOTATIONS])
    """Annotations of the workload."""
    podAnnotations: dict[LabelKey, Line] = Field(default={}, examples=[POD_ANNOTATIONS])
    """Annotations of the pods."""
    safeToEvict: bool | None = Field(default=None, examples=[False])
    """Whether the cluster autoscaler may move the pods when it empties a node. Without it: the autoscaler decides."""
    serviceAccount: ServiceAccount = ServiceAccount()
    """The component's service account."""


class Component(PodKnobs):
    """Settings of every long-running component."""

    EXAMPLES = ({"replicas": 2, "au": 5},)

    replicas: Replicas = Field(default=1, examples=[2])
    """Number of pods."""
    revisionHistoryLimit: Count | None = Field(default=None, examples=[5])
    """How many old versions of the workload Kubernetes keeps. Without it: the chart's own `revisionHistoryLimit`."""
    livenessProbe: Probe = Probe(initialDelaySeconds=10, periodSeconds=10)
    """When it fails, the container is restarted."""
    readinessProbe: Probe = Probe(initialDelaySeconds=5, periodSeconds=10)
    """While it fails, the pod gets no traffic and counts as unavailable."""
    startupProbe: Probe = Probe(periodSeconds=10, failureThreshold=12)
    """Until it succeeds, the other probes wait; when it never does, the container is restarted."""
    podDisruptionBudget: PodDisruptionBudget = PodDisruptionBudget()
    """Limits voluntary disruptions."""
    networkPolicy: ComponentNetworkPolicy = ComponentNetworkPolicy()
    """More rules for the component's network policy."""


class DeploymentComponent(Component):
    """A component that is a Deployment, at least with some settings."""

    strategy: FreeMap = Field(default={}, examples=[{"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}])
    """How pods are replaced when the component is a Deployment. Empty: as Kubernetes does by default."""


class AirflowComponent(DeploymentComponent):
    """A component that runs Airflow and needs its database."""

    waitForMigrations: WaitForMigrations = WaitForMigrations()
    """Waiting for the database's tables."""


class LoggingComponent(AirflowComponent):
    """A component of Airflow that writes log files."""

    logGroomerSidecar: LogGroomerSidecar = LogGroomerSidecar()
    """Deleting of old log files."""


class JobKnobs(PodKnobs):
    """Settings of every job."""

    EXAMPLES = ({"au": 3, "backoffLimit": 3},)

    backoffLimit: Count = 6
    """How many times a failed pod is tried again."""
    activeDeadlineSeconds: Seconds | None = Field(default=None, examples=[3600])
    """Seconds after which the job counts as failed. Without it: it may take any time."""


class CronJobKnobs(JobKnobs):
    """Settings of every job that runs again and again."""

    failedJobsHistoryLimit: Count = 1
    """How many failed runs are kept."""
    successfulJobsHistoryLimit: Count = 1
    """How many successful runs are kept."""
