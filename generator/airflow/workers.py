"""Where tasks run: Celery workers, their queues, and the pods of the Kubernetes executor."""

from __future__ import annotations

from pydantic import Field

from generator.airflow.knobs import LoggingComponent, PodKnobs
from generator.airflow.shapes import EnvVar, Hpa, Keda, Persistence, Probe
from generator.model import FreeMap, Item
from generator.model.names import DnsLabel, DnsName, LabelKey, LabelValue
from generator.model.number import AirflowUnits, Count, Positive, PositiveSeconds, Quantity, Replicas, Seconds
from generator.model.text import Line, LongText


class QueueResources(Item):
    """Size of a queue's workers as amounts."""

    requests: dict[LabelKey, Quantity] | None = None
    """Amounts that the scheduler of Kubernetes reserves. Without it: none."""
    limits: dict[LabelKey, Quantity] | None = None
    """Amounts that the container may not exceed. Without it: none."""


class QueueKeda(Item):
    """Scaling of a queue's workers by KEDA. What is not given is as in `workers.keda`."""

    enabled: bool | None = None
    """Whether this queue is scaled by KEDA."""
    pollingInterval: PositiveSeconds | None = None
    """Seconds between two looks at the database."""
    cooldownPeriod: Seconds | None = None
    """Seconds without work before the last pod goes."""
    minReplicaCount: Count | None = None
    """The least number of pods."""
    maxReplicaCount: Positive | None = None
    """The greatest number of pods."""
    advanced: FreeMap | None = None
    """Settings of the ScaledObject under `advanced`."""
    query: LongText | None = None
    """SQL that returns one number, the wanted pods. Without it: a query that counts the tasks of this queue."""


class QueueHpa(Item):
    """Scaling of a queue's workers by a HorizontalPodAutoscaler. What is not given is as in `workers.hpa`."""

    enabled: bool | None = None
    """Whether this queue is scaled by a HorizontalPodAutoscaler."""
    minReplicaCount: Count | None = None
    """The least number of pods."""
    maxReplicaCount: Positive | None = None
    """The greatest number of pods."""
    metrics: list[FreeMap] | None = None
    """What is measured, as in a HorizontalPodAutoscaler."""
    behavior: FreeMap | None = None
    """How fast is scaled, as in a HorizontalPodAutoscaler."""


class QueuePersistence(Item):
    """Volumes of a queue's workers. What is not given is as in `workers.persistence`."""

    enabled: bool | None = None
    """Whether each worker keeps a volume for its log files."""
    size: Quantity | None = None
    """The volume's size."""
    storageClassName: DnsName | None = None
    """The volume's storage class."""


class WorkerQueue(Item):
    """A group of workers with a queue of its own. What is not given is as in `workers`."""

    name: DnsLabel
    """The group's name; its workload is named by the release and by it."""
    queue: Line | None = Field(default=None, examples=["heavy,reports"])
    """The Celery queues it takes tasks from, joined by commas. Without it: the queue of the group's name."""
    replicas: Replicas | None = None
    """Number of pods."""
    concurrency: Positive | None = None
    """How many tasks one worker runs at a time."""
    au: AirflowUnits | None = None
    """Size in Airflow Units, used when `resources` is not given."""
    resources: QueueResources | None = None
    """Size as amounts."""
    env: list[EnvVar] | None = None
    """Environment variables, after those of `workers.env`."""
    nodeSelector: dict[LabelKey, LabelValue] | None = None
    """Labels of the nodes that may run the pods."""
    affinity: FreeMap | None = None
    """Which nodes and neighbours the pods prefer or need."""
    tolerations: list[FreeMap] | None = None
    """Taints of nodes that the pods bear."""
    topologySpreadConstraints: list[FreeMap] | None = None
    """How the pods are spread over zones and nodes."""
    priorityClassName: DnsName | None = None
    """Priority class of the pods."""
    terminationGracePeriodSeconds: Seconds | None = None
    """Seconds that running tasks have to end."""
    extraVolumes: list[FreeMap] | None = None
    """More volumes of the pods, after those of `workers.extraVolumes`."""
    extraVolumeMounts: list[FreeMap] | None = None
    """More mounts of the worker, after those of `workers.extraVolumeMounts`."""
    labels: dict[LabelKey, LabelValue] | None = None
    """Labels, merged over `workers.labels`."""
    podAnnotations: dict[LabelKey, Line] | None = None
    """Annotations of the pods, merged over `workers.podAnnotations`."""
    keda: QueueKeda | None = None
    """Scaling by KEDA."""
    hpa: QueueHpa | None = None
    """Scaling by a HorizontalPodAutoscaler."""
    persistence: QueuePersistence | None = None
    """Volumes for log files."""


class Workers(LoggingComponent):
    """Celery workers. With LocalExecutor, `persistence` is of the scheduler."""

    au: AirflowUnits | None = 10
    enableDefault: bool = True
    """Whether there are workers beside those of `queues`."""
    queue: Line = "default"
    """The Celery queues that these workers take tasks from, joined by commas."""
    concurrency: Positive = 16
    """How many tasks one worker runs at a time."""
    queues: list[WorkerQueue] = Field(default=[], examples=[[{"name": "heavy", "replicas": 2, "au": 30}]])
    """More groups of workers, each with queues and sizes of its own."""
    terminationGracePeriodSeconds: Seconds = 600
    """Seconds that running tasks have to end."""
    updateStrategy: FreeMap = Field(default={})
    """How pods are replaced when the workers are a StatefulSet (`workers.persistence.enabled`)."""
    livenessProbe: Probe = Probe(initialDelaySeconds=10, periodSeconds=60, timeoutSeconds=30, failureThreshold=5)
    persistence: Persistence = Persistence(size="100Gi")
    """A volume for the log files of each pod."""
    volumeClaimTemplates: list[FreeMap] = Field(default=[])
    """More volumes for each pod, when the workers are a StatefulSet."""
    keda: Keda = Keda()
    """Scaling by KEDA."""
    hpa: Hpa = Hpa()
    """Scaling by a HorizontalPodAutoscaler."""


class PodTemplate(PodKnobs):
    """The pod in which the Kubernetes executor runs one task."""

    au: AirflowUnits | None = 2
    terminationGracePeriodSeconds: Seconds = 600
