"""The Airflow chart: its templates, model and catalog put together."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.airflow.catalog import catalog_json
from generator.airflow.official import instead_of
from generator.airflow.rules import check
from generator.airflow.schemas import SHAPES
from generator.airflow.values import AirflowValues
from generator.charts import ChartMetadata, ChartSource
from generator.derived import derived

#: In a checkout the templates lie beside the packages; in a wheel, inside.
_FOLDERS = (Path(__file__).parents[2] / "chart-templates", Path(__file__).parents[1] / "_chart_templates")


@cache
def airflow_chart() -> ChartSource:
    """The Airflow chart of this version of Stargit."""
    folder = next(path for path in _FOLDERS if path.is_dir())
    return ChartSource(
        metadata=ChartMetadata(
            name="airflow",
            version="0.1.0",
            app_version=str(AirflowValues().airflowVersion),
            description="Apache Airflow 2.7 and later for one team, ready for GitOps:"
            " nothing random, nothing secret, no hooks.",
            kube_version=">=1.31.0-0",
            keywords=("airflow", "gitops", "workflow"),
            home="https://airflow.apache.org",
        ),
        folder=folder / "airflow",
        values=AirflowValues,
        catalog=catalog_json(),
        shapes=SHAPES,
        rules=check,
        instead=instead_of,
        kept=derived,
    )
