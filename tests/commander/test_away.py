"""A remote that is away, slow, broken or does not want: tried again where that helps, told as what it is, and the queue
goes on."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commander.git import MovedError, Patience, StoreError
from commander.git.program import Done
from commander.git.refusals import is_passing, push_refusal
from commander.writer import Applied, Failed, Queue, Why
from commander.writer.observing import Nobody
from generator.charts import ChartSource
from tests.commander.fleets import FILES, change, generated, rendered_state
from tests.commander.repositories import bare, fsck, git
from tests.commander.servers import Answer, GitServer, silent_server
from tests.commander.test_remote import hook, label, writer
from tests.commander.test_writer import push

pytestmark = pytest.mark.slow


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    (tmp_path / "remote").mkdir()
    return bare(tmp_path / "remote", FILES)


@pytest.fixture
def server(remote: Path) -> Iterator[GitServer]:
    git(remote, "config", "http.receivepack", "true")
    made = GitServer(remote.parent)
    made.start()
    yield made
    made.stop()


class Waits:
    """A patience of 20 s for which no time passes, and what happens meanwhile."""

    def __init__(self, meanwhile: dict[int, object] | None = None) -> None:
        self.waits: list[float] = []
        self._meanwhile = meanwhile or {}
        self._now = 0.0
        self.patience = Patience(20, wait=self._wait, chance=lambda: 1.0, now=lambda: self._now)

    def _wait(self, seconds: float) -> None:
        self._now += seconds
        self.waits.append(seconds)
        act = self._meanwhile.get(len(self.waits))
        if callable(act):
            act()


class Heard(Nobody):
    """Why it was tried again."""

    def __init__(self) -> None:
        self.whys: list[Why] = []

    def again(self, why: Why) -> None:
        self.whys.append(why)


def test_a_remote_that_comes_back_in_time_costs_nobody_a_change(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer
) -> None:
    waits = Waits({3: server.start})
    mine = writer(tmp_path, server.url(remote.name), chart, patience=waits.patience)
    mine.follow()
    server.stop()
    heard = Heard()
    mine._observer = heard
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Applied)
    assert not outcome.repeated
    assert heard.whys == ["trouble"] * 3
    assert waits.waits == [0.2, 0.4, 0.8]
    assert git(remote, "rev-parse", "main") == outcome.revision
    assert rendered_state(remote) == generated(remote, chart, tmp_path / "tree")


def test_a_remote_that_stays_away_is_told_and_the_next_hears_it_at_once(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer
) -> None:
    waits = Waits()
    mine = writer(tmp_path, server.url(remote.name), chart, patience=waits.patience)
    mine.follow()
    server.stop()
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert outcome.retry
    assert "can't be" in outcome.reason
    assert "Failed to connect to 127.0.0.1" in outcome.reason
    assert sum(waits.waits) == pytest.approx(20)
    waited = len(waits.waits)
    (again,) = mine.apply([change("two", label(2))])
    assert isinstance(again, Failed)
    assert len(waits.waits) == waited
    server.start()
    assert [type(each) for each in mine.apply([change("one", label(1)), change("two", label(2))])] == [Applied] * 2


PASSING: dict[str, Answer] = {
    "overloaded": (503, {"Retry-After": "1"}),
    "a bad gateway": (502, {}),
    "too many requests": (429, {}),
    "a defect": (500, {}),
}
LASTING: dict[str, tuple[Answer, str]] = {
    "who is this": ((401, {"WWW-Authenticate": "Basic"}), "401|could not read|[Aa]uthentication"),
    "not you": ((403, {}), "403"),
    "no such repository": ((404, {}), "not found"),
    "too large": ((413, {}), "413"),
    "elsewhere, by another protocol": ((301, {"Location": "file:///etc/passwd"}), "301|[Pp]rotocol|redirect"),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_a_server_says_for_a_while_is_tried_again(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer, name: str
) -> None:
    waits = Waits()
    mine = writer(tmp_path, server.url(remote.name), chart, patience=waits.patience)
    mine.follow()
    server.answers += [PASSING[name]] * 3
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Applied), outcome
    assert 1 <= len(waits.waits) <= 3


@pytest.mark.parametrize("name", LASTING)
def test_what_somebody_has_to_mend_is_told_at_once(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer, name: str
) -> None:
    waits = Waits()
    url = server.url(remote.name).replace("http://", "http://ada:hush%21@")
    mine = writer(tmp_path, url, chart, patience=waits.patience)
    mine.follow()
    answer, words = LASTING[name]
    server.answers += [answer] * 10
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert not outcome.retry, outcome
    assert re.search(words, outcome.reason), outcome
    assert waits.waits == []
    assert "hush" not in outcome.reason
    server.answers.clear()
    assert isinstance(mine.apply([change("one", label(1))])[0], Applied)


def test_a_push_that_was_done_but_answered_with_an_error_is_one_commit(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer
) -> None:
    """The line broke after the remote had moved the branch, and it is away for a while after that."""
    waits = Waits({2: server.start})
    mine = writer(tmp_path, server.url(remote.name), chart, patience=waits.patience)
    mine.follow()
    stopped = threading.Event()

    def cut() -> None:
        stopped.set()
        server.stop()

    hook(remote, "post-receive", "exec >&- 2>&-; kill -9 $PPID")
    store, original = mine.tracker.store, mine.tracker.store.git

    def cutting(arguments: list[str], *, seconds: float, **more: Any) -> object:
        done = original(arguments, seconds=seconds, **more)
        if arguments[0] == "push" and not stopped.is_set():
            cut()
        return done

    store.git = cutting  # type: ignore[method-assign, assignment]
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Applied), outcome
    assert stopped.is_set()
    keys = git(remote, "log", "--format=%(trailers:key=Change-Id,valueonly,separator=)", "main").split()
    assert keys == ["one"]
    fsck(remote)


def test_a_server_that_never_answers_costs_one_call(tmp_path: Path, chart: ChartSource) -> None:
    with silent_server() as port:
        mine = writer(tmp_path, f"http://127.0.0.1:{port}/x.git", chart, patience=0.2)
        truth = mine.tracker.truth
        truth._seconds = 0.5  # type: ignore[attr-defined]
        begun = time.monotonic()
        (outcome,) = mine.apply([change("one", label(1))])
        assert time.monotonic() - begun < 5
    assert isinstance(outcome, Failed)
    assert outcome.retry
    assert outcome.reason.endswith("can't be fetched from: time ran out")


@pytest.mark.parametrize(
    ("url", "words", "retry"),
    [
        ("https://nobody.invalid/x.git", "Could not resolve host", True),
        ("ssh://git@127.0.0.1:9/x.git", "Connection refused", True),
        ("git://127.0.0.1:9/x.git", "unable to connect", True),
        ("/nowhere/x.git", "does not appear to be a git repository", False),
    ],
)
def test_what_is_away_for_now_and_what_is_not(
    tmp_path: Path, chart: ChartSource, url: str, words: str, retry: bool
) -> None:
    (outcome,) = writer(tmp_path, url, chart).apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert words in outcome.reason
    assert outcome.retry == retry


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'main is protected' >&2; exit 1", "pre-receive hook declined) main is protected"),
        ("echo 'GL-HOOK-ERR: file is larger than 1 MB' >&2; exit 1", "file is larger than 1 MB"),
    ],
)
def test_a_hook_that_declines_is_told_at_once(
    tmp_path: Path, remote: Path, chart: ChartSource, script: str, words: str
) -> None:
    waits = Waits()
    mine = writer(tmp_path, remote, chart, patience=waits.patience)
    mine.follow()
    hook(remote, "pre-receive", script)
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert (waits.waits, outcome.retry) == ([], False)
    assert outcome.reason.endswith(words)


def test_a_lock_at_the_remote_is_waited_for_and_told(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    lock = remote / "refs/heads/main.lock"
    waits = Waits()
    mine = writer(tmp_path, remote, chart, patience=waits.patience)
    mine.follow()
    lock.touch()
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert outcome.retry
    assert "can't move refs/heads/main just now" in outcome.reason
    assert sum(waits.waits) == pytest.approx(20)
    lock.unlink()
    assert isinstance(mine.apply([change("one", label(1))])[0], Applied)


@pytest.mark.parametrize("pushed", [False, True])
def test_a_disk_that_takes_no_more(tmp_path: Path, remote: Path, chart: ChartSource, pushed: bool) -> None:
    """Files may not grow beyond a few bytes: neither Commander's nor those of the git that fetches."""
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    if pushed:
        push(remote, {"environments/README.md": random.Random(1).randbytes(50_000)})
        mine.tracker.truth._known = False  # type: ignore[attr-defined]
    soft, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, most))
    try:
        (outcome,) = mine.apply([change("one", label(1))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, most))
    assert isinstance(outcome, Failed)
    assert "File too large" in outcome.reason or "signal" in outcome.reason or "index-pack" in outcome.reason
    (done,) = mine.apply([change("one", label(1))])
    assert isinstance(done, Applied)
    assert not done.repeated
    assert list((tmp_path / "a.git/objects/pack").glob("tmp_*commander*")) == []
    fsck(tmp_path / "a.git")


def test_a_remote_whose_disk_is_full(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    hook(remote, "pre-receive", "echo 'fatal: write error: No space left on device' >&2; exit 1")
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert outcome.retry
    hook(remote, "pre-receive", "exit 0")
    assert isinstance(mine.apply([change("one", label(1))])[0], Applied)


@pytest.mark.slow
def test_changes_wait_while_the_remote_is_away_and_a_queue_that_closes_does_not_wait_for_each(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer
) -> None:
    waiting, go_on = threading.Event(), threading.Event()

    def wait(_: float) -> None:
        waiting.set()
        assert go_on.wait(30)

    mine = writer(tmp_path, server.url(remote.name), chart, patience=Patience(20, wait=wait))
    mine.follow()
    server.stop()
    queue = Queue(mine)
    first = queue.submit(change("first", label(0)))
    assert waiting.wait(30)
    later = [queue.submit(change(f"k{number}", label(number))) for number in range(200)]
    assert len(queue) == 200
    server.start()
    go_on.set()
    assert {type(each.result(60)) for each in (first, *later)} == {Applied}
    server.stop()
    waiting.clear()
    go_on.clear()
    mine.tracker.truth._patience._seconds = 0.5  # type: ignore[attr-defined]
    late = [queue.submit(change(f"l{number}", label(number))) for number in range(200)]
    assert waiting.wait(30)
    go_on.set()
    begun = time.monotonic()
    queue.close()
    assert time.monotonic() - begun < 10
    assert {type(each.result(0)) for each in late} == {Failed}


REMAINDER = "\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights"
SAID: dict[str, bool] = {
    f"ssh: connect to host git.example.com port 22: Connection refused{REMAINDER}": True,
    f"kex_exchange_identification: Connection closed by remote host{REMAINDER}": True,
    f"ssh: Could not resolve hostname git.example.com: Temporary failure in name resolution{REMAINDER}": True,
    "fatal: unable to access 'https://x/': Could not resolve host: x": True,
    "fatal: unable to access 'https://x/': Failed to connect to x port 443 after 130 ms: Connection timed out": True,
    "error: RPC failed; curl 56 GnuTLS recv error (-54): Error in the pull function.\nfatal: early EOF": True,
    "error: RPC failed; HTTP 504 curl 22 The requested URL returned error: 504": True,
    "fatal: the remote end hung up unexpectedly": True,
    "": True,
    f"Host key verification failed.{REMAINDER}": False,
    f"@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.{REMAINDER}": False,
    f"git@github.com: Permission denied (publickey).{REMAINDER}": False,
    f"ERROR: Repository not found.{REMAINDER}": False,
    f"remote: The project you were looking for could not be found or you don't have permission.{REMAINDER}": False,
    "remote: Invalid username or password.\nfatal: Authentication failed for 'https://github.com/a/b/'": False,
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled": False,
    "fatal: unable to access 'https://x/': The requested URL returned error: 403": False,
    "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate": False,
    "fatal: remote error: access denied or repository not exported: /x": False,
    "fatal: transport 'ext' not allowed": False,
}
STATUS = {
    "[rejected] (fetch first)": "first",
    "[rejected] (stale info)": "first",
    "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)": "first",
    "[remote rejected] (protected branch hook declined)": "lasting",
    "[remote rejected] (pre-receive hook declined)": "lasting",
    "[remote rejected] (Internal Server Error)": "passing",
    "[remote failure] (remote failed to report status)": "silent",
}


@pytest.mark.parametrize("said", SAID)
def test_what_gits_and_forges_say_when_they_do_not_answer(said: str) -> None:
    assert is_passing(Done(128, "", said)) == SAID[said]


@pytest.mark.parametrize("status", STATUS)
def test_what_forges_say_of_a_push(status: str) -> None:
    output = f"To x\n!\t1:refs/heads/main\t{status}\nDone"
    assert push_refusal(Done(1, output, "error: failed to push some refs to 'x'")) == STATUS[status]


def test_patience_begins_anew_when_something_went_well() -> None:
    waits = Waits()
    answers: list[BaseException | None] = [StoreError("away", retry=True), None] * 2

    def work() -> str:
        error = answers.pop(0)
        if error is not None:
            raise error
        return "done"

    assert [waits.patience.spend(work) for _ in range(2)] == ["done", "done"]
    assert waits.waits == [0.2, 0.2]
    answers[:] = [MovedError(None)]
    with pytest.raises(MovedError):
        waits.patience.spend(work)
    assert len(waits.waits) == 2


def test_a_login_goes_to_the_server_and_into_no_programs_arguments(
    tmp_path: Path, remote: Path, chart: ChartSource, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.authorization = f"Basic {b64encode(b'ada:hush!').decode()}"
    seen = tmp_path / "seen"
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s " "$@" >>{seen}\nexec {shutil.which("git")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    url = server.url(remote.name).replace("http://", "http://ada:hush%21@")
    mine = writer(tmp_path, url, chart)
    mine.follow()
    assert isinstance(mine.apply([change("one", label(1))])[0], Applied)
    said = seen.read_text()
    assert " push " in said
    assert "hush" not in said
    server.authorization = "Basic another"
    (outcome,) = mine.apply([change("two", label(2))])
    assert isinstance(outcome, Failed)
    assert "hush" not in outcome.reason
