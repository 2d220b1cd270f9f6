"""``deletedAt``: what is deleted has no pods and no way in, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import Deployment, check_state, explain, load, load_repository
from generator.render import render_deployment
from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT,
    ENVIRONMENT_FILE,
    PLAIN,
    WORKSPACE,
    WORKSPACE_FILE,
    as_bytes,
)

ROOT = Path(__file__).parents[2]
LINE = 'deletedAt: "2026-11-28T21:00:00Z"\n'
#: Switches on all that runs, scales, lets people in, or keeps something.
ALL = """\
values:
  executor: CeleryExecutor,KubernetesExecutor
  defaultAirflowRepository: registry.example.com/etl
  ingress: {baseDomain: example.com, apiServer: {enabled: true}, flower: {enabled: true}}
  flower: {enabled: true}
  apiServer: {hpa: {enabled: true}}
  triggerer: {keda: {enabled: true}, persistence: {persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}}}
  workers:
    keda: {enabled: true}
    persistence: {persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Retain}}
    queues:
      - {name: heavy, persistence: {persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}}}
      - {name: light}
  redis: {persistence: {persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}}}
  pgbouncer: {enabled: true}
  statsd: {enabled: true}
  cleanup: {enabled: true}
  databaseCleanup: {enabled: true}
  createUserJob: {enabled: true, defaultUser: {passwordSecret: {name: first-user, key: password}}}
  dags: {persistence: {enabled: true}}
  variables: {sealed: {encryptedData: {TOKEN: AgBy3i4OJSWK}}}
  extraObjects:
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: kept}, data: {a: b}}
    - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: kept}}
    - {apiVersion: v1, kind: Pod, metadata: {name: extra}, spec: {containers: []}}
    - {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: extra}, spec: {}}
    - {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: extra}, spec: {}}
    - apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: extra}
      spec:
        replicas: 3
        persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}
        template: {spec: {containers: []}}
    - apiVersion: batch/v1
      kind: CronJob
      metadata: {name: extra}
      spec:
        schedule: "@daily"
        jobTemplate: {spec: {template: {spec: {containers: []}}}}
"""


def loaded(files: Mapping[str, str]) -> Deployment:
    found = load(as_bytes(files))
    assert [*found.problems, *check_state(found.state)] == []
    (deployment,) = found.state.deployments
    return deployment


def objects(deployment: Deployment) -> dict[tuple[str, str], Any]:
    rendered = render_deployment(deployment, airflow_chart()).objects
    return {(each["kind"], each["metadata"]["name"]): each for documents in rendered.values() for each in documents}


def assert_asleep(found: Iterable[Any]) -> None:
    for each in found:
        kind, spec = each["kind"], each.get("spec", {})
        assert kind not in ("Ingress", "HTTPRoute", "HorizontalPodAutoscaler", "ScaledObject", "Pod", "DaemonSet"), each
        assert "run-airflow-migrations" not in each["metadata"]["name"]
        if kind in ("Deployment", "StatefulSet"):
            assert spec["replicas"] == 0
            assert spec.get("persistentVolumeClaimRetentionPolicy", {}).get("whenScaled") != "Delete"
        if kind == "CronJob":
            assert spec["suspend"] is True


@pytest.mark.parametrize("file", [DEPLOYMENT_FILE, WORKSPACE_FILE, ENVIRONMENT_FILE])
def test_no_pods_and_no_way_in_but_nothing_lost(file: str) -> None:
    files = {**PLAIN, DEPLOYMENT_FILE: DEPLOYMENT + ALL}
    before = objects(loaded(files))
    after = objects(
        loaded(
            {
                **files,
                file: files[file].replace("values:", LINE + "values:")
                if "values:" in files[file]
                else files[file] + LINE,
            }
        )
    )
    assert_asleep(after.values())
    gone = {(kind, name.rpartition("-")[0] if kind == "Job" else name) for kind, name in before.keys() - after.keys()}
    assert gone == {
        ("HTTPRoute", "extra"),
        ("HorizontalPodAutoscaler", "daily-api-server"),
        ("Ingress", "daily-flower-ingress"),
        ("Ingress", "daily-ingress"),
        ("Ingress", "extra"),
        ("Job", "daily-create-user"),
        ("Job", "daily-run-airflow-migrations"),
        ("Pod", "extra"),
        ("ScaledObject", "daily-triggerer"),
        ("ScaledObject", "daily-worker"),
        ("ScaledObject", "daily-worker-heavy"),
        ("ScaledObject", "daily-worker-light"),
        ("ServiceAccount", "daily-create-user"),
        ("ServiceAccount", "daily-run-airflow-migrations"),
    }
    assert after.keys() <= before.keys()
    changed = {kind for (kind, name), each in after.items() if each != before[kind, name]}
    # airflow.cfg has the address of its page no more.
    assert changed == {"ConfigMap", "CronJob", "Deployment", "StatefulSet"}


def test_every_deployment_of_the_sample_can_be_deleted() -> None:
    for each in load_repository(ROOT).deployments:
        asleep = Deployment(
            each.name, each.file, each.settings.model_copy(update={"deletedAt": "2026-11-28T21:00:00Z"}), each.document,
            each.workspace,
        )  # fmt: skip
        assert_asleep(objects(asleep).values())
        assert asleep.namespace == each.namespace


def test_the_bootstrap_job_does_not_run_again() -> None:
    """It makes the first user's password for a job that stays for that."""
    files = {**PLAIN, DEPLOYMENT_FILE: DEPLOYMENT + "values: {createUserJob: {enabled: true}}\n"}
    before, after = (objects(loaded({**files, WORKSPACE_FILE: WORKSPACE + more})) for more in ("", LINE))
    jobs = [{name for kind, name in found if kind == "Job" and "migrations" not in name} for found in (before, after)]
    assert jobs[0] == jobs[1] != set()


def test_explain_names_the_line() -> None:
    deployment = loaded(
        {**PLAIN, WORKSPACE_FILE: WORKSPACE + LINE, DEPLOYMENT_FILE: DEPLOYMENT + "values: {hibernate: false}\n"}
    )
    (row,) = explain(deployment, airflow_chart(), ("hibernate",))
    found = [
        (said.value, said.origin and (said.origin.layer, said.origin.file, said.origin.position.line))
        for said in row.said
    ]
    assert found == [
        (True, ("deletedAt", WORKSPACE_FILE, 3)),
        (False, ("deployment", DEPLOYMENT_FILE, 3)),
        (False, None),
    ]


def test_the_nearest_deletion_is_the_one_that_is_named() -> None:
    files = {ENVIRONMENT_FILE: ENVIRONMENT + LINE, WORKSPACE_FILE: WORKSPACE + LINE, DEPLOYMENT_FILE: DEPLOYMENT}
    assert loaded(files).deleted_by == loaded(files).workspace
    assert loaded({**files, DEPLOYMENT_FILE: DEPLOYMENT + LINE}).deleted_by is not None
    assert loaded({**files, WORKSPACE_FILE: WORKSPACE}).deleted_by == loaded(files).environment
    assert loaded(PLAIN).deleted_by is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"2026-11-28"', "3:1: deletedAt"),
        ('"2026-11-28T21:00:00+01:00"', "3:1: deletedAt"),
        ('"2026-11-28T24:00:00Z"', "3:1: deletedAt"),
        ("true", "3:1: deletedAt: true is"),
        ("2026-11-28T21:00:00Z", "3:12: "),
        ('"2026-02-30T21:00:00Z"', "3:1: deletedAt: 2026-02-30 is no day of the calendar"),
        ('"2026-11-28T21:00:00Z\\n"', "3:1: deletedAt"),
    ],
)
@pytest.mark.parametrize("file", [DEPLOYMENT_FILE, WORKSPACE_FILE])
def test_what_is_no_time(file: str, text: str, message: str) -> None:
    found = load(as_bytes({**PLAIN, file: PLAIN[file] + f"deletedAt: {text}\n"}))
    (problem, *more) = (*found.problems, *check_state(found.state))
    assert str(problem).startswith(f"{file}:{message}")
    assert more == []


def test_a_name_is_held_by_what_is_deleted() -> None:
    other = DEPLOYMENT_FILE.replace("daily", "hourly")
    found = load(
        as_bytes({**PLAIN, DEPLOYMENT_FILE: DEPLOYMENT + LINE, other: DEPLOYMENT + "namespace: stargit-daily\n"})
    )
    (problem,) = check_state(found.state)
    assert f"the namespace 'stargit-daily' is also that of {DEPLOYMENT_FILE}" in str(problem)
