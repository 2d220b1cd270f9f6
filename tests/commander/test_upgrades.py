"""Upgrading a deployment: where the version is written, which ways there are, and that the image goes along."""

from __future__ import annotations

import pytest

from commander.changes import Edit, Operation, Remove, Upgrade, applied
from commander.changes.deployment_edits import set_image
from commander.git import blob_name
from generator.airflow import AirflowValues
from generator.edit import Set
from generator.errors import ProblemsError
from tests.commander.fleets import DAILY, ETL, FILES, change
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

DEFAULT = AirflowValues.model_fields["airflowVersion"].default
DIGEST, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
OLD = "values:\n  airflowVersion: 2.10.4 # for now\n"


def upgraded(text: str, *operations: Operation, workspace: str = "") -> str:
    """What is below the head of the deployment's file after the operations."""
    files = {**FILES, DAILY.file: DEPLOYMENT + text, ETL.file: WORKSPACE + workspace}
    data = {path: each.encode() for path, each in files.items()}
    made = applied(change("key", *operations), data, blob_name, now=0)[DAILY.file]
    assert made is not None
    return made.decode().removeprefix(DEPLOYMENT)


def refused(text: str, *operations: Operation, workspace: str = "") -> str:
    with pytest.raises(ProblemsError) as caught:
        upgraded(text, *operations, workspace=workspace)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "workspace", "version", "after"),
    [
        ("runtimeVersion: 12.1.0  # old\n", "", "13.4.0", "runtimeVersion: 13.4.0  # old\n"),
        ("runtimeVersion: 12.1.0\n", "", "3.1-2", 'runtimeVersion: "3.1-2"\n'),
        (OLD, "", "3.1.5", "values:\n  airflowVersion: 3.1.5 # for now\n"),
        ("", "defaults: {airflowVersion: 2.7.0}\n", "3.0.0", "values:\n  airflowVersion: 3.0.0\n"),
        ("values: {}\n", "defaults:\n  airflowVersion: 2.7.0\n", "2.7.1", "values:\n  airflowVersion: 2.7.1\n"),
        (OLD.replace("2.10.4", "null"), "defaults: {airflowVersion: 2.7.0}\n", "3.3.9", OLD.replace("2.10.4", "3.3.9")),
    ],
)  # fmt: skip
def test_the_version_is_written_where_it_stands(text: str, workspace: str, version: str, after: str) -> None:
    assert upgraded(text, Upgrade(DAILY, version), workspace=workspace) == after


@pytest.mark.parametrize(
    ("text", "version", "message"),
    [
        (OLD, "2.10.4", f"{DAILY.file}:4:3: values.airflowVersion: it has version 2.10.4 of Airflow already"),
        (OLD, "2.9.1", "2.9.1 is older than 2.10.4, which it has now"),
        (OLD, "4.0.0", "'4.0.0' is not supported"),
        (OLD, "13.4.0", "'13.4.0' is no version of Airflow"),
        (OLD, "3.1-2", "'3.1-2' is no version of Airflow"),
        (OLD, "latest\n", r"'latest\n' is no version of Airflow"),
        ("runtimeVersion: 12.1.0\n", "2.11.0", f"{DAILY.file}:3:1: runtimeVersion: '2.11.0' is no version of the"),
        ("runtimeVersion: 3.1-10\n", "3.1-9", "3.1-9 is older than 3.1-10, which it has now"),
        ("runtimeVersion: 13.0.0\n", "14.0.0", "'14.0.0' is no version of the runtime"),
        ("", DEFAULT, f"it has version {DEFAULT} of Airflow already"),
        ("values: {airflowVersion: 2.6.3}\n", "3.0.0", "there is no way from 2.6.3 to 3.0.0"),
        ("values: {scheduler: 1}\n", "3.0.0", f"{DAILY.file}:3:10: values.scheduler: 1 is"),
    ],
)  # fmt: skip
def test_ways_that_there_are_not(text: str, version: str, message: str) -> None:
    assert message in refused(text, Upgrade(DAILY, version))


def test_only_deployments_are_upgraded() -> None:
    assert "the workspace 'dev/etl' has no version of its own" in refused("", Upgrade(ETL, "3.3.9"))


def test_what_is_there_when_its_turn_comes_decides() -> None:
    first, second = Upgrade(DAILY, "2.11.0"), Upgrade(DAILY, "2.10.9")
    assert "2.11.0" in upgraded(OLD, second, first)
    assert "2.10.9 is older than 2.11.0" in refused(OLD, first, second)


TO_THREE = Upgrade(DAILY, "3.1.5")
IMAGES = {
    "a tag of that version": ("images: {airflow: {tag: 2.10.4-7}}", "values.images.airflow.tag: the image stays"),
    "a default tag": ("defaultAirflowTag: 2.10.4", "values.defaultAirflowTag: the image stays apache/airflow:2.10.4"),
    "a digest": (f"images: {{airflow: {{digest: '{DIGEST}'}}}}", f"the image stays apache/airflow@{DIGEST}"),
    "a default digest": (f"defaultAirflowDigest: {DIGEST}", "values.defaultAirflowDigest: the image stays"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_of_the_old_version_is_not_left_behind(name: str) -> None:
    setting, message = IMAGES[name]
    text = f"values:\n  airflowVersion: 2.10.4\n  {setting}\n"
    problem = refused(text, TO_THREE)
    assert message in problem
    assert problem.endswith("which has Airflow 2.10\n  hint: set an image with Airflow 3.1 in the same change")
    # Of the same Airflow it may be.
    assert "2.10.5" in upgraded(text, Upgrade(DAILY, "2.10.5"))
    image = set_image(DAILY, "registry.example.com/etl", tag="7", digest=OTHER)
    for operations in ((TO_THREE, image), (image, TO_THREE)):
        assert "3.1.5" in upgraded(text, *operations)


def test_an_image_of_the_old_runtime_is_not_left_behind() -> None:
    text = "runtimeVersion: 12.1.0\nvalues:\n  defaultAirflowTag: 12.1.0-base\n"
    assert "the image stays apache/airflow:12.1.0-base, which has Airflow 2.10" in refused(
        text, Upgrade(DAILY, "13.4.0")
    )
    assert "13.4.0" in upgraded("runtimeVersion: 12.1.0\n", Upgrade(DAILY, "13.4.0"))


@pytest.mark.parametrize("tag", ["latest", "20261128-a", "1.7.2", "v2.10.4", "2.100.1", "2.10x"])
def test_a_tag_of_people_s_own_tells_nothing(tag: str) -> None:
    text = f"values:\n  airflowVersion: 2.10.4\n  images:\n    airflow:\n      tag: {tag}\n"
    assert "3.1.5" in upgraded(text, TO_THREE)


def test_what_is_upgraded_and_goes_wrong_otherwise() -> None:
    """What other operations of the change do is told by those who look at the result."""
    broken = Edit(DAILY, (Set(("values", "scheduler"), 1),))
    assert "3.1.5" in upgraded(OLD, TO_THREE, broken)
    files = {path: each.encode() for path, each in {**FILES, DAILY.file: DEPLOYMENT + OLD}.items()}
    made = applied(change("key", TO_THREE, Remove(DAILY, at_once=True)), files, blob_name, now=0)
    assert made == {DAILY.file: None}
