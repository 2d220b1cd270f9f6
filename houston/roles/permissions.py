"""All permissions there are, by the level at which they are asked for.

Their names are Astronomer's (published in its documentation and values), so that configurations carry over.
"""

from __future__ import annotations

from enum import Enum
from typing import NewType

#: ``level.entity.verb``; one of ``PERMISSIONS``.
Permission = NewType("Permission", str)


class Level(Enum):
    """Where a role can be given. What a role has at a place, it has in all that is inside."""

    DEPLOYMENT = "deployment"
    WORKSPACE = "workspace"
    SYSTEM = "system"

    def holds(self, other: Level) -> bool:
        """Whether places of the other level are inside those of this one, or are the same."""
        order = list(Level)
        return order.index(other) <= order.index(self)


_DEPLOYMENT = """
    adminCount.get airflow.admin airflow.get airflow.user config.delete config.get config.update config.upsert
    deployRevisions.get images.pull images.push logs.get metrics.get serviceAccounts.create serviceAccounts.delete
    serviceAccounts.get serviceAccounts.update status.get taskUsage.get teamRoles.update teams.get userRoles.update
    users.get variables.get variables.update
"""
_WORKSPACE = """
    adminCount.get config.delete config.get config.update deployments.create deployments.get deployments.upsert
    iam.update invites.get serviceAccounts.create serviceAccounts.delete serviceAccounts.get serviceAccounts.update
    taskUsage.get teams.get teams.getAll users.get users.getAll
"""
_SYSTEM = """
    adminCount.get airflow.admin airflow.get airflow.user airflow.viewer audit.get cleanupAirflowDb.delete
    cleanupDeployRevisions.delete deployRevisions.get deployment.variables.get deployment.variables.update
    deployments.create deployments.delete deployments.get deployments.images.push deployments.logs deployments.metrics
    deployments.status deployments.update deployments.upsert getAirflowReleaseById getDeploymentById getEmailById
    iam.update invite.get invites.get monitoring.get registryBaseImages.push serviceAccounts.create
    serviceAccounts.delete serviceAccounts.get serviceAccounts.update taskUsage.get teams.create teams.get teams.remove
    teams.update updates.get user.delete user.invite user.verifyEmail users.get workspace.create workspace.delete
    workspace.get workspace.update
"""


def _named(level: Level, names: str) -> dict[Permission, Level]:
    return {Permission(f"{level.value}.{name}"): level for name in names.split()}


#: Each permission, with the level of the places that it is asked at.
PERMISSIONS: dict[Permission, Level] = {
    **_named(Level.DEPLOYMENT, _DEPLOYMENT),
    **_named(Level.WORKSPACE, _WORKSPACE),
    **_named(Level.SYSTEM, _SYSTEM),
}
