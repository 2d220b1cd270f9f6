"""Answers as the CLI takes them: what it can't decode, what it crashes on, what it shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.houston.contract.decoding import Crashes, Shown, Undecodable, log_line, taken
from tests.houston.contract.documents import DOCUMENTS, request_named
from tests.houston.contract.shapes import Leaf, Listing, Object, Shape, shape_of
from tests.houston.contract.wire import Document

_EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=str)


def _asked(name: str, server: str = "0.37.7") -> Document:
    return request_named(name).document_for(server)


def _of(value: Any) -> bytes:
    return json.dumps(value).encode()


_ONE_OF_EACH: tuple[Any, ...] = (7, 1.5, True, "", "text", [], {})
_GOOD = {Leaf.TEXT: "", Leaf.FLAG: False, Leaf.WHOLE: 0, Leaf.TIME: "2026-01-02T03:04:05.678Z", Leaf.UNREAD: None}


def _good(shape: Shape) -> Any:
    match shape:
        case Object():
            return {name: _good(inner) for name, inner in shape.fields}
        case Listing():
            return [_good(shape.of)]
        case _:
            return _GOOD[shape]


@_EACH
def test_a_full_answer_is_taken_whole(document: Document) -> None:
    data = _good(shape_of(document))
    assert taken(document, 200, _of({"data": data})).data == data


@_EACH
def test_no_field_takes_the_kind_of_another(document: Document) -> None:
    places = list(_leaves(shape_of(document), _good(shape_of(document))))
    assert places or document.operation == "DeploymentInfo"
    for holder, key, leaf, whole in places:
        for wrong in _ONE_OF_EACH:
            fits = {Leaf.TEXT: str, Leaf.FLAG: bool, Leaf.WHOLE: int}.get(leaf)
            if type(wrong) is fits:
                continue
            kept, holder[key] = holder[key], wrong
            with pytest.raises(Undecodable, match=r"^answer\.data\."):
                taken(document, 200, _of({"data": whole}))
            holder[key] = kept


def _leaves(shape: Shape, value: Any, whole: Any = None) -> Any:
    whole = value if whole is None else whole
    match shape:
        case Object():
            inner = [(name, part) for name, part in shape.fields]
        case Listing():
            inner = [(0, shape.of)]  # type: ignore[list-item]
        case _:
            return
    for key, part in inner:
        if isinstance(part, Leaf):
            if part is not Leaf.UNREAD:
                yield value, key, part, whole
        else:
            yield from _leaves(part, value[key], whole)


@_EACH
def test_null_is_taken_everywhere_but_where_the_cli_crashes(document: Document) -> None:
    crashes = document.root in {"appConfig", "authConfig", "createToken"}
    answers: tuple[Any, ...] = ({"data": {document.root: None}}, {"data": {}}, {"data": None}, {}, None)
    for answer in answers:
        if crashes:
            with pytest.raises(Crashes, match=rf"^data\.{document.root} is null"):
                taken(document, 200, _of(answer))
        else:
            assert taken(document, 200, _of(answer)).message is None


@_EACH
def test_an_empty_list_of_errors_is_a_crash(document: Document) -> None:
    with pytest.raises(Crashes, match="errors is an empty list"):
        taken(document, 200, _of({"data": _good(shape_of(document)), "errors": []}))


def test_errors_may_be_null() -> None:
    document = _asked("list workspaces")
    assert taken(document, 200, _of({"data": {"workspaces": []}, "errors": None})).data == {"workspaces": []}


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("You do not have the appropriate permissions for that", Shown.AS_EXPIRED),
        ("AUTH_TOKEN_REFRESH_FAILED", Shown.AS_EXPIRED),
        ("You do not have the appropriate permissions for that.", Shown.AS_IT_IS),
        ("auth_token_refresh_failed", Shown.AS_IT_IS),
        ("Cannot query field 'label' on type 'Deployment'.", Shown.AS_UNKNOWN_FIELD),
        ("no deployment of that name", Shown.AS_IT_IS),
    ],
)
def test_the_first_errors_message_is_shown(message: str, shown: Shown) -> None:
    errors = [{"message": message, "extensions": {"code": 7}, "path": ["appConfig"]}, {"message": "another"}]
    found = taken(_asked("get configuration"), 200, _of({"data": {"appConfig": None}, "errors": errors}))
    assert (found.message, found.shown) == (message, shown)


@pytest.mark.parametrize("status", [199, 400, 401, 500])
def test_with_another_status_the_body_is_not_read(status: int) -> None:
    found = taken(_asked("get configuration"), status, b'{"errors":[]}')
    assert (found.message, found.shown) == (f'API error ({status}): {{"errors":[]}}', Shown.AS_HTTP)


def _deployment(**fields: Any) -> bytes:
    return _of({"data": {"workspaceDeployments": [{"id": "1", **fields}]}})


@pytest.mark.parametrize(
    "time",
    [
        *("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.123456789+05:30"),
        *("2024-02-29T00:00:00-00:00", None),
    ],
)
@pytest.mark.parametrize("field", ["createdAt", "updatedAt", "createdat", "UPDATEDAT"])
def test_a_deployments_times_are_of_rfc_3339(field: str, time: str | None) -> None:
    assert taken(_asked("list deployments"), 200, _deployment(**{field: time})).message is None


@pytest.mark.parametrize(
    "time",
    [
        *("", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-01-02t03:04:05z"),
        *("2026-01-02T03:04:05+0530", "2026-01-02T03:04:05,1Z", "2026-01-02T3:04:05Z", "2026-02-30T03:04:05Z"),
        *("2026-01-02T24:00:00Z", "2026-12-31T23:59:60Z", "٢٠٢٦-01-02T03:04:05Z", 1767323045, 1767323045.5, True),
    ],
)
@pytest.mark.parametrize("field", ["createdAt", "updatedAt", "CreatedAt"])
def test_a_deployments_times_are_nothing_else(field: str, time: Any) -> None:
    with pytest.raises(Undecodable, match=rf"^answer\.data\.workspaceDeployments\[0\]\.{field}: .* RFC 3339"):
        taken(_asked("list deployments"), 200, _deployment(**{field: time}))


def test_other_times_are_any_text() -> None:
    body = _of({"data": {"workspaces": [{"createdAt": "", "updatedAt": "yesterday"}]}})
    assert taken(_asked("list workspaces"), 200, body).data["workspaces"] == [
        {"createdAt": "", "updatedAt": "yesterday"}
    ]
    with pytest.raises(Undecodable):
        taken(_asked("list workspaces"), 200, _of({"data": {"workspaces": [{"createdAt": 1767323045}]}}))


@pytest.mark.parametrize("count", ["1.0", "1e2", "9223372036854775808", '"1"', "true"])
def test_a_count_is_an_integer(count: str) -> None:
    with pytest.raises(Undecodable, match=r"paginatedTeams\.count: .* where an integer or null is wanted"):
        taken(_asked("list teams"), 200, f'{{"data":{{"paginatedTeams":{{"count":{count}}}}}}}'.encode())


def test_names_match_without_regard_to_case() -> None:
    body = b'{"DATA":{"AppConfig":{"VERSION":"0.37.7","featureflags":{"TriggererEnabled":true}}}}'
    data = {"appConfig": {"version": "0.37.7", "featureFlags": {"triggererEnabled": True}}}
    assert taken(_asked("get configuration"), 200, body).data == data
    with pytest.raises(Undecodable):
        taken(_asked("get configuration"), 200, body.replace(b"true", b'"true"'))
    with pytest.raises(Crashes):
        taken(_asked("get configuration"), 200, b'{"Errors":[]}')


def test_a_name_that_comes_twice_is_read_twice() -> None:
    with pytest.raises(Undecodable):
        taken(_asked("get version"), 200, b'{"data":{"appConfig":{"version":7,"version":"0.37.7"}}}')


def test_unknown_fields_are_ignored() -> None:
    body = _of({"data": {"appConfig": {"version": "0.37.7", "more": [{}, 7]}, "other": 1}, "extensions": "any"})
    assert taken(_asked("get version"), 200, body).data == {"appConfig": {"version": "0.37.7"}}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}{}", b"[]", b'"text"', b'{"data":NaN}', b'\xef\xbb\xbf{"data":{}}']
)
def test_a_body_is_one_json_object(body: bytes) -> None:
    with pytest.raises(Undecodable):
        taken(_asked("list workspaces"), 200, body)


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": {"workspaces": {}}},
        {"data": {"workspaces": [7]}},
        {"data": {"workspaces": [[]]}},
        {"errors": {"message": "no"}},
        {"errors": ["no"]},
        {"errors": [{"message": 7}]},
    ],
)
def test_objects_and_lists_are_not_taken_for_each_other(body: Any) -> None:
    with pytest.raises(Undecodable, match=r"^answer\."):
        taken(_asked("list workspaces"), 200, _of(body))


@pytest.mark.parametrize("wrong", ["", [], {"astroRuntimeEnabled": "true"}, {"dagOnlyDeployment": 1}])
def test_feature_flags_are_an_object_of_booleans(wrong: Any) -> None:
    with pytest.raises(Undecodable, match="featureFlags"):
        taken(_asked("get configuration"), 200, _of({"data": {"appConfig": {"featureFlags": wrong}}}))


def test_aliases_are_what_is_decoded() -> None:
    assert str(shape_of(_asked("get logs"))) == "{logs: [{id: text, createdAt: text, log: text}]}"
    assert str(shape_of(_asked("follow logs"))) == "{log: {id: text, createdAt: text, log: text}}"


def test_the_kinds_of_fields() -> None:
    assert str(shape_of(_asked("get deployment"))) == (
        "{deployment: {id: text, airflowVersion: text, desiredAirflowVersion: text, urls: [{type: text, url: text}], "
        "runtimeVersion: text, desiredRuntimeVersion: text, runtimeAirflowVersion: text, releaseName: text, "
        "dagDeployment: {type: text}}}"
    )
    assert str(shape_of(_asked("list releases of Runtime"))) == (
        "{runtimeReleases: [{version: text, airflowVersion: text, airflowDatabaseMigrations: flag}]}"
    )
    assert str(shape_of(_asked("update user of workspace"))) == "{workspaceUpsertUserRole: text}"
    kinds = {(name.split(".")[-1], leaf) for document in DOCUMENTS for name, leaf in _named(shape_of(document), "")} - {
        ("createdAt", Leaf.TEXT),
        ("updatedAt", Leaf.TEXT),
    }
    other = {(name, leaf) for name, leaf in kinds if leaf is not Leaf.TEXT}
    assert {name for name, leaf in other if leaf is Leaf.TIME} == {"createdAt", "updatedAt"}
    assert {name for name, leaf in other if leaf is Leaf.WHOLE} == {"count"}
    assert {"active", "airflowDatabaseMigrations", "verified", "primary"} <= {
        name for name, leaf in other if leaf is Leaf.FLAG
    }


def _named(shape: Shape, where: str) -> Any:
    match shape:
        case Object():
            for name, inner in shape.fields:
                yield from _named(inner, f"{where}.{name}")
        case Listing():
            yield from _named(shape.of, where)
        case _:
            yield where, shape


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        ({"type": "connection_ack"}, ""),
        ({"type": "ka"}, ""),
        (
            {"type": "data", "id": None, "payload": {"data": {"log": {"id": "1", "createdAt": "x", "log": "hello"}}}},
            "hello",
        ),
        ({"type": "data", "id": None, "payload": {"data": None, "errors": [{"message": "gone"}]}}, ""),
    ],
)
def test_a_frame_of_logs_prints_its_line(frame: Any, line: str) -> None:
    assert log_line(json.dumps(frame)) == line


def test_a_line_of_log_is_text() -> None:
    with pytest.raises(Undecodable, match=r"^frame\.payload\.data\.log\.log"):
        log_line('{"payload":{"data":{"log":{"log":7}}}}')
