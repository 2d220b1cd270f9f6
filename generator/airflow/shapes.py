"""The small shapes that the knobs are made of."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from generator.airflow.snippets import (
    CLAIM_ANNOTATIONS,
    CONTAINER_SECURITY_CONTEXT,
    ENV,
    POD_SECURITY_CONTEXT,
    SERVICE_ANNOTATIONS,
    STORAGE_CLASS,
)
from generator.model import FreeMap, Item, Model
from generator.model.names import DnsName, EnvName, LabelKey, LabelValue, SecretKey
from generator.model.number import Count, IntOrPercent, Positive, PositiveSeconds, Quantity, Seconds
from generator.model.text import Cidr, Line, LongText

SslMode: TypeAlias = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class Resources(Model):
    """What a container asks of its node, as amounts."""

    requests: dict[LabelKey, Quantity] = Field(default={}, examples=[{"cpu": "500m", "memory": "1Gi"}])
    """Amounts that the scheduler of Kubernetes reserves."""
    limits: dict[LabelKey, Quantity] = Field(default={}, examples=[{"cpu": 1, "memory": "2Gi"}])
    """Amounts that the container may not exceed."""


class Probe(Model):
    """When a container counts as alive, ready or started."""

    EXAMPLES = ({"periodSeconds": 30, "timeoutSeconds": 20, "failureThreshold": 3},)

    enabled: bool = True
    """Whether the container has this probe."""
    initialDelaySeconds: Seconds = 0
    """Seconds after the start of the container before the first try."""
    periodSeconds: PositiveSeconds = 10
    """Seconds between two tries."""
    timeoutSeconds: PositiveSeconds = 5
    """Seconds that one try may take."""
    failureThreshold: Positive = 5
    """How many tries in a row must fail before Kubernetes acts."""
    command: list[LongText] | None = Field(default=None, examples=[["/bin/sh", "-c", "test -f /tmp/ready"]])
    """A command that replaces the component's own check; exit code 0 is good."""


class ContainerSecurityContexts(Model):
    """The security context of one container."""

    container: FreeMap = Field(default={}, examples=[CONTAINER_SECURITY_CONTEXT])
    """Merged over the container settings of the chart's own `securityContexts`."""


class SecurityContexts(Model):
    """Security contexts of a component."""

    pod: FreeMap = Field(default={}, examples=[POD_SECURITY_CONTEXT])
    """Merged over the pod settings of the chart's own `securityContexts`."""
    container: FreeMap = Field(default={}, examples=[CONTAINER_SECURITY_CONTEXT])
    """Merged over the container settings of the chart's own `securityContexts`, for the main container."""


class ServiceAccount(Model):
    """The identity of a component at the Kubernetes API and at the cloud."""

    create: bool = True
    """Whether the chart makes the service account. When not, `name` must exist already."""
    name: DnsName | None = Field(default=None, examples=["etl-airflow"])
    """The name of the service account. Without it: the release's name and the component's."""
    annotations: dict[LabelKey, Line] = Field(
        default={}, examples=[{"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/etl"}]
    )
    """Annotations of the service account, merged over those that follow from `cloudRole`."""
    automountServiceAccountToken: bool | None = None
    """Whether pods get a token for the Kubernetes API. Without it: only where the component talks to the API."""


class DisruptionBudget(Model):
    """How many pods may be missing during voluntary disruptions; one of the two is used."""

    EXAMPLES = ({"maxUnavailable": 1},)

    maxUnavailable: IntOrPercent = Field(default=1, examples=[1, "50%"])
    """At most this many pods may be missing."""
    minAvailable: IntOrPercent | None = Field(default=None, examples=[2])
    """At least this many pods must stay; replaces `maxUnavailable`."""


class PodDisruptionBudget(Model):
    """Keeps node drains from taking too many pods at once."""

    EXAMPLES = ({"enabled": True},)

    enabled: bool = False
    """Whether the component has a PodDisruptionBudget."""
    config: DisruptionBudget = DisruptionBudget()
    """What the budget allows."""


class ComponentNetworkPolicy(Model):
    """Rules of a component's network policy beside those the chart knows."""

    extraIngress: list[FreeMap] = Field(
        default=[], examples=[[{"from": [{"podSelector": {"matchLabels": {"app": "probe"}}}]}]]
    )
    """Ingress rules of a Kubernetes NetworkPolicy, added to the component's own."""
    extraEgress: list[FreeMap] = Field(default=[], examples=[[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]])
    """Egress rules of a Kubernetes NetworkPolicy. With one of them, or with `networkPolicies.denyEgress`, the
    component reaches only DNS, its own release and what the rules allow; else it reaches everything."""


class EnvVar(Item):
    """One environment variable."""

    EXAMPLES = ({"name": "TZ", "value": "UTC"},)

    name: EnvName = Field(examples=["TZ"])
    """The variable's name."""
    value: LongText | None = Field(default=None, examples=["UTC"])
    """The variable's value. Nothing secret: this is kept in git."""
    valueFrom: FreeMap | None = Field(
        default=None, examples=[{"secretKeyRef": {"name": "warehouse", "key": "password"}}]
    )
    """Where the value comes from instead, as in a Kubernetes container."""


class SecretRef(Item):
    """A key in a Secret of the release's namespace."""

    name: DnsName = Field(examples=["warehouse-login"])
    """The Secret's name."""
    key: SecretKey = Field(examples=["password"])
    """The key in the Secret."""


class WaitForMigrations(Model):
    """The init container that waits until the database has the tables of this Airflow version."""

    EXAMPLES = ({"enabled": False},)

    enabled: bool = True
    """Whether the component waits."""
    env: list[EnvVar] = Field(default=[], examples=[[{"name": "AIRFLOW__LOGGING__LOGGING_LEVEL", "value": "DEBUG"}]])
    """Environment variables of the init container only."""
    securityContexts: ContainerSecurityContexts = ContainerSecurityContexts()
    """Security context of the init container."""


class LogGroomerSidecar(Model):
    """The sidecar that deletes old log files."""

    EXAMPLES = ({"retentionDays": 7, "frequencyMinutes": 60},)

    enabled: bool = True
    """Whether the component has the sidecar."""
    retentionDays: Positive = Field(default=15, examples=[7])
    """Log files that are older than this many days are deleted."""
    frequencyMinutes: Positive = Field(default=15, examples=[60])
    """Minutes between two rounds."""
    command: list[LongText] | None = Field(default=None, examples=[["/bin/bash", "-c"]])
    """Replaces the command of the sidecar."""
    args: list[LongText] | None = Field(
        default=None, examples=[["find /opt/airflow/logs -mtime +7 -delete; sleep 3600"]]
    )
    """Replaces the arguments of the sidecar."""
    env: list[EnvVar] = Field(default=[], examples=[ENV])
    """Environment variables of the sidecar only."""
    resources: Resources = Resources(
        requests={"cpu": "10m", "memory": "32Mi"}, limits={"cpu": "100m", "memory": "128Mi"}
    )
    """Resources of the sidecar."""
    securityContexts: ContainerSecurityContexts = ContainerSecurityContexts()
    """Security context of the sidecar."""
    livenessProbe: Probe = Probe(periodSeconds=60)
    """Restarts the sidecar when it no longer runs."""
    readinessProbe: Probe = Probe(periodSeconds=60)
    """Whether the sidecar is ready."""
    startupProbe: Probe = Probe(failureThreshold=6)
    """When the sidecar has started."""


class Persistence(Model):
    """A volume for each pod of a component."""

    EXAMPLES = ({"enabled": True, "size": "10Gi"},)

    enabled: bool = False
    """Whether each pod keeps its volume when it is replaced. The component is a StatefulSet then. For log
    files `logs.persistence` comes first."""
    size: Quantity = "10Gi"
    """The volume's size."""
    storageClassName: DnsName | None = Field(default=None, examples=[STORAGE_CLASS])
    """The volume's storage class. Without it: the cluster's default class."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[CLAIM_ANNOTATIONS])
    """Annotations of the claims."""
    persistentVolumeClaimRetentionPolicy: FreeMap = Field(
        default={}, examples=[{"whenDeleted": "Delete", "whenScaled": "Retain"}]
    )
    """What happens to the claims when the component is deleted or made smaller. Empty: they stay."""


class Service(Model):
    """How a component is reached inside the cluster or from outside."""

    EXAMPLES = ({"type": "LoadBalancer", "annotations": SERVICE_ANNOTATIONS},)

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = "ClusterIP"
    """The type of the Service."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[SERVICE_ANNOTATIONS])
    """Annotations of the Service."""
    loadBalancerSourceRanges: list[Cidr] = Field(default=[], examples=[["10.0.0.0/8"]])
    """Networks that may reach a Service of type LoadBalancer. Empty: all."""


class Hpa(Model):
    """Scaling by a HorizontalPodAutoscaler. The workload then has no replicas of its own, so that git and the
    autoscaler do not fight."""

    EXAMPLES = ({"enabled": True, "minReplicaCount": 2, "maxReplicaCount": 5},)

    enabled: bool = False
    """Whether the component is scaled by a HorizontalPodAutoscaler."""
    minReplicaCount: Count = 1
    """The least number of pods."""
    maxReplicaCount: Positive = 5
    """The greatest number of pods."""
    metrics: list[FreeMap] = Field(
        default=[
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }
        ]
    )
    """What is measured, as in a HorizontalPodAutoscaler."""
    behavior: FreeMap = Field(default={}, examples=[{"scaleDown": {"stabilizationWindowSeconds": 300}}])
    """How fast is scaled, as in a HorizontalPodAutoscaler."""


class Keda(Model):
    """Scaling by KEDA, which counts waiting work in Airflow's database."""

    EXAMPLES = ({"enabled": True, "minReplicaCount": 1, "maxReplicaCount": 10},)

    enabled: bool = False
    """Whether the component is scaled by KEDA. The workload then has no replicas of its own."""
    pollingInterval: PositiveSeconds = 5
    """Seconds between two looks at the database."""
    cooldownPeriod: Seconds = 30
    """Seconds without work before the last pod goes."""
    minReplicaCount: Count = Field(default=0, examples=[1])
    """The least number of pods."""
    maxReplicaCount: Positive = 10
    """The greatest number of pods."""
    advanced: FreeMap = Field(
        default={},
        examples=[{"horizontalPodAutoscalerConfig": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}}}}],
    )
    """Settings of the ScaledObject under `advanced`."""
    query: LongText | None = Field(
        default=None,
        examples=["SELECT ceil(COUNT(*)::decimal / 16) FROM task_instance WHERE state IN ('running', 'queued')"],
    )
    """SQL that returns one number, the wanted pods. Without it: the component's own query."""
    usePgbouncer: bool = True
    """Whether KEDA reaches the database through PgBouncer where there is one."""


class Selector(Model):
    """Pods elsewhere in the cluster that may connect. With neither labels, none may."""

    namespaceLabels: dict[LabelKey, LabelValue] = Field(
        default={}, examples=[{"kubernetes.io/metadata.name": "monitoring"}]
    )
    """Labels of their namespaces."""
    podLabels: dict[LabelKey, LabelValue] = Field(default={}, examples=[{"app.kubernetes.io/name": "prometheus"}])
    """Labels of the pods."""
