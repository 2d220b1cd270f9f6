"""Nothing is lost silently: each value of the input is in the account once, whatever the input is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.desired import key_path
from generator.importer import Entry, Imported, Source, leaves, read_release
from generator.importer.result import KeyPath
from generator.yaml import dump, read
from tests.importer.imports import NAMES, case, imported, values_text

SCALARS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2.5, 10**15, "", "text", "true", "3", "5s", "10Gi", "a.b", "{{ .Release.Name }}",
    "{{ .Values.x }}", "{{", "a: b", "- a", "name: value", "- name: A\n  value: b\n", "password: hunter22", "x" * 300,
    "https://u:hunter22@example.com/x.git", "-----BEGIN RSA PRIVATE KEY-----", "2.9.3", "é", "LocalExecutor",
    "a\nb\nc\nd\n",
)  # fmt: skip
TREES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "value", "enabled", "password", "hosts", "x", "A_B"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
KNOWN: list[tuple[KeyPath, Any]] = sorted(
    (
        (path, value)
        for name in NAMES
        for path, value in leaves(read_release(values_text(name), name).values)
        if not any(isinstance(step, int) for step in path)
    ),
    key=repr,
)
BARE = [name for name in NAMES if read_release(values_text(name), name).at == ()]
GROUPS = sorted({path[:length] for path, _ in KNOWN for length in range(1, len(path))}, key=repr)


def wrong(given_: dict[str, Any], account: tuple[Entry, ...]) -> tuple[list[KeyPath], list[KeyPath]]:
    """Values that are not in the account, and entries that are of no value.

    The entries of a text that was taken apart lie below it.
    """
    paths = {path for path, _ in leaves(given_)}
    found = [entry.path for entry in account]
    assert len(found) == len(set(found))
    covered = {path[:length] for path in found for length in range(len(path) + 1)}
    foreign = [path for path in found if not any(path[:length] in paths for length in range(1, len(path) + 1))]
    return sorted(paths - covered, key=repr), foreign


def of(text: str) -> tuple[dict[str, Any], Imported]:
    return read(text, file="").value, imported(text)


def at(value: Any, path: KeyPath) -> tuple[bool, Any]:
    """Whether there is a value at a path, and the value."""
    for step in path:
        found: Any = dict(enumerate(value)) if isinstance(value, list) else value
        if not isinstance(found, dict) or step not in found:
            return False, None
        value = found[step]
    return True, value


def untrue(given_: dict[str, Any], found: Imported) -> list[Entry]:
    """Entries that say of a value that it is there still, and it is not."""
    written = read(found.text, file="").value.get("values", {})
    result = []
    for entry in found.account:
        if entry.outcome == "kept" and not any(isinstance(step, int) for step in entry.path):
            there, value = at(written, entry.path)
            if not there or (value != at(given_, entry.path)[1] and not entry.reason):
                result.append(entry)
        elif entry.outcome in ("renamed", "moved") and entry.to not in ("", "bootstrap"):
            path = key_path(entry.to, written)
            if not path or not at(written, path)[0]:
                result.append(entry)
    return result


@pytest.mark.parametrize("name", BARE)
def test_the_account_of_a_case_is_true(name: str) -> None:
    assert untrue(read(values_text(name), file="").value, case(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_value_of_a_case_is_in_the_account_once(name: str) -> None:
    assert wrong(read(values_text(name), file="").value, case(name).account) == ([], [])


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    """Values that people have, in a new mixture; some with something else in their place."""
    result: dict[str, Any] = {}
    chosen = draw(st.lists(st.sampled_from(KNOWN), max_size=25))
    strange = draw(
        st.lists(st.tuples(st.sampled_from([*KNOWN, *((path, None) for path in GROUPS)]), TREES), max_size=4)
    )
    for path, value in [*chosen, *((path, tree) for (path, _), tree in strange)]:
        at: Any = result
        for step in path[:-1]:
            if not isinstance(at.get(step), dict):
                at[step] = {}
            at = at[step]
        at[path[-1]] = value
    return result


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values())
def test_each_value_of_any_input_is_in_the_account_once(drawn: dict[str, Any]) -> None:
    drawn.setdefault("labels", {"a": "b"})  # an empty file is refused
    text = dump(drawn)
    plain, found = of(text)
    assert wrong(plain, found.account) == ([], [])
    assert untrue(plain, found) == []
    assert "hunter22" not in found.text + json.dumps(found.as_json())


def test_what_stands_in_an_application_is_accounted_for_too() -> None:
    account = case("argo-cd-application-object").account
    outcomes = {".".join(map(str, entry.path)): entry.outcome for entry in account}
    assert outcomes["spec.source.helm.values"] == "unneeded"
    assert outcomes["spec.source.helm.parameters.0.value"] == "kept"
    assert outcomes["spec.source.helm.valuesObject.workers.replicas"] == "unneeded"
    assert outcomes["spec.source.helm.valueFiles.0"] == "dropped"


def test_a_value_that_no_rule_accounts_for_would_be_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.importer.release.walk", lambda draft, values: None)
    with pytest.raises(AssertionError, match="nothing says what became of executor"):
        imported("executor: LocalExecutor\n")


def test_two_runs_say_the_same() -> None:
    text = values_text("everything-around")
    assert imported(text) == imported(text)


def test_a_source_knows_where_its_values_were() -> None:
    source = Source("values", {}, at=("spec", "values"), origins={("a", "b"): ("x", 0)})
    assert source.origin(("a", "b", "c")) == ("x", 0, "c")
    assert source.origin(("a", "d")) == ("spec", "values", "a", "d")
