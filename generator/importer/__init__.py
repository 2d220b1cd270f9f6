"""Values of the official Airflow chart become a deployment, with an account of what became of each.

The values may stand alone, or inside of an Argo CD Application or a Flux HelmRelease. Literal secrets are taken out.
"""

from generator.importer.release import import_release
from generator.importer.report import account_text
from generator.importer.result import OUTCOMES, Entry, Imported, NeededSecret, Outcome, leaves
from generator.importer.source import Source, read_release

__all__ = [
    "OUTCOMES",
    "Entry",
    "Imported",
    "NeededSecret",
    "Outcome",
    "Source",
    "account_text",
    "import_release",
    "leaves",
    "read_release",
]
