"""One deployment, from effective values to YAML text: natively, by Helm in process, and by the Helm program."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from helm_python import Chart

from benchmarks.measure import Result, against, measure
from generator.airflow.chart import airflow_chart
from generator.charts import chart_files
from generator.dialect import Release
from generator.yaml import dump_all
from stargit.tools import tool

_DEPLOYMENTS = 40


def deployment(number: int) -> dict[str, Any]:
    """Values as a team writes them; no two are the same, so that nothing can be remembered from one to the next."""
    return {
        "executor": "CeleryExecutor",
        "airflowVersion": "3.3.2" if number % 2 else "2.11.0",
        "labels": {"example.com/team": f"team-{number}"},
        "env": [{"name": "TEAM", "value": f"team {number}"}],
        "config": {"core": {"parallelism": 16 + number}},
        "scheduler": {"replicas": 2, "resources": {"requests": {"cpu": "500m", "memory": f"{1 + number}Gi"}}},
        "workers": {"keda": {"enabled": True}, "queues": [{"name": "heavy", "replicas": 2}]},
        "flower": {"enabled": True},
        "dags": {"gitSync": {"enabled": True, "repo": f"https://git.example.com/team-{number}/dags.git"}},
        "ingress": {"web": {"enabled": True, "hosts": [{"name": f"t{number}.example.com"}]}},
    }


def measure_render(repeat: int) -> list[Result]:
    """Native steps and both peers, on the same chart and the same values."""
    chart = airflow_chart()
    program = chart.program
    values = [deployment(number) for number in range(_DEPLOYMENTS)]
    effective = [chart.effective(each) for each in values]
    releases = [Release(f"release-{number}", f"airflow-release-{number}") for number in range(_DEPLOYMENTS)]

    def text(number: int) -> int:
        files = program.render(effective[number], releases[number])
        return sum(len(dump_all(documents)) for documents in files.values())

    objects = sum(len(documents) for documents in program.render(effective[0], releases[0]).values())
    print(f"one deployment: {objects} objects, {text(0) / 1000:.0f} kB of YAML")

    native = measure("native: effective values to YAML text", text, _DEPLOYMENTS, repeat)
    steps = [
        measure(
            "native: effective values to objects",
            lambda n: program.render(effective[n], releases[n]),
            _DEPLOYMENTS,
            repeat,
        ),
        measure("native: coalesce and check values", lambda n: chart.effective(values[n]), _DEPLOYMENTS, repeat),
    ]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / chart.name
        for name, content in chart_files(chart).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        peers = [_in_process(root, values, releases, repeat), _program(root, values, releases, repeat)]
    return [*(against(native, peer) for peer in peers), *steps, *peers]


def _in_process(root: Path, values: list[dict[str, Any]], releases: list[Release], repeat: int) -> Result:
    with Chart.load(str(root)) as loaded:
        return measure(
            "helm-python-sdk, chart loaded once",
            lambda n: loaded.render(values=values[n], name=releases[n].name, namespace=releases[n].namespace),
            min(5, len(values)),
            max(3, repeat // 3),
        )


def _program(root: Path, values: list[dict[str, Any]], releases: list[Release], repeat: int) -> Result:
    helm = tool("helm")
    files = []
    for number, each in enumerate(values[:5]):
        file = root.parent / f"values-{number}.json"
        file.write_text(json.dumps(each), encoding="utf-8")
        files.append(file)
    return measure(
        "helm template (program)",
        lambda n: subprocess.run(
            [helm, "template", releases[n].name, root, "--namespace", releases[n].namespace, "--values", files[n]],
            check=True,
            stdout=subprocess.DEVNULL,
        ),
        len(files),
        max(3, repeat // 3),
    )
