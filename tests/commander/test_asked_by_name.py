"""What people ask for by name, rendered with the real chart: the value lands where it should, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest

from commander.changes import Edit, Operation, Target, applied
from commander.changes.deployment_edits import (
    ExternalReference,
    hibernate,
    refer_to_variables,
    relabel,
    scale,
    seal_variables,
    set_bundle,
    set_image,
    set_variables,
    unset_variables,
    wake,
)
from commander.git import blob_name
from generator.airflow import CATALOG
from generator.airflow.chart import airflow_chart
from generator.desired import load
from generator.errors import ProblemsError
from generator.render import render_deployment
from tests.commander.fleets import DAILY, ETL, FILES, SEALED, change
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

pytestmark = pytest.mark.slow

DIGEST = f"sha256:{'1' * 64}"
TEXT = """\
values:
  # Ours.
  executor: CeleryExecutor  # and no other
  variables:
    plain:
      REGION: "eu"  # west
    external: {secretStore: vault}
  workers:
    queues:
      # The big one.
      - {name: heavy, replicas: 1}
"""
COMMENTS = ("# Ours.", "# and no other", "# west", "# The big one.")


def made(*operations: Operation, text: str = TEXT) -> tuple[str, dict[tuple[str, str], Any]]:
    """The deployment's file once the operations are done, and the objects by kind and name."""
    files = {
        **FILES,
        DAILY.file: DEPLOYMENT + text,
        ETL.file: WORKSPACE + "defaults: {images: {airflow: {tag: '0'}}}\n",
    }
    data = {path: each.encode() for path, each in files.items() if path != "README.md"}
    result = applied(change("key", *operations), data, blob_name, now=0)[DAILY.file]
    assert result is not None
    loaded = load({**data, DAILY.file: result})
    if loaded.problems:
        raise ProblemsError(loaded.problems)
    objects = render_deployment(loaded.state.deployments[0], airflow_chart()).objects
    found = {(each["kind"], each["metadata"]["name"]): each for documents in objects.values() for each in documents}
    return result.decode(), found


def container(objects: dict[tuple[str, str], Any], kind: str, name: str) -> Any:
    return objects[kind, f"daily-{name}"]["spec"]["template"]["spec"]["containers"][0]


def test_images() -> None:
    text, objects = made(set_image(DAILY, "registry.example.com/etl/daily", tag="1.10"))
    assert container(objects, "Deployment", "scheduler")["image"] == "registry.example.com/etl/daily:1.10"
    assert 'tag: "1.10"' in text
    _, objects = made(set_image(DAILY, "registry.example.com/etl/daily", digest=DIGEST))
    image = f"registry.example.com/etl/daily@{DIGEST}"
    assert container(objects, "Deployment", "scheduler")["image"] == image
    assert container(objects, "Deployment", "worker-heavy")["image"] == image
    # A tag takes the place of a digest.
    first = set_image(DAILY, "registry.example.com/a", digest=DIGEST)
    _, objects = made(first, set_image(DAILY, "registry.example.com/b", tag="2"))
    assert container(objects, "Deployment", "scheduler")["image"] == "registry.example.com/b:2"


def test_a_bundle() -> None:
    _, objects = made(set_bundle(DAILY, DIGEST, repository="registry.example.com/dags"))
    pods = objects["Deployment", "daily-worker"]["spec"]["template"]["spec"]
    assert f"registry.example.com/dags@{DIGEST}" in [each["image"] for each in pods["initContainers"]]


HOSTILE = {
    "QUOTES": "a \"b\" 'c' \\ {{ d }} ${E} $(F)",
    "LINES": "a\n  b: c\n\n# d\n--- \n",
    "YES": "yes",
    "NUMBER": "0123",
    "DATE": "2026-11-28",
    "EMPTY": "",
    "SPACES": "  a  ",
    "ALIAS": "*a",
    "UNICODE": "žluťoučký \u2028 \U0001f600",
}


def test_variables_of_any_text() -> None:
    text, objects = made(set_variables(DAILY, HOSTILE))
    assert objects["ConfigMap", "daily-env-plain"]["data"] == {**HOSTILE, "REGION": "eu"}
    source = {"configMapRef": {"name": "daily-env-plain"}}
    assert source in container(objects, "Deployment", "scheduler")["envFrom"]
    assert all(comment in text for comment in COMMENTS)


def test_a_variable_becomes_sealed_in_one_change() -> None:
    sealing = seal_variables(DAILY, {"REGION": SEALED})
    with pytest.raises(ProblemsError, match=r"REGION is also in variables.plain"):
        made(sealing)
    text, objects = made(unset_variables(DAILY, "plain", ["REGION"]), sealing)
    assert objects["SealedSecret", "daily-env"]["spec"]["encryptedData"] == {"REGION": SEALED}
    assert "plain" in text
    _, objects = made(
        sealing, unset_variables(DAILY, "plain", ["REGION"]), unset_variables(DAILY, "sealed", ["REGION"])
    )
    assert ("SealedSecret", "daily-env") not in objects


def test_external_variables() -> None:
    _, objects = made(refer_to_variables(DAILY, {"TOKEN": ExternalReference("etl/db", "token", "3")}))
    (row,) = objects["ExternalSecret", "daily-env-external"]["spec"]["data"]
    assert row["secretKey"] == "TOKEN"
    assert row["remoteRef"].items() >= {"key": "etl/db", "property": "token", "version": "3"}.items()


@pytest.mark.parametrize("name", ['a"b', "a\nb", "a: b", "", "é", "1A", "=", "#"])
def test_names_that_no_variable_can_have(name: str) -> None:
    for edit in (set_variables(DAILY, {name: "x"}), seal_variables(DAILY, {name: SEALED})):
        with pytest.raises(ProblemsError) as caught:
            made(edit)
        assert str(caught.value).startswith(DAILY.file)
        assert "allowed: " in str(caught.value)


def test_much_of_a_value_is_told_in_few_words() -> None:
    with pytest.raises(ProblemsError) as caught:
        made(set_variables(DAILY, {"MUCH": "x" * 500_000}))
    assert len(str(caught.value)) < 1000
    assert "values.variables.plain.MUCH" in str(caught.value)


@pytest.mark.parametrize("component", CATALOG)
def test_components_are_scaled(component: str) -> None:
    """Each has the setting, and takes it."""
    text, objects = made(scale(DAILY, component, 0 if component in ("redis", "statsd") else 3))
    name = f"daily-{CATALOG[component].name}"
    found = [
        each
        for (kind, each_name), each in objects.items()
        if each_name == name and kind in ("Deployment", "StatefulSet")
    ]
    assert [each["spec"]["replicas"] for each in found] in ([0], [3], [])
    assert all(comment in text for comment in COMMENTS)


def test_a_queue_is_scaled() -> None:
    text, objects = made(scale(DAILY, "workers", 4, queue="heavy"))
    assert objects["Deployment", "daily-worker-heavy"]["spec"]["replicas"] == 4
    assert all(comment in text for comment in COMMENTS)


def test_a_queue_that_is_not_in_the_file_is_not_made() -> None:
    """A list that begins here would take the place of all queues of the workspace."""
    with pytest.raises(ProblemsError) as caught:
        made(scale(DAILY, "workers", 4, queue="haevy"))
    assert str(caught.value) == (
        f"{DAILY.file}: values.workers.queues[name=haevy]: is not in this file\n"
        "  allowed: one of heavy\n  hint: did you mean 'heavy'?"
    )
    with pytest.raises(ProblemsError, match="is not in this file"):
        made(scale(DAILY, "workers", 4, queue="heavy"), text="")


@pytest.mark.parametrize("replicas", [-1, 10**9])
def test_numbers_that_no_component_can_have(replicas: int) -> None:
    with pytest.raises(ProblemsError, match=r"values.scheduler.replicas: .*\n  allowed: "):
        made(scale(DAILY, "scheduler", replicas))


def test_sleep() -> None:
    _, objects = made(hibernate(DAILY))
    assert objects["Deployment", "daily-scheduler"]["spec"]["replicas"] == 0
    text, objects = made(hibernate(DAILY), wake(DAILY))
    assert objects["Deployment", "daily-scheduler"]["spec"]["replicas"] == 1
    assert "hibernate: false" in text


@pytest.mark.parametrize("label", ["Every day", "yes", 'a "b": #c', "12"])
def test_labels(label: str) -> None:
    _, objects = made(relabel(DAILY, label))
    assert objects["Namespace", "stargit-daily"]["metadata"]["annotations"]["stargit.dev/label"] == label


@pytest.mark.parametrize("label", ["", "a\nb", "x" * 121, "a\0b"])
def test_labels_that_nothing_can_have(label: str) -> None:
    with pytest.raises(ProblemsError, match="label: "):
        made(relabel(DAILY, label))


@pytest.mark.parametrize("edit", [hibernate(ETL), set_variables(ETL, {"A": "b"}), scale(ETL, "scheduler", 2)])
def test_settings_of_a_deployment_are_not_those_of_a_workspace(edit: Edit) -> None:
    data = {path: each.encode() for path, each in FILES.items() if path != "README.md"}
    text = applied(change("key", edit), data, blob_name, now=0)[ETL.file]
    assert text is not None
    (problem,) = load({**data, ETL.file: text}).problems
    assert str(problem).endswith("hint: did you mean 'defaults'?")


def test_an_unknown_target() -> None:
    with pytest.raises(ProblemsError, match="there is no deployment 'dev/etl/dayly'"):
        made(hibernate(Target("dev", "etl", "dayly")))
