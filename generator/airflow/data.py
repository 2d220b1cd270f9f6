"""Databases, broker and keys: named by their Secrets, never written down."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.shapes import SecretRef, SslMode
from generator.model import Item, Model
from generator.model.names import DatabaseName, DnsName, Server
from generator.model.number import Port


class MetadataConnection(Model):
    """The parts of a connection to a PostgreSQL database, from which the chart makes the URL in the pods."""

    EXAMPLES = (
        {
            "host": "db.example.com",
            "db": "etl",
            "user": "etl",
            "passwordSecret": {"name": "etl-database", "key": "password"},
        },
    )

    host: Server | None = None
    """The server. With it, the parts are used; without it, `data.metadataSecretName` or the bootstrap job says where
    the database is."""
    port: Port = 5432
    """The server's port."""
    db: DatabaseName = "airflow"
    """The database."""
    protocol: Literal["postgresql", "postgresql+psycopg2"] = "postgresql"
    """The first part of the URL."""
    sslmode: SslMode = Field(default="prefer", examples=["require", "verify-full"])
    """Encryption of the connection."""
    user: DatabaseName = "airflow"
    """The role that Airflow logs in as."""
    userSecret: SecretRef | None = Field(default=None, examples=[{"name": "etl-database", "key": "user"}])
    """A Secret that holds the role's name, instead of `user`."""
    passwordSecret: SecretRef | None = Field(default=None, examples=[{"name": "etl-database", "key": "password"}])
    """A Secret that holds the password; letters, digits and `-._~` only, as it stands in a URL. Needed with `host`."""


class ResultBackendConnection(Item):
    """The database of Celery's results, when it is not the metadata database. Parts not given are as in
    `metadataConnection`."""

    EXAMPLES = (
        {
            "host": "results.example.com",
            "db": "celery_results",
            "user": "celery",
            "passwordSecret": {"name": "etl-results", "key": "password"},
        },
    )

    host: Server | None = Field(default=None, examples=["results.example.com"])
    """The server."""
    port: Port | None = None
    """The server's port."""
    db: DatabaseName | None = Field(default=None, examples=["celery_results"])
    """The database."""
    sslmode: SslMode | None = Field(default=None, examples=["require", "verify-full"])
    """Encryption of the connection."""
    user: DatabaseName | None = Field(default=None, examples=["celery"])
    """The role that Airflow logs in as."""
    userSecret: SecretRef | None = Field(default=None, examples=[{"name": "etl-results", "key": "user"}])
    """A Secret that holds the role's name, instead of `user`."""
    passwordSecret: SecretRef | None = Field(default=None, examples=[{"name": "etl-results", "key": "password"}])
    """A Secret that holds the password."""


class Data(Model):
    """Where Airflow's databases and its broker are."""

    EXAMPLES = ({"metadataSecretName": "etl-metadata"},)

    metadataSecretName: DnsName | None = Field(default=None, examples=["etl-metadata"])
    """A Secret with key `connection`: the whole URL of the metadata database. Without it: `metadataConnection`, or
    the bootstrap job's `<release>-metadata`."""
    metadataConnection: MetadataConnection = MetadataConnection()
    """The metadata database by parts."""
    resultBackendSecretName: DnsName | None = Field(default=None, examples=["etl-results"])
    """A Secret with key `connection`: the whole URL of the database of Celery's results. Without it: the metadata
    database."""
    resultBackendConnection: ResultBackendConnection | None = None
    """The database of Celery's results by parts. Without it: the metadata database."""
    brokerUrlSecretName: DnsName | None = Field(default=None, examples=["etl-broker"])
    """A Secret with key `connection`: the whole URL of the broker. Without it: the chart's own Redis, by
    `<release>-broker-url`, made by the bootstrap job."""


class BuiltInSecretEnvVars(Model):
    """Which secrets the chart gives to Airflow as environment variables. Turn one off to give it in another way
    (`_CMD`, `_SECRET`)."""

    EXAMPLES = ({"AIRFLOW__CORE__FERNET_KEY": False},)

    AIRFLOW__CORE__FERNET_KEY: bool = True
    """The key that encrypts connections and variables."""
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: bool = True
    """The URL of the metadata database."""
    AIRFLOW_CONN_AIRFLOW_DB: bool = True
    """The metadata database as a connection for DAGs and KEDA."""
    AIRFLOW__API__SECRET_KEY: bool = True
    """The key that signs sessions of Airflow 3."""
    AIRFLOW__API_AUTH__JWT_SECRET: bool = True
    """The key that signs tokens of Airflow 3."""
    AIRFLOW__WEBSERVER__SECRET_KEY: bool = True
    """The key that signs sessions of Airflow 2."""
    AIRFLOW__CELERY__RESULT_BACKEND: bool = True
    """The URL of the database of Celery's results."""
    AIRFLOW__CELERY__BROKER_URL: bool = True
    """The URL of the broker."""
    AIRFLOW__ELASTICSEARCH__HOST: bool = True
    """The URL of Elasticsearch."""
