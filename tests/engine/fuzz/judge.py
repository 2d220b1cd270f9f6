"""What must hold whatever is in a repository: it is rendered, or refused with problems and left as it was."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from generator.charts import ChartSource
from generator.engine import plan_repository, render_repository
from generator.errors import ProblemsError
from generator.worktree import STAGING
from stargit.__main__ import main
from stargit.output import harmless
from tests.engine.broken.repositories import everything
from tests.engine.fuzz.trees import SAMPLE, Tree, broken_tree

#: Seconds; no repository of this size takes as long.
_LONGEST = 20.0


@contextlib.contextmanager
def memory() -> Iterator[Path]:
    """A folder in memory where there is one, for folders are removed slowly from a disk."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


class Judge:
    """Tries trees one after the other, with one chart. A context: ``folder`` is removed at its end."""

    def __init__(self, chart: ChartSource, folder: Path) -> None:
        self._chart = chart
        self._folder = folder
        good = folder / "good"
        Tree(dict(SAMPLE)).write(good)
        self.rendered: dict[str, bytes] = plan_files(good, chart)
        shutil.rmtree(good)

    def draw(self, random: Random) -> Tree:
        """A tree to be tried."""
        return broken_tree(random, self.rendered)

    def judge(self, tree: Tree) -> bool:
        """Whether the tree is rendered. Raises ``AssertionError``, or what the engine raises but must not."""
        with self._written(tree) as repository:
            before = everything(repository)
            started = time.monotonic()
            try:
                render_repository(repository, chart=self._chart, cache=repository.parent / "cache", processes=1)
            except ProblemsError as error:
                _check_problems(error)
                after = everything(repository)
                # What a killed run left is cleared away whatever comes after.
                assert _without_staging(after) == _without_staging(before), "a partial write"
                return False
            finally:
                assert time.monotonic() - started < _LONGEST, "too slow"
            assert not os.path.lexists(repository / STAGING)
            again = render_repository(repository, check=True, chart=self._chart)
            assert not again.changes, again.changes
            return True

    def judge_program(self, tree: Tree) -> bool:
        """The same of the ``stargit`` command, with the chart that it has; whether the tree is rendered."""
        with self._written(tree) as repository:
            before = everything(repository)
            os.environ["STARGIT_CACHE"] = str(repository.parent / "cache")
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main(["render", "--output", "json", "--repository", str(repository)])
            log = "".join(each.read_text() for each in repository.parent.glob("cache/logs/*"))
            assert code in {0, 1}, f"{err.getvalue()}\n{log}"
            found = json.loads(out.getvalue())
            if code == 1:
                assert found, "no problem is told"
                assert _without_staging(everything(repository)) == _without_staging(before), "a partial write"
            return code == 0

    @contextlib.contextmanager
    def _written(self, tree: Tree) -> Iterator[Path]:
        place = Path(tempfile.mkdtemp(dir=self._folder))
        repository = place / "repository"
        repository.mkdir()
        tree.write(repository)
        try:
            yield repository
        finally:
            shutil.rmtree(place)


def plan_files(repository: Path, chart: ChartSource) -> dict[str, bytes]:
    """The rendered state of a good repository, by path."""
    return dict(plan_repository(repository, chart=chart).files)


def _without_staging(found: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    return {path: each for path, each in found.items() if path.split("/")[0] != STAGING}


def _check_problems(error: ProblemsError) -> None:
    assert error.problems, "no problem is told"
    for problem in error.problems:
        assert problem.file, problem
        assert problem.message, problem
        text = str(problem)
        text.encode()  # what can't be printed is a traceback for the person who reads it
        assert text.count("\n") <= 2, f"lines of a file break the message: {text!r}"
        assert len(text) < 4000, f"a message of {len(text)} characters"
        assert harmless(text) == text, f"control characters in {text!r}"
