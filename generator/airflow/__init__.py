"""The Airflow chart's values: their model, the component catalog, and facts about Airflow's versions."""

from generator.airflow.values import AirflowValues

__all__ = ["AirflowValues"]
