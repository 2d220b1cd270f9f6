"""What Argo CD may have forgotten is told again: folders that were told twice within a short time, and no others."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import pytest

from commander.webhook import Endpoint, Heard, Push, Webhook
from commander.webhook.repeats import Repeats
from tests.commander.fleets import DEV, FILES
from tests.commander.repositories import MAIN, bare, git
from tests.commander.webhook.listener import SECRET, Listener, listening
from tests.commander.webhook.test_push import commit

REPOSITORY = "https://git.example.com/airflow"
ONE, OTHER = (f"rendered/dev/workspaces/etl/{name}/x.yaml" for name in ("daily", "hourly"))


def push(number: int, *modified: str) -> Push:
    return Push(REPOSITORY, MAIN, f"{number - 1:040}", f"{number:040}", modified=modified)


def test_what_is_told_once_is_not_told_again() -> None:
    repeats = Repeats()
    repeats.told([push(1, ONE)], 0.0)
    repeats.told([push(2, OTHER)], 1.0)
    repeats.told([push(3, ONE)], 20.0)
    assert repeats.due(30.0) is None


def test_a_folder_that_is_told_twice_is_told_again_when_all_is_quiet() -> None:
    repeats = Repeats()
    repeats.told([push(1, ONE, OTHER)], 0.0)
    repeats.told([push(2, ONE.replace("x.yaml", "y.yaml"))], 0.5)
    assert repeats.due(0.5) == pytest.approx(3.0)
    repeats.told([push(3, "rendered/dev/workspaces/etl/monthly/x.yaml")], 2.0)
    assert repeats.due(2.0) == pytest.approx(3.0)
    assert repeats.due(6.0) == 0.0
    (again,) = repeats.take()
    assert again.before == again.after
    assert again.modified == (ONE.replace("x.yaml", "y.yaml"),)
    assert repeats.due(6.0) is None


def test_without_quiet_it_is_told_after_a_while() -> None:
    repeats = Repeats()
    for number in range(100):
        repeats.told([push(number, ONE)], number * 0.2)
    assert repeats.due(20.0) == 0.0


def test_very_much_is_not_kept() -> None:
    repeats = Repeats()
    for number in range(2):
        repeats.told([push(number, *(f"rendered/dev/workspaces/w/r{n}/x.yaml" for n in range(20_001)))], number)
    assert repeats.take() == []


@pytest.mark.slow
def test_two_commits_in_a_row_are_three_calls(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    fleet = bare(tmp_path, {DEV.file: FILES[DEV.file], ONE: "0", OTHER: "0"})
    heard: Queue[Heard] = Queue()
    with listening(Listener()) as argocd:
        teller = Webhook(Endpoint(argocd.url, secret), fleet, MAIN, git(fleet, "rev-parse", "main"), heard=heard.put)
        both: list[dict[str, str | None]] = [{ONE: "1", OTHER: "1"}, {ONE: "2"}]
        for number, files in enumerate(both, start=1):
            teller.moved(commit(fleet, files))
            argocd.wait(number)
        last = argocd.wait(3)[2]
        teller.close()
    tip = git(fleet, "rev-parse", "main")
    assert (last["before"], last["after"], last["commits"][0]["modified"]) == (tip, tip, [ONE])
    assert [heard.get(timeout=30).result for _ in range(3)] == ["told", "told", "told again"]
