"""Whatever stands in the files: people are told problems, and there is never a traceback."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.airflow import AirflowValues
from generator.airflow.chart import airflow_chart
from generator.desired import check_state, deployment_values, load
from generator.errors import ProblemsError
from generator.yaml import dump
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

SETTINGS = sorted(AirflowValues.model_fields)
KEYS = st.sampled_from(
    ["scheduler", "replicas", "enabled", "name", "env", "queues", "keda", "resources", "a.b", "a b", "<<", "", "labels"]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "LocalExecutor", "3.0.0", "2Gi", "x" * 300, "\x1b[2J", "~", "{{ x }}"]),
)
TREES = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3), max_leaves=12
)
VALUES = st.dictionaries(st.sampled_from(SETTINGS) | KEYS, TREES, max_size=4)


def look_at(files: dict[str, bytes]) -> None:
    """All that is done with files before they are rendered."""
    loaded = load(files)
    problems = [*loaded.problems, *check_state(loaded.state)]
    for each in loaded.state.deployments:
        try:
            deployment_values(each, airflow_chart())
        except ProblemsError as error:
            problems += error.problems
    for problem in problems:
        assert problem.file in files
        assert problem.message


@settings(deadline=None)  # what is compiled once counts for the first example
@given(VALUES, VALUES, VALUES)
def test_any_values(environment: Any, workspace: Any, deployment: Any) -> None:
    look_at(
        as_bytes(
            {
                ENVIRONMENT_FILE: ENVIRONMENT + dump({"defaults": environment}),
                WORKSPACE_FILE: WORKSPACE + dump({"defaults": workspace}),
                DEPLOYMENT_FILE: DEPLOYMENT + dump({"values": deployment}),
            }
        )
    )


@given(st.dictionaries(st.sampled_from(["label", "namespace", "runtimeVersion", "alertEmails", "kind", "x"]), TREES))
def test_any_keys_of_a_file(more: dict[str, Any]) -> None:
    head = {"apiVersion": "stargit.dev/v1", "kind": "Deployment"}
    look_at({**as_bytes(PLAIN), DEPLOYMENT_FILE: dump({**head, **more}).encode()})


@given(st.binary(max_size=200), st.integers(0, len(DEPLOYMENT)))
def test_any_bytes(noise: bytes, at: int) -> None:
    text = DEPLOYMENT.encode()
    look_at({**as_bytes(PLAIN), DEPLOYMENT_FILE: text[:at] + noise + text[at:]})


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    look_at({**as_bytes(PLAIN), ENVIRONMENT_FILE: ENVIRONMENT.encode() + text.encode(errors="surrogatepass")})


PARTS = st.sampled_from(
    ["environments", "dev", "workspaces", "etl", "deployments", "x.yaml", "..", "", "a\nb", "environment.yaml"]
)


@given(st.lists(PARTS, min_size=1, max_size=7).map("/".join))
def test_any_path(path: str) -> None:
    loaded = load({**as_bytes(PLAIN), path: DEPLOYMENT.encode()})
    taken = path.startswith("environments/dev/workspaces/etl/deployments/") and len(loaded.state.deployments) == 2
    told = any(problem.file == path for problem in loaded.problems)
    assert taken or told
