"""One deployment rendered: effective values to objects, and what may be wrong with them."""

from generator.render.checks import check_objects
from generator.render.deployment import RenderedDeployment, release_problems, render_deployment
from generator.render.kinds import CLUSTER_SCOPED
from generator.render.namespace import namespace_object
from generator.render.places import Written

__all__ = [
    "CLUSTER_SCOPED",
    "RenderedDeployment",
    "Written",
    "check_objects",
    "namespace_object",
    "release_problems",
    "render_deployment",
]
