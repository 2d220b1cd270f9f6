"""What follows from bindings: deny by default, the most permissive wins, inside of places."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houston.roles import PERMISSIONS, Binding, Level, Permission, Place, Reach, Roles

ROLES = Roles()
W1, W2, D1, D2, D3 = (UUID(int=number) for number in range(1, 6))
#: Two deployments in the first workspace, one in the second.
INSIDE = {D1: W1, D2: W1, D3: W2}
PLACES = [Place(), Place(W1), Place(W2), *(Place(workspace, deployment) for deployment, workspace in INSIDE.items())]
GIVEN = {
    Level.SYSTEM: [Place()],
    Level.WORKSPACE: [Place(W1), Place(W2)],
    Level.DEPLOYMENT: [Place(deployment=each) for each in INSIDE],
}
READ, PUSH, EDIT = map(Permission, ("deployment.config.get", "deployment.images.push", "workspace.config.update"))
BINDINGS = st.sampled_from(list(ROLES.values())).flatmap(
    lambda role: st.builds(Binding, st.just(role.name), st.sampled_from(GIVEN[role.level]))
)
LISTS = st.lists(BINDINGS, max_size=6)


def askable(permission: Permission, place: Place) -> bool:
    level = PERMISSIONS[permission]
    return level is Level.SYSTEM or (
        place.workspace is not None and (level is not Level.DEPLOYMENT or place.deployment is not None)
    )


def allowed(bindings: list[Binding], *, is_user: bool = False) -> set[tuple[str, Place]]:
    grant = ROLES.grant(bindings, is_user=is_user)
    return {
        (ask, place) for ask in PERMISSIONS for place in PLACES if askable(ask, place) and grant.permits(ask, place)
    }


def test_nobody_may_anything() -> None:
    assert allowed([]) == set()


def test_a_role_at_a_deployment_holds_there_alone() -> None:
    grant = ROLES.grant([Binding("DEPLOYMENT_EDITOR", Place(deployment=D1))], is_user=False)
    assert [grant.permits(PUSH, Place(INSIDE[each], each)) for each in INSIDE] == [True, False, False]
    assert not grant.permits(EDIT, Place(W1))


def test_who_views_a_workspace_sees_that_there_are_deployments_and_not_into_them() -> None:
    grant = ROLES.grant([Binding("WORKSPACE_VIEWER", Place(W1))], is_user=False)
    assert grant.permits(Permission("workspace.deployments.get"), Place(W1))
    assert not grant.permits(READ, Place(W1, D1))


def test_who_administers_a_workspace_administers_its_deployments() -> None:
    grant = ROLES.grant([Binding("WORKSPACE_ADMIN", Place(W1))], is_user=False)
    ask = Permission("deployment.config.delete")
    assert [grant.permits(ask, Place(INSIDE[each], each)) for each in INSIDE] == [True, True, False]


def test_places_of_several_bindings_come_together() -> None:
    grant = ROLES.grant(
        [Binding("WORKSPACE_ADMIN", Place(W2)), Binding("DEPLOYMENT_VIEWER", Place(deployment=D1))], is_user=False
    )
    assert grant.reach(READ) == Reach(workspaces=frozenset({W2}), deployments=frozenset({D1}))
    assert grant.reach(PUSH) == Reach(workspaces=frozenset({W2}))
    assert not grant.reach(Permission("system.users.get"))


@pytest.mark.parametrize(
    "binding",
    [
        Binding("GONE", Place()),
        Binding("USER", Place()),
        Binding("SYSTEM_ADMIN", Place(W1)),
        Binding("WORKSPACE_ADMIN", Place()),
        Binding("WORKSPACE_ADMIN", Place(W1, D1)),
        Binding("DEPLOYMENT_ADMIN", Place(W1)),
        Binding("DEPLOYMENT_ADMIN", Place()),
    ],
)
def test_a_role_that_is_not_there_or_of_another_level_gives_nothing(binding: Binding) -> None:
    assert allowed([binding]) == set()


@pytest.mark.parametrize(
    ("permission", "place", "error"),
    [
        ("deployment.fly", Place(), "there is no permission 'deployment.fly'"),
        ("deployment.config.get", Place(W1), "'deployment.config.get' is asked about no deployment"),
        ("workspace.config.get", Place(), "'workspace.config.get' is asked about no workspace"),
    ],
)
def test_a_wrong_question_is_a_defect_also_for_those_who_may_everything(
    permission: str, place: Place, error: str
) -> None:
    grant = ROLES.grant([Binding("SYSTEM_ADMIN", Place())], is_user=True)
    with pytest.raises(ValueError, match=f"^{error}$"):
        grant.permits(Permission(permission), place)


@given(LISTS, LISTS)
def test_more_bindings_never_take_anything_away(some: list[Binding], more: list[Binding]) -> None:
    assert allowed(some) | allowed(more) == allowed([*some, *more])


@given(LISTS)
def test_nothing_outside_of_the_places_of_bindings_is_permitted(bindings: list[Binding]) -> None:
    workspaces = {each.place.workspace for each in bindings}
    deployments = {each.place.deployment for each in bindings}
    everywhere = any(each.place == Place() for each in bindings)
    for _, place in allowed(bindings):
        assert everywhere or place.workspace in workspaces - {None} or place.deployment in deployments - {None}


@given(LISTS, st.sampled_from(sorted(PERMISSIONS)), st.sampled_from(PLACES))
def test_a_list_shows_what_a_question_permits(bindings: list[Binding], permission: Permission, place: Place) -> None:
    grant = ROLES.grant(bindings, is_user=True)
    if askable(permission, place):
        assert grant.permits(permission, place) is grant.reach(permission).holds(place)
