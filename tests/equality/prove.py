"""The long proof: ``python -m tests.equality.prove --sets 3000`` compares Helm with the native program.

Prints the first differences and ends with exit code 1 when there are any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.airflow.chart import airflow_chart
from stargit.tools import tool
from tests.equality.harness import BuiltChart, build, differences, drawn_set


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.equality.prove", description=__doc__)
    parser.add_argument("--sets", type=int, default=3000)
    parser.add_argument("--first", type=int, default=0, help="number of the first set")
    parser.add_argument("--helm", choices=("helm", "helm3"), default="helm")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    helm = tool(arguments.helm)
    started = time.monotonic()
    bad = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.workers) as pool:
        chart = build(airflow_chart(), Path(folder))
        numbers = range(arguments.first, arguments.first + arguments.sets)
        for done, (number, found) in enumerate(
            pool.map(lambda one: (one, _compare(chart, one, helm)), numbers), start=1
        ):
            if found:
                bad += 1
                print(f"set {number}:", *found, sep="\n  ", flush=True)
            if done % 100 == 0:
                print(f"{done} sets, {bad} with differences, {time.monotonic() - started:.0f} s", flush=True)
    print(f"{arguments.sets} sets with {arguments.helm}: {bad} with differences")
    return 1 if bad else 0


def _compare(chart: BuiltChart, number: int, helm: Path) -> list[str]:
    values, release = drawn_set(chart.source, number)
    return differences(chart, values, release, helm)


if __name__ == "__main__":
    sys.exit(main())
