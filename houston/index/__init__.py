"""Environments, workspaces and deployments in SQL, as git has them at one commit, followed by Commander's watch.

``Follower`` is the one writer of the index; ``ids`` says under which ids names are known.
"""

from houston.index.following import Follower, LateFollowerError, Listener
from houston.index.ids import deployment_id, environment_id, workspace_id

__all__ = ["Follower", "LateFollowerError", "Listener", "deployment_id", "environment_id", "workspace_id"]
