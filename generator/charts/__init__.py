"""Charts as things: templates and a values model in; a Helm chart, its package, and a native program out."""

from generator.charts.build import chart_files, package, package_name, source_map
from generator.charts.ingredients import DIGEST_LENGTH
from generator.charts.source import ChartMetadata, ChartSource, Values
from generator.charts.validation import validate

__all__ = [
    "DIGEST_LENGTH",
    "ChartMetadata",
    "ChartSource",
    "Values",
    "chart_files",
    "package",
    "package_name",
    "source_map",
    "validate",
]
