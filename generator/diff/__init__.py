"""Two rendered states compared by meaning: objects, fields, what restarts; grouped, and without secrets."""

from generator.diff.compare import diff
from generator.diff.machine import as_json
from generator.diff.markdown import GITHUB_LIMIT, MARKER, as_markdown
from generator.diff.model import (
    HIDDEN,
    Diff,
    Effect,
    FieldChange,
    Group,
    ObjectChange,
    ObjectKey,
    Unit,
    Unreadable,
    ValuesChange,
)
from generator.diff.objects import unit_of
from generator.diff.report import summary
from generator.diff.text import Caps, Line, as_text, text_lines

__all__ = [
    "GITHUB_LIMIT",
    "HIDDEN",
    "MARKER",
    "Caps",
    "Diff",
    "Effect",
    "FieldChange",
    "Group",
    "Line",
    "ObjectChange",
    "ObjectKey",
    "Unit",
    "Unreadable",
    "ValuesChange",
    "as_json",
    "as_markdown",
    "as_text",
    "diff",
    "summary",
    "text_lines",
    "unit_of",
]
