"""Killed at any moment, or failing at any operation: the old or the new state is there, whole."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.charts import ChartSource
from generator.engine import render_repository
from generator.worktree import STAGING, staging
from tests.engine.fleets import edit, fleet, kill, state, with_fault
from tests.render.tiny_chart import tiny_chart

State = dict[str, bytes]


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    chart = tiny_chart(tmp_path_factory.mktemp("chart"))
    _ = chart.program
    return chart


@pytest.fixture
def repository(tmp_path: Path, chart: ChartSource) -> Path:
    """A fleet that was rendered and edited since."""
    repository = fleet(tmp_path / "repository")
    render_repository(repository, chart=chart)
    return repository


def states(tmp_path: Path, chart: ChartSource) -> tuple[State, State]:
    """The states before and after the edit."""
    other = fleet(tmp_path / "other")
    render_repository(other, chart=chart)
    old = state(other)
    edit(other)
    render_repository(other, chart=chart)
    return old, state(other)


def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that can't let two names change places."""
    monkeypatch.setattr(staging, "_exchange", lambda one, other: False)


def by_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state too large for a new ``rendered/`` at every change."""
    monkeypatch.setattr(staging, "MANY", 0)


WAYS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "exchange": lambda monkeypatch: None,
    "two renames": no_exchange,
    "journal": by_journal,
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_killed_at_any_change(
    tmp_path: Path, repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    old, new = states(tmp_path, chart)
    edit(repository)
    WAYS[way](monkeypatch)
    seen = []
    for at in itertools.count(1):
        code = with_fault(lambda: render_repository(repository, chart=chart), at, kill)
        if way != "exchange":
            staging.recover(repository)  # as the next run does
        found = state(repository)
        assert found in (old, new)
        seen.append(found == new)
        if code == 0:
            break
        if found == new:
            # Back to the beginning, so that every moment is met.
            render_repository(repository, chart=chart)
            _back(repository, chart)
    assert seen[0] is False
    assert seen[-1] is True
    assert len(seen) > 20
    assert not (repository / STAGING).exists()


def _back(repository: Path, chart: ChartSource) -> None:
    """The fleet as before the edit, then edited again."""
    (repository / "environments/dev/workspaces/ml/deployments/serve.yaml").unlink()
    fleet(repository)
    render_repository(repository, chart=chart)
    edit(repository)


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_failing_at_any_change_leaves_the_old_state(
    tmp_path: Path, repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    old, new = states(tmp_path, chart)
    edit(repository)
    WAYS[way](monkeypatch)
    failures = 0
    for at in itertools.count(1):
        code = with_fault(lambda: render_repository(repository, chart=chart), at, _full)
        found = state(repository)
        if code == 0:
            # Only the removal of what is left over may fail without anybody being told.
            assert found == new
            break
        assert code == 1
        assert found == old
        failures += 1
    assert failures > 20


def test_runs_at_the_same_time_do_not_harm_each_other(tmp_path: Path, repository: Path, chart: ChartSource) -> None:
    _, new = states(tmp_path, chart)
    edit(repository)
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                render_repository(repository, chart=chart)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 6
    assert state(repository) == new
    assert sorted(path.name for path in repository.iterdir()) == ["environments", "rendered"]


@pytest.mark.parametrize("way", WAYS)
def test_file_system_without_hard_links(
    tmp_path: Path, repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    _, new = states(tmp_path, chart)
    edit(repository)
    WAYS[way](monkeypatch)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    render_repository(repository, chart=chart)
    assert state(repository) == new
