"""Rendered state: effective values to objects to files, and the whole repository at once."""

from generator.render.checks import check_objects
from generator.render.deployment import RenderedDeployment, render_deployment
from generator.render.repository import Rendered, Rendering, RenderReport, plan_repository, render_repository
from generator.render.writer import HEADER, Changes, compare, write

__all__ = [
    "HEADER",
    "Changes",
    "RenderReport",
    "Rendered",
    "RenderedDeployment",
    "Rendering",
    "check_objects",
    "compare",
    "plan_repository",
    "render_deployment",
    "render_repository",
    "write",
]
