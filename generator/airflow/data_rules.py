"""Rules between values of what Airflow keeps its state in: database, broker, their Secrets, Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator

from generator.airflow.rule import Rule, Values, either, get, missing
from generator.airflow.versions import AirflowVersion
from generator.errors import Problem


def _broker_exists(values: Values) -> Iterator[Problem]:
    if (
        "Celery" in values["executor"]
        and not values["redis"]["enabled"]
        and get(values, "data.brokerUrlSecretName") is None
    ):
        yield Problem(
            f"{values['executor']} needs a broker, and there is none",
            path="data.brokerUrlSecretName",
            allowed="the name of a Secret with the broker's URL under key `connection`, or `redis.enabled: true`",
        )


def _database_exists(values: Values) -> Iterator[Problem]:
    data = values["data"]
    host = data["metadataConnection"].get("host")
    if data.get("metadataSecretName") is None and host is None and not values["bootstrap"]["enabled"]:
        yield Problem(
            "nothing says where the database is",
            path="data.metadataSecretName",
            allowed="one of data.metadataSecretName, data.metadataConnection.host and bootstrap.enabled",
        )
    if host is not None:
        if data.get("metadataSecretName") is not None:
            yield either("data.metadataSecretName", "data.metadataConnection.host")
        if data["metadataConnection"].get("passwordSecret") is None:
            yield missing("data.metadataConnection.passwordSecret", "data.metadataConnection.host is given")
    if data.get("resultBackendSecretName") is not None and data.get("resultBackendConnection") is not None:
        yield either("data.resultBackendSecretName", "data.resultBackendConnection")


def _result_backend_is_complete(values: Values) -> Iterator[Problem]:
    own = get(values, "data.resultBackendConnection")
    if own is None or get(values, "data.metadataConnection.host") is not None:
        return
    needed = ["host", "passwordSecret", *(["user"] if own.get("userSecret") is None else [])]
    for key in needed:
        if own.get(key) is None:
            yield missing(
                f"data.resultBackendConnection.{key}",
                "data.metadataConnection has no host, so there is nothing to take it from",
            )


def _pgbouncer_knows_the_database(values: Values) -> Iterator[Problem]:
    pgbouncer = values["pgbouncer"]
    if (
        pgbouncer["enabled"]
        and get(values, "data.metadataSecretName") is not None
        and pgbouncer.get("configSecretName") is None
    ):
        yield Problem(
            "holds a whole URL, with which Airflow would go past PgBouncer, which is enabled",
            path="data.metadataSecretName",
            allowed="the parts of the connection in data.metadataConnection",
            hint="set data.metadataConnection.host, .db, .user and .passwordSecret instead,"
            " or pgbouncer.configSecretName beside it",
        )


def _keys_exist_without_bootstrap(values: Values) -> Iterator[Problem]:
    if values["bootstrap"]["enabled"]:
        return
    version = AirflowVersion.parse(values["airflowVersion"])
    needed = ["fernetKeySecretName"]
    if version is not None:
        needed += (
            ["webserverSecretKeySecretName"] if version.major == 2 else ["apiSecretKeySecretName", "jwtSecretName"]
        )
    if "Celery" in values["executor"] and values["redis"]["enabled"]:
        needed += ["redis.passwordSecretName", "data.brokerUrlSecretName"]
    if values["pgbouncer"]["enabled"]:
        if get(values, "pgbouncer.configSecretName") is None:
            needed.append("pgbouncer.usersSecretName")
        if values["pgbouncer"]["metricsExporterSidecar"]["enabled"]:
            needed.append("pgbouncer.metricsExporterSidecar.statsSecretName")
    if values["createUserJob"]["enabled"]:
        needed.append("createUserJob.defaultUser.passwordSecret")
    yield from (
        missing(path, "there is no bootstrap job that would make it") for path in needed if get(values, path) is None
    )


def _elasticsearch_is_somewhere(values: Values) -> Iterator[Problem]:
    elasticsearch = values["elasticsearch"]
    if (
        elasticsearch["enabled"]
        and elasticsearch.get("secretName") is None
        and elasticsearch["connection"].get("host") is None
    ):
        yield missing("elasticsearch.connection.host", "Elasticsearch is enabled")


DATA_RULES: tuple[Rule, ...] = (
    _broker_exists,
    _database_exists,
    _result_backend_is_complete,
    _pgbouncer_knows_the_database,
    _keys_exist_without_bootstrap,
    _elasticsearch_is_somewhere,
)
