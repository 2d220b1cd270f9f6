"""Operations on targets: deleting and bringing back, removing, moving, restoring."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commander.changes import (
    Create,
    Delete,
    Edit,
    Move,
    Operation,
    Remove,
    Restore,
    Target,
    Undelete,
    Upgrade,
    applied,
    message_of,
)  # fmt: skip
from commander.git import blob_name
from generator.airflow.chart import airflow_chart
from generator.argocd import Facts, workspace_objects
from generator.desired import load
from generator.edit import Merge, Set, Unset
from generator.engine.gitops import deployment_facts
from generator.errors import ProblemsError
from generator.render import render_deployment
from generator.worktree import LIMITS
from generator.yaml import read
from tests.commander.fleets import DAILY, DEV, ETL, FILES, ML, change
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

NOW = 1_795_899_600  # 2026-11-28T21:00:00Z
LINE = 'deletedAt: "2026-11-28T21:00:00Z"\n'
HOURLY = Target("dev", "etl", "hourly")
LABEL = Edit(DAILY, (Set(("label",), "Daily"),))


def after(*operations: Operation, files: Mapping[str, str] = FILES) -> dict[str, str]:
    """All files once the operations are done."""
    data = {path: text.encode() for path, text in files.items()}
    made = applied(change("key", *operations), data, blob_name, now=NOW)
    return {path: each.decode() for path, each in {**data, **made}.items() if each is not None}


def refused(*operations: Operation, files: Mapping[str, str] = FILES) -> str:
    with pytest.raises(ProblemsError) as caught:
        after(*operations, files=files)
    return str(caught.value)


@pytest.mark.parametrize("target", [DEV, ETL, DAILY])
def test_deleting_writes_the_time_and_undeleting_takes_it_away(target: Target) -> None:
    deleted = after(Delete(target))
    assert read(deleted[target.file], file="x").value["deletedAt"] == "2026-11-28T21:00:00Z"
    assert LINE in deleted[target.file]
    assert deleted[target.file].replace(LINE, "") == FILES[target.file]
    assert after(Undelete(target), files=deleted) == FILES


#: Parts of files as people write them.
PARTS = [
    "# What it is for.\n",
    "\n",
    "label: Daily  # every day\n",
    'description: "Nightly."\n',
    "description: |\n  Nightly,\n\n  and more\n",
    "alertEmails: [a@example.com]\n",
    "alertEmails:\n- a@example.com\n",
    "# Settings.\n",
    "values:\n  # How many.\n  scheduler: {replicas: 2}\n",
    "values: {}\n",
    "values:\n",
    "# The end.\n",
]


def file_of(parts: list[str], end: str) -> str:
    """Each key once, and at the end what the file ends with in place of a line feed."""
    seen: set[str] = set()
    lines = ["apiVersion: stargit.dev/v1\n", "kind: Deployment\n"]
    for part in parts:
        key = part.partition(":")[0]
        if part[0] in "#\n" or key not in seen:
            lines.append(part)
            seen.add(key)
    return "".join(lines).removesuffix("\n") + end


@given(st.lists(st.sampled_from(PARTS), max_size=8), st.sampled_from(["", "\n", "\n\n"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_deleted_and_undeleted_is_byte_for_byte_as_it_was(parts: list[str], end: str, windows: bool) -> None:
    text = file_of(parts, end)
    # A text behind `|` at the very end can't stay as it is written when something comes behind it.
    assume(end or not text.endswith("and more"))
    files = {**FILES, DAILY.file: text.replace("\n", "\r\n") if windows else text}
    deleted = after(Delete(DAILY), files=files)
    assert deleted != files
    assert after(Undelete(DAILY), files=deleted) == files


ALREADY = "the deployment 'dev/etl/daily' is deleted since 2026-11-28T21:00:00Z"
ON_DELETED: dict[str, tuple[Operation, str]] = {
    "deleted again": (Delete(DAILY), ALREADY),
    "edited": (LABEL, ALREADY),
    "edited so that it is awake": (Edit(DAILY, (Unset(("deletedAt",)),)), ALREADY),
    "moved": (Move(DAILY, "ml"), ALREADY),
    "upgraded": (Upgrade(DAILY, "3.3.3"), ALREADY),
    "made again": (Create(DAILY, DEPLOYMENT), "the deployment 'dev/etl/daily' is there already"),
}


@pytest.mark.parametrize("name", ON_DELETED)
def test_what_is_deleted_is_left_alone(name: str) -> None:
    operation, message = ON_DELETED[name]
    problem = refused(operation, files=after(Delete(DAILY)))
    assert problem.startswith((f"{DAILY.file}:3:1: deletedAt: {message}", f"{DAILY.file}: {message}"))
    assert "undelete" in problem.partition("hint: ")[2]


IN_DELETED: dict[str, tuple[Operation, str]] = {
    "edited": (LABEL, "dev/etl/daily"),
    "deleted": (Delete(DAILY), "dev/etl/daily"),
    "restored": (Restore(DAILY, DEPLOYMENT), "dev/etl"),
    "made": (Create(HOURLY, DEPLOYMENT), "dev/etl"),
    "brought back": (Restore(HOURLY, DEPLOYMENT), "dev/etl"),
    "moved there": (Move(Target("dev", "ml", "x"), "etl"), "dev/etl"),
}


@pytest.mark.parametrize("around", [ETL, DEV])
@pytest.mark.parametrize("name", IN_DELETED)
def test_what_is_around_must_be_awake(name: str, around: Target) -> None:
    operation, _ = IN_DELETED[name]
    files = after(Create(Target("dev", "ml", "x"), DEPLOYMENT))
    problem = refused(operation, files=after(Delete(around), files=files))
    assert problem.startswith(f"{around.file}:")
    assert f"the {around.kind} '{around}' is deleted since 2026-11-28T21:00:00Z" in problem
    assert f"hint: undelete '{around}' before" in problem


def test_a_workspace_in_a_deleted_environment() -> None:
    files = after(Delete(DEV))
    assert "undelete 'dev' before" in refused(Create(Target("dev", "new"), WORKSPACE), files=files)
    assert "undelete 'dev' before" in refused(Edit(ETL, (Set(("label",), "x"),)), files=files)
    assert "undelete that" in refused(Undelete(ETL), files=files)


def test_what_was_deleted_by_itself_stays_so_when_what_is_around_comes_back() -> None:
    files = after(Delete(DAILY), Delete(ETL))
    both = after(Undelete(ETL), files=files)
    assert both == after(Delete(DAILY))
    # And the other way round.
    assert after(Undelete(DAILY), files=files) == after(Delete(ETL))


def test_what_is_awake_cannot_be_undeleted() -> None:
    assert "the deployment 'dev/etl/daily' is not deleted" in refused(Undelete(DAILY))
    assert "there is no deployment 'dev/etl/hourly'" in refused(Undelete(HOURLY))


def test_a_merge_patch_removes_and_sets_and_leaves_comments() -> None:
    text = "label: Old  # for now\nvalues:\n  # How many.\n  scheduler: {replicas: 2, au: 8}\n  hibernate: true\n"
    patch = {"label": "New", "values": {"scheduler": {"replicas": 3, "au": None}, "hibernate": None, "none": None}}
    operations = (
        Edit(DAILY, (Merge((), patch), Set(("values", "labels"), {"a": "b"}), Unset(("values", "labels", "a")))),
    )
    files = after(*operations, files={**FILES, DAILY.file: DEPLOYMENT + text})
    assert files[DAILY.file].removeprefix(DEPLOYMENT) == (
        "label: New  # for now\nvalues:\n  # How many.\n  scheduler: {replicas: 3}\n  labels: {}\n"
    )


def test_an_edit_does_not_delete() -> None:
    message = "an edit would delete the deployment 'dev/etl/daily'"
    time = "2026-11-28T21:00:00Z"
    assert message in refused(Edit(DAILY, (Set(("deletedAt",), time),)))
    assert message in refused(Edit(DAILY, (Merge((), {"deletedAt": time}),)))
    assert message in refused(Edit(DAILY, (Set((), {"deletedAt": time}),)))
    # Of the setting of people's own with that name nobody is afraid.
    assert "deletedAt" in after(Edit(DAILY, (Set(("values", "labels", "deletedAt"), "x"),)))[DAILY.file]


def test_a_key_that_is_written_in_another_way_deletes_too() -> None:
    files = {**FILES, DAILY.file: DEPLOYMENT + '"deleted\\u0041t": "2026-11-28T21:00:00Z"\n'}
    assert ALREADY in refused(LABEL, files=files)
    assert after(Undelete(DAILY), files=files) == FILES


def test_operations_of_a_change_see_each_other() -> None:
    assert after(Delete(DAILY), Undelete(DAILY), LABEL) == after(LABEL)
    assert DAILY.file not in after(Delete(DAILY), Remove(DAILY))


def test_removal_wants_a_deletion_before() -> None:
    problem = refused(Remove(DAILY))
    assert problem.startswith(f"{DAILY.file}: the deployment 'dev/etl/daily' is not deleted\n  allowed: one that was")
    assert DAILY.file not in after(Remove(DAILY, at_once=True))
    for target in (DAILY, ETL, DEV):
        assert DAILY.file not in after(Remove(DAILY), files=after(Delete(target)))


def test_removal_tells_what_is_left() -> None:
    files = after(*(Create(Target("dev", "etl", name), DEPLOYMENT) for name in ("a", "b", "c")))
    problem = refused(Remove(ETL, at_once=True), files=files)
    assert "the workspace 'dev/etl' is not empty: 4 deployments (dev/etl/a, dev/etl/b, dev/etl/c, ...)" in problem
    problem = refused(Remove(DEV, at_once=True), Remove(DAILY, at_once=True))
    assert "the environment 'dev' is not empty: 2 workspaces (dev/etl, dev/ml)" in problem
    problem = refused(Remove(DEV, at_once=True))
    assert "2 workspaces and 1 deployment (dev/etl/daily, dev/etl, dev/ml)" in problem


def test_all_of_an_environment_goes_in_one_change() -> None:
    everything = (DEV, ETL, ML, DAILY)
    assert after(*(Remove(each, at_once=True) for each in everything)) == {"README.md": "Ours.\n"}
    assert after(*(Remove(each) for each in everything), files=after(Delete(DEV))) == {"README.md": "Ours.\n"}


def test_removed_and_made_again_in_one_change() -> None:
    files = after(Remove(ETL, at_once=True), Create(ETL, WORKSPACE + "label: New\n"))
    assert files == {**FILES, ETL.file: WORKSPACE + "label: New\n"}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.booleans(), st.booleans())
@settings(max_examples=50, deadline=None)
def test_restoring_gives_just_the_text(text: str, there: bool, deleted: bool) -> None:
    files = after(Delete(DAILY)) if deleted else dict(FILES)
    if not there:
        del files[DAILY.file]
    assert after(Restore(DAILY, text), files=files) == {**FILES, DAILY.file: text}


@pytest.mark.parametrize("text", [DEPLOYMENT, DEPLOYMENT + "namespace: of-its-own\n"])
def test_a_deployment_that_is_moved_keeps_its_namespace(text: str) -> None:
    """So what is in it, and in its volumes, is not left behind; for Argo CD it is the same Application."""
    chart = airflow_chart()
    files = {path: data for path, data in {**FILES, DAILY.file: text}.items() if path != "README.md"}
    before, now = (
        load({path: data.encode() for path, data in each.items()}).state
        for each in (files, after(Move(DAILY, "ml"), files=files))
    )
    (old,), (new,) = before.deployments, now.deployments
    assert (old.workspace.name, new.workspace.name) == ("etl", "ml")
    assert (old.name, old.namespace) == (new.name, new.namespace)
    objects = [render_deployment(each, chart).objects for each in (old, new)]
    # The jobs run again, as their pods carry the workspace's name.
    names = [
        {(each["kind"], each["metadata"]["name"]) for file in made.values() for each in file if each["kind"] != "Job"}
        for made in objects
    ]
    assert names[0] == names[1]
    found = []
    for each, made in zip((old, new), objects, strict=True):
        facts = Facts.from_json(deployment_facts(each, made))
        (documents,) = workspace_objects(each.workspace, [facts]).values()
        found.append([document for document in documents if document["kind"] == "Application"])
    (first,), (second,) = found
    assert first["metadata"]["name"] == second["metadata"]["name"]
    assert first["spec"]["destination"] == second["spec"]["destination"]
    assert (first["spec"]["project"], second["spec"]["project"]) == ("dev-etl", "dev-ml")


def test_what_is_asked_for_is_in_the_digest() -> None:
    digests = {
        change("key", each).digest
        for each in (
            Create(DAILY, "a"),
            Restore(DAILY, "a"),
            Restore(DAILY, "b"),
            Restore(HOURLY, "a"),
            Delete(DAILY),
            Undelete(DAILY),
            Remove(DAILY),
            Remove(DAILY, at_once=True),
            Upgrade(DAILY, "3.3.3"),
            Upgrade(DAILY, "3.3.4"),
        )
    }
    assert len(digests) == 10


def test_subjects() -> None:
    operations = (Delete(DEV), Undelete(ETL), Restore(DAILY, DEPLOYMENT), Upgrade(HOURLY, "3.3.3"))
    assert message_of(change("key", *operations), "x").partition("\n")[0] == (
        "dev: environment deleted; dev/etl: workspace undeleted; dev/etl/daily: deployment restored; dev/e..."
    )
    assert message_of(change("key", operations[-1]), "x").startswith("dev/etl/hourly: upgraded to 3.3.3\n")


def test_a_change_has_a_limit() -> None:
    half = "x" * (LIMITS.file_bytes // 2)
    with pytest.raises(ProblemsError, match=r"a change of 8,\d\d\d,\d\d\d bytes\n  allowed: at most 8,388,608"):
        change("key", *(Restore(Target("dev", "etl", f"a{number}"), half) for number in range(16)))
    value = Edit(DAILY, (Set(("description",), "x" * 3_000_000),))
    with pytest.raises(ProblemsError, match=f"{DAILY.file}: what is asked of 'dev/etl/daily' has 3,0"):
        change("key", LABEL, value)


def test_a_file_has_a_limit() -> None:
    much = "x" * (LIMITS.file_bytes - 200)
    data = {f"a{number}": "y" * 100 for number in range(3)}
    assert much in after(Edit(DAILY, (Set(("description",), much),)))[DAILY.file]
    problem = refused(
        Edit(DAILY, (Set(("description",), much),)), Edit(DAILY, (Set(("values", "variables", "plain"), data),))
    )
    assert problem.startswith(f"{DAILY.file}: the file has 1,048,")
    assert problem.endswith("allowed: at most 1,048,576 bytes")
    assert "allowed: at most 1,048,576" in refused(Restore(DAILY, "#" * (LIMITS.file_bytes + 1)))


def test_nothing_new_goes_where_nothing_is_around_it() -> None:
    nowhere = Target("dev", "elt", "new")
    for operation in (Create(nowhere, DEPLOYMENT), Restore(nowhere, DEPLOYMENT), Move(DAILY, "elt")):
        told = refused(operation)
        assert "there is no workspace 'dev/elt' for 'dev/elt/" in told
        assert "did you mean 'dev/etl'?" in told
    assert "there is no environment 'prod'" in refused(Create(Target("prod", "etl"), WORKSPACE))
    made = after(Create(nowhere, DEPLOYMENT), Create(Target("dev", "elt"), WORKSPACE))
    assert nowhere.file in made


def test_edits_that_follow_each_other_are_what_they_are_one_by_one() -> None:
    edits = [Edit(DAILY, (Set(("values", "scheduler", "replicas"), number),)) for number in range(1, 4)]
    edits.insert(1, Edit(DAILY, (Unset(("values", "scheduler", "replicas")), Merge((), {"label": "Daily"}))))
    files: Mapping[str, str] = FILES
    for each in edits:
        files = after(each, files=files)
    assert after(*edits) == files
    assert after(edits[0], Delete(ETL), Undelete(ETL), *edits[1:]) == files


def test_a_thousand_settings_of_a_large_file_are_one_pass_and_many_large_files_are_refused() -> None:
    large = FILES | {DAILY.file: FILES[DAILY.file] + "# " + "x" * 900_000 + "\n"}
    many = [Edit(DAILY, (Set(("values", "labels", f"l{number}"), "x"),)) for number in range(1000)]
    assert "l999: x" in after(*many, files=large)[DAILY.file]
    turns = [each for number in range(10) for each in (LABEL, Edit(ETL, (Set(("label",), f"{number}"),)))]
    assert "8,388,608 in a change" in refused(*turns, files=large)
