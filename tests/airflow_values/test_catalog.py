"""The catalog fits the values, itself, and the programs it describes."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from generator.airflow import CATALOG, JOBS, AirflowValues, CatalogEntry, catalog_json
from generator.airflow.facts import Check, Job, Port, Sidecar
from generator.airflow.facts import Ingress as FactsIngress
from generator.airflow.knobs import Component, JobKnobs
from generator.airflow.metrics import MAPPINGS
from generator.airflow.network import Ingress, NetworkPolicies
from generator.model.fields import fields


def test_every_component_and_job_of_the_values_is_in_the_catalog() -> None:
    classes = {field.name: field.model for field in fields(AirflowValues) if field.model}
    assert {name for name, model in classes.items() if issubclass(model, Component)} == set(CATALOG)
    assert {name for name, model in classes.items() if issubclass(model, JobKnobs)} == set(JOBS)


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
def test_an_entry_refers_to_what_exists(entry: CatalogEntry) -> None:
    labels = {other.label for other in CATALOG.values()} | {job.label for job in JOBS.values()}
    assert {client for rule in entry.ingress for client in rule.clients} <= labels
    assert {outside for rule in entry.ingress for outside in rule.outside} <= set(NetworkPolicies.model_fields)
    checks = (entry.probes.liveness, entry.probes.readiness, entry.probes.startup)
    assert {check.prefix for check in checks if check.prefix} <= set(Ingress.model_fields)
    assert all((check.command is None) != (check.path is None and check.port is None) for check in checks)
    assert not any(check.path and check.port not in {port.port for port in entry.ports} for check in checks)


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
def test_who_may_connect_is_said_for_every_port_but_that_of_the_kubelet(entry: CatalogEntry) -> None:
    open_ports = {rule.port for rule in entry.ingress}
    assert {port.port for port in entry.ports} - open_ports <= {8974}
    assert entry.scrape is None or entry.scrape in open_ports


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        (CatalogEntry, r"(c|entry|catalog\.[a-z]\w*)"),
        (Job, r"(c|job)"),
        (Sidecar, r"(c|catalog\.sidecars\.\w+)"),
        (FactsIngress, "(rule)"),
        (Port, "(p)"),
        (Check, r"(check|c\.probes\.(?:liveness|readiness|startup))"),
    ],
)
def test_every_fact_is_read_by_a_template_or_by_code(kind: type, called: str) -> None:
    root = Path(__file__).parents[2]
    files = [*(root / "chart-templates").rglob("*.j2"), *(root / "generator").rglob("*.py")]
    read = {match[2] for file in files for match in re.finditer(rf"\b{called}\.(\w+)", file.read_text())}
    assert {field.name for field in dataclasses.fields(kind)} - read == set()


def test_names_differ() -> None:
    names = [entry.name for entry in CATALOG.values()] + [job.name for job in JOBS.values()]
    labels = [entry.label for entry in CATALOG.values()] + [job.label for job in JOBS.values()]
    assert len(set(names)) == len(set(labels)) == len(CATALOG) + len(JOBS)


@pytest.mark.parametrize(
    ("key", "name", "label", "ports"),
    [
        ("scheduler", "scheduler", "scheduler", {"health": 8974, "worker-logs": 8793}),
        ("webserver", "webserver", "webserver", {"airflow-ui": 8080}),
        ("apiServer", "api-server", "api-server", {"api-server": 8080}),
        ("workers", "worker", "worker", {"worker-logs": 8793}),
        ("triggerer", "triggerer", "triggerer", {"triggerer-logs": 8794}),
        ("flower", "flower", "flower", {"flower-ui": 5555}),
        ("redis", "redis", "redis", {"redis-db": 6379}),
        ("pgbouncer", "pgbouncer", "pgbouncer", {"pgbouncer": 6543}),
        ("statsd", "statsd", "statsd", {"statsd-ingest": 9125, "statsd-scrape": 9102}),
    ],
)
def test_names_and_ports_are_those_of_the_official_chart(
    key: str, name: str, label: str, ports: dict[str, int]
) -> None:
    entry = CATALOG[key]
    assert (entry.name, entry.label, {port.name: port.port for port in entry.ports}) == (name, label, ports)


def test_the_catalog_for_templates_is_json() -> None:
    catalog = catalog_json()
    assert json.loads(json.dumps(catalog)) == catalog
    assert set(catalog) == {*CATALOG, *JOBS, "sidecars", "units", "statsdMappings"}
    assert catalog["workers"]["ports"] == [{"name": "worker-logs", "port": 8793, "protocol": "TCP"}]
    assert catalog["units"] == {"cpuMilli": 100, "memoryMebi": 384}


@pytest.mark.parametrize(
    ("sent", "kind", "name", "labels"),
    [
        ("airflow.scheduler_heartbeat", "counter", "airflow_scheduler_heartbeat", {"type": "counter"}),
        (
            "airflow.operator_failures_BashOperator",
            "counter",
            "airflow_operator_failures",
            {"operator": "BashOperator"},
        ),
        ("airflow.ti.start.my.dag.my_task", "counter", "airflow_ti_start", {}),
        ("airflow.ti.finish.my.dag.my_task.success", "counter", "airflow_ti_finish", {"state": "success"}),
        ("airflow.dag.my.dag.my_task.duration", "timer", "airflow_task_duration", {}),
        ("airflow.dag.my.dag.my_task.queued_duration", "timer", "airflow_task_queued_duration", {}),
        ("airflow.dagrun.duration.success.my.dag", "timer", "airflow_dagrun_duration_success", {}),
        ("airflow.dagrun.duration.success", "timer", "airflow_dagrun_duration_success", {}),
        ("airflow.dag_processing.last_duration.my_file", "timer", "airflow_dag_processing_last_duration", {}),
        ("airflow.pool.open_slots.default_pool", "gauge", "airflow_pool_open_slots", {"pool": "default_pool"}),
        ("airflow.executor.open_slots", "gauge", "airflow_executor_open_slots", {}),
        (
            "airflow.executor.open_slots.CeleryExecutor",
            "gauge",
            "airflow_executor_open_slots",
            {"executor": "CeleryExecutor"},
        ),
        ("airflow.scheduler.tasks.starving", "gauge", "airflow_scheduler_tasks_starving", {}),
        ("airflow.dagbag_size", "gauge", "airflow_dagbag_size", {}),
        ("airflow.my.own.metric", "counter", None, {}),
        ("other.metric", "counter", None, {}),
    ],
)
def test_metrics_have_names_and_few_labels(sent: str, kind: str, name: str | None, labels: dict[str, str]) -> None:
    """The exporter takes the first mapping that matches. These regular expressions mean the same in Go and Python."""
    for mapping in MAPPINGS:
        match = re.search(mapping["match"], sent)
        if match is not None and mapping.get("match_metric_type", kind) == kind:
            break
    else:
        pytest.fail("no mapping matches")

    def filled(template: str) -> str:
        return re.sub(r"\$\{?([0-9])\}?", lambda group: match[int(group[1])], template)

    if mapping.get("action") == "drop":
        assert name is None
    else:
        assert (
            filled(mapping["name"]).replace(".", "_").replace("-", "_"),
            {key: filled(value) for key, value in mapping.get("labels", {}).items()},
        ) == (name, labels)
