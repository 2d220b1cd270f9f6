"""Whatever clusters say, a message fits into what every client of gRPC takes: 4 MiB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1 import commander_pb2_grpc as rpc
from tests.commander.repositories import bare
from tests.commander.service.processes import Service, until
from tests.commander.service.processes import serving as commander
from tests.commander.status.api_server import Server, page, serving
from tests.commander.status.test_reader import application
from tests.commander.status.test_unread import FILES

pytestmark = pytest.mark.slow

_MANY, _HUGE = 130, "huge"
_RELEASES = [_HUGE, *(f"it-{number:03}" for number in range(_MANY))]
_WORDS = "語" * 1000
_DEPLOYMENT = "apiVersion: stargit.dev/v1\nkind: Deployment\nvalues: {hibernate: true}\n"


def workload(release: str, number: int) -> dict[str, Any]:
    return {
        "metadata": {
            "name": f"{release}-{number}",
            "namespace": f"dev-{release}",
            "labels": {"tier": "airflow", "release": release, "component": f"component-{number}"},
        },
        "spec": {"replicas": 1},
        "status": {"conditions": [{"type": "ReplicaFailure", "reason": "FailedCreate", "message": _WORDS}]},
    }


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("pages")
    names = {f"environments/dev/workspaces/etl/deployments/{each}.yaml": _DEPLOYMENT for each in _RELEASES}
    files = {path: text for path, text in FILES.items() if not path.endswith("daily.yaml")} | names
    objects = {
        "applications": page([application(each) for each in _RELEASES]),
        "deployments": page(
            [workload(each, number) for each in _RELEASES for number in range(2000 if each == _HUGE else 15)]
        ),
    }
    server = Server(lists=lambda path, _: (200, objects.get(path.rpartition("/")[2], page())))
    with serving(server, folder) as where:
        arguments = ("--kubeconfig", str(where.kubeconfig))
        with commander(folder / "service", bare(folder, files), *arguments) as started:
            until(lambda: len(started.events("cluster is read")) == 7)
            yield started


@pytest.fixture
def stub(service: Service) -> Iterator[rpc.CommanderStub]:
    """A client without any settings."""
    with grpc.insecure_channel(service.address) as channel:
        yield rpc.CommanderStub(channel)


def test_a_page_of_statuses_ends_before_it_is_too_large_and_none_is_lost(stub: rpc.CommanderStub) -> None:
    found: list[str] = []
    sizes: list[int] = []
    token = ""
    while True:
        request = pb.ListLiveStatusRequest(page_size=500, page_token=token)
        answer: pb.ListLiveStatusResponse = stub.ListLiveStatus(request)
        found += [each.target.release for each in answer.statuses]
        sizes.append(answer.ByteSize())
        if not (token := answer.next_page_token):
            break
    assert found == sorted(_RELEASES)
    assert len(sizes) > 2
    assert all(size > 2_000_000 for size in sizes[:-1])


def test_what_a_filter_does_not_take_takes_no_room(stub: rpc.CommanderStub) -> None:
    request = pb.ListLiveStatusRequest(page_size=500, filter=pb.LiveFilter(live=True))
    answer: pb.ListLiveStatusResponse = stub.ListLiveStatus(request)
    assert (list(answer.statuses), answer.next_page_token) == ([], "")


def test_of_a_deployment_with_thousands_of_components_it_is_told_how_many_are_left_out(
    stub: rpc.CommanderStub,
) -> None:
    target = pb.Target(environment="dev", workspace="etl", release=_HUGE)
    status = stub.GetLiveStatus(pb.GetLiveStatusRequest(target=target)).status
    assert status.components_left_out > 1000
    assert len(status.components) + status.components_left_out == 2000
    assert 800_000 < status.ByteSize() < 2_000_000
    assert len(status.explanations) == 30


def test_who_watches_is_told_of_all(stub: rpc.CommanderStub) -> None:
    told: set[str] = set()
    watch = stub.WatchLiveStatus(pb.WatchLiveStatusRequest())
    for each in watch:
        if each.HasField("all_told"):
            break
        told.add(each.status.target.release)
    watch.cancel()
    assert told == set(_RELEASES)
