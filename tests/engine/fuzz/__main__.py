"""The long fuzzer: ``python -m tests.engine.fuzz --minutes 10``. Ends with exit code 1 when it found something.

Trees are drawn by number, so that a number that is printed can be tried again (``--first N --trees 1``). With
``--atheris`` (Linux, ``pip install --require-hashes -r requirements-fuzz.lock``) what is drawn follows what the code of
the generator does with it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.engine.fuzz.judge import Judge
    from tests.engine.fuzz.trees import Tree


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.engine.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--first", type=int, default=0, help="number of the first tree")
    parser.add_argument("--trees", type=int, default=None, help="stop after so many trees")
    parser.add_argument("--chart", choices=("tiny", "airflow"), default="airflow", help="what trees are rendered with")
    parser.add_argument("--atheris", action="store_true", help="let coverage lead the way")
    arguments = parser.parse_args()
    if arguments.atheris:
        from tests.engine.fuzz.guided import guided

        return guided(arguments.minutes)
    from tests.engine.fuzz.judge import memory

    with memory() as folder:
        return _drawn(folder, arguments)


def _drawn(folder: Path, arguments: argparse.Namespace) -> int:
    judge = a_judge(folder, arguments.chart)
    end = time.monotonic() + arguments.minutes * 60
    number, rendered = arguments.first, 0
    found: Counter[str] = Counter()
    while time.monotonic() < end and (arguments.trees is None or number < arguments.first + arguments.trees):
        tree = judge.draw(Random(number))
        try:
            rendered += try_out(judge, tree, program=arguments.chart == "airflow" and number % 4 == 0)
        except Exception as error:  # whatever it is, it is what is looked for
            summary = "".join(traceback.format_exception_only(error)).strip().splitlines()[0][:200]
            found[summary] += 1
            if found[summary] == 1:
                print(f"tree {number}: {'; '.join(tree.changes)}\n{traceback.format_exc()}", flush=True)
        number += 1
        if number % 1000 == 0:
            print(f"{number - arguments.first} trees, {rendered} rendered, {sum(found.values())} bad", flush=True)
    print(f"{number - arguments.first} trees, {rendered} rendered, {sum(found.values())} bad")
    for summary, times in found.most_common():
        print(f"{times} times: {summary}")
    return 1 if found else 0


def a_judge(folder: Path, chart: str) -> Judge:
    """A judge with the tiny chart or the real one."""
    # Atheris has to be there before what it watches is imported.
    from tests.engine.fuzz.judge import Judge

    if chart == "tiny":
        from tests.render.tiny_chart import tiny_chart

        return Judge(tiny_chart(folder / "chart"), folder)
    from generator.airflow.chart import airflow_chart

    return Judge(airflow_chart(), folder)


def try_out(judge: Judge, tree: Tree, *, program: bool) -> bool:
    """Whether the tree is rendered, by the engine or by the whole program."""
    with contextlib.redirect_stdout(io.StringIO()):
        return judge.judge_program(tree) if program else judge.judge(tree)


if __name__ == "__main__":
    sys.exit(main())
