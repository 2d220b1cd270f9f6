"""The matrix: the built-in roles as Astronomer has them, and what a configuration makes of them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from houston.roles import PERMISSIONS, Binding, Level, Permission, Place, Roles, RoleSettings
from houston.roles.builtin import BUILTIN, USER

TABLE = Path(__file__).with_name("matrix.txt")
WORKSPACE, DEPLOYMENT = UUID(int=1), UUID(int=2)
PLACES = {
    Level.SYSTEM: Place(),
    Level.WORKSPACE: Place(WORKSPACE),
    Level.DEPLOYMENT: Place(WORKSPACE, DEPLOYMENT),
}


def table(roles: Roles) -> str:
    """A line for each permission: who has it."""
    everybody = roles.grant([], is_user=True)
    return "".join(
        f"{permission}: "
        + ", ".join(
            [
                *([USER] if everybody.reach(permission) else []),
                *(role.name for role in roles.values() if permission in role.permissions),
            ]
        )
        + "\n"
        for permission in sorted(PERMISSIONS)
    )


def settings(**roles: dict[str, object]) -> dict[str, RoleSettings]:
    return {name: RoleSettings.model_validate(each) for name, each in roles.items()}


def test_the_built_in_matrix_is_as_written() -> None:
    assert table(Roles()) == TABLE.read_text()


def test_a_role_is_never_below_the_one_before_it() -> None:
    for level in ("SYSTEM", "WORKSPACE", "DEPLOYMENT"):
        viewer, editor, admin = (BUILTIN[f"{level}_{kind}"] for kind in ("VIEWER", "EDITOR", "ADMIN"))
        assert viewer < editor < admin


def test_a_system_admin_may_everything() -> None:
    grant = Roles().grant([Binding("SYSTEM_ADMIN", Place())], is_user=True)
    assert [each for each, level in PERMISSIONS.items() if not grant.permits(each, PLACES[level])] == []


def test_no_role_has_a_permission_above_its_level() -> None:
    for role in Roles().values():
        assert all(role.level.holds(PERMISSIONS[each]) for each in role.permissions)


def test_a_change_of_a_built_in_role_changes_it_alone() -> None:
    roles = Roles(settings(DEPLOYMENT_EDITOR={"permissions": {"deployment.images.push": False}}))
    without = [name for name in ("DEPLOYMENT_EDITOR", "DEPLOYMENT_ADMIN", "WORKSPACE_ADMIN", "SYSTEM_EDITOR")
               if Permission("deployment.images.push") not in roles[name].permissions]  # fmt: skip
    assert without == ["DEPLOYMENT_EDITOR"]
    assert roles["DEPLOYMENT_EDITOR"].permissions < Roles()["DEPLOYMENT_EDITOR"].permissions


def test_what_everybody_may_can_be_changed() -> None:
    roles = Roles(settings(USER={"permissions": {"system.workspace.create": False}}))
    ask = Permission("system.workspace.create")
    assert not roles.grant([], is_user=True).permits(ask, Place())
    assert Roles().grant([], is_user=True).permits(ask, Place())


def test_a_custom_role_begins_with_those_of_another_as_it_is_changed() -> None:
    roles = Roles(
        settings(
            DEPLOYER={
                "level": "deployment",
                "like": "DEPLOYMENT_VIEWER",
                "description": "May push images",
                "permissions": {"deployment.images.push": True, "deployment.logs.get": False},
            },
            DEPLOYMENT_VIEWER={"permissions": {"deployment.variables.get": False}},
        )
    )
    role = roles["DEPLOYER"]
    assert (role.custom, role.level, role.description) == (True, Level.DEPLOYMENT, "May push images")
    assert role.permissions == BUILTIN["DEPLOYMENT_VIEWER"] - {
        Permission("deployment.variables.get"),
        Permission("deployment.logs.get"),
    } | {Permission("deployment.images.push")}
    assert "DEPLOYER" in list(roles)
    assert USER not in roles


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="role") as raised:
        Roles(
            settings(
                WORKSPACE_VIEWER={"level": "system", "permissions": {"workspace.deployment.get": True}},
                DEPLOYMENT_EDITOR={"permissions": {"workspace.iam.update": True}},
                DEPLOYMENT_EDITER={"permissions": {"deployment.images.push": True}},
                deployer={"level": "deployment"},
                NONE={"level": "deployment"},
                PUSHER={"level": "deployment", "like": "WORKSPACE_EDITOR"},
                PULLER={"level": "deployment", "like": "PUSHER"},
                READER={"level": "system", "like": "SYSTEM_READER"},
            )
        )
    assert str(raised.value) == (
        "role WORKSPACE_VIEWER is built in: it takes 'permissions' alone\n"
        "role WORKSPACE_VIEWER: there is no permission 'workspace.deployment.get'"
        " (did you mean 'workspace.deployments.get'?)\n"
        "role DEPLOYMENT_EDITOR: 'workspace.iam.update' is for the whole workspace, and the role is given at a"
        " deployment\n"
        "role DEPLOYMENT_EDITER is not built in (did you mean 'DEPLOYMENT_EDITOR'?); one of your own needs 'level'\n"
        "role deployer: the name of a role is 1 to 64 capital letters, digits and '_', and not NONE\n"
        "role NONE: the name of a role is 1 to 64 capital letters, digits and '_', and not NONE\n"
        "role PUSHER is given at a deployment, so it can't be like WORKSPACE_EDITOR\n"
        "role PULLER: 'like: PUSHER' is not built in\n"
        "role READER: 'like: SYSTEM_READER' is not there (did you mean 'SYSTEM_VIEWER'?)"
    )
