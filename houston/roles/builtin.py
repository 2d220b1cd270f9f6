"""The matrix as data: Astronomer's nine roles as they are by default, and what everybody may who is logged in.

Facts: the defaults of Astronomer Software 0.35. ``system.audit.get`` is Stargit's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from houston.roles.permissions import PERMISSIONS, Level, Permission

#: Has no binding: everybody has it who is logged in.
USER = "USER"

_GIVEN = {
    "DEPLOYMENT_VIEWER": """
        deployment.airflow.get deployment.config.get deployment.deployRevisions.get deployment.images.pull
        deployment.logs.get deployment.metrics.get deployment.serviceAccounts.get deployment.status.get
        deployment.taskUsage.get deployment.teams.get deployment.users.get deployment.variables.get
    """,
    "DEPLOYMENT_EDITOR": """
        deployment.adminCount.get deployment.airflow.user deployment.config.update deployment.config.upsert
        deployment.images.push deployment.serviceAccounts.create deployment.serviceAccounts.delete
        deployment.serviceAccounts.update deployment.variables.update
    """,
    "DEPLOYMENT_ADMIN": """
        deployment.airflow.admin deployment.config.delete deployment.teamRoles.update deployment.userRoles.update
    """,
    "WORKSPACE_VIEWER": """
        workspace.config.get workspace.deployments.get workspace.serviceAccounts.get workspace.taskUsage.get
        workspace.teams.get workspace.users.get
    """,
    "WORKSPACE_EDITOR": """
        workspace.adminCount.get workspace.config.update workspace.deployments.create workspace.deployments.upsert
        workspace.serviceAccounts.create workspace.serviceAccounts.delete workspace.serviceAccounts.update
    """,
    "WORKSPACE_ADMIN": """
        workspace.config.delete workspace.iam.update workspace.invites.get workspace.teams.getAll
        workspace.users.getAll
    """,
    "SYSTEM_VIEWER": """
        system.airflow.get system.airflow.viewer system.deployRevisions.get system.deployment.variables.get
        system.deployments.get system.deployments.logs system.deployments.metrics system.deployments.status
        system.invite.get system.monitoring.get system.serviceAccounts.get system.taskUsage.get system.teams.get
        system.updates.get system.users.get system.workspace.get
    """,
    "SYSTEM_EDITOR": """
        system.adminCount.get system.airflow.user system.deployment.variables.update system.registryBaseImages.push
        system.serviceAccounts.update
    """,
    "SYSTEM_ADMIN": """
        system.airflow.admin system.audit.get system.cleanupAirflowDb.delete system.cleanupDeployRevisions.delete
        system.deployments.create system.deployments.delete system.deployments.images.push system.deployments.update
        system.deployments.upsert system.iam.update system.invites.get system.serviceAccounts.create
        system.serviceAccounts.delete system.teams.create system.teams.remove system.teams.update system.user.delete
        system.user.invite system.user.verifyEmail system.workspace.delete system.workspace.update
    """,
    USER: """
        system.getAirflowReleaseById system.getDeploymentById system.getEmailById system.workspace.create
    """,
}
#: What a role has beside its own. Editors and viewers of a workspace have no rights in its deployments; its
#: administrators have all of them.
_ALSO = {
    "DEPLOYMENT_EDITOR": ("DEPLOYMENT_VIEWER",),
    "DEPLOYMENT_ADMIN": ("DEPLOYMENT_EDITOR",),
    "WORKSPACE_EDITOR": ("WORKSPACE_VIEWER",),
    "WORKSPACE_ADMIN": ("WORKSPACE_EDITOR", "DEPLOYMENT_ADMIN"),
    "SYSTEM_VIEWER": ("WORKSPACE_VIEWER", "DEPLOYMENT_VIEWER"),
    "SYSTEM_EDITOR": ("SYSTEM_VIEWER", "WORKSPACE_EDITOR", "DEPLOYMENT_EDITOR"),
    "SYSTEM_ADMIN": ("SYSTEM_EDITOR", "WORKSPACE_ADMIN", "DEPLOYMENT_ADMIN", USER),
}


def _whole(name: str) -> frozenset[Permission]:
    own = frozenset(map(Permission, _GIVEN[name].split()))
    if unknown := own - PERMISSIONS.keys():
        raise ValueError(f"{name} has permissions that there are not: {sorted(unknown)}")
    return own.union(*map(_whole, _ALSO.get(name, ())))


#: Each role's whole permissions, those of the roles before it with them.
BUILTIN: Mapping[str, frozenset[Permission]] = {name: _whole(name) for name in _GIVEN}
LEVELS: Mapping[str, Level] = {
    name: Level.SYSTEM if name == USER else Level(name.partition("_")[0].lower()) for name in _GIVEN
}
