"""Where the files lie that belong to Stargit but are no Python: folders of the checkout, or of the installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

from generator.errors import Problem, ProblemsError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder ``name`` of the project (``tools/helm``, ``schemas/custom``).

    A wheel carries it as ``stargit/_data/<name>`` (``force-include`` in pyproject.toml); a checkout has it at its root.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise ProblemsError([Problem(f"this installation of Stargit has no folder '{name}'", hint="install Stargit again")])


def cache_folder() -> Path:
    """The person's cache for Stargit; it can be deleted at any time. It may not exist yet."""
    if own := os.environ.get("STARGIT_CACHE"):
        return Path(own)
    return _base("XDG_CACHE_HOME", ".cache") / "stargit"


def state_folder() -> Path:
    """What Stargit keeps for the person between runs: sockets, copies of repositories. It may not exist yet."""
    return _base("XDG_STATE_HOME", ".local/state") / "stargit"


def _base(variable: str, otherwise: str) -> Path:
    """A folder of the XDG Base Directory Specification, by which a relative path is to be ignored."""
    shared = os.environ.get(variable)
    return Path(shared) if shared and Path(shared).is_absolute() else Path.home() / otherwise
