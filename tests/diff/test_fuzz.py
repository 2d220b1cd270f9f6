"""Whatever stands in rendered/, a comparison ends with a report: no traceback, no exponential time."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diff import as_json, as_markdown, as_text, diff
from generator.yaml import dump_all
from tests.diff.manifests import FOLDER, file, made, workload

_STATEFUL = workload("StatefulSet", volumeClaimTemplates=[{"metadata": {"name": "a"}}], serviceName="x")
_GOOD = file(workload(), _STATEFUL, made("ConfigMap", "daily-a", data={"x": "a\nb\n"}), made("Job", "j-0123456789"))
_words = st.sampled_from(
    [
        "kind",
        "apiVersion",
        "metadata",
        "name",
        "namespace",
        "spec",
        "template",
        "containers",
        "env",
        "value",
        "data",
        "items",
        "replicas",
        "labels",
        "component",
        "updateStrategy",
        "type",
        "annotations",
        "image",
        "immutable",
        "a.b",
    ]
) | st.sampled_from(["", "x" * 300])
_numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_texts = st.sampled_from(
    ["Deployment", "Secret", "List", "v1", "apps/v1", "a", "1Gi", "0", "-----BEGIN", "x\ny", "`|<", "\x00", "a" * 5000]
)
_leaves = st.none() | st.booleans() | _numbers | _texts
_anything = st.recursive(
    _leaves, lambda below: st.lists(below, max_size=3) | st.dictionaries(_words, below, max_size=5), max_leaves=25
)
_objects = st.fixed_dictionaries(
    {
        "apiVersion": st.sampled_from(["v1", "apps/v1", "batch/v1"]) | _anything,
        "kind": st.sampled_from(["Deployment", "StatefulSet", "Job", "ConfigMap", "Secret", "List", "Service"])
        | _anything,
        "metadata": st.fixed_dictionaries({"name": st.sampled_from(["daily-a", "daily", "j-0123456789"])}) | _anything,
    },
    optional={"spec": _anything, "data": _anything, "immutable": _anything, "items": _anything},
)


def _all_reports(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    found = diff(old, new)
    assert as_text(found).endswith("\n")
    assert len(as_markdown(found)) <= 60_000
    orjson.dumps(as_json(found))
    # From there back, the same objects change.
    assert {each.unit for each in diff(new, old).objects} == {each.unit for each in found.objects}


@given(st.lists(_objects, max_size=3), st.lists(_objects, max_size=3))
@settings(deadline=None)
def test_any_objects(old: list[Any], new: list[Any]) -> None:
    path = f"{FOLDER}/a.yaml"
    _all_reports({path: dump_all(old).encode()}, {path: dump_all(new).encode()})


@given(st.data())
@settings(deadline=None)
def test_any_damage_to_a_file(data: st.DataObject) -> None:
    damaged = bytearray(_GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        end = at + data.draw(st.integers(0, 40))
        damaged[at:end] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"\n", b"  ", b"- ", b": ", b"---\n", b"&a ", b"*a"])
        )
    _all_reports({f"{FOLDER}/a.yaml": _GOOD}, {f"{FOLDER}/a.yaml": bytes(damaged)})


@given(
    st.dictionaries(
        st.text("ab/.\n`|<-", max_size=20) | st.just("rendered/a/values/b/c.yaml"), st.binary(max_size=30), max_size=4
    )
)
@settings(deadline=None)
def test_any_names_and_bytes(files: dict[str, bytes]) -> None:
    _all_reports({}, files)
