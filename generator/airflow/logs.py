"""Where logs are kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.snippets import CLAIM_ANNOTATIONS, SHARED_STORAGE_CLASS
from generator.model import FreeMap, Model
from generator.model.names import DnsName, LabelKey, Server
from generator.model.number import Port, Quantity
from generator.model.text import Line, RelativePath


class LogsPersistence(Model):
    """One volume for the logs of all components."""

    EXAMPLES = ({"enabled": True, "size": "100Gi", "storageClassName": SHARED_STORAGE_CLASS},)

    enabled: bool = False
    """Whether all components share a volume for logs. It comes before `workers.persistence` and
    `triggerer.persistence`, which are volumes of single pods."""
    existingClaim: DnsName | None = Field(default=None, examples=["team-logs"])
    """A claim that exists already. Without it: the chart makes one."""
    size: Quantity = "100Gi"
    """The volume's size."""
    storageClassName: DnsName | None = Field(default=None, examples=[SHARED_STORAGE_CLASS])
    """The volume's storage class. Without it: the cluster's default class."""
    accessMode: Literal["ReadWriteOnce", "ReadWriteMany"] = "ReadWriteMany"
    """How nodes may mount the volume. ReadWriteOnce works when all pods are on one node."""
    subPath: RelativePath = Field(default="", examples=["etl/logs"])
    """Folder of the logs on the volume."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[CLAIM_ANNOTATIONS])
    """Annotations of the claim."""


class Logs(Model):
    """Log files."""

    EXAMPLES = ({"persistence": {"enabled": True, "storageClassName": SHARED_STORAGE_CLASS}},)

    persistence: LogsPersistence = LogsPersistence()
    """One volume for all components."""
    emptyDirConfig: FreeMap = Field(default={}, examples=[{"sizeLimit": "1Gi"}])
    """Settings of each pod's own volume, when there is no shared one."""


class ElasticsearchConnection(Model):
    """Where Elasticsearch is."""

    scheme: Literal["http", "https"] = Field(default="http", examples=["https"])
    """The scheme of its URL."""
    host: Server | None = Field(default=None, examples=["elasticsearch.example.com"])
    """The server. Needed with Elasticsearch, unless there is a `secretName`."""
    port: Port = 9200
    """The server's port."""


class Elasticsearch(Model):
    """Task logs in Elasticsearch."""

    EXAMPLES = ({"enabled": True, "secretName": "elasticsearch-login"},)

    enabled: bool = False
    """Whether Airflow reads task logs from Elasticsearch."""
    secretName: DnsName | None = Field(default=None, examples=["elasticsearch-login"])
    """A Secret with key `connection`: the whole URL, with user and password. Without it: `connection`."""
    connection: ElasticsearchConnection = ElasticsearchConnection()
    """Where Elasticsearch is, when it asks for no password."""
    writeStdout: bool = True
    """Whether tasks write their logs to standard output, where the cluster's collector takes them."""
    jsonFormat: bool = True
    """Whether those lines are JSON."""
    frontend: Line | None = Field(default=None, examples=["kibana.example.com/app/discover?query={log_id}"])
    """Link to the logs of a task attempt, without scheme. Without it: no link."""
