"""A chart of two small templates with the values of the Airflow chart, so that whole outputs can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from generator.airflow import AirflowValues, check
from generator.charts import ChartMetadata, ChartSource
from tests.desired.repositories import write

CONFIG = """\
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ release.name ~ "-config" }}
  namespace: {{ release.namespace }}
  labels: {{ values.labels or none }}
data:
  executor: {{ values.executor }}
  version: {{ values.airflowVersion }}
  tag: {{ values.defaultAirflowTag }}
  platform: {{ values.platform.release }}
  workspace: {{ values.platform.workspace }}
"""
SCHEDULER = """\
{% if values.scheduler.replicas > 0 %}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ release.name ~ "-scheduler" }}
spec:
  replicas: {{ values.scheduler.replicas }}
  template:
    spec:
      containers:
        - name: scheduler
          image: {{ values.defaultAirflowRepository ~ ":latest" }}
        {% for extra in values.scheduler.extraContainers %}
        - {{ extra }}
        {% endfor %}
{% endif %}
"""
TEMPLATES: Mapping[str, str] = MappingProxyType({"config.yaml.j2": CONFIG, "scheduler.yaml.j2": SCHEDULER})


def tiny_chart(folder: Path, templates: Mapping[str, str] = TEMPLATES) -> ChartSource:
    """The chart, its templates in the folder."""
    write(folder / "chart-templates" / "tiny", templates)
    return ChartSource(
        metadata=ChartMetadata("tiny", "0.1.0", "3.1.0", "A tiny chart.", ">=1.31.0-0"),
        folder=folder / "chart-templates" / "tiny",
        values=AirflowValues,
        catalog={},
        rules=check,
    )
