"""What the ``astro`` CLI asks about workspaces, users, teams and service accounts (contract 1.4, 1.9)."""

from __future__ import annotations

from tests.houston.contract.wire import Request, Slot, Version, mutations, queries

_TEAMS = Version(0, 28, 0)
_SYSTEM_ROLES = Version(0, 29, 2)
_PAGES = Version(0, 30, 0)

_ON_DEPLOYMENT = {"deploymentId": Slot.DEPLOYMENT, "email": Slot.EMAIL}
_EDITOR = {**_ON_DEPLOYMENT, "role": "DEPLOYMENT_EDITOR"}
_ANY_USER = {"userId": "", "email": "", "fullName": ""}
_TEAM_ON_DEPLOYMENT = {"deploymentUuid": Slot.DEPLOYMENT, "teamUuid": Slot.TEAM}
_TEAM_IN_WORKSPACE = {"workspaceUuid": Slot.WORKSPACE, "teamUuid": Slot.TEAM}
_ACCOUNT = {"label": "ci", "category": "default"}
_IN_WORKSPACE = {"workspaceUuid": Slot.WORKSPACE}
_PAGE_OF_USERS = (
    {**_IN_WORKSPACE, "cursorUuid": "", "take": 20},
    {**_IN_WORKSPACE, "cursorUuid": Slot.USER, "take": 20},
    {**_IN_WORKSPACE, "cursorUuid": Slot.USER, "take": -20},
)

_OF_DEPLOYMENTS = (
    Request(
        "list users of deployment",
        ("deployment user list",),
        queries(
            "deploymentUsers",
            "deploymentUsers",
            (
                {"deploymentId": Slot.DEPLOYMENT, "user": _ANY_USER},
                {"deploymentId": Slot.DEPLOYMENT, "user": {**_ANY_USER, "email": Slot.EMAIL}},
            ),
        ),
    ),
    Request(
        "add user to deployment",
        ("deployment user add",),
        mutations("AddDeploymentUser", "deploymentAddUserRole", (_EDITOR,)),
    ),
    Request(
        "update user of deployment",
        ("deployment user update",),
        mutations("UpdateDeploymentUser", "deploymentUpdateUserRole", (_EDITOR,)),
    ),
    Request(
        "remove user from deployment",
        ("deployment user remove",),
        mutations("DeleteDeploymentUser", "deploymentRemoveUserRole", (_ON_DEPLOYMENT,)),
    ),
    Request(
        "list teams of deployment",
        ("deployment team list",),
        queries("deploymentTeams", "deploymentTeams", ({"deploymentUuid": Slot.DEPLOYMENT},)),
        _TEAMS,
    ),
    Request(
        "add team to deployment",
        ("deployment team add",),
        mutations(
            "deploymentAddTeamRole",
            "deploymentAddTeamRole",
            ({**_TEAM_ON_DEPLOYMENT, "role": "DEPLOYMENT_VIEWER"},),
        ),
        _TEAMS,
    ),
    Request(
        "update team of deployment",
        ("deployment team update",),
        mutations(
            "deploymentUpdateTeamRole",
            "deploymentUpdateTeamRole",
            ({**_TEAM_ON_DEPLOYMENT, "role": "DEPLOYMENT_ADMIN"},),
        ),
        _TEAMS,
    ),
    Request(
        "remove team from deployment",
        ("deployment team remove",),
        mutations("deploymentRemoveTeamRole", "deploymentRemoveTeamRole", (_TEAM_ON_DEPLOYMENT,)),
        _TEAMS,
    ),
)


def _of_service_accounts(level: str, place: Slot) -> tuple[Request, ...]:
    capital, at = level.capitalize(), {f"{level}Uuid": place}
    account = {"serviceAccountUuid": Slot.SERVICE_ACCOUNT, **at}
    create, delete = f"create{capital}ServiceAccount", f"delete{capital}ServiceAccount"
    return (
        Request(
            f"create service account of {level}",
            (f"{level} service-account create",),
            mutations(create, create, ({**_ACCOUNT, **at, "role": f"{level.upper()}_VIEWER"},)),
        ),
        Request(
            f"delete service account of {level}",
            (f"{level} service-account delete",),
            mutations(delete, delete, (account,)),
        ),
        Request(
            f"list service accounts of {level}",
            (f"{level} service-account list",),
            queries(f"Get{capital}ServiceAccounts", f"{level}ServiceAccounts", (at,)),
        ),
    )


def _of_system_roles(verb: str) -> Request:
    name = f"{verb}TeamSystemRoleBinding"
    examples = ({"teamUuid": Slot.TEAM, "role": "SYSTEM_VIEWER"},)
    return Request(f"{verb} team's system role", ("team update",), mutations(name, name, examples), _SYSTEM_ROLES)


_OF_TEAMS = (
    Request(
        "get team",
        ("team get", "team update", "workspace team update"),
        queries("team", "team", ({"teamUuid": Slot.TEAM}, _TEAM_IN_WORKSPACE)),
        _TEAMS,
    ),
    Request(
        "list users of team",
        ("team get --users",),
        queries("GetTeamUsers", "teamUsers", ({"teamUuid": Slot.TEAM},)),
        _TEAMS,
    ),
    Request(
        "list teams",
        ("team list",),
        queries("paginatedTeams", "paginatedTeams", ({"take": 20, "cursor": ""}, {"take": 20, "cursor": Slot.TEAM})),
        _TEAMS,
    ),
    _of_system_roles("create"),
    _of_system_roles("delete"),
)

_OF_WORKSPACES = (
    Request(
        "create workspace",
        ("workspace create",),
        mutations("CreateWorkspace", "createWorkspace", ({"label": "Sales", "description": "Figures"}, {"label": "A"})),
    ),
    Request(
        "delete workspace",
        ("workspace delete",),
        mutations("DeleteWorkspace", "deleteWorkspace", ({"workspaceId": Slot.WORKSPACE},)),
    ),
    Request(
        "update workspace",
        ("workspace update",),
        mutations(
            "UpdateWorkspace",
            "updateWorkspace",
            ({"workspaceId": Slot.WORKSPACE, "payload": {"label": "Sales", "description": "Figures"}},),
        ),
    ),
    Request(
        "list workspaces",
        ("login", "workspace list", "workspace switch"),
        queries("GetWorkspaces", "workspaces", (None, {})),
    ),
    Request(
        "list page of workspaces",
        ("login", "workspace switch --paginated"),
        queries(
            "paginatedWorkspaces",
            "paginatedWorkspaces",
            ({"pageSize": 2, "pageNumber": 0}, {"pageSize": 2, "pageNumber": 1}),
        ),
        _PAGES,
    ),
    Request("get workspace", ("deploy",), queries("GetWorkspace-deploy", "workspace", (_IN_WORKSPACE,))),
    Request("choose workspace", ("login", "workspace switch"), queries("GetWorkspace", "workspace", (_IN_WORKSPACE,))),
    Request(
        "add user to workspace",
        ("workspace user add",),
        mutations(
            "AddWorkspaceUser",
            "workspaceAddUser",
            ({"workspaceId": Slot.WORKSPACE, "email": Slot.EMAIL, "role": "WORKSPACE_VIEWER"},),
        ),
    ),
    Request(
        "remove user from workspace",
        ("workspace user remove",),
        mutations(
            "RemoveWorkspaceUser",
            "workspaceRemoveUser",
            ({"workspaceId": Slot.WORKSPACE, "userId": Slot.USER},),
        ),
    ),
    Request(
        "list users of workspace",
        ("workspace user list",),
        queries("workspaceListUsers", "workspaceUsers", (_IN_WORKSPACE,)),
    ),
    Request(
        "list page of users of workspace",
        ("workspace user list --paginated",),
        queries("paginatedWorkspaceUsers", "paginatedWorkspaceUsers", _PAGE_OF_USERS),
        _PAGES,
    ),
    Request(
        "update user of workspace",
        ("workspace user update",),
        mutations(
            "workspaceUpsertUserRole",
            "workspaceUpsertUserRole",
            ({**_IN_WORKSPACE, "email": Slot.EMAIL, "role": "WORKSPACE_EDITOR"},),
        ),
    ),
    Request(
        "get user of workspace",
        ("workspace user update", "workspace user remove"),
        queries("workspaceGetUser", "workspaceUser", ({**_IN_WORKSPACE, "email": Slot.EMAIL},)),
    ),
    Request(
        "add team to workspace",
        ("workspace team add",),
        mutations("AddWorkspaceTeam", "workspaceAddTeam", ({**_TEAM_IN_WORKSPACE, "role": "WORKSPACE_VIEWER"},)),
        _TEAMS,
    ),
    Request(
        "update team of workspace",
        ("workspace team update",),
        mutations(
            "workspaceUpdateTeamRole",
            "workspaceUpdateTeamRole",
            ({**_TEAM_IN_WORKSPACE, "role": "WORKSPACE_ADMIN"},),
        ),
        _TEAMS,
    ),
    Request(
        "remove team from workspace",
        ("workspace team remove",),
        mutations("workspaceRemoveTeam", "workspaceRemoveTeam", (_TEAM_IN_WORKSPACE,)),
        _TEAMS,
    ),
    Request(
        "list teams of workspace",
        ("workspace team list",),
        queries("workspaceGetTeams", "workspaceTeams", (_IN_WORKSPACE,)),
        _TEAMS,
    ),
)

REQUESTS = (
    *_OF_DEPLOYMENTS,
    *_of_service_accounts("deployment", Slot.DEPLOYMENT),
    *_of_service_accounts("workspace", Slot.WORKSPACE),
    *_OF_TEAMS,
    *_OF_WORKSPACES,
)
