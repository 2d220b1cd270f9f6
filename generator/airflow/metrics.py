"""How StatsD names of Airflow become metrics of Prometheus.

Labels are what can be counted on: no DAG, task, file or run becomes a label, since their number has no bound. What no
mapping names is dropped for the same reason: people's own metrics need a mapping in ``statsd.extraMappings``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Mapping: TypeAlias = dict[str, Any]


def _mapping(match: str, name: str, **labels: str) -> Mapping:
    return {"match": match, "match_type": "regex", "name": name, **({"labels": labels} if labels else {})}


# The first that matches wins. Dots in DAG and task names are why names are matched from both ends.
MAPPINGS: tuple[Mapping, ...] = (
    {
        **_mapping(r"^airflow\.([a-z_]+)_heartbeat$", "airflow_${1}_heartbeat", type="counter"),
        "match_metric_type": "counter",
    },
    _mapping(r"^airflow\.([a-z_]+)_heartbeat_failure$", "airflow_${1}_heartbeat_failure"),
    _mapping(r"^airflow\.operator_(failures|successes)_(.+)$", "airflow_operator_${1}", operator="$2"),
    _mapping(r"^airflow\.task_instance_created_(.+)$", "airflow_task_instance_created", operator="$1"),
    _mapping(r"^airflow\.ti\.start\..+$", "airflow_ti_start"),
    _mapping(r"^airflow\.ti\.finish\..+\.([a-z_]+)$", "airflow_ti_finish", state="$1"),
    _mapping(r"^airflow\.(ti\.(?:running|queued|scheduled|deferred))\..+$", "airflow_$1"),
    _mapping(r"^airflow\.dag\..+\.(duration|queued_duration|scheduled_duration)$", "airflow_task_$1"),
    _mapping(
        r"^airflow\.(dagrun\.duration\.(?:success|failed)|dagrun\.schedule_delay|dagrun\.dependency-check)(?:\..+)?$",
        "airflow_$1",
    ),
    _mapping(r"^airflow\.dagrun\..+\.first_task_scheduling_delay$", "airflow_dagrun_first_task_scheduling_delay"),
    _mapping(
        r"^airflow\.dag_processing\.(last_run\.seconds_ago|last_runtime|last_duration|last_num_of_db_queries)\..+$",
        "airflow_dag_processing_$1",
    ),
    _mapping(r"^airflow\.(task_removed_from_dag|task_restored_to_dag|local_task_job\.task_exit)\..+$", "airflow_$1"),
    _mapping(r"^airflow\.pool\.([a-z_]+)\.(.+)$", "airflow_pool_$1", pool="$2"),
    _mapping(r"^airflow\.executor\.([a-z_]+)\.(.+)$", "airflow_executor_$1", executor="$2"),
    _mapping(r"^airflow\.(triggers\.running|triggerer\.capacity_left)\.(.+)$", "airflow_$1", host="$2"),
    _mapping(
        r"^airflow\.((?:scheduler|dag_processing|executor|celery|triggers|kubernetes_executor|asset|dataset|dag|task|edge_worker)"
        r"\.[a-z_.]+|[a-z_]+)$",
        "airflow_$1",
    ),
    {**_mapping(".", "dropped"), "action": "drop"},
)
