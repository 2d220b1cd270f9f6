"""Everything that people ask of a repository: what there is, what it was, who changed it, and what that did.

Reads git alone, never the writer's memory: what is seen is what a branch has. Any number of threads may ask.
"""

from commander.reading.errors import NotFoundError, PageTokenError, RevisionGoneError
from commander.reading.gitops import GitOpsSettings
from commander.reading.model import (
    LONGEST_PAGE,
    PAGE_SIZE,
    Airflow,
    Commit,
    Comparison,
    Event,
    Fate,
    FileChange,
    Filters,
    Found,
    HistoryEntry,
    Item,
    Kind,
    Match,
    Page,
    Prospect,
    RenderedFile,
    SettingChange,
    TargetChange,
)
from commander.reading.places import applied_of
from commander.reading.reading import Reading

__all__ = [
    "LONGEST_PAGE",
    "PAGE_SIZE",
    "Airflow",
    "Commit",
    "Comparison",
    "Event",
    "Fate",
    "FileChange",
    "Filters",
    "Found",
    "GitOpsSettings",
    "HistoryEntry",
    "Item",
    "Kind",
    "Match",
    "NotFoundError",
    "Page",
    "PageTokenError",
    "Prospect",
    "Reading",
    "RenderedFile",
    "RevisionGoneError",
    "SettingChange",
    "TargetChange",
    "applied_of",
]
