"""The chart's JSON Schemas, and the classes that its templates name."""

from __future__ import annotations

from typing import Any

from generator.airflow.images import Image
from generator.airflow.knobs import (
    AirflowComponent,
    Component,
    CronJobKnobs,
    DeploymentComponent,
    JobKnobs,
    LoggingComponent,
    PodKnobs,
)
from generator.airflow.values import AirflowValues
from generator.model import Model, partial_schema, values_schema

#: Classes that no setting has as its own type, but whose names the templates' macros use.
SHAPES: tuple[type[Model], ...] = (
    PodKnobs,
    Component,
    DeploymentComponent,
    AirflowComponent,
    LoggingComponent,
    JobKnobs,
    CronJobKnobs,
    Image,
)

_TITLE = "Values of the Stargit Airflow chart"


def chart_schema() -> dict[str, Any]:
    """Schema of complete values: the chart's values.schema.json, and the types of its templates."""
    return values_schema(AirflowValues, title=_TITLE, id="urn:stargit:airflow-values", shapes=SHAPES)


def layer_schema() -> dict[str, Any]:
    """Schema of values that a person writes: any part of them, null where a default is to go."""
    return partial_schema(AirflowValues, title=_TITLE, id="urn:stargit:airflow-values-layer")
