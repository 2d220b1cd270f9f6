"""The cluster that the other tests stand on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.api import APPLICATIONS, ApiError
from tests.cluster.harness import Cluster, memory
from tests.cluster.processes import ClusterError, Processes, environment, free_ports


def test_the_control_plane_answers(cluster: Cluster) -> None:
    client = cluster.client()
    nodes = client.list("/api/v1/nodes")
    assert [node["metadata"]["name"] for node in nodes] == ["fake-0", "fake-1", "fake-2"]
    assert client.call("GET", "/version")["gitVersion"].startswith("v1.")
    client.list(APPLICATIONS)
    assert {"etcd", "kube-apiserver", "kwok", "argocd-application-controller"} <= memory(cluster).keys()


def test_strict_validation_knows_the_custom_kinds(cluster: Cluster) -> None:
    thing = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {"scaleTargetRef": {"name": "a"}, "triggers": [{"type": "cron", "metadata": {}}], "wrong": 1},
    }
    with pytest.raises(ApiError, match=r"\.spec\.wrong: field not declared in schema"):
        cluster.client().apply(thing, dry_run=True, strict=True)
    del thing["spec"]["wrong"]  # type: ignore[attr-defined]
    cluster.client().apply(thing, dry_run=True, strict=True)


def test_what_is_started_ends_with_the_block_and_its_log_is_told(tmp_path: Path) -> None:
    started = []

    def fail() -> None:
        with Processes(tmp_path) as processes:
            processes.start("patient", [sys.executable, "-c", "import signal; signal.pause()"], environment())
            started.append(processes.running["patient"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert started[0].returncode is not None
    with Processes(tmp_path) as processes:
        processes.start("short", [sys.executable, "-c", "print('my last words')"], environment())
        processes.running["short"].wait()
        with pytest.raises(ClusterError, match=r"short ended with exit code 0\n.*\nmy last words"):
            processes.ready("short", 5, lambda: False)


def test_ports_are_different_ones() -> None:
    assert len(set(free_ports(50))) == 50


def test_a_given_folder_without_the_programs_is_refused(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.cluster.programs"], cwd=Path(__file__).parents[2], text=True,
        env=environment(CLUSTER_BIN=str(tmp_path)), capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert f"CLUSTER_BIN names '{tmp_path}', where etcd, kube-apiserver" in run.stderr
    assert "unset CLUSTER_BIN" in run.stderr
