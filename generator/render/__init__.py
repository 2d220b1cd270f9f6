"""One deployment rendered: effective values to objects, and what may be wrong with them."""

from generator.render.checks import check_objects
from generator.render.deployment import RenderedDeployment, render_deployment
from generator.render.kinds import CLUSTER_SCOPED
from generator.render.namespace import namespace_object

__all__ = ["CLUSTER_SCOPED", "RenderedDeployment", "check_objects", "namespace_object", "render_deployment"]
