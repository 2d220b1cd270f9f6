"""All that the ``astro`` CLI asks of Houston: every request with all its documents (contract 1.4).

Here are those of the application, of login and of the Runtime; ``of_deployments`` and ``of_people`` have the others,
``wire`` the types.
"""

from __future__ import annotations

from tests.houston.contract import of_deployments, of_people
from tests.houston.contract.wire import Document, Request, Slot, Variables, Version, mutations, queries

#: Asked first by every run, with whatever token there is.
VERSION = Request("get version", ("*",), queries("AppConfig-version", "appConfig", (None,)))

# At first without variables; later for a place. Without clusters its id is sent as well, but empty (1.9).
_NO_CLUSTER: tuple[Variables, ...] = ({}, {"clusterId": "", "workspaceUuid": Slot.WORKSPACE, "deploymentUuid": ""})
_CLUSTER: tuple[Variables, ...] = (
    {},
    {"clusterId": Slot.CLUSTER, "workspaceUuid": Slot.WORKSPACE, "deploymentUuid": ""},
    {"clusterId": Slot.CLUSTER, "workspaceUuid": Slot.WORKSPACE, "deploymentUuid": Slot.DEPLOYMENT},
)

#: Asked second by every run; says which commands and flags there are.
CONFIGURATION = Request(
    "get configuration",
    ("*", "login", "deployment create", "deployment update", "deploy"),
    queries("AppConfig", "appConfig", _NO_CLUSTER, "0.25.0", "0.28.0", "0.29.2")
    + queries("AppConfig", "appConfig", _CLUSTER, "1.0.0", "2.0.0"),
)

_OF_THE_APPLICATION = (
    VERSION,
    CONFIGURATION,
    Request(
        "list free namespaces",
        ("deployment create",),
        queries("availableNamespaces", "availableNamespaces", (None, {}), "0.25.0")
        + queries("availableNamespaces", "availableNamespaces", ({"clusterId": Slot.CLUSTER},), "1.0.0"),
    ),
    Request("get ways to log in", ("login",), queries("GetAuthConfig", "authConfig", ({}, {"redirect": ""}))),
    Request(
        "log in",
        ("login",),
        mutations("createBasicToken", "createToken", ({"identity": Slot.EMAIL, "password": Slot.PASSWORD},)),
    ),
    Request(
        "create user",
        ("user create",),
        mutations("CreateUser", "createUser", ({"email": Slot.EMAIL, "password": Slot.PASSWORD},)),
    ),
    Request(
        "list releases of Runtime",
        ("deploy", "deployment runtime upgrade", "deployment runtime migrate"),
        queries(
            "runtimeReleases",
            "runtimeReleases",
            (
                {"airflowVersion": "", "clusterId": ""},
                {"airflowVersion": of_deployments.AIRFLOW, "clusterId": Slot.CLUSTER},
            ),
            "0.29.0",
        ),
        Version(0, 29, 0),
    ),
)

REQUESTS: tuple[Request, ...] = (*_OF_THE_APPLICATION, *of_deployments.REQUESTS, *of_people.REQUESTS)

DOCUMENTS: tuple[Document, ...] = tuple(document for request in REQUESTS for document in request.documents)

_BY_NAME = {request.name: request for request in REQUESTS}


def request_named(name: str) -> Request:
    """The request of that name; KeyError if there is none."""
    return _BY_NAME[name]


def sent_to(server: str) -> tuple[Document, ...]:
    """Every document that the CLI may send to a server of this version, one a request."""
    return tuple(request.document_for(server) for request in REQUESTS if request.is_sent_to(server))
