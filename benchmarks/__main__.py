"""``python -m benchmarks [--json FILE] [--repeat N] [--fleet N] [--commits N]``: measure, print tables, keep results.

A result has a name, a median in milliseconds, and its ratio to the peer that was measured in the same run on the same
inputs (how many times longer the peer takes). Figures of different runs or machines don't compare; ratios do.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path

from benchmarks.commits import measure_commits, print_commits
from benchmarks.fleet import measure_fleet, print_fleet
from benchmarks.measure import Result
from benchmarks.render import measure_render


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="where results go as JSON")
    parser.add_argument("--repeat", type=int, default=15, help="how often each way is measured")
    parser.add_argument("--fleet", type=int, default=10_000, help="deployments of the fleet; 0: no fleet")
    parser.add_argument("--commits", type=int, default=10_000, help="deployments that Commander writes; 0: none")
    arguments = parser.parse_args()
    results = measure_render(arguments.repeat)
    _print(results)
    if arguments.fleet:
        fleet = measure_fleet(arguments.fleet)
        print_fleet(arguments.fleet, fleet)
        results += [each.as_result() for each in fleet]
    if arguments.commits:
        commits = [each for size in (100, arguments.commits) for each in measure_commits(size)]
        print_commits(commits)
        results += commits
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    document = {"python": platform.python_version(), "results": [result.as_json() for result in results]}
    arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"as JSON: {arguments.json}")
    return 0


def _print(results: list[Result]) -> None:
    width = max(len(result.name) for result in results)
    print(f"{'':{width}}  {'median':>10}  {'best':>10}  {'peer / this':>11}")
    for result in results:
        ratio = f"{result.ratio:.1f}x" if result.ratio is not None else ""
        print(f"{result.name:{width}}  {result.median:7.2f} ms  {result.best:7.2f} ms  {ratio:>11}")


if __name__ == "__main__":
    sys.exit(main())
