"""Who may do what: permissions, roles, and what follows from the roles that somebody has. Pure.

``Roles`` is the matrix, made of Astronomer's nine roles and what a configuration changes of them or adds. It turns the
bindings of one subject into a ``Grant``, the only thing that says yes: to one question (``permits``), or as the places
where a permission holds (``reach``), by which lists are filtered.
"""

from houston.roles.grant import Binding, Grant, Place, Reach
from houston.roles.matrix import Role, Roles
from houston.roles.permissions import PERMISSIONS, Level, Permission
from houston.roles.settings import RoleSettings

__all__ = [
    "PERMISSIONS",
    "Binding",
    "Grant",
    "Level",
    "Permission",
    "Place",
    "Reach",
    "Role",
    "RoleSettings",
    "Roles",
]
