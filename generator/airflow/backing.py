"""The components around Airflow: Flower, Redis, PgBouncer, StatsD exporter."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.knobs import Component, DeploymentComponent
from generator.airflow.shapes import ContainerSecurityContexts, Persistence, Probe, Resources, Service, SslMode
from generator.airflow.snippets import ANNOTATIONS, STORAGE_CLASS, UPDATE_STRATEGY
from generator.model import FreeMap, Model
from generator.model.names import ConfigKey, DnsName, LabelKey, SecretKey
from generator.model.number import AirflowUnits, Count, Positive, Scalar, Seconds, Single, UserId
from generator.model.text import Line


class Flower(DeploymentComponent):
    """Web page that shows Celery's workers and queues."""

    EXAMPLES = ({"enabled": True, "secretName": "flower-login"},)

    enabled: bool = False
    """Whether there is a Flower, when the executor uses Celery."""
    au: AirflowUnits | None = 2
    terminationGracePeriodSeconds: Seconds = 30
    secretName: DnsName | None = Field(default=None, examples=["flower-login"])
    """A Secret with key `basicAuth`: names and passwords as `name:password,...`. Without it: Flower asks for no
    password."""
    service: Service = Service()
    """Flower's Service."""


class Redis(Component):
    """Broker of the Celery queues."""

    EXAMPLES = ({"persistence": {"size": "2Gi", "storageClassName": STORAGE_CLASS}},)

    enabled: bool = True
    """Whether the chart runs a Redis, when the executor uses Celery. When not, `data.brokerUrlSecretName` must name a
    broker."""
    replicas: Single = Field(default=1, examples=[0])
    """One pod, or none."""
    au: AirflowUnits | None = 2
    uid: UserId | None = 999
    terminationGracePeriodSeconds: Seconds = 60
    updateStrategy: FreeMap = Field(default={}, examples=[UPDATE_STRATEGY])
    """How the pod is replaced. Empty: as Kubernetes does by default."""
    passwordSecretName: DnsName | None = Field(default=None, examples=["redis-password"])
    """A Secret with key `password`. Without it: `<release>-redis-password`, made by the bootstrap job."""
    persistence: Persistence = Persistence(enabled=True, size="1Gi")
    """A volume for the queues."""


class MetricsExporterSidecar(Model):
    """The sidecar that tells Prometheus about PgBouncer."""

    EXAMPLES = ({"enabled": False},)

    enabled: bool = True
    """Whether PgBouncer has the sidecar."""
    statsSecretName: DnsName | None = Field(default=None, examples=["pgbouncer-stats"])
    """A Secret with the URL by which the sidecar asks PgBouncer, as user `stats`. Without it:
    `<release>-pgbouncer-stats`, made by the bootstrap job."""
    statsSecretKey: SecretKey = "connection"
    """The key of the URL in the Secret."""
    resources: Resources = Resources(
        requests={"cpu": "10m", "memory": "32Mi"}, limits={"cpu": "100m", "memory": "128Mi"}
    )
    """Resources of the sidecar."""
    securityContexts: ContainerSecurityContexts = ContainerSecurityContexts()
    """Security context of the sidecar."""
    livenessProbe: Probe = Probe(initialDelaySeconds=10)
    """When it fails, the sidecar is restarted."""
    readinessProbe: Probe = Probe(initialDelaySeconds=10)
    """While it fails, the pod counts as unavailable."""
    startupProbe: Probe = Probe(failureThreshold=12)
    """When the sidecar has started."""


class Pgbouncer(DeploymentComponent):
    """Connection pools between Airflow and its database."""

    EXAMPLES = ({"enabled": True, "metadataPoolSize": 20, "maxClientConn": 200},)

    enabled: bool = False
    """Whether Airflow reaches its database through PgBouncer. It needs the parts of the connection:
    `data.metadataConnection` or the bootstrap job, not `data.metadataSecretName`."""
    au: AirflowUnits | None = 2
    uid: UserId | None = 65534
    terminationGracePeriodSeconds: Seconds = 150
    containerLifecycleHooks: FreeMap = Field(
        default={"preStop": {"exec": {"command": ["/bin/sh", "-c", "killall -INT pgbouncer && sleep 120"]}}}
    )
    """What runs after the start and before the stop of the main container. By default running queries get two minutes
    to end."""
    configSecretName: DnsName | None = Field(default=None, examples=["pgbouncer-config"])
    """A Secret with keys `pgbouncer.ini` and `users.txt`, instead of the chart's own configuration."""
    usersSecretName: DnsName | None = Field(default=None, examples=["pgbouncer-users"])
    """A Secret with key `users.txt`. Without it: `<release>-pgbouncer-users`, made by the bootstrap job."""
    metadataPoolSize: Positive = 10
    """Server connections to the metadata database."""
    resultBackendPoolSize: Positive = 5
    """Server connections to the database of Celery's results."""
    maxClientConn: Positive = 100
    """Client connections that PgBouncer takes."""
    poolMode: Literal["session", "transaction", "statement"] = "transaction"
    """When a server connection goes back to its pool."""
    authType: Literal["scram-sha-256", "md5", "plain"] = "scram-sha-256"
    """How clients prove who they are."""
    logConnections: bool = False
    """Whether each new connection is logged."""
    logDisconnections: bool = False
    """Whether each end of a connection is logged."""
    verbose: Count = Field(default=0, examples=[1])
    """How much is logged."""
    sslmode: SslMode = Field(default="prefer", examples=["require", "verify-full"])
    """Encryption between PgBouncer and the database."""
    ciphers: Line = Field(default="normal", examples=["secure"])
    """Ciphers that PgBouncer allows towards the database."""
    sslSecretName: DnsName | None = Field(default=None, examples=["pgbouncer-certificates"])
    """A Secret with keys `root.crt`, `server.crt` and `server.key` for connections to the database. Without it: no
    certificates."""
    extraIni: dict[ConfigKey, Scalar] = Field(default={}, examples=[{"query_wait_timeout": 60}])
    """More settings of the `[pgbouncer]` section."""
    extraIniMetadata: dict[ConfigKey, Scalar] = Field(default={}, examples=[{"reserve_pool": 2}])
    """More settings of the metadata database's line."""
    extraIniResultBackend: dict[ConfigKey, Scalar] = Field(default={}, examples=[{"reserve_pool": 2}])
    """More settings of the result database's line."""
    serviceAnnotations: dict[LabelKey, Line] = Field(default={}, examples=[ANNOTATIONS])
    """Annotations of the Service."""
    metricsExporterSidecar: MetricsExporterSidecar = MetricsExporterSidecar()
    """The exporter of PgBouncer's metrics."""


class Statsd(DeploymentComponent):
    """Turns Airflow's metrics into those of Prometheus."""

    EXAMPLES = ({"extraMappings": [{"match": "airflow.custom.*", "name": "airflow_custom"}]},)

    enabled: bool = True
    """Whether there is a StatsD exporter, and Airflow sends it metrics."""
    replicas: Single = Field(default=1, examples=[0])
    """One pod, or none."""
    au: AirflowUnits | None = 2
    uid: UserId | None = 65534
    terminationGracePeriodSeconds: Seconds = 30
    extraMappings: list[FreeMap] = Field(
        default=[], examples=[[{"match": "airflow.custom.*", "name": "airflow_custom", "labels": {"what": "$1"}}]]
    )
    """More mappings, before the chart's own."""
    overrideMappings: list[FreeMap] = Field(
        default=[], examples=[[{"match": "airflow.scheduler_heartbeat", "name": "airflow_scheduler_heartbeat"}]]
    )
    """Mappings instead of the chart's own and of `extraMappings`."""
    serviceAnnotations: dict[LabelKey, Line] = Field(default={}, examples=[ANNOTATIONS])
    """Annotations of the Service."""
