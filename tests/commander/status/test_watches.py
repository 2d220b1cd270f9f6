"""Lists and watches of API servers that are in trouble, or in front of which something else is."""

from __future__ import annotations

import json
import re
import threading
import time
import tracemalloc
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from commander.status.clusters import Clusters
from commander.status.connection import Connection, Where
from commander.status.following import Follower, Kind
from generator.desired import GitOps
from tests.commander.repositories import bare
from tests.commander.service.processes import serving as commander
from tests.commander.service.processes import until
from tests.commander.status.api_server import Server, page, serving
from tests.commander.status.test_unread import FILES

pytestmark = pytest.mark.slow  # most wait for what a server does with time

_GONE = {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}}
_PODS: Kind[bool] = Kind("pods", "/api/v1/pods", lambda _: None, {})


@contextmanager
def following(where: Where, kind: Kind[bool] = _PODS) -> Iterator[Follower[bool]]:
    follower = Follower(Connection(where), kind, lambda *_: None, lambda *_: None)
    try:
        yield follower
    finally:
        follower.close()


@pytest.mark.parametrize(
    "watches",
    [(200, b""), (200, json.dumps(_GONE).encode() + b"\n"), (410, b"{}"), (200, b"[]\n")],
    ids=["ends", "says gone", "is gone", "no event"],
)
def test_a_server_that_ends_each_watch_at_once_is_not_asked_all_the_time(
    watches: tuple[int, bytes], tmp_path: Path
) -> None:
    server = Server(watches=lambda _: watches)
    with serving(server, tmp_path) as where, following(where) as follower:
        assert follower.wait(30)
        begun = time.monotonic()
        while server.asked["watch"] < 5 and time.monotonic() - begun < 30:
            time.sleep(0.01)
        # Waits of at least 0.1, 0.2, 0.4 and 0.8 seconds.
        assert server.asked["watch"] == 5
        assert time.monotonic() - begun > 1.4


def test_a_list_that_the_server_forgets_is_begun_again_and_told_in_the_end(tmp_path: Path) -> None:
    server = Server(lists=lambda *_: (410, b"{}"))
    with serving(server, tmp_path) as where, following(where) as follower:
        assert follower.wait(30)
        assert "forgotten by the server (410)" in follower.failure


def test_of_a_long_list_one_page_is_in_memory(tmp_path: Path) -> None:
    size, pages = 2_000_000, 80

    def numbered(_: str, token: str) -> tuple[int, bytes]:
        number = int(token or "1")
        more = str(number + 1) if number < pages else ""
        items = [{"metadata": {"name": f"{number}-{each}", "note": "x" * (size // 100)}} for each in range(100)]
        return 200, page(items, more)

    server = Server()
    with serving(server, tmp_path) as where:
        connection = Connection(where)
        assert connection.list("/api/v1/pods") == ([], "5")  # what is loaded with the first call is not meant
        server.lists = numbered
        tracemalloc.start()
        try:
            kept, version = connection.list("/api/v1/pods", keep=lambda each: each["metadata"]["name"])
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (len(kept), version, server.asked["list"]) == (100 * pages, "5", 1 + pages)
    # The server's own page is in this process, too, as objects and as text.
    assert peak < pages * size / 2


def test_a_namespace_in_which_no_environment_has_its_applications_any_more_is_not_followed(tmp_path: Path) -> None:
    def settings(namespace: str) -> dict[str, GitOps]:
        repository = "https://git.example.com/a.git"
        return {"dev": GitOps(repository=repository, namespace=namespace, cluster="elsewhere")}

    def threads() -> int:
        return sum(each.name.startswith("commander-follows-app") for each in threading.enumerate())

    with serving(Server(), tmp_path) as where:
        before = threads()
        clusters = Clusters(where)
        try:
            for number in range(10):
                clusters.follow(settings(f"argocd-{number}"))
            begun = time.monotonic()
            while threads() > before + 2 and time.monotonic() - begun < 30:
                time.sleep(0.01)
            assert threads() == before + 2
            assert [each.kind.path.split("/")[5] for each in clusters.argo_followers("dev")] == ["argocd-9"] * 2
        finally:
            clusters.close()


def test_what_is_no_longer_followed_is_told_to_be_gone(tmp_path: Path) -> None:
    def settings(namespace: str) -> dict[str, GitOps]:
        repository = "https://git.example.com/a.git"
        return {"dev": GitOps(repository=repository, namespace=namespace, cluster="elsewhere")}

    def lists(path: str, _: str) -> tuple[int, bytes]:
        there = path.endswith("/argocd-1/applications")
        return 200, page([{"metadata": {"namespace": "argocd-1", "name": "dev-daily"}}] if there else [])

    told: list[tuple[bool, bool]] = []
    with serving(Server(lists=lists), tmp_path) as where:
        clusters = Clusters(
            where, changed=lambda _, pairs, __: told.extend((was is None, now is None) for was, now in pairs)
        )
        try:
            clusters.follow(settings("argocd-1"))
            until(lambda: told == [(True, False)])
            clusters.follow(settings("argocd-2"))
            assert told == [(True, False), (False, True)]
        finally:
            clusters.close()


@pytest.mark.parametrize(
    ("events", "kept", "left_out"),
    [
        ("", 2, 2),
        ("MODIFIED c, MODIFIED c, MODIFIED d", 2, 2),
        ("DELETED d", 2, 1),
        ("DELETED a", 1, 2),
        ("DELETED a, MODIFIED c", 2, 1),
        ("DELETED a, MODIFIED c, DELETED d", 2, 0),
        ("ADDED e, MODIFIED e", 2, 3),
        ("MODIFIED a, MODIFIED b", 2, 2),
    ],
)
def test_of_more_objects_than_are_followed_it_is_known_how_many_are_left_out_now(
    events: str, kept: int, left_out: int, tmp_path: Path
) -> None:
    def named(name: str) -> dict[str, object]:
        return {"metadata": {"namespace": "n", "name": name, "resourceVersion": "6"}}

    told = [each.split() for each in events.split(", ") if each]
    watch = b"".join(json.dumps({"type": type_, "object": named(name)}).encode() + b"\n" for type_, name in told)
    # Each watch tells the same again, and it is true after each.
    server = Server(lists=lambda *_: (200, page([named(name) for name in "abcd"])), watches=lambda _: (200, watch))
    two = replace(_PODS, read=lambda _: True, most=2)
    with serving(server, tmp_path) as where, following(where, two) as follower:
        until(lambda: server.asked["watch"] >= 2)
        assert (len(follower.within("n")), follower.left_out) == (kept, left_out)


def test_what_is_of_no_interest_is_not_left_out(tmp_path: Path) -> None:
    server = Server(lists=lambda *_: (200, page([{"metadata": {"name": name}} for name in "abc"])))
    with serving(server, tmp_path) as where, following(where, replace(_PODS, most=1)) as follower:
        assert follower.wait(30)
        assert follower.left_out == 0


def test_prometheus_is_told_what_is_unread_and_what_is_left_out_and_the_page_names_each_figure(tmp_path: Path) -> None:
    repository = bare(tmp_path, FILES)
    with serving(Server(), tmp_path) as where:
        arguments = ("--metrics", "127.0.0.1:0", "--kubeconfig", str(where.kubeconfig))
        with commander(tmp_path / "service", repository, *arguments) as service:
            [found] = service.events("metrics")
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

            def figures() -> dict[str, str]:
                text = opener.open(f"http://{found['address']}/metrics").read().decode()
                return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))

            until(lambda: figures().get("stargit_commander_clusters_left_out") == "0.0")
            until(lambda: figures().get("stargit_commander_clusters_unread") == "0.0")
            names = {each.partition("{")[0] for each in figures()}
    text = (Path(__file__).parents[3] / "docs/commander.md").read_text()
    names = {re.sub(r"_(bucket|count|sum)$", "", each) for each in names if not each.endswith("_created")}
    told = {each.removeprefix("stargit_commander") for each in names}
    assert "_clusters_left_out" in told
    assert {each for each in told if f"{each}`" not in text} == set()
