"""Requests are those of the CLI, to the byte."""

from __future__ import annotations

import json

import pytest

from tests.houston.contract.documents import DOCUMENTS, request_named
from tests.houston.contract.exchange import LogSubscription, opening, post
from tests.houston.contract.wire import Document, Slot


def test_the_first_request_of_every_run() -> None:
    first, _second = opening("0.37.7")
    body = b'{"query":"query AppConfig {\\n  appConfig {\\n    version\\n  }\\n}\\n","variables":null}'
    assert first.raw("houston.example.com:8871") == (
        b"POST /v1 HTTP/1.1\r\n"
        b"Host: houston.example.com:8871\r\n"
        b"Content-Type: application/json\r\n"
        b"Accept: application/json\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )


def test_the_second_asks_by_the_version_that_the_first_found() -> None:
    _first, second = opening("0.28.1", "a token")
    body = json.loads(second.body)
    assert body == {"query": request_named("get configuration").document_for("0.28.1").text, "variables": {}}
    assert dict(second.headers)["authorization"] == "a token"


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_a_body_has_two_members_and_all_variables(document: Document) -> None:
    for example in range(len(document.examples)):
        variables = document.filled({Slot.WORKSPACE: "mine"}, example)
        body = json.loads(post(document, variables).body)
        assert list(body) == ["query", "variables"]
        assert body["variables"] == variables


def test_json_is_written_as_go_does() -> None:
    [document] = request_named("update workspace").documents
    body = post(document, {"workspaceId": "w", "payload": {"label": "A & B <ä>", "description": ""}}).body.decode()
    variables = body.partition('"variables":')[2]
    assert variables == ('{"payload":{"description":"","label":"A \\u0026 B \\u003cä\\u003e"},"workspaceId":"w"}}')


def test_a_token_is_sent_raw_or_not_at_all() -> None:
    document = DOCUMENTS[0]
    assert ("authorization", "eyJ.a.b") in post(document, None, "eyJ.a.b").headers
    assert "authorization" not in dict(post(document, None, "").headers)


def test_logs_are_followed_in_two_frames_without_an_id() -> None:
    subscription = LogSubscription("eyJ.a.b", "mine", "worker", search="error")
    init, start = subscription.frames
    assert init == '{"type":"connection_init","payload":{"authorization":"eyJ.a.b"}}'
    assert json.loads(start) == {
        "type": "start",
        "payload": {
            "query": request_named("follow logs").documents[0].text,
            "variables": {
                "component": "worker",
                "deploymentId": "mine",
                "search": "error",
                "timestamp": "2026-01-02T03:04:05.678901234Z",
            },
        },
    }
    assert (subscription.path, subscription.subprotocol) == ("/ws", "graphql-ws")
    assert json.loads(subscription.close_reason) == {"id": "1", "type": "stop"}
