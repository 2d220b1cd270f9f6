"""Layers of values: what comes out of them as a whole, and from which file and line each value is."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.airflow.chart import airflow_chart
from generator.compat import coalesce
from generator.desired import Layer, Layers, deployment_layers, deployment_values, key_path, load
from generator.yaml import read
from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT,
    ENVIRONMENT_FILE,
    WORKSPACE,
    WORKSPACE_FILE,
    as_bytes,
)

REPOSITORY = {
    ENVIRONMENT_FILE: ENVIRONMENT
    + dedent("""\
        platform:
          release: cloud
        defaults:
          executor: KubernetesExecutor
          labels: {owner: platform, stage: dev}
          scheduler:
            replicas: 2
            tolerations:
              - {key: spot, operator: Exists}
          config:
            core:
              parallelism: 16
          logs:
            emptyDirConfig: {sizeLimit: 1Gi}
        """),
    WORKSPACE_FILE: WORKSPACE
    + dedent("""\
        defaults:
          labels: {owner: etl-team, stage: null}
          scheduler:
            au: 8
            tolerations:
              - {key: etl, operator: Exists}
          config: null
        """),
    DEPLOYMENT_FILE: DEPLOYMENT
    + dedent("""\
        runtimeVersion: 12.1.0
        values:
          scheduler:
            replicas: 1
            labels: {"example.com/a.b": x}
          config:
            webserver:
              rbac: true
          logs: {persistence: {enabled: true}}
          gid: null
          hibernate: true
        """),
}


def layers() -> Layers:
    (deployment,) = load(as_bytes(REPOSITORY)).state.deployments
    return deployment_layers(deployment)


def test_merged_layers() -> None:
    assert layers().merged() == {
        "executor": "KubernetesExecutor",
        "labels": {"owner": "etl-team", "stage": None},
        "scheduler": {
            "replicas": 1,
            "tolerations": [{"key": "etl", "operator": "Exists"}],
            "au": 8,
            "labels": {"example.com/a.b": "x"},
        },
        # The workspace removed what the environment and the chart say; the deployment begins anew.
        "config": {"webserver": {"rbac": True}},
        "logs": {"emptyDirConfig": {"sizeLimit": "1Gi"}, "persistence": {"enabled": True}},
        "airflowVersion": "2.10.0",
        "defaultAirflowTag": "12.1.0",
        "gid": None,
        "hibernate": True,
        "platform": {"release": "cloud", "workspace": "etl"},
    }


def test_overrides_keep_only_nulls_that_remove_something() -> None:
    overrides = layers().overrides(airflow_chart().defaults)
    assert (overrides["labels"], overrides["gid"]) == ({"owner": "etl-team"}, None)


def test_effective_values_are_the_overrides_over_the_defaults_of_the_chart() -> None:
    (deployment,) = load(as_bytes(REPOSITORY)).state.deployments
    chart = airflow_chart()
    values = deployment_values(deployment, chart)
    assert values.effective == coalesce(chart.defaults, values.overrides)
    assert "gid" not in values.effective
    assert values.effective["scheduler"]["tolerations"] == [{"key": "etl", "operator": "Exists"}]
    assert values.effective["webserver"] == chart.defaults["webserver"]


def test_each_value_has_its_origin_and_what_it_overrode() -> None:
    found = {
        path: [f"{origin.layer} {origin.file.rpartition('/')[2]}:{origin.position.line}:{origin.position.column}"
               for origin in layers().origins(key_path(path, layers().merged()))]
        for path in (
            "executor", "labels.owner", "labels.stage", "scheduler", "scheduler.replicas",
            "scheduler.tolerations[0].key", 'scheduler.labels."example.com/a.b"', "scheduler.labels.example.com/a.b",
            "config", "config.webserver.rbac", "airflowVersion", "defaultAirflowTag", "platform.release", "gid",
            "webserver", "scheduler.uid",
        )
    }  # fmt: skip
    assert found == {
        "executor": ["environment environment.yaml:8:3"],
        "labels.owner": ["workspace workspace.yaml:4:12", "environment environment.yaml:9:12"],
        "labels.stage": ["workspace workspace.yaml:4:29", "environment environment.yaml:9:29"],
        "scheduler": ["deployment daily.yaml:5:3", "workspace workspace.yaml:5:3", "environment environment.yaml:10:3"],
        "scheduler.replicas": ["deployment daily.yaml:6:5", "environment environment.yaml:11:5"],
        "scheduler.tolerations[0].key": ["workspace workspace.yaml:8:10", "environment environment.yaml:13:10"],
        'scheduler.labels."example.com/a.b"': ["deployment daily.yaml:7:14"],
        "scheduler.labels.example.com/a.b": ["deployment daily.yaml:7:14"],
        "config": ["deployment daily.yaml:8:3", "workspace workspace.yaml:9:3", "environment environment.yaml:14:3"],
        "config.webserver.rbac": ["deployment daily.yaml:10:7"],
        # What follows from a setting is found at the setting.
        "airflowVersion": ["runtime version daily.yaml:3:1"],
        "defaultAirflowTag": ["runtime version daily.yaml:3:1"],
        "platform.release": ["platform environment.yaml:6:3"],
        "gid": ["deployment daily.yaml:12:3"],
        # Nobody wrote these.
        "webserver": [],
        "scheduler.uid": [],
    }


def test_image_tag_of_the_runtime_can_be_set_by_the_deployment_only() -> None:
    files = {
        **REPOSITORY,
        ENVIRONMENT_FILE: ENVIRONMENT + "defaults: {defaultAirflowTag: from-environment}\n",
    }
    (below,) = load(as_bytes(files)).state.deployments
    assert deployment_layers(below).merged()["defaultAirflowTag"] == "12.1.0"
    files[DEPLOYMENT_FILE] = DEPLOYMENT + "runtimeVersion: 12.1.0\nvalues: {defaultAirflowTag: mine}\n"
    (above,) = load(as_bytes(files)).state.deployments
    assert deployment_layers(above).merged()["defaultAirflowTag"] == "mine"


def stack(*texts: str) -> Layers:
    documents = [read(text, file=f"{number}.yaml") for number, text in enumerate(texts)]
    return Layers(tuple(Layer("values", each.file, each, (), each.value) for each in documents))


@pytest.mark.parametrize(
    ("texts", "merged", "overrides"),
    [
        (["a: {b: 1}", "a: {c: 2}"], {"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 2}}),
        (["a: [1, 2]", "a: [3]"], {"a": [3]}, {"a": [3]}),
        (["a: {b: 1}", "a: 5"], {"a": 5}, {"a": 5}),
        (["a: 5", "a: {b: 1}"], {"a": {"b": 1}}, {"a": {"b": 1}}),
        (["a: {b: 1}", "a: null"], {"a": None}, {}),
        (["a: {b: 1}", "a: null", "a: {c: 2}"], {"a": {"c": 2}}, {"a": {"c": 2}}),
        (["default: null"], {"default": None}, {"default": None}),
        (["map: {inside: null, other: null}"], {"map": {"inside": None, "other": None}}, {"map": {"inside": None}}),
        # Inside of lists a null is data.
        (["a: [null, {b: null}]"], {"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}),
        (["a: {}"], {"a": {}}, {"a": {}}),
        ([], {}, {}),
    ],
)
def test_how_two_values_meet(texts: list[str], merged: object, overrides: object) -> None:
    layers = stack(*texts)
    assert layers.merged() == merged
    assert layers.overrides({"default": 1, "map": {"inside": 2}}) == overrides


def test_layers_stay_as_they_are() -> None:
    layers = stack("a: {b: {c: 1}}", "a: {b: {d: 2}}")
    layers.merged()
    assert [layer.values for layer in layers.layers] == [{"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}]


trees = st.recursive(
    st.none() | st.integers(0, 3) | st.just([1]),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=8,
)
maps = st.dictionaries(st.sampled_from("abc"), trees, max_size=3)


def in_turn(defaults: dict[str, object], layers: list[dict[str, object]]) -> dict[str, object]:
    """The rule in its plainest form: lay each layer over the result so far, as Helm does with one values file."""

    def over(below: dict[str, object], above: dict[str, object]) -> dict[str, object]:
        result = dict(below)
        for key, value in above.items():
            under = result.get(key)
            result[key] = over(under if isinstance(under, dict) else {}, value) if isinstance(value, dict) else value
        return result

    result: dict[str, object] = {}
    for layer in layers:
        result = over(result, layer)
    return result


@given(st.lists(maps, max_size=4))
def test_merging_is_the_plain_rule(values: list[dict[str, object]]) -> None:
    document = read("a: 1", file="x.yaml")
    layers = Layers(tuple(Layer("values", "x.yaml", document, (), value) for value in values))
    assert layers.merged() == in_turn({}, values)


@given(maps, st.lists(maps, max_size=4))
def test_overrides_give_what_all_layers_give(defaults: dict[str, object], values: list[dict[str, object]]) -> None:
    """Nulls that are left out of the overrides make no difference but for themselves."""
    document = read("a: 1", file="x.yaml")
    layers = Layers(tuple(Layer("values", "x.yaml", document, (), value) for value in values))

    def bare(value: object) -> object:
        return (
            {key: bare(each) for key, each in value.items() if each is not None} if isinstance(value, dict) else value
        )

    whole = coalesce(defaults, layers.merged())
    assert bare(coalesce(defaults, layers.overrides(defaults))) == bare(whole)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("a", ("a",)),
        ("a.b", ("a.b",)),
        ("a.b.c", ("a.b", "c")),
        ("a.x.y", ("a", "x", "y")),
        ("l[1].n", ("l", 1, "n")),
        ("l[7].n", ("l", 7, "n")),
        ('q."x.y"', ("q", "x.y")),
        ("q.x.y", ("q", "x.y")),
        ('nowhere."a.b".c', ("nowhere", "a.b", "c")),
        ("nowhere.at[0].all", ("nowhere", "at", 0, "all")),
        # Cut off, as long keys are in messages.
        (f'q."{"x y" * 10}…', ("q", "x y" * 30)),
        (f'q."{"x y" * 10}….n', ("q", "x y" * 30, "n")),
        ('nowhere."a b…', ("nowhere", '"a b…')),
        ('nowhere."a\\', ("nowhere", '"a\\')),
    ],
)
def test_paths_are_read_along_the_values(text: str, path: tuple[str | int, ...]) -> None:
    value = {"a": {"x": {"y": 1}}, "a.b": {"c": 1}, "l": [{}, {"n": 1}], "q": {"x.y": 1, "x y" * 30: {"n": 1}}}
    assert key_path(text, value) == path


def test_paths_with_very_many_readings_are_read_in_no_time() -> None:
    value: dict[str, object] = {"z": 1}
    for _ in range(60):
        value = {"a": value, "a.a": value, "a.a.a": value}
    assert key_path(".".join("a" * 200), value)[-1] == "a"


@pytest.mark.parametrize("text", ["a." * 5_000, "[0]" * 5_000, "a.b." + "c." * 5_000])
def test_a_path_of_very_many_steps(text: str) -> None:
    """People may type any; what is not there is taken apart all the same."""
    assert len(key_path(text, {"a": {"b": [1]}})) >= 5_000
