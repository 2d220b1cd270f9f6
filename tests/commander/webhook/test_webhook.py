"""Argo CD is told of every commit: signed, joined when there are many, again when it was away, never in the way."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Queue

import pytest

from commander.client import new_id
from commander.client import operations as ops
from commander.webhook import Endpoint, Heard, SendError, Webhook, endpoint
from generator.errors import ProblemsError
from tests.commander.fleets import DEV, FILES
from tests.commander.repositories import MAIN, bare, git
from tests.commander.service.processes import serving
from tests.commander.webhook.listener import SECRET, Listener, listening
from tests.commander.webhook.test_push import commit

RENDERED = "rendered/dev/workspaces/etl/daily/x.yaml"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    return file


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return bare(tmp_path, {DEV.file: FILES[DEV.file], RENDERED: "0"})


def webhook(fleet: Path, url: str, secret: Path, heard: Queue[Heard], patience: float = 60.0) -> Webhook:
    since = git(fleet, "rev-parse", "main")
    return Webhook(Endpoint(url, secret), fleet, MAIN, since, heard=heard.put, patience=patience)


def test_a_commit_is_told_with_a_signature_and_what_lies_between(fleet: Path, secret: Path) -> None:
    heard: Queue[Heard] = Queue()
    with listening(Listener()) as argocd:
        teller = webhook(fleet, argocd.url, secret, heard)
        before, after = git(fleet, "rev-parse", "main"), commit(fleet, {RENDERED: "1"})
        teller.moved(after)
        (payload,) = argocd.wait(1)
        teller.close()
    assert (payload["before"], payload["after"], payload["commits"][0]["modified"]) == (before, after, [RENDERED])
    found = heard.get(timeout=30)
    assert (found.result, found.revision, found.calls, found.files) == ("told", after, 1, 1)
    assert not argocd.wrong


def test_commits_without_rendered_changes_are_not_told(fleet: Path, secret: Path) -> None:
    heard: Queue[Heard] = Queue()
    with listening(Listener()) as argocd:
        teller = webhook(fleet, argocd.url, secret, heard)
        teller.moved(commit(fleet, {"README.md": "1"}))
        assert heard.get(timeout=30).calls == 0
        teller.close()
    assert argocd.calls == 0


def test_what_came_while_argo_cd_was_away_is_one_call_later(fleet: Path, secret: Path) -> None:
    heard: Queue[Heard] = Queue()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    teller = webhook(fleet, f"http://127.0.0.1:{port}", secret, heard)
    before = git(fleet, "rev-parse", "main")
    revisions = [commit(fleet, {RENDERED: str(number)}) for number in range(3)]
    for each in revisions:
        teller.moved(each)
    failed = heard.get(timeout=30)
    assert (failed.result, "can't be reached" in failed.message) == ("again", True)
    with listening(Listener(port)) as argocd:
        payloads = argocd.wait(1)
        while (found := heard.get(timeout=30)).result == "again":
            pass
        teller.close()
    assert [(each["before"], each["after"]) for each in payloads] == [(before, revisions[-1])]
    assert (found.result, found.revision) == ("told", revisions[-1])


def test_a_busy_argo_cd_is_told_again(fleet: Path, secret: Path) -> None:
    heard: Queue[Heard] = Queue()
    with listening(Listener(answers=[503, 429])) as argocd:
        teller = webhook(fleet, argocd.url, secret, heard)
        teller.moved(commit(fleet, {RENDERED: "1"}))
        argocd.wait(1)
        teller.close()
    assert argocd.calls == 3
    assert [heard.get(timeout=30).result for _ in range(3)] == ["again", "again", "told"]


def test_a_wrong_secret_is_told_at_once_and_the_next_commit_is_tried_anew(fleet: Path, secret: Path) -> None:
    heard: Queue[Heard] = Queue()
    secret.write_text("another")
    with listening(Listener()) as argocd:
        teller = webhook(fleet, argocd.url, secret, heard)
        teller.moved(commit(fleet, {RENDERED: "1"}))
        refused = heard.get(timeout=30)
        assert (refused.result, "webhook.github.secret" in refused.message) == ("given up", True)
        assert "another" not in refused.message
        secret.write_text(SECRET)
        teller.moved(commit(fleet, {RENDERED: "2"}))
        argocd.wait(1)
        teller.close()


def test_who_stays_away_is_given_up(fleet: Path, secret: Path) -> None:
    heard: Queue[Heard] = Queue()
    with listening(Listener(answers=[503] * 50)) as argocd:
        teller = webhook(fleet, argocd.url, secret, heard, patience=0.5)
        teller.moved(commit(fleet, {RENDERED: "1"}))
        results = [heard.get(timeout=30).result]
        while results[-1] == "again":
            results.append(heard.get(timeout=30).result)
        teller.close()
    assert results[-1] == "given up"


def test_who_answers_for_ever_is_not_listened_to_for_ever(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "_WHOLE", 0.5)

    def talk() -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            while True:
                line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        talking = threading.Thread(target=talk, daemon=True)
        talking.start()
        with pytest.raises(SendError, match="can't be reached") as failed:
            Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}", secret).send("push", b"{}")
        assert failed.value.retry
        talking.join(30)
    assert not talking.is_alive()


@pytest.mark.parametrize(
    ("url", "file", "told"),
    [
        ("ftp://argocd.example.com", "secret", "no URL that can be called"),
        ("https://robot:pw@argocd.example.com", "secret", "has a login in it"),
        ("https://argocd.example.com", "", "not be signed"),
        ("https://argocd.example.com", "empty", "has no secret in it"),
        ("https://argocd.example.com", "missing", "can't be read"),
    ],
)
def test_settings_that_cannot_be_are_refused_before_anything_is_served(
    tmp_path: Path, secret: Path, url: str, file: str, told: str
) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(ProblemsError, match=told):
        Endpoint(url, tmp_path / file if file else None).check()


@pytest.mark.slow
def test_the_service_tells_of_its_own_commits_and_of_those_that_people_push(tmp_path: Path, secret: Path) -> None:
    fleet = bare(tmp_path, FILES)
    with listening(Listener(answers=[500])) as argocd:
        arguments = ("--argocd-webhook", argocd.url, "--argocd-webhook-secret", str(secret))
        with serving(tmp_path / "service", fleet, *arguments) as service, service.client() as commander:
            # What was rendered at the start.
            (first,) = argocd.wait(1)
            started = commander.status().revision
            assert first["after"] == started
            done = commander.apply([ops.scale("dev/etl/daily", "scheduler", 3)], id=new_id())
            second = argocd.wait(2)[1]
            assert (second["before"], second["after"]) == (started, done.revision)
            assert "rendered/dev/workspaces/etl/daily/scheduler.yaml" in second["commits"][0]["modified"]
            pushed = commit(fleet, {"environments/dev/workspaces/etl/workspace.yaml": FILES_WORKSPACE})
            third = argocd.wait(3)[2]
            assert third["before"] == done.revision
            # The commit that renders what was pushed, not the one that left it unrendered.
            assert git(fleet, "rev-parse", f"{third['after']}^") == pushed
        log = service.log
        (failed,) = service.events("webhook failed")
    assert "answered 500" in str(failed["message"])
    assert len(service.events("webhook")) == 3
    assert SECRET not in log


FILES_WORKSPACE = """\
apiVersion: stargit.dev/v1
kind: Workspace
label: Another
defaults:
  scheduler:
    replicas: 2
"""
