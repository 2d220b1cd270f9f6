"""Rendering of a whole repository: only what is affected, on all cores, written whole or not at all.

Modules that a run with nothing to do needs import little; the templates and models are imported when a deployment is
rendered. For the same reason ``generator.engine.snapshot`` is a door of its own: ``Snapshot``, ``Edits``, ``Step``.
"""

from generator.engine.report import Affected, Changes, Rendered, Rendering, RenderReport
from generator.engine.repository import (
    plan_repository,
    render_repository,
    validate_repository,
)

__all__ = [
    "Affected",
    "Changes",
    "RenderReport",
    "Rendered",
    "Rendering",
    "plan_repository",
    "render_repository",
    "validate_repository",
]
