"""Two values field by field: what is a change, and where it is told to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.fields import compare
from tests.diff.manifests import container, copy, fields, made, spec, workload


def test_fields_are_told_with_their_path_and_both_values() -> None:
    new = copy(workload())
    container(new)["image"] = "example.com/airflow:2.11.2"
    container(new)["env"].insert(0, {"name": "LANG", "value": "C"})
    new["spec"]["replicas"] = 3
    del new["spec"]["template"]["metadata"]
    assert fields(workload(), new) == {
        "spec.replicas": ("changed", 2, 3),
        "spec.template.metadata": ("removed", {"annotations": {"checksum/config": "1" * 64}}, None),
        "spec.template.spec.containers[scheduler].env[LANG]": ("added", None, {"name": "LANG", "value": "C"}),
        "spec.template.spec.containers[scheduler].image": (
            "changed", "example.com/airflow:2.11.1", "example.com/airflow:2.11.2",
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("volumeMounts", [{"mountPath": "/a", "name": "x"}], [{"mountPath": "/a", "name": "y"}],
         "volumeMounts[/a].name"),
        ("volumes", [{"name": "v", "emptyDir": {}}], [{"name": "v", "emptyDir": {"medium": "Memory"}}],
         "volumes[v].emptyDir.medium"),
        ("ports", [{"containerPort": 80, "protocol": "TCP", "name": "a"}],
         [{"containerPort": 80, "protocol": "TCP", "name": "b"}], "ports[80/TCP].name"),
        ("ports", [{"port": 80, "targetPort": 1}], [{"port": 80, "targetPort": 2}], "ports[80].targetPort"),
        ("envFrom", [{"secretRef": {"name": "s"}}], [{"secretRef": {"name": "s", "optional": True}}],
         "envFrom[secret/s].secretRef.optional"),
        ("tls", [{"secretName": "t", "hosts": ["a"]}], [{"secretName": "t", "hosts": ["b"]}], "tls[t].hosts[0]"),
        ("volumeClaimTemplates", [{"metadata": {"name": "l"}, "spec": 1}], [{"metadata": {"name": "l"}, "spec": 2}],
         "volumeClaimTemplates[l].spec"),
        ("queues", [{"name": "q", "replicas": 1}], [{"name": "q", "replicas": 2}], "queues[q].replicas"),
    ],
)  # fmt: skip
def test_items_are_known_by_what_kubernetes_knows_them_by(name: str, old: object, new: object, told: str) -> None:
    before = [{"name": f"first-{name}", "mountPath": "/first", "port": 1, "containerPort": 1, "secretName": "first"}]
    if name in {"envFrom", "volumeClaimTemplates"}:
        before = []
    # A new item in front moves all others, and changes none of them.
    assert list(spec({name: old}, {name: [*before, *new]})) == [  # type: ignore[misc]
        *[f"{name}[{label}]" for label in _labels(name, before)],
        told,
    ]


def _labels(name: str, items: list[dict[str, object]]) -> list[str]:
    known = {"volumeMounts": "/first", "tls": "first", "ports": "1"}
    return [str(known.get(name, f"first-{name}")) for _ in items]


def test_two_items_of_one_name_are_compared_by_place() -> None:
    old = [{"name": "a", "value": 1}, {"name": "a", "value": 2}]
    new = [{"name": "a", "value": 1}, {"name": "a", "value": 3}]
    assert spec({"env": old}, {"env": new}) == {"env[1].value": ("changed", 2, 3)}


def test_lists_without_names_tell_the_fewest_edits() -> None:
    old = {"args": ["bash", "-c", "exec airflow scheduler"], "tolerations": [{"key": "a"}, {"key": "b"}]}
    new = {"args": ["bash", "-x", "-c", "exec airflow scheduler"], "tolerations": [{"key": "b"}]}
    assert spec(old, new) == {"args[1]": ("added", None, "-x"), "tolerations[0]": ("removed", {"key": "a"}, None)}


def test_another_order_is_told_for_it_changes_pods() -> None:
    old = {"env": [{"name": name} for name in "ABCD"], "args": ["x", "y"]}
    new = {"env": [{"name": name} for name in "DABC"], "args": ["y", "x"]}
    assert spec(old, new) == {"env": ("order", None, "D"), "args": ("order", None, '"y"')}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": None}, {}),
        ({"a": 1}, {"a": 1.0}),
        ({"resources": {"limits": {"cpu": "1000m"}}}, {"resources": {"limits": {"cpu": 1}}}),
        ({"resources": {"limits": {"memory": "1Gi"}}}, {"resources": {"limits": {"memory": "1024Mi"}}}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}),
    ],
)
def test_the_same_in_other_words_is_no_change(old: object, new: object) -> None:
    assert spec(old, new) == {}


@pytest.mark.parametrize(
    ("old", "new"), [({"a": 1}, {"a": True}), ({"a": "1"}, {"a": 1}), ({"a": {}}, {}), ({"a": ""}, {"a": None})]
)
def test_what_looks_alike_and_is_not(old: object, new: object) -> None:
    assert list(spec(old, new)) == ["a"]


def test_texts_are_told_by_lines() -> None:
    old = made("ConfigMap", "daily-config", data={"airflow.cfg": "[core]\na = 1\nb = 2\n"})
    new = made("ConfigMap", "daily-config", data={"airflow.cfg": "[core]\na = 1\nb = 3\n"})
    [change] = compare(old, new)
    assert change.path == 'data."airflow.cfg"'
    assert change.lines == ("@@ -1,3 +1,3 @@", " [core]", " a = 1", "-b = 2", "+b = 3")


def test_long_texts_are_cut_around_what_differs() -> None:
    old, new = "x" * 400 + "old" + "y" * 400, "x" * 400 + "new" + "y" * 400
    assert spec({"a": old}, {"a": new}) == {
        "a": ("changed", f"…{'x' * 40}old{'y' * 40}…", f"…{'x' * 40}new{'y' * 40}…")
    }


def test_a_key_that_could_be_taken_for_two_stands_in_quotes() -> None:
    assert list(spec({"a": {"example.com/b": 1}}, {"a": {"example.com/b": 2}})) == ['a."example.com/b"']


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab1\n", max_size=4),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "name", "env"]), below),
    max_leaves=12,
)


@given(_json, _json)
def test_changes_are_told_exactly_when_something_differs(old: object, new: object) -> None:
    """Nothing for the same data; something, and the same at every time, for other data."""
    assert compare({"x": old}, {"x": old}) == []
    changes = compare({"x": old}, {"x": new})
    assert changes == compare({"x": old}, {"x": new})
    if not _same(old, new):
        assert changes


def _same(old: object, new: object) -> bool:
    """The same but for nulls and what is missing."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(_same(old.get(key), new.get(key)) for key in {*old, *new})
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    return type(old) is type(new) and old == new
