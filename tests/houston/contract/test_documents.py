"""The documents are those of the contract, valid against its schema, and picked for a server as the CLI does."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLError,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
    validate_schema,
)
from graphql.execution import get_variable_values

from tests.houston.contract.documents import DOCUMENTS, REQUESTS, request_named, sent_to
from tests.houston.contract.shapes import SKELETON, skeleton
from tests.houston.contract.wire import Document, Slot, Variables, Version

_EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=str)


def _operation(document: Document) -> OperationDefinitionNode:
    [operation] = parse(document.text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _declared(document: Document) -> set[str]:
    return {one.variable.name.value for one in _operation(document).variable_definitions or ()}


def test_there_are_as_many_documents_as_the_contract_counts() -> None:
    assert len(DOCUMENTS) == 82
    assert len({request.name for request in REQUESTS}) == len(REQUESTS)


def test_every_text_is_listed_once() -> None:
    files = [document.file for document in DOCUMENTS]
    assert sorted(files) == sorted(Path(__file__).with_name("documents").iterdir())


def test_the_skeleton_is_a_whole_schema() -> None:
    assert validate_schema(skeleton()) == []


@_EACH
def test_a_document_is_valid(document: Document) -> None:
    assert validate(skeleton(), parse(document.text)) == []


@_EACH
def test_a_document_is_what_the_list_says(document: Document) -> None:
    operation = _operation(document)
    assert operation.name is not None
    [field] = operation.selection_set.selections
    found = (operation.operation.value, operation.name.value, getattr(field, "name").value)  # noqa: B009
    assert found == (document.kind.value, document.operation, document.root)


@pytest.mark.parametrize(
    ("place", "wrong", "broken"),
    [
        (
            "input WhereDeployment {\n  id: String",
            "input WhereDeployment {\n  id: ID",
            {"GetDeployment.0.25.0", "GetDeployment.0.29.0", "GetDeployment.1.0.0", "GetDeployment.1.0.1"},
        ),
        (
            "deploymentUsers(deploymentId: Id!",
            "deploymentUsers(deploymentId: Uuid!",
            {"deploymentUsers.all"},
        ),
    ],
)
def test_names_of_types_are_part_of_the_contract(place: str, wrong: str, broken: set[str]) -> None:
    text = SKELETON.read_text(encoding="utf-8")
    assert place in text
    schema = build_schema(text.replace(place, wrong))
    assert {str(one) for one in DOCUMENTS if validate(schema, parse(one.text))} == broken


def _refused(document: Document, variables: Variables | None) -> list[GraphQLError]:
    definitions = _operation(document).variable_definitions or ()
    found = get_variable_values(skeleton(), definitions, dict(variables or {}))
    return found if isinstance(found, list) else []


@_EACH
def test_examples_fit_what_is_declared(document: Document) -> None:
    assert document.examples
    for example in range(len(document.examples)):
        assert _refused(document, document.filled({}, example)) == []


def test_an_example_that_does_not_fit_would_be_seen() -> None:
    [document] = request_named("delete deployment").documents
    assert _refused(document, {"deploymentHardDelete": True})


def test_variables_are_sent_that_the_document_does_not_declare() -> None:
    sent = {
        str(document): set().union(*(example or {} for example in document.examples)) - _declared(document)
        for document in DOCUMENTS
    }
    places = {"clusterId", "deploymentUuid", "workspaceUuid"}
    assert {name: beside for name, beside in sent.items() if beside} == {
        "AppConfig.0.25.0": places,
        "AppConfig.0.28.0": places,
        "AppConfig.0.29.2": places,
        "AppConfig.1.0.0": places - {"clusterId"},
        "upsertDeployment-create.1.0.0": {"airflowVersion", "config"},
        "upsertDeployment-create.1.0.1": {"airflowVersion", "config"},
        "upsertDeployment-create.2.1.0": {"airflowVersion", "config"},
        "UpdateDeployment.0.25.0": {"sync"},
        "UpdateDeployment.0.28.0": {"sync"},
        "upsertDeployment-update.1.0.0": {"payload", "sync"},
        "upsertDeployment-update.1.0.1": {"payload", "sync"},
        "updateDeploymentImage.1.0.1": {"airflowVersion"},
        "upsertDeployment-image.2.1.0": {"airflowVersion"},
    }


def test_empty_text_is_sent_where_an_id_is_declared() -> None:
    empty = {
        f"{document}: {name}"
        for document in DOCUMENTS
        for example in document.examples
        for name, value in (example or {}).items()
        if value == "" and name in {"cursor", "cursorUuid", "clusterId", "deploymentUuid"} & _declared(document)
    }
    assert empty == {
        "AppConfig.2.0.0: deploymentUuid",
        "paginatedDeployments.1.0.0: clusterId",
        "paginatedDeployments.1.0.1: clusterId",
        "paginatedTeams.all: cursor",
        "paginatedWorkspaceUsers.all: cursorUuid",
        "runtimeReleases.0.29.0: clusterId",
    }


def test_a_test_puts_its_own_values_in() -> None:
    [document] = request_named("list users of deployment").documents
    own = {Slot.DEPLOYMENT: "mine", Slot.EMAIL: "me@example.com"}
    user = {"userId": "", "email": "me@example.com", "fullName": ""}
    assert document.filled(own, 1) == {"deploymentId": "mine", "user": user}
    assert type((document.filled({}) or {})["deploymentId"]) is str


@pytest.mark.parametrize(
    ("request_name", "server", "picked"),
    [
        ("get version", "0.37.7", "AppConfig-version.all"),
        ("get configuration", "0.25.0", "AppConfig.0.25.0"),
        ("get configuration", "0.27.9", "AppConfig.0.25.0"),
        ("get configuration", "0.29.1", "AppConfig.0.28.0"),
        ("get configuration", "0.37.7", "AppConfig.0.29.2"),
        ("get configuration", "1.9.9", "AppConfig.1.0.0"),
        ("get configuration", "2.3.4", "AppConfig.2.0.0"),
        ("create deployment", "0.28.4", "CreateDeployment.0.28.0"),
        ("create deployment", "0.37.7", "CreateDeployment.0.29.0"),
        ("create deployment", "1.0.0", "upsertDeployment-create.1.0.0"),
        ("create deployment", "2.0.9", "upsertDeployment-create.1.0.1"),
        ("create deployment", "2.1.0", "upsertDeployment-create.2.1.0"),
        ("update deployment", "0.37.7", "UpdateDeployment.0.28.0"),
        ("update deployment", "2.1.0", "upsertDeployment-update.1.0.1"),
        ("get configuration of deployments", "1.0.0", "DeploymentInfo.0.25.0"),
        ("update deployment's image", "1.0.0", "updateDeploymentImage.0.25.0"),
        ("update deployment's image", "2.1.0", "upsertDeployment-image.2.1.0"),
        ("list workspaces", "0.10.0", "GetWorkspaces.all"),
    ],
)
def test_the_greatest_listed_version_that_is_not_above_the_servers(request_name: str, server: str, picked: str) -> None:
    assert str(request_named(request_name).document_for(server)) == picked


@pytest.mark.parametrize("server", ["0.24.9", "0.1.0", "", "latest", "1.0.0.0", "\u0660.\u0663\u0667.\u0667"])
def test_the_newest_below_all_and_for_an_unknown_version(server: str) -> None:
    assert str(request_named("create deployment").document_for(server)) == "upsertDeployment-create.2.1.0"
    assert str(request_named("get configuration").document_for(server)) == "AppConfig.2.0.0"


def test_a_pre_release_is_stripped() -> None:
    assert Version.read("2.1.0-rc.1+build.5") == Version(2, 1, 0)
    assert str(request_named("create deployment").document_for("2.1.0-alpha1")) == "upsertDeployment-create.2.1.0"


@pytest.mark.parametrize(
    ("request_name", "below", "at"),
    [
        ("get team", "0.27.9", "0.28.0"),
        ("list teams of workspace", "0.27.9", "0.28.0"),
        ("list releases of Runtime", "0.28.9", "0.29.0"),
        ("update deployment's image", "0.29.1", "0.29.2"),
        ("create team's system role", "0.29.1", "0.29.2"),
        ("list page of workspaces", "0.29.9", "0.30.0"),
        ("list page of users of workspace", "0.29.9", "0.30.0"),
        ("list all deployments", "0.31.9", "0.32.0"),
        ("adopt deployment", "2.0.9", "2.1.0"),
    ],
)
def test_below_its_gate_a_request_is_not_sent(request_name: str, below: str, at: str) -> None:
    asked = request_named(request_name)
    assert (asked.is_sent_to(below), asked.is_sent_to(at)) == (False, True)
    assert asked.lowest_server(asked.documents[0]) == Version.read(at)


def test_a_server_of_unknown_version_passes_gates_as_1_0_0() -> None:
    assert request_named("list all deployments").is_sent_to("")
    assert not request_named("adopt deployment").is_sent_to("")


def test_what_a_server_of_0_37_gets() -> None:
    names = {str(document) for document in sent_to("0.37.7")}
    assert len(names) == len(REQUESTS) - 2
    assert {"GetDeployment-list.0.29.0", "GetDeployment.0.29.0", "paginatedDeployments.0.32.0"} <= names
    assert not any(name.startswith("upsertDeployment") for name in names)
