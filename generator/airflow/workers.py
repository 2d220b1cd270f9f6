"""Where tasks run: Celery workers, their queues, and the pods of the Kubernetes executor."""

from __future__ import annotations

from pydantic import Field

from generator.airflow.knobs import LoggingComponent, PodKnobs
from generator.airflow.shapes import Hpa, Keda, Persistence, Probe
from generator.airflow.snippets import CLAIM_TEMPLATES, NODE_SELECTOR, UPDATE_STRATEGY
from generator.model import FreeMap, Item, optional_copy
from generator.model.names import DnsLabel
from generator.model.number import AirflowUnits, Positive, Seconds
from generator.model.text import Line, LongText


class Workers(LoggingComponent):
    """Celery workers. With LocalExecutor, `persistence` is of the scheduler."""

    EXAMPLES = ({"replicas": 3, "au": 20, "concurrency": 16},)

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
    updateStrategy: FreeMap = Field(default={}, examples=[UPDATE_STRATEGY])
    """How pods are replaced when the workers are a StatefulSet: with `workers.persistence.enabled`, unless
    `logs.persistence` is and there are no `volumeClaimTemplates`."""
    livenessProbe: Probe = Probe(initialDelaySeconds=10, periodSeconds=60, timeoutSeconds=30, failureThreshold=5)
    persistence: Persistence = Persistence(size="100Gi")
    """A volume for the log files of each pod. With `logs.persistence.enabled` all pods mount the volume of that, and
    this one is not made."""
    volumeClaimTemplates: list[FreeMap] = Field(default=[], examples=[CLAIM_TEMPLATES])
    """More volumes for each pod, when `persistence` is enabled; also beside `logs.persistence`."""
    keda: Keda = Keda()
    """Scaling by KEDA."""
    hpa: Hpa = Hpa()
    """Scaling by a HorizontalPodAutoscaler."""


_NOTE = "What is not given is as in `workers`."


@optional_copy(Keda, prefix="Queue", note=_NOTE)
class QueueKeda(Item):
    """Scaling of a queue's workers by KEDA. What is not given is as in `workers.keda`."""

    EXAMPLES = ({"enabled": True, "minReplicaCount": 0, "maxReplicaCount": 10},)

    query: LongText | None = Field(
        default=None, examples=["SELECT COUNT(*) FROM task_instance WHERE state = 'queued' AND queue = 'heavy'"]
    )
    """SQL that returns one number, the wanted pods. Without it: a query that counts the tasks of this queue."""


@optional_copy(
    Workers,
    prefix="Queue",
    note=_NOTE,
    without=(
        # They are of the list of queues itself.
        "enableDefault",
        "queues",
        # All groups are one component: they have one identity, whose rights and cloud role are bound once, and one
        # network policy, which selects their pods by the component.
        "serviceAccount",
        "networkPolicy",
    ),
)
class WorkerQueue(Item):
    """A group of workers with a queue of its own. What is not given is as in `workers`; maps are merged over those of
    `workers`, and lists are added behind them, of variables with the same name the queue's counts. `command`, `args`,
    `strategy`, `updateStrategy` and `hpa.metrics` take the place of those of `workers` as wholes."""

    EXAMPLES = ({"name": "heavy", "replicas": 2, "au": 30},)

    name: DnsLabel = Field(examples=["heavy"])
    """The group's name; its workload is named by the release and by it."""
    queue: Line | None = Field(default=None, examples=["heavy,reports"])
    """The Celery queues it takes tasks from, joined by commas. Without it: the queue of the group's name."""
    keda: QueueKeda | None = None
    """Scaling by KEDA."""


# Its queues are made from itself.
Workers.model_rebuild()


class PodTemplate(PodKnobs):
    """The pod in which the Kubernetes executor runs one task."""

    EXAMPLES = ({"au": 10, "nodeSelector": NODE_SELECTOR},)

    au: AirflowUnits | None = 2
    terminationGracePeriodSeconds: Seconds = 600
