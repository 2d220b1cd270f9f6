"""The service's end, asked for or not: what was acknowledged stays, and the next start goes on."""

from __future__ import annotations

import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from commander.client import Client, UnavailableError, new_id
from commander.client import operations as ops
from tests.commander.fleets import FILES
from tests.commander.repositories import bare, fsck, git
from tests.commander.service.processes import Service, StartError, serving, start, until
from tests.desired.repositories import DEPLOYMENT

DAILY = "dev/etl/daily"

pytestmark = pytest.mark.slow


def test_asked_to_stop_it_does_what_waits_and_ends_watches(tmp_path: Path) -> None:
    repository = bare(tmp_path, FILES)
    done: list[str] = []
    with serving(tmp_path / "service", repository) as service, service.client(seconds=10) as client:
        watching = threading.Event()
        thread = threading.Thread(target=_watch, args=(service, watching))
        thread.start()
        assert watching.wait(30)
        callers = [threading.Thread(target=_change, args=(client, number, done)) for number in range(10)]
        for each in callers:
            each.start()
        callers[0].join()
        assert service.stop() == 0
        for each in callers:
            each.join()
        thread.join(30)
        assert not thread.is_alive()
        [stopped] = service.events("stopped")
    assert stopped["revision"] == git(repository, "rev-parse", "main")
    assert 1 <= len(done) <= 10
    keys = git(repository, "log", "--format=%(trailers:key=Change-Id,valueonly,separator=)").split()
    # A change whose answer nobody heard may be there, too; none is there twice.
    assert {f"ending-{number}" for number in done} <= set(keys)
    assert len(keys) == len(set(keys))
    fsck(repository)


def test_killed_under_load_it_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    repository = bare(tmp_path, FILES)
    done: list[str] = []
    service = start(_folder(tmp_path), repository)
    with service.client(seconds=2) as client:
        callers = [threading.Thread(target=_change, args=(client, number, done)) for number in range(20)]
        for each in callers:
            each.start()
        callers[0].join()
        service.kill()
        for each in callers:
            each.join()
    acknowledged = set(done)
    with serving(tmp_path / "service", repository) as again, again.client() as client:
        for number in range(20):
            _change(client, number, done)
    keys = git(repository, "log", "--format=%(trailers:key=Change-Id,valueonly,separator=)").split()
    assert sorted(keys) == sorted(f"ending-{number}" for number in range(20))
    assert acknowledged <= set(done)
    fsck(repository)


def test_two_replicas_serve_one_remote_and_read_each_others_writes(tmp_path: Path) -> None:
    remote = bare(tmp_path, FILES)
    url = remote.as_uri()
    arguments = ("--copy",)
    with (
        serving(tmp_path / "one", url, *arguments, str(tmp_path / "one.git")) as one,
        serving(tmp_path / "two", url, *arguments, str(tmp_path / "two.git")) as two,
        one.client() as first,
        two.client() as second,
    ):
        revision = ""
        for number in range(3):
            done = first.apply([ops.relabel(DAILY, f"Label {number}")], id=f"both-{number}")
            assert second.get(DAILY, at_least=done.revision).item.label == f"Label {number}"
            again = second.apply([ops.relabel(DAILY, f"Label {number}")], id=f"both-{number}")
            assert (again.revision, again.repeated) == (done.revision, True)
            revision = done.revision
        assert second.status().remote == url
    assert git(remote, "rev-parse", "main") == revision
    fsck(remote)


def test_a_watch_is_resumed_at_a_replica_that_has_not_fetched_yet(tmp_path: Path) -> None:
    remote = bare(tmp_path, FILES)
    lazy = ("--poll", "3600", "--copy")
    with (
        serving(tmp_path / "one", remote.as_uri(), *lazy, str(tmp_path / "one.git")) as one,
        serving(tmp_path / "two", remote.as_uri(), *lazy, str(tmp_path / "two.git")) as two,
        one.client() as first,
        two.client() as second,
    ):
        seen = first.apply([ops.relabel(DAILY, "Seen at one")], id=new_id()).revision
        after = first.apply([ops.relabel(DAILY, "Not seen yet")], id=new_id()).revision
        watch = second.watch(seen)
        assert next(each.event for each in watch if each.HasField("event")).commit.revision == after


def test_what_a_person_pushes_is_followed_rendered_and_told(tmp_path: Path) -> None:
    remote = bare(tmp_path, FILES)
    tree = tmp_path / "tree"
    with serving(tmp_path / "one", remote) as service, service.client() as client:
        subprocess.run(["git", "clone", "--quiet", remote, tree], check=True)
        file = tree / "environments/dev/workspaces/etl/deployments/daily.yaml"
        file.write_text(file.read_text() + "label: By hand\n")
        (tree / "environments/dev/workspaces/ml/deployments").mkdir()
        (tree / "environments/dev/workspaces/ml/deployments/wrong.yaml").write_text("kind: Nothing\n")
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        for command in (["add", "."], [*who, "commit", "--quiet", "-m", "By hand"], ["push", "--quiet"]):
            subprocess.run(["git", "-C", tree, *command], check=True)
        pushed = git(tree, "rev-parse", "HEAD")
        assert client.get(DAILY, at_least=pushed).item.label == "By hand"
        watch = client.watch(pushed)
        rendered = next(each.event for each in watch if each.HasField("event"))
        assert rendered.commit.subject == f"Render what {pushed[:12]} left unrendered"
        problems = client.status().problems
        assert {each.file for each in problems} == {"environments/dev/workspaces/ml/deployments/wrong.yaml"}
        client.apply([ops.scale(DAILY, "scheduler", 2)], id=new_id())


def test_a_repository_with_a_work_tree_is_not_served(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", bare(tmp_path, FILES), tmp_path / "tree"], check=True)
    with pytest.raises(StartError) as caught:
        start(tmp_path, tmp_path / "tree")
    assert caught.value.code == 1
    assert "has a work tree" in caught.value.output


def test_a_socket_that_a_killed_service_left_is_taken_over_and_one_that_serves_is_not(tmp_path: Path) -> None:
    repository = bare(tmp_path, FILES)
    service = start(_folder(tmp_path), repository)
    with pytest.raises(StartError) as caught:
        start(_folder(tmp_path), repository)
    assert "somebody listens at unix:" in caught.value.output
    service.kill()
    with serving(tmp_path / "service", repository) as again, again.client() as client:
        assert client.status().revision


def test_prometheus_is_told_of_calls_changes_and_the_repository(tmp_path: Path) -> None:
    import urllib.request

    arguments = ("--metrics", "127.0.0.1:0")
    with serving(tmp_path / "service", bare(tmp_path, FILES), *arguments) as service, service.client() as client:
        client.apply([ops.scale(DAILY, "scheduler", 2)], id="metrics-1")
        client.apply([ops.scale(DAILY, "scheduler", 2)], id="metrics-1")
        with pytest.raises(Exception, match="schedulr"):
            client.apply([ops.scale(DAILY, "schedulr", 2)], id=new_id())
        # A call is counted, and then logged, when its answer is sent.
        until(lambda: len(service.events("call")) == 3)
        [found] = service.events("metrics")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        text = opener.open(f"http://{found['address']}/metrics").read().decode()
        samples = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        calls = {event["request"]: event for event in service.events("call")}
    prefix = "stargit_commander_"
    assert samples[f'{prefix}changes_total{{outcome="applied"}}'] == "1.0"
    assert samples[f'{prefix}changes_total{{outcome="repeated"}}'] == "1.0"
    assert samples[f'{prefix}calls_total{{caller="anybody",code="INVALID_ARGUMENT",method="Apply"}}'] == "1.0"
    assert samples[f"{prefix}commit_seconds_count"] == "1.0"
    assert float(samples[f"{prefix}repository_bytes"]) > 1000
    assert samples[f"{prefix}queue_changes"] == "0.0"
    assert [each["code"] for each in calls.values()] == ["OK", "OK", "INVALID_ARGUMENT"]


def _folder(folder: Path) -> Path:
    made = folder / "service"
    made.mkdir(exist_ok=True)
    return made


def _change(client: Client, number: int, done: list[str]) -> None:
    operation = ops.create(f"dev/ml/ending-{number}", DEPLOYMENT)
    try:
        client.apply([operation], id=f"ending-{number}")
    except UnavailableError:
        return
    done.append(str(number))


def _watch(service: Service, watching: threading.Event) -> None:
    with service.client(seconds=1) as client, suppress(UnavailableError):
        for _ in client.watch():
            watching.set()
