"""A remote is the truth: what is acknowledged is there; others push, it refuses, it is away; and all of it is told."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commander.changes import Create, Edit, Target
from commander.git import Patience, Remote, Store, StoreError
from commander.git.program import run_git
from commander.writer import Applied, Failed, Previewed, Queue, Tracker, Writer
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, FILES, change, generated, rendered_state
from tests.commander.repositories import MAIN, bare, fsck, git
from tests.commander.test_writer import push
from tests.desired.repositories import DEPLOYMENT


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    (tmp_path / "remote").mkdir()
    return bare(tmp_path / "remote", FILES)


def writer(
    folder: Path, url: str | Path, chart: ChartSource, name: str = "a", patience: float | Patience = 0
) -> Writer:
    """A Commander with a local repository of its own."""
    local = folder / f"{name}.git"
    if not local.exists():
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", local], check=True)
    store = Store(local, MAIN)
    tracker = Tracker(store, truth=Remote(store, str(url), seconds=20, patience=patience), chart=chart, processes=1)
    return Writer(tracker, name="Commander", email="commander@example.com", clock=lambda: 1_700_000_000)


def label(number: int | str, target: Target = DAILY) -> Edit:
    return Edit(target, (Set(("label",), f"Label {number}"),))


def subjects(repository: Path) -> list[str]:
    return git(repository, "log", "--format=%s", "main").splitlines()


def test_what_is_acknowledged_is_at_the_remote(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Applied)
    assert git(remote, "rev-parse", "main") == outcome.revision
    assert rendered_state(remote) == generated(remote, chart, tmp_path / "tree")
    fsck(remote)


def test_others_push_first(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine, other = writer(tmp_path, remote, chart, "a"), writer(tmp_path, remote, chart, "b")
    new = Target("dev", "ml", "hourly")
    assert isinstance(mine.apply([change("new", Create(new, DEPLOYMENT))])[0], Applied)
    for number in range(3):
        assert isinstance(other.apply([change(f"b{number}", label(number))])[0], Applied)
        push(remote, {"README.md": f"{number}\n".encode()}, f"By hand {number}\n")
        assert isinstance(mine.apply([change(f"a{number}", label(number, new))])[0], Applied)
    assert [each for each in subjects(remote) if not each.startswith("Render")][:9] == [
        each
        for number in (2, 1, 0)
        for each in ("dev/ml/hourly: set label", f"By hand {number}", "dev/etl/daily: set label")
    ]
    assert rendered_state(remote) == generated(remote, chart, tmp_path / "tree")


def test_a_key_is_known_by_another_commander(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    (first,) = writer(tmp_path, remote, chart, "a").apply([change("one", label(1))])
    assert isinstance(first, Applied)
    late = writer(tmp_path, remote, chart, "b")
    assert late.apply([change("one", label(1))]) == [Applied(first.revision, repeated=True)]


def test_what_a_person_pushed_is_followed_without_a_change(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    push(remote, {DAILY.file: (DEPLOYMENT + "values: {labels: {team: one}}\n").encode()})
    queue = Queue(mine, poll=0.05)
    changed = threading.Event()
    for _ in range(600):
        if rendered_state(remote) == generated(remote, chart, tmp_path / "tree"):
            break
        changed.wait(0.05)
    queue.close()
    assert rendered_state(remote) == generated(remote, chart, tmp_path / "tree")


def test_previews_without_end_do_not_keep_it_from_following(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    seen = threading.Event()
    queue = Queue(mine, poll=0.05, moved=lambda _: seen.set())
    # There always is one that waits.
    waiting = deque(queue.preview(change(f"p{number}", label(number))) for number in range(4))
    push(remote, {DAILY.file: (DEPLOYMENT + "values: {labels: {team: one}}\n").encode()})
    until = time.monotonic() + 10
    while not seen.is_set() and time.monotonic() < until:
        assert isinstance(waiting.popleft().result(60), Previewed)
        waiting.append(queue.preview(change("more", label("more"))))
    assert seen.is_set()
    queue.close()
    assert rendered_state(remote) == generated(remote, chart, tmp_path / "tree")


def test_while_changes_are_written_it_is_not_looked_besides(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    looks: list[None] = []
    original = mine.look
    mine.look = lambda: (looks.append(None), original())[1]  # type: ignore[method-assign, func-returns-value]
    queue = Queue(mine, poll=60)
    queue._looked -= 59.9
    begun = time.monotonic()
    while time.monotonic() < begun + 0.3:
        assert isinstance(queue.submit(change(f"{time.monotonic_ns()}", label(1))).result(60), Applied)
    queue.close()
    assert len(looks) <= 1


def hook(remote: Path, name: str, script: str) -> None:
    path = remote / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_lock_that_stays_at_the_remote_is_told_with_what_to_do(
    tmp_path: Path, remote: Path, chart: ChartSource
) -> None:
    mine = writer(tmp_path, remote, chart)
    lock = remote / "refs/heads/main.lock"
    lock.touch()
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Failed)
    assert f"can't move {MAIN} just now: [remote rejected] (failed to update ref); at the remote, '" in outcome.reason
    assert f"/refs/heads/main.lock' locks {MAIN}: another git is at work there" in outcome.reason
    assert outcome.reason.endswith("see that no git runs in that repository, and remove the file")
    lock.unlink()
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Applied)


def test_a_remote_that_refuses_is_told_and_can_be_tried_again(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    hook(remote, "pre-receive", "echo 'main is protected' >&2; exit 1")
    (failed,) = mine.apply([change("one", label(1))])
    assert isinstance(failed, Failed)
    assert failed.reason.endswith("refuses: [remote rejected] (pre-receive hook declined) main is protected")
    hook(remote, "pre-receive", "exit 0")
    (done,) = mine.apply([change("one", label(1))])
    assert isinstance(done, Applied)
    assert not done.repeated


def test_a_remote_that_is_away(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    mine = writer(tmp_path, remote, chart)
    mine.follow()
    away = remote.with_name("away")
    remote.rename(away)
    (failed,) = mine.apply([change("one", label(1))])
    assert isinstance(failed, Failed)
    assert "can't be pushed to" in failed.reason
    away.rename(remote)
    assert isinstance(mine.apply([change("one", label(1))])[0], Applied)


def test_a_push_whose_answer_is_lost_is_not_done_twice(
    tmp_path: Path, remote: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commander.git import store
    from commander.git.program import Done

    mine = writer(tmp_path, remote, chart)
    mine.follow()

    def deaf(repository: Path, arguments: list[str], **more: Any) -> Done:
        done = run_git(repository, arguments, **more)
        return Done(None, "", "") if arguments[0] == "push" else done

    monkeypatch.setattr(store, "run_git", deaf)
    (outcome,) = mine.apply([change("one", label(1))])
    assert isinstance(outcome, Applied)
    assert git(remote, "rev-parse", "main") == outcome.revision
    assert subjects(remote)[0] == "dev/etl/daily: set label"


def test_a_local_copy_that_was_lost_is_made_anew(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    (first,) = writer(tmp_path, remote, chart).apply([change("one", label(1))])
    shutil.rmtree(tmp_path / "a.git")
    assert isinstance(first, Applied)
    assert writer(tmp_path, remote, chart).apply([change("one", label(1))]) == [Applied(first.revision, repeated=True)]


def test_a_remote_without_the_branch(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    git(remote, "update-ref", "-d", "refs/heads/main")
    (failed,) = writer(tmp_path, remote, chart).apply([change("one", label(1))])
    assert isinstance(failed, Failed)
    assert "has no branch refs/heads/main; push a first commit" in failed.reason


HOSTILE_URLS = [
    "",
    "--upload-pack=touch /tmp/x",
    "ext::sh -c id",
    "fd::7",
    "-oProxyCommand=id",
    "file://x y",
    "ssh://-oProxyCommand=id/x",
    "ssh://git@-oProxyCommand=id/x",
    "git@-oProxyCommand=id:x",
    "git@host:-x",
    "https://h/x\n",
]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_what_is_no_url(tmp_path: Path, remote: Path, url: str) -> None:
    with pytest.raises(StoreError, match="is no URL of a repository"):
        Remote(Store(remote, MAIN), url)


def test_a_login_in_the_url_is_never_told(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    (failed,) = writer(tmp_path, "http://ada:hush@127.0.0.1:9/x.git", chart).apply([change("one", label(1))])
    assert isinstance(failed, Failed)
    assert "127.0.0.1" in failed.reason
    assert "hush" not in failed.reason


def test_git_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path, remote: Path) -> None:
    slow = tmp_path / "slow.sh"
    slow.write_text("#!/bin/sh\nsleep 600\n")
    slow.chmod(0o755)
    done = run_git(remote, ["-c", f"alias.slow=!{slow}", "slow"], seconds=0.5)
    assert done.code is None
    assert done.said == "time ran out"


@pytest.mark.slow
def test_two_commanders_and_a_person_at_once(tmp_path: Path, remote: Path, chart: ChartSource) -> None:
    """All changes land, and history is a line."""
    commanders = [writer(tmp_path, remote, chart, name) for name in "ab"]
    targets = [Target("dev", "ml", "hourly"), DAILY]
    assert isinstance(commanders[0].apply([change("new", Create(targets[0], DEPLOYMENT))])[0], Applied)
    outcomes: list[object] = []

    def command(who: int) -> None:
        for number in range(8):
            outcomes.extend(commanders[who].apply([change(f"{who}-{number}", label(number, targets[who]))]))

    def person() -> None:
        clone = tmp_path / "clone"
        subprocess.run(["git", "clone", "--quiet", remote, clone], check=True)
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        for number in range(6):
            (clone / "README.md").write_text(f"{number}\n")
            subprocess.run(["git", "-C", clone, *who, "commit", "--quiet", "-am", f"By hand {number}"], check=True)
            while subprocess.run(["git", "-C", clone, "push", "--quiet"], capture_output=True, check=False).returncode:
                subprocess.run(["git", "-C", clone, *who, "pull", "--quiet", "--rebase"], check=True)

    threads = [threading.Thread(target=command, args=(0,)), threading.Thread(target=command, args=(1,)),
               threading.Thread(target=person)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(each, Applied) for each in outcomes), outcomes
    assert git(remote, "rev-list", "--merges", "main") == ""
    assert sorted(each for each in subjects(remote) if each.startswith("By hand")) == [f"By hand {n}" for n in range(6)]
    keys = git(remote, "log", "--format=%(trailers:key=Change-Id,valueonly,separator=)", "main").split()
    assert sorted(keys) == sorted(["new", *(f"{who}-{number}" for who in (0, 1) for number in range(8))])
    writer(tmp_path, remote, chart, "c").follow()
    assert rendered_state(remote) == generated(remote, chart, tmp_path / "tree")
    fsck(remote)


@pytest.fixture
def daemon(remote: Path) -> Iterator[str]:
    """The remote over git's own protocol, by git daemon."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={remote.parent}",
               "--export-all", "--enable=receive-pack", "--verbose"]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "Ready to rumble" not in process.stderr.readline():
            assert process.poll() is None
        yield f"git://127.0.0.1:{port}/{remote.name}"
        process.terminate()


def test_over_the_wire(tmp_path: Path, remote: Path, chart: ChartSource, daemon: str) -> None:
    mine = writer(tmp_path, daemon, chart)
    for number in range(3):
        (outcome,) = mine.apply([change(f"k{number}", label(number))])
        assert isinstance(outcome, Applied), outcome
        assert git(remote, "rev-parse", "main") == outcome.revision
