"""A fleet of thousands of deployments in one repository: from nothing, unchanged, and after one change of each sort.

Each figure is that of a process of its own, as a person or a job starts it, with its start and its peak of memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Result
from generator.derived import unsealed, write_sealed

_ENVIRONMENTS = ("dev", "staging", "production")
_TO_A_WORKSPACE = 50
_RUN = """\
import json, resource, sys
from pathlib import Path
from generator.derived import keep_in
from generator.engine import render_repository
keep_in(Path(sys.argv[2]))  # as the command does
report = render_repository(Path(sys.argv[1]), cache=Path(sys.argv[2]))
use = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
changes = report.changes
print(json.dumps({
    "rendered": sum(each.rendered for each in report.affected),
    "written": len(changes.created) + len(changes.changed),
    "mebibytes": use // 1024,
}))
"""


@dataclass(frozen=True)
class FleetResult:
    """Seconds of one run, what it did, and the largest process's memory."""

    name: str
    seconds: float
    rendered: int
    written: int
    mebibytes: int

    def as_result(self) -> Result:
        milliseconds = self.seconds * 1000
        return Result(f"fleet: {self.name}", milliseconds, milliseconds)


def measure_fleet(size: int) -> list[FleetResult]:
    """``size`` deployments in workspaces of 50; a change of templates is one of a comment in the generator's code."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repository"
        write_fleet(root, size)
        results = [_run("from nothing", root), _run("unchanged", root), _run("unchanged, again", root)]
        deployment = root / "environments/dev/workspaces/team-0/deployments/r0.yaml"
        _append(deployment, "    - name: CHANGED\n      value: 'yes'\n", behind="  env:\n")
        results.append(_run("one deployment changed", root))
        _append(deployment, "# a remark\n")
        results.append(_run("a comment in one deployment", root))
        _append(deployment.parents[1] / "workspace.yaml", "  annotations: {example.com/changed: 'yes'}\n")
        results.append(_run(f"a default of a workspace of {_TO_A_WORKSPACE}", root))
        _append(root / "environments/dev/environment.yaml", "  priorityClassName: changed\n")
        results.append(_run("a default of an environment, a third of all", root))
        for index in (Path(folder) / "cache").rglob("index.json"):
            write_sealed(index, {**unsealed(index.read_bytes()), "code": "of another version"})
        results.append(_run("templates changed, outputs are the same", root))
        return results


def write_fleet(root: Path, size: int) -> None:
    """Three executors, both lines of Airflow, git-sync; no two deployments are the same."""
    workspaces = max(1, size // _TO_A_WORKSPACE)
    for environment in _ENVIRONMENTS:
        _write(root, f"{environment}/environment.yaml", _ENVIRONMENT)
    for number in range(workspaces):
        environment = _ENVIRONMENTS[number % 3]
        _write(root, f"{environment}/workspaces/team-{number}/workspace.yaml", _WORKSPACE.format(number=number))
    for number in range(size):
        team = number % workspaces
        text = _DEPLOYMENT.format(
            number=number,
            team=team,
            executor=("CeleryExecutor", "LocalExecutor", "KubernetesExecutor")[number % 3],
            version="3.1.0" if number % 2 else "2.11.0",
            parallelism=16 + number % 64,
            memory=1 + number % 4,
        )
        _write(root, f"{_ENVIRONMENTS[team % 3]}/workspaces/team-{team}/deployments/r{number}.yaml", text)


def print_fleet(size: int, results: list[FleetResult]) -> None:
    print(f"\n{size} deployments, each run a process of its own")
    width = max(len(each.name) for each in results)
    print(f"{'':{width}}  {'seconds':>8}  {'rendered':>8}  {'written':>8}  {'memory':>9}")
    for each in results:
        print(f"{each.name:{width}}  {each.seconds:8.2f}  {each.rendered:8}  {each.written:8}  {each.mebibytes:5} MiB")


def _run(name: str, root: Path) -> FleetResult:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _RUN, root, root.parent / "cache"], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    return FleetResult(name, seconds, **json.loads(done.stdout))


def _append(file: Path, text: str, behind: str = "") -> None:
    old = file.read_text(encoding="utf-8")
    new = old.replace(behind, behind + text, 1) if behind else old + text
    file.write_text(new, encoding="utf-8")


def _write(root: Path, path: str, text: str) -> None:
    file = root / "environments" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


_ENVIRONMENT = """\
apiVersion: stargit.dev/v1
kind: Environment
kubernetes:
  minorVersion: "1.34"
gitops:
  repository: https://git.example.com/platform/gitops.git
defaults:
  scheduler:
    replicas: 2
"""
_WORKSPACE = """\
apiVersion: stargit.dev/v1
kind: Workspace
label: Team {number}
defaults:
  labels:
    example.com/team: team-{number}
"""
_DEPLOYMENT = """\
# yaml-language-server: $schema=../../../../../schemas/deployment.json
apiVersion: stargit.dev/v1
kind: Deployment
label: Deployment {number}
alertEmails: [oncall-{team}@example.com]
values:
  executor: {executor}
  airflowVersion: {version}
  env:
    - name: TEAM
      value: team {team}
  config:
    core:
      parallelism: {parallelism}
  scheduler:
    resources:
      requests:
        cpu: 500m
        memory: {memory}Gi
  dags:
    gitSync:
      enabled: true
      repo: https://git.example.com/team-{team}/dags-{number}.git
"""
