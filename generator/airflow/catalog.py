"""What is known of each component when the chart is made: names, ports, commands, checks, and who connects to it.

Names of objects, containers, ports and the ``component`` label are those of the official Airflow chart, because
dashboards, alerts and people's network policies select by them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from generator.airflow.facts import CatalogEntry, Check, Ingress, Job, Port, Probes, Sidecar
from generator.airflow.metrics import MAPPINGS

_RUNNERS = ("scheduler", "worker", "triggerer", "dag-processor")
_PAGES = ("webserver", "api-server")
_JOBS = ("run-airflow-migrations", "create-user-job", "database-cleanup", "airflow-cleanup-pods")
_ALL_OF_AIRFLOW = (*_RUNNERS, *_PAGES)

_PROCESS_RUNS = Check(command=("sh", "-c", "kill -0 1"))


def _heartbeat(job: str) -> Check:
    """Airflow's own look at the heartbeat in the database; takes seconds, since it starts Airflow's command line."""
    quiet = "CONNECTION_CHECK_MAX_COUNT=0 AIRFLOW__LOGGING__LOGGING_LEVEL=ERROR"
    return Check(command=("sh", "-c", f"{quiet} exec /entrypoint airflow jobs check --job-type {job} --local"))


def _same(check: Check) -> Probes:
    return Probes(check, check, check)


# The webserver writes its pid file and, when the image has none, its configuration into Airflow's home, which is
# read-only.
_WEBSERVER = (
    "test -e ${AIRFLOW_HOME}/webserver_config.py"
    " || export AIRFLOW__WEBSERVER__CONFIG_FILE=${AIRFLOW__WEBSERVER__CONFIG_FILE:-/tmp/webserver_config.py}\n"
    "exec airflow webserver --pid /tmp/airflow-webserver.pid"
)

_CELERY_PING = Check(
    command=(
        "sh",
        "-c",
        "CONNECTION_CHECK_MAX_COUNT=0 exec /entrypoint"
        " python -m celery --app airflow.providers.celery.executors.celery_executor.app inspect ping"
        " --destination celery@$(hostname)",
    )
)

CATALOG: dict[str, CatalogEntry] = {
    entry.key: entry
    for entry in (
        CatalogEntry(
            key="scheduler",
            name="scheduler",
            label="scheduler",
            container="scheduler",
            airflow=True,
            args=("bash", "-c", "exec airflow scheduler"),
            # Its own health server costs nothing; the command line costs seconds of CPU at each look.
            probes=_same(Check(path="/health", port=8974)),
            # worker-logs is open with LocalExecutor only.
            ports=(Port("health", 8974), Port("worker-logs", 8793)),
            ingress=(Ingress(8793, clients=_PAGES),),
        ),
        CatalogEntry(
            key="webserver",
            name="webserver",
            label="webserver",
            container="webserver",
            airflow=True,
            args=("bash", "-c", _WEBSERVER),
            probes=_same(Check(path="/health", port=8080, prefix="web")),
            ports=(Port("airflow-ui", 8080),),
            ingress=(Ingress(8080, outside=("ingressController",)),),
        ),
        CatalogEntry(
            key="apiServer",
            name="api-server",
            label="api-server",
            container="api-server",
            airflow=True,
            args=("bash", "-c", "exec airflow api-server"),
            probes=Probes(
                liveness=Check(path="/api/v2/version", port=8080, prefix="apiServer"),
                readiness=Check(path="/api/v2/monitor/health", port=8080, prefix="apiServer"),
                startup=Check(path="/api/v2/version", port=8080, prefix="apiServer"),
            ),
            ports=(Port("api-server", 8080),),
            # Tasks, the triggerer and the DAG processor ask the API server for what Airflow 2 read from the database.
            ingress=(Ingress(8080, clients=_RUNNERS, outside=("ingressController",)),),
        ),
        CatalogEntry(
            key="dagProcessor",
            name="dag-processor",
            label="dag-processor",
            container="dag-processor",
            airflow=True,
            args=("bash", "-c", "exec airflow dag-processor"),
            probes=Probes(
                liveness=_heartbeat("DagProcessorJob"), readiness=_PROCESS_RUNS, startup=_heartbeat("DagProcessorJob")
            ),
        ),
        CatalogEntry(
            key="triggerer",
            name="triggerer",
            label="triggerer",
            container="triggerer",
            airflow=True,
            args=("bash", "-c", "exec airflow triggerer"),
            probes=Probes(liveness=_heartbeat("TriggererJob"), readiness=Check(port=8794), startup=Check(port=8794)),
            ports=(Port("triggerer-logs", 8794),),
            ingress=(Ingress(8794, clients=_PAGES),),
        ),
        CatalogEntry(
            key="workers",
            name="worker",
            label="worker",
            container="worker",
            airflow=True,
            # The queues are a part of the command line, so the templates make it.
            probes=Probes(liveness=_CELERY_PING, readiness=Check(port=8793), startup=Check(port=8793)),
            ports=(Port("worker-logs", 8793),),
            ingress=(Ingress(8793, clients=_PAGES),),
        ),
        CatalogEntry(
            key="flower",
            name="flower",
            label="flower",
            container="flower",
            airflow=True,
            args=("bash", "-c", "exec airflow celery flower"),
            probes=_same(Check(path="/healthcheck", port=5555, prefix="flower")),
            ports=(Port("flower-ui", 5555),),
            ingress=(Ingress(5555, outside=("ingressController",)),),
        ),
        CatalogEntry(
            key="redis",
            name="redis",
            label="redis",
            container="redis",
            airflow=False,
            command=("redis-server",),
            args=("--requirepass", "$(REDIS_PASSWORD)", "--dir", "/data"),
            # redis-cli takes the password from REDISCLI_AUTH, and ends well even when it is refused.
            probes=_same(Check(command=("sh", "-c", "redis-cli ping | grep -q PONG"))),
            ports=(Port("redis-db", 6379),),
            ingress=(Ingress(6379, clients=("scheduler", "worker", "flower")),),
        ),
        CatalogEntry(
            key="pgbouncer",
            name="pgbouncer",
            label="pgbouncer",
            container="pgbouncer",
            airflow=False,
            command=("pgbouncer", "/etc/pgbouncer/pgbouncer.ini"),
            probes=_same(Check(port=6543)),
            ports=(Port("pgbouncer", 6543),),
            ingress=(
                Ingress(6543, clients=(*_ALL_OF_AIRFLOW, "flower", *_JOBS), outside=("keda",)),
                Ingress(9127, outside=("prometheus",)),
            ),
            scrape=9127,
        ),
        CatalogEntry(
            key="statsd",
            name="statsd",
            label="statsd",
            container="statsd",
            airflow=False,
            args=("--statsd.mapping-config=/etc/statsd-exporter/mappings.yml",),
            probes=Probes(
                liveness=Check(path="/-/healthy", port=9102),
                readiness=Check(path="/-/ready", port=9102),
                startup=Check(path="/-/ready", port=9102),
            ),
            ports=(Port("statsd-ingest", 9125, "UDP"), Port("statsd-scrape", 9102)),
            ingress=(
                Ingress(9125, "UDP", clients=(*_ALL_OF_AIRFLOW, "flower", *_JOBS)),
                Ingress(9102, outside=("prometheus",)),
            ),
            scrape=9102,
        ),
    )
}


JOBS: dict[str, Job] = {
    job.key: job
    for job in (
        Job(
            key="bootstrap",
            name="bootstrap",
            label="bootstrap",
            container="bootstrap",
            airflow=False,
        ),
        Job(
            key="migrateDatabaseJob",
            name="run-airflow-migrations",
            label="run-airflow-migrations",
            container="run-airflow-migrations",
            airflow=True,
        ),
        Job(
            key="createUserJob",
            name="create-user",
            label="create-user-job",
            container="create-user",
            airflow=True,
        ),
        Job(
            key="cleanup",
            name="cleanup",
            label="airflow-cleanup-pods",
            container="airflow-cleanup-pods",
            airflow=True,
        ),
        Job(
            key="databaseCleanup",
            name="database-cleanup",
            label="database-cleanup",
            container="database-cleanup",
            airflow=True,
        ),
    )
}


SIDECARS: dict[str, Sidecar] = {
    "gitSync": Sidecar("git-sync", _same(Check(path="/", port=1234)), (Port("git-sync-http", 1234),)),
    "logGroomer": Sidecar("log-groomer", _same(_PROCESS_RUNS), args=("bash", "/clean-logs")),
    "pgbouncerExporter": Sidecar(
        "metrics-exporter", _same(Check(path="/metrics", port=9127)), (Port("metrics", 9127),)
    ),
}

UNIT_CPU_MILLI = 100
UNIT_MEMORY_MEBI = 384


def catalog_json() -> dict[str, Any]:
    """The catalog as plain JSON, for the chart's templates: each component and job under its key in the values, and
    beside them ``sidecars``, ``units`` and ``statsdMappings``."""
    return {
        **{key: {**_plain(asdict(entry)), "ingress": _ingress(entry)} for key, entry in CATALOG.items()},
        **{key: _plain(asdict(job)) for key, job in JOBS.items()},
        "sidecars": {key: _plain(asdict(sidecar)) for key, sidecar in SIDECARS.items()},
        "units": {"cpuMilli": UNIT_CPU_MILLI, "memoryMebi": UNIT_MEMORY_MEBI},
        "statsdMappings": _plain(MAPPINGS),
    }


def _ingress(entry: CatalogEntry) -> list[Any]:
    """Who may connect, each with the name of the port: templates call what they make for it so."""
    ports = [*entry.ports, *(port for sidecar in SIDECARS.values() for port in sidecar.ports)]
    names = {port.port: port.name for port in reversed(ports)}
    return [{"name": names[rule.port], **_plain(asdict(rule))} for rule in entry.ingress]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
