"""``python -m benchmarks [--json FILE] [--repeat N] [--fleet N] [--commits N]
[--history N]``: measure, print tables, keep results.

A result has a name, a median in milliseconds, and its ratio to the peer that was measured in the same run on the same
inputs (how many times longer the peer takes). Figures of different runs or machines don't compare; ratios do.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path

from benchmarks.commits import measure_commits, measure_commits_later, print_commits
from benchmarks.fleet import measure_fleet, print_fleet
from benchmarks.measure import Result
from benchmarks.render import measure_render
from benchmarks.serving import print_serving


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="where results go as JSON")
    parser.add_argument("--repeat", type=int, default=15, help="how often each way is measured")
    parser.add_argument("--fleet", type=int, default=10_000, help="deployments of the fleet; 0: no fleet")
    parser.add_argument("--commits", type=int, default=10_000, help="deployments that Commander writes; 0: none")
    parser.add_argument("--history", type=int, default=50_000, help="commits that Commander has made; 0: none")
    arguments = parser.parse_args()
    results = measure_render(arguments.repeat)
    _print(results)
    figures: list[dict[str, object]] = []
    if arguments.fleet:
        fleet = measure_fleet(arguments.fleet)
        print_fleet(arguments.fleet, fleet)
        results += [each.as_result() for each in fleet]
    for size in (100, arguments.commits) if arguments.commits else ():
        commits, serving = measure_commits(size)
        print_commits(commits)
        print_serving(serving)
        results += commits
        figures += [each.as_json() for each in serving]
    if arguments.history:
        later = measure_commits_later(arguments.history)
        print_serving(later)
        figures += [each.as_json() for each in later]
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "python": platform.python_version(),
        "results": [result.as_json() for result in results],
        "commander": figures,
    }
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
