"""The Airflow chart's values: their model, the component catalog, and facts about Airflow's versions."""

from generator.airflow.catalog import CATALOG, JOBS, catalog_json
from generator.airflow.facts import CatalogEntry, Job
from generator.airflow.rules import check
from generator.airflow.schemas import SHAPES, chart_schema, layer_schema
from generator.airflow.upgrades import upgrade_problem, upgrades
from generator.airflow.values import AirflowValues
from generator.airflow.versions import EXECUTORS, RUNTIMES, SUPPORTED, AirflowVersion, airflow_of_runtime

__all__ = [
    "CATALOG",
    "EXECUTORS",
    "JOBS",
    "RUNTIMES",
    "SHAPES",
    "SUPPORTED",
    "AirflowValues",
    "AirflowVersion",
    "CatalogEntry",
    "Job",
    "airflow_of_runtime",
    "catalog_json",
    "chart_schema",
    "check",
    "layer_schema",
    "upgrade_problem",
    "upgrades",
]
