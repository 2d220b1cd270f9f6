"""The components that are Airflow itself, but for the workers."""

from __future__ import annotations

from pydantic import Field

from generator.airflow.knobs import AirflowComponent, LoggingComponent
from generator.airflow.shapes import Hpa, Keda, Persistence, Probe, Service
from generator.airflow.snippets import UPDATE_STRATEGY, WEBSERVER_CONFIG
from generator.model import FreeMap
from generator.model.names import DnsName
from generator.model.number import AirflowUnits, Seconds
from generator.model.text import LongText

# A check that starts Airflow's command line takes 4 to 8 seconds, so it gets time and runs rarely.
_COMMAND_LINE_LIVENESS = Probe(initialDelaySeconds=10, periodSeconds=60, timeoutSeconds=30, failureThreshold=5)
_COMMAND_LINE_STARTUP = Probe(periodSeconds=10, timeoutSeconds=30, failureThreshold=12)


class Scheduler(LoggingComponent):
    """Decides which task runs when; with LocalExecutor it runs the tasks too."""

    au: AirflowUnits | None = 5
    updateStrategy: FreeMap = Field(default={}, examples=[UPDATE_STRATEGY])
    """How pods are replaced when the scheduler is a StatefulSet (LocalExecutor with `workers.persistence.enabled` and
    without `logs.persistence`)."""
    livenessProbe: Probe = Probe(initialDelaySeconds=10, periodSeconds=30, timeoutSeconds=20)
    readinessProbe: Probe = Probe(initialDelaySeconds=10, periodSeconds=30, timeoutSeconds=20)
    startupProbe: Probe = Probe(periodSeconds=10, timeoutSeconds=20, failureThreshold=12)


class Page(AirflowComponent):
    """What the pods with the user interface have in common in both lines of Airflow."""

    au: AirflowUnits | None = 5
    terminationGracePeriodSeconds: Seconds = 30
    livenessProbe: Probe = Probe(initialDelaySeconds=15, periodSeconds=10, timeoutSeconds=5)
    readinessProbe: Probe = Probe(initialDelaySeconds=15, periodSeconds=10, timeoutSeconds=5)
    startupProbe: Probe = Probe(periodSeconds=10, timeoutSeconds=20, failureThreshold=12)
    allowPodLogReading: bool = True
    """Whether it may read logs of pods from the Kubernetes API."""
    service: Service = Service()
    """Its Service."""
    hpa: Hpa = Hpa()
    """Scaling by a HorizontalPodAutoscaler."""


class Webserver(Page):
    """User interface and API of Airflow 2. Airflow 3 has `apiServer` instead."""

    enabled: bool = True
    """Whether there is a webserver, when Airflow is of version 2."""
    webserverConfig: LongText | None = Field(default=None, examples=[WEBSERVER_CONFIG])
    """Contents of webserver_config.py (Python). Without it: the file of the image."""
    webserverConfigConfigMapName: DnsName | None = Field(default=None, examples=["webserver-config"])
    """A ConfigMap with key `webserver_config.py`, instead of `webserverConfig`."""


class ApiServer(Page):
    """User interface, public API and task API of Airflow 3. Airflow 2 has `webserver` instead."""

    enabled: bool = True
    """Whether there is an API server, when Airflow is of version 3."""
    apiServerConfig: LongText | None = Field(default=None, examples=[WEBSERVER_CONFIG])
    """Contents of webserver_config.py (Python), which the FAB auth manager reads. Without it: the file of the image."""
    apiServerConfigConfigMapName: DnsName | None = Field(default=None, examples=["webserver-config"])
    """A ConfigMap with key `webserver_config.py`, instead of `apiServerConfig`."""


class DagProcessor(LoggingComponent):
    """Reads DAG files. Airflow 3 always has one of its own; in Airflow 2 the scheduler can do it."""

    enabled: bool | None = Field(default=None, examples=[True])
    """Whether there is a DAG processor. Without it: yes with Airflow 3, no with Airflow 2."""
    au: AirflowUnits | None = 5
    livenessProbe: Probe = _COMMAND_LINE_LIVENESS
    startupProbe: Probe = _COMMAND_LINE_STARTUP


class Triggerer(LoggingComponent):
    """Waits for what deferred tasks wait for."""

    enabled: bool = True
    """Whether there is a triggerer."""
    au: AirflowUnits | None = 5
    updateStrategy: FreeMap = Field(default={}, examples=[UPDATE_STRATEGY])
    """How pods are replaced when the triggerer is a StatefulSet (`triggerer.persistence.enabled`, without
    `logs.persistence`)."""
    livenessProbe: Probe = _COMMAND_LINE_LIVENESS
    persistence: Persistence = Persistence()
    """A volume for the log files of each pod. With `logs.persistence.enabled` all pods mount the volume of that, and
    this one is not made."""
    keda: Keda = Keda()
    """Scaling by KEDA."""
