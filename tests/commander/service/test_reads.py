"""What the service answers: pages, filters, history, what is rendered, and events as they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from commander.client import Client, MissingError, RefusedError, RejectedError, UnavailableError, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from tests.commander.service.processes import Service
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

DAILY = "dev/etl/daily"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def commander(service: Service) -> Iterator[Client]:
    """A client of a service that has some more deployments."""
    with service.client() as client:
        operations = [ops.create("dev/many", WORKSPACE)]
        operations += [ops.create(f"dev/many/number-{number:02}", DEPLOYMENT) for number in range(25)]
        client.apply(operations, id=new_id(), reason="a team with many")
        yield client


def test_a_list_comes_in_pages_in_the_order_of_names(commander: Client) -> None:
    request = pb.ListRequest(kind=pb.KIND_DEPLOYMENT, within=ops.target("dev/many"), page_size=10)
    first = commander.list(request)
    assert len(first.items) == 10
    assert first.next_page_token
    names = [each.target.release for each in commander.items(request)]
    assert names == [f"number-{number:02}" for number in range(25)]


def test_a_list_is_narrowed_by_filters(commander: Client) -> None:
    commander.apply(
        [ops.hibernate("dev/many/number-03"), ops.relabel("dev/many/number-04", "Sales of today")], id=new_id()
    )
    within = ops.target("dev/many")

    def names(chosen: pb.Filter) -> list[str]:
        request = pb.ListRequest(kind=pb.KIND_DEPLOYMENT, within=within, filter=chosen)
        return [each.target.release for each in commander.items(request)]

    assert names(pb.Filter(hibernating=True)) == ["number-03"]
    assert len(names(pb.Filter(hibernating=False))) == 24
    assert names(pb.Filter(words="sales today")) == ["number-04"]
    assert names(pb.Filter(with_problems=True)) == []


@pytest.mark.parametrize("token", ["x", "AAAA", "e30", "\N{SNOWMAN}", "x" * 5000])
def test_a_page_token_that_was_not_given_is_refused(commander: Client, token: str) -> None:
    with pytest.raises(RefusedError):
        commander.list(pb.ListRequest(kind=pb.KIND_DEPLOYMENT, page_token=token))


@pytest.mark.parametrize("size", [-1, 501, 2**31 - 1])
def test_a_page_has_a_size_that_is_allowed(commander: Client, size: int) -> None:
    with pytest.raises(RefusedError, match="500"):
        commander.list(pb.ListRequest(kind=pb.KIND_WORKSPACE, page_size=size))


def test_a_list_of_no_kind_is_refused(commander: Client) -> None:
    with pytest.raises(RefusedError, match="environment, workspace or deployment"):
        commander.list(pb.ListRequest())


def test_a_missing_target_is_not_found_with_the_nearest(commander: Client) -> None:
    with pytest.raises(MissingError) as caught:
        commander.get("dev/etl/dayly")
    assert [(each.message, each.hint) for each in caught.value.problems] == [
        ("there is no deployment 'dev/etl/dayly'", "did you mean 'dev/etl/daily'?")
    ]


def test_lines_are_found_by_words(commander: Client) -> None:
    assert list(commander.search(pb.SearchRequest(words="number-05 is in no text")).matches) == []
    commander.apply([ops.relabel("dev/many/number-05", "Lines of words")], id=new_id())
    [match] = commander.search(pb.SearchRequest(words="WORDS label")).matches
    assert (ops.target_text(match.target), match.text) == ("dev/many/number-05", "label: Lines of words")


def test_rendered_manifests_are_of_one_commit(commander: Client) -> None:
    request = pb.ListRenderedRequest(target=ops.target(DAILY), page_size=3)
    files = list(commander.rendered_files(request))
    assert len(files) > 3
    assert all(each.path.startswith("rendered/dev/") and each.data.startswith(b"# Generated") for each in files)


def test_history_says_who_when_why_and_what_that_did(commander: Client) -> None:
    commander.apply(
        [ops.scale(DAILY, "scheduler", 2)], id=new_id(), reason="more DAGs", actor=("Ada Person", "ada@example.com")
    )
    request = pb.ListHistoryRequest(target=ops.target(DAILY), page_size=1, with_differences=True)
    [entry] = commander.history(request).entries
    assert (entry.author.name, entry.reason) == ("Ada Person", "more DAGs")
    assert entry.time.seconds > 1_700_000_000
    [file] = entry.differences.files
    assert [(each.path, each.new_json) for each in file.settings] == [("values.scheduler.replicas", "2")]
    assert "spec.replicas: 1 -> 2" in entry.differences.rendered_text


def test_a_default_that_changes_is_in_the_history_of_each_deployment_it_touches(commander: Client) -> None:
    done = commander.apply([ops.edit("dev/many", ops.set_value("defaults.scheduler.replicas", 2))], id=new_id())
    for name in ("dev/many/number-07", "dev/many", "dev"):
        page = commander.history(pb.ListHistoryRequest(target=ops.target(name), page_size=1))
        assert page.entries[0].revision == done.revision


def test_two_commits_are_compared(commander: Client) -> None:
    before = commander.status().revision
    commander.apply([ops.relabel(DAILY, "Compared")], id=new_id())
    found = commander.compare(DAILY, before).differences
    assert [each.path for each in found.files[0].settings] == ["label"]


def test_a_read_waits_for_ones_own_change(commander: Client, service: Service) -> None:
    for number in range(10):
        done = commander.apply([ops.relabel(DAILY, f"Label {number}")], id=new_id())
        with service.client() as other:
            assert other.get(DAILY, at_least=done.revision).item.label == f"Label {number}"


def test_a_commit_that_does_not_come_is_waited_for_only_so_long(service: Service) -> None:
    with service.client(seconds=1.0) as impatient, pytest.raises(UnavailableError):
        impatient.get(DAILY, at_least="0" * 40)


def test_a_watch_tells_each_commit_once_and_is_resumed_from_any(commander: Client, service: Service) -> None:
    since = commander.status().revision
    with service.client() as other:
        watch = other.watch(since)
        assert next(watch).bookmark.revision == since
        made = [commander.apply([ops.relabel(DAILY, f"Watched {n}")], id=f"watched-{n}").revision for n in range(3)]
        events = [each.event for each in islice((each for each in watch if each.HasField("event")), 3)]
    assert [each.commit.revision for each in events] == made
    assert [each.commit.change_id for each in events] == ["watched-0", "watched-1", "watched-2"]
    changes = {ops.target_text(each.target): (each.fate, each.desired) for each in events[0].changes}
    assert changes[DAILY] == ("changed", True)
    with service.client() as other:
        resumed = (each.event for each in other.watch(made[0]) if each.HasField("event"))
        assert next(resumed).commit.revision == made[1]


def test_a_watch_from_now_on_hears_what_comes(commander: Client, service: Service) -> None:
    heard: list[str] = []
    begun = threading.Event()

    def listen() -> None:
        with service.client() as other:
            for each in other.watch():
                begun.set()
                if each.HasField("event"):
                    heard.append(each.event.commit.change_id)
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert begun.wait(30)
    commander.apply([ops.relabel(DAILY, "Heard")], id="heard-1")
    thread.join(30)
    assert heard == ["heard-1"]


def test_a_watch_from_what_never_was_is_told_so(commander: Client) -> None:
    with pytest.raises(RejectedError, match="list anew, and watch from the tip on"):
        next(commander.watch("f" * 40))


def test_the_status_tells_how_it_is(commander: Client) -> None:
    found = commander.status()
    assert (found.branch, found.remote, found.environments) == ("refs/heads/main", "", 1)
    assert found.workspaces == 3
    assert found.deployments == 26
    assert found.repository_bytes > 10_000
    assert found.packs > 0
    assert list(found.problems) == []


def test_differences_come_in_small_pages(commander: Client) -> None:
    request = pb.ListHistoryRequest(target=ops.target(DAILY), page_size=21, with_differences=True)
    with pytest.raises(RefusedError, match="21 with differences"):
        commander.history(request)


@pytest.mark.parametrize("revision", ["not-a-commit", "HEAD", "--all", "abc"])
def test_what_is_no_commit_is_not_waited_for(commander: Client, revision: str) -> None:
    with pytest.raises(RefusedError, match="is no commit"):
        commander.get(DAILY, at_least=revision)
