"""Decisions of an import that no single value shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.desired import load
from generator.dialect import Release
from generator.importer import Imported, import_release, read_release
from generator.importer.known import is_official
from generator.importer.volumes import OWN_VOLUMES
from generator.yaml import read
from tests.importer.imports import FILES, imported, workspace

VERSION = "airflowVersion: 2.10.5\n"
#: What the official chart has by default, and is written down.
VOLUME = {"persistence": {"enabled": True, "size": "100Gi"}}
VOLUMES = {"workers": VOLUME, "triggerer": VOLUME}


def values_of(found: Imported) -> dict[str, Any]:
    value: dict[str, Any] = read(found.text, file="").value["values"]
    return value


def fates(found: Imported) -> dict[str, tuple[str, str]]:
    return {".".join(map(str, entry.path)): (entry.outcome, entry.reason) for entry in found.account}


@pytest.mark.parametrize("text", ["airflowVersion: 3.99.1\n", "defaultAirflowTag: 3.99.1\n"])
def test_a_newer_airflow_is_the_newest_that_is_known_with_its_image(text: str) -> None:
    found = values_of(imported(text + "data: {metadataSecretName: db}\n"))
    assert (found["airflowVersion"], found["defaultAirflowTag"]) == ("3.3.0", "3.99.1")


def test_a_broker_elsewhere_needs_a_secret() -> None:
    text = VERSION + "redis: {enabled: false}\ndata: {metadataSecretName: db}\npostgresql: {enabled: false}\n"
    found = imported(text)
    assert values_of(found)["data"] == {"metadataSecretName": "db", "brokerUrlSecretName": "etl-broker"}
    assert [(secret.name, secret.keys) for secret in found.secrets] == [("etl-broker", ("connection",))]
    assert "data" in values_of(imported(text + "executor: LocalExecutor\n"))
    assert imported(text + "executor: LocalExecutor\n").secrets == ()


def test_a_broker_that_only_the_default_executor_asks_for() -> None:
    found = imported(VERSION + "executor: Mine\nredis: {enabled: false}\ndata: {metadataSecretName: db}\n")
    assert values_of(found) == {"airflowVersion": "2.10.5", "data": {"metadataSecretName": "db"}, "triggerer": VOLUME}
    assert fates(found)["redis.enabled"][0] == "dropped"


def test_what_misses_something_is_switched_off_and_the_rest_stays() -> None:
    found = imported(
        VERSION + "dags: {gitSync: {enabled: true, branch: develop}, mountPath: /dags}\n"
        "elasticsearch: {enabled: true, frontend: kibana.example.com}\n"
        "ingress: {web: {enabled: true, path: /x}}\n"
    )
    assert values_of(found) == {
        "airflowVersion": "2.10.5",
        "dags": {"gitSync": {"branch": "develop"}, "mountPath": "/dags"},
        "elasticsearch": {"frontend": "kibana.example.com"},
        "ingress": {"web": {"path": "/x"}},
        **VOLUMES,
    }
    assert fates(found)["dags.gitSync.enabled"] == ("dropped", "dags.gitSync.repo is needed: git-sync is enabled")
    assert fates(found)["ingress.web.enabled"][0] == "dropped"


def test_items_of_lists_that_are_refused_go_alone() -> None:
    env = "".join(f"  - {{name: {name}, value: x}}\n" for name in ("A", "'B C'", "D", "'E F'", "'G H'", "I"))
    found = imported(VERSION + "env:\n" + env)
    assert [each["name"] for each in values_of(found)["env"]] == ["A", "D", "I"]
    assert [fates(found)[f"env.{number}.name"][0] for number in range(6)] == [
        "kept", "dropped", "kept", "dropped", "dropped", "kept",
    ]  # fmt: skip


def test_what_is_removed_takes_its_secret_along() -> None:
    found = imported(VERSION + "env: [{name: 'MY TOKEN', value: canary-gone}]\n")
    assert found.secrets == ()
    assert fates(found)["env.0.value"][0] == "dropped"
    assert "canary" not in found.text


@pytest.mark.parametrize(
    ("version", "written", "image"),
    [("2.10.5", "2.10.5", True), ("2.4.1", "2.7.0", False), ("v2.9", "2.9.0", True), ("3.3", "3.3.0", True)],
)
def test_versions(version: str, written: str, image: bool) -> None:
    values = values_of(imported(f"airflowVersion: '{version}'\ndefaultAirflowTag: '{version}'\n"))
    assert values["airflowVersion"] == written
    assert ("defaultAirflowTag" in values) is image


def test_the_version_of_an_old_chart() -> None:
    source = read_release("executor: LocalExecutor\n", "values.yaml")
    source.chart = (1, 5)
    found = import_release(source, "etl", workspace())
    assert values_of(found)["airflowVersion"] == "2.7.0"
    assert any("of 2.2.4" in note for note in found.notes)


@pytest.mark.parametrize(
    ("executor", "written"),
    [
        ("SequentialExecutor", "LocalExecutor"),
        ("CeleryExecutor, KubernetesExecutor", "CeleryExecutor,KubernetesExecutor"),
        ("airflow.providers.celery.executors.celery_executor.CeleryExecutor", "CeleryExecutor"),
    ],
)
def test_executors(executor: str, written: str) -> None:
    assert values_of(imported(VERSION + f"executor: {executor}\n"))["executor"] == written


def test_a_namespace_that_cannot_be_the_deployment_s() -> None:
    application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  destination: {namespace: NAME}\n"
    application += "  source: {chart: airflow, helm: {valuesObject: {airflowVersion: 2.10.5}}}\n"
    for name in ("stargit", "kube-system", "Not_A_Name"):
        found = imported(application.replace("NAME", name))
        assert found.namespace == "stargit-etl"
        assert fates(found)["spec.destination.namespace"][0] == "dropped"
    assert imported(application.replace("NAME", "data")).namespace == "data"


def test_a_namespace_that_another_deployment_has() -> None:
    path = "environments/dev/workspaces/team/deployments/other.yaml"
    other = b"apiVersion: stargit.dev/v1\nkind: Deployment\nnamespace: data\n"
    (deployment,) = load({**FILES, path: other}).state.deployments
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  targetNamespace: data\n"
    values = "  values: {airflowVersion: 2.10.5, labels: {where: '{{ .Release.Namespace }}'}}\n"
    found = import_release(read_release(release + values, "in.yaml"), "etl", workspace(), [deployment])
    assert found.namespace == "stargit-etl"
    assert values_of(found)["labels"] == {"where": "stargit-etl"}
    assert fates(found)["spec.targetNamespace"][0] == "dropped"
    assert any("is also that of" in note for note in found.notes)


def test_volumes_of_people_have_other_names_than_those_of_the_chart() -> None:
    chart = airflow_chart()
    contexts: list[dict[str, Any]] = [
        {"dags": {"gitSync": {"enabled": True, "repo": "git@a:b/c", "sshKeySecret": "x", "knownHosts": "a"}}},
        {"executor": "KubernetesExecutor", "logs": {"persistence": {"enabled": True}}},
        {
            "airflowVersion": "2.10.5",
            "webserver": {"webserverConfig": "a"},
            "pgbouncer": {"enabled": True, "sslSecretName": "a"},
            "flower": {"enabled": True},
            "dags": {"bundle": {"enabled": True, "repository": "a/b", "digest": "sha256:" + "0" * 64}},
        },
    ]
    names: set[str] = set()
    for context in contexts:
        _volumes(chart.render(chart.effective(context), Release("etl", "data")), names)
    assert {"config", "tmp", "logs", "dags"} <= names <= OWN_VOLUMES


def _volumes(value: Any, names: set[str]) -> None:
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == "volumes" and isinstance(each, list):
            names.update(volume["name"] for volume in each)
        _volumes(each, names)


def test_a_mount_at_a_place_of_the_chart() -> None:
    found = imported(
        VERSION + "workers:\n  extraVolumes: [{name: tmp, emptyDir: {}}]\n"
        "  extraVolumeMounts: [{name: tmp, mountPath: /tmp}, {name: tmp, mountPath: /more}]\n"
    )
    assert values_of(found)["workers"] == {
        "extraVolumes": [{"name": "tmp-own", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "tmp-own", "mountPath": "/more"}],
        **VOLUME,
    }
    why = "the chart mounts a volume for temporary files there"
    assert fates(found)["workers.extraVolumeMounts.0.mountPath"] == ("dropped", why)


def test_variables_that_the_chart_sets_itself() -> None:
    found = imported(
        VERSION + "executor: LocalExecutor\nenv: [{name: AIRFLOW__CORE__EXECUTOR, value: LocalExecutor}]\n"
    )
    loaded = load({**FILES, found.file: found.text.encode()})
    assert loaded.problems == ()


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("executor",), True),
        (("scheduler", "resources", "limits", "cpu"), True),
        (("postgresql", "auth", "password"), True),
        (("workers", "celery", "sets"), True),
        (("createUserJob", "useHelmHooks"), True),
        (("devMode", "enabled"), True),
        (("serviceAccount", "create"), False),
        (("extraPipPackages",), False),
        (("hibernate",), False),
        (("triggrer", "enabled"), False),
        (("scheduler", "resorces"), False),
        ((), False),
    ],
)
def test_which_values_the_official_chart_has(path: tuple[str, ...], known: bool) -> None:
    assert is_official(path) is known


def test_volumes_that_the_official_chart_makes_by_default_are_written_down() -> None:
    found = imported("executor: CeleryExecutor\n")
    assert values_of(found) == {"executor": "CeleryExecutor", **VOLUMES}
    assert any("keeps log files of workers and triggerer in volumes of 100Gi" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("executor: KubernetesExecutor\n", {"triggerer": {"enabled": True, "size": "100Gi"}}),
        ("logs: {persistence: {enabled: true}}\n", {}),
        ("triggerer: {enabled: false}\nworkers: {persistence: {enabled: false}}\n", {"workers": {"enabled": False}}),
        (
            "triggerer: {persistence: {enabled: true}}\nworkers: {celery: {persistence: {size: 5Gi}}}\n",
            {"triggerer": {"enabled": True, "size": "100Gi"}, "workers": {"enabled": True, "size": "5Gi"}},
        ),
    ],
)
def test_only_volumes_that_it_would_make(text: str, written: dict[str, Any]) -> None:
    values = values_of(imported(text))
    groups = {
        key: values[key]["persistence"] for key in ("workers", "triggerer") if "persistence" in values.get(key, {})
    }
    assert groups == written


def test_what_the_defaults_around_say_of_volumes_is_told() -> None:
    around = workspace()
    layer = {"workers": {"persistence": {"enabled": False}}, "executor": "LocalExecutor"}
    around = replace(around, settings=around.settings.model_copy(update={"defaults": layer}))
    found = import_release(read_release("airflowVersion: 2.10.5\n", "values.yaml"), "etl", around)
    assert "workers" not in values_of(found)
    assert any("workers.persistence.enabled: false" in note for note in found.notes)
    assert any("here the defaults around say LocalExecutor" in note for note in found.notes)


def test_a_fernet_key_that_nobody_wrote_is_told() -> None:
    def told(text: str) -> bool:
        return any("made a Fernet key" in note for note in imported(text).notes)

    assert told(VERSION)
    assert not told(VERSION + "fernetKeySecretName: mine\n")


def test_of_variables_with_one_name_the_last_counts() -> None:
    found = imported(VERSION + "env: [{name: A, value: '1'}, {name: B, value: '2'}, {name: A, value: '3'}]\n")
    assert values_of(found)["env"] == [{"name": "B", "value": "2"}, {"name": "A", "value": "3"}]
    assert fates(found)["env.0.value"] == ("dropped", "A is there again later in the list, and that counts")
