"""What is told of a deployment that moves to another workspace, and of names that are not quite right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from commander.client import Client, MissingError, new_id
from commander.client import operations as ops
from commander.client.requests import Awaited
from commander.proto.v1 import commander_pb2 as pb
from tests.commander.fleets import FILES
from tests.commander.repositories import bare
from tests.commander.service.processes import serving as commander
from tests.commander.service.processes import until
from tests.commander.status.api_server import Server, page, serving
from tests.commander.status.test_reader import application

pytestmark = pytest.mark.slow


class ArgoCd:
    """Applications as they are, and as they become."""

    def __init__(self) -> None:
        self._events: SimpleQueue[bytes] = SimpleQueue()
        self.server = Server(lists=self._list, watches=self._watch)

    def changes(self, now: dict[str, Any]) -> None:
        self._events.put(json.dumps({"type": "MODIFIED", "object": now}).encode() + b"\n")

    def close(self) -> None:
        self._events.put(b"")

    def _list(self, path: str, _: str) -> tuple[int, bytes]:
        return 200, page([application("daily")] if path.endswith("/applications") else [])

    def _watch(self, path: str) -> tuple[int, bytes]:
        return 200, self._events.get() if path.endswith("/applications") else b""


@pytest.fixture
def argocd() -> Iterator[ArgoCd]:
    made = ArgoCd()
    yield made
    made.close()


@pytest.fixture
def client(argocd: ArgoCd, tmp_path: Path) -> Iterator[Client]:
    with serving(argocd.server, tmp_path) as where:
        arguments = ("--kubeconfig", str(where.kubeconfig))
        with commander(tmp_path / "service", bare(tmp_path, FILES), *arguments) as service, service.client() as made:
            until(lambda: len(service.events("cluster is read")) == 7)
            yield made


def test_who_watches_is_told_that_it_is_gone_from_its_old_workspace(client: Client, argocd: ArgoCd) -> None:
    told: list[tuple[str, str, str]] = []
    for each in client.watch_live("dev"):
        kind = each.WhichOneof("kind")
        target = each.gone if kind == "gone" else each.status.target
        told.append((str(kind), target.workspace, each.status.health))
        if kind == "all_told":
            client.apply([ops.move("dev/etl/daily", "ml")], id=new_id())
        if len(told) == 4:
            # Argo CD applies that commit.
            moved = application("daily", "ml")
            moved["status"]["health"]["status"] = "Degraded"
            argocd.changes(moved)
        if each.status.health == "Degraded":
            break
    assert told[:2] == [("status", "etl", "Progressing"), ("all_told", "", "")]
    assert sorted(told[2:4]) == [("gone", "etl", ""), ("status", "ml", "Progressing")]
    assert told[4:] == [("status", "ml", "Degraded")]
    with pytest.raises(MissingError, match="did you mean 'dev/ml/daily'"):
        client.live_status("dev/etl/daily")


def test_who_waits_for_it_by_its_old_name_is_told_that_it_is_gone(client: Client) -> None:
    """It is not live, though of all that there is of that name nothing is not."""
    awaited = Awaited("dev/etl/daily")
    watch = client.watch_live("dev/etl/daily")
    while not (each := next(watch)).HasField("all_told"):
        assert not awaited.see(each)
    client.apply([ops.move("dev/etl/daily", "ml")], id=new_id())
    with pytest.raises(MissingError, match="'dev/etl/daily' any more: it was removed, or moved to another workspace"):
        awaited.see(next(watch))


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [("dev/wrong/daily", "did you mean 'dev/etl/daily'"), ("dve/etl/daily", "there is no deployment")],
)
def test_a_wrong_name_is_not_found(client: Client, wrong: str, hint: str) -> None:
    with pytest.raises(MissingError, match=hint):
        client.live_status(wrong)


def test_a_deployment_whose_file_is_gone_is_told_of_as_long_as_argo_cd_has_it(client: Client) -> None:
    client.apply([ops.remove("dev/etl/daily", at_once=True)], id=new_id())
    status: pb.LiveStatus = client.live_status("dev/etl/daily")
    assert [each.code for each in status.explanations] == ["removed"]
