"""A repository on disk: its desired state read with care, its rendered state looked over and replaced as a whole.

Light to import: a run that finds nothing to do needs no more than this.
"""

from generator.worktree.desired_files import LIMITS, Files, Limits, read_files, shown
from generator.worktree.desired_files import ROOT as DESIRED
from generator.worktree.inventory import (
    HEADER,
    RENDERED,
    Inventory,
    Stamp,
    digest,
    header,
    is_generated,
    same_but_for_names,
    scan,
    stamp,
)
from generator.worktree.staging import MANY, STAGING, Staging, locked, recover, staging_problems

__all__ = [
    "DESIRED",
    "HEADER",
    "LIMITS",
    "MANY",
    "RENDERED",
    "STAGING",
    "Files",
    "Inventory",
    "Limits",
    "Staging",
    "Stamp",
    "digest",
    "header",
    "is_generated",
    "locked",
    "read_files",
    "recover",
    "same_but_for_names",
    "scan",
    "shown",
    "staging_problems",
    "stamp",
]
