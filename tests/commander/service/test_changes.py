"""Changes by the service: what is acknowledged is a commit, and errors say what is wrong."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import grpc
import pytest

from commander.client import Client, ConflictError, MissingError, RefusedError, UnavailableError, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from commander.proto.v1.commander_pb2_grpc import CommanderStub
from tests.commander.repositories import fsck, git
from tests.commander.service.processes import Service, until
from tests.desired.repositories import DEPLOYMENT, WORKSPACE

pytestmark = pytest.mark.slow

NAMES = iter(range(1000))


@pytest.fixture
def release(commander: Client) -> str:
    """A deployment that no other test knows."""
    name = f"dev/etl/release-{next(NAMES)}"
    commander.apply([ops.create(name, DEPLOYMENT)], id=new_id())
    return name


def test_a_change_is_a_commit_with_all_that_people_ask_of_history(commander: Client, fleet: Path, release: str) -> None:
    done = commander.apply(
        [ops.scale(release, "scheduler", 2)],
        id="scale-1",
        reason="more DAGs",
        actor=("Ada Person", "ada@example.com"),
    )
    shown = git(fleet, "show", "--no-patch", "--format=%an <%ae>%n%cn <%ce>%n%B", done.revision).splitlines()
    assert shown[:3] == [
        "Ada Person <ada@example.com>",
        "Stargit Commander <commander@stargit.invalid>",
        f"{release}: set values.scheduler.replicas",
    ]
    trailers = dict(line.split(": ", 1) for line in shown[4:] if line)
    assert trailers.keys() == {"Change-Id", "Change-Digest", "Actor", "Reason", "Chart-Digest"}
    assert (trailers["Change-Id"], trailers["Reason"]) == ("scale-1", "more DAGs")
    changed = git(fleet, "show", "--name-only", "--format=", done.revision).splitlines()
    assert {path.split("/")[0] for path in changed} == {"environments", "rendered"}
    fsck(fleet)


def test_a_change_that_is_sent_again_is_done_once(commander: Client, fleet: Path, release: str) -> None:
    first = commander.apply([ops.scale(release, "scheduler", 3)], id=f"{release.replace('/', '.')}-a")
    before = git(fleet, "rev-list", "--count", "main")
    again = commander.apply([ops.scale(release, "scheduler", 3)], id=f"{release.replace('/', '.')}-a")
    assert (again.revision, again.repeated) == (first.revision, True)
    assert git(fleet, "rev-list", "--count", "main") == before


def test_another_change_with_a_used_id_is_refused(commander: Client, release: str) -> None:
    commander.apply([ops.scale(release, "scheduler", 3)], id=f"{release.replace('/', '.')}-b")
    with pytest.raises(RefusedError, match="is that of another change"):
        commander.apply([ops.scale(release, "scheduler", 4)], id=f"{release.replace('/', '.')}-b")


def test_the_answer_has_the_revisions_that_the_next_change_expects(commander: Client, release: str) -> None:
    done = commander.apply([ops.relabel(release, "One")], id=new_id())
    [target] = done.targets
    assert ops.target_text(target.target) == release
    commander.apply([ops.relabel(release, "Two")], id=new_id(), expected={release: target.revision})
    with pytest.raises(ConflictError) as caught:
        commander.apply([ops.relabel(release, "Three")], id=new_id(), expected={release: target.revision})
    conflict = caught.value.conflict
    assert (conflict.expected, ops.target_text(conflict.target)) == (target.revision, release)
    assert conflict.found == commander.get(release).item.revision
    assert conflict.by.subject == f"{release}: set label"
    assert caught.value.code == grpc.StatusCode.ABORTED


def test_operations_of_a_change_are_done_together_or_not_at_all(commander: Client, fleet: Path, release: str) -> None:
    before = git(fleet, "rev-parse", "main")
    with pytest.raises(RefusedError) as caught:
        commander.apply(
            [
                ops.create("dev/sales", WORKSPACE),
                ops.move(release, "sales"),
                ops.edit("dev/etl/nobody", ops.set_value("label", "x")),
            ],
            id=new_id(),
        )
    assert [each.message for each in caught.value.problems] == ["there is no deployment 'dev/etl/nobody'"]
    assert git(fleet, "rev-parse", "main") == before
    done = commander.apply([ops.create("dev/sales", WORKSPACE), ops.move(release, "sales")], id=new_id())
    moved = f"dev/sales/{release.rpartition('/')[2]}"
    assert commander.get(moved, at_least=done.revision).revision == done.revision
    with pytest.raises(MissingError):
        commander.get(release)


def test_everything_that_is_wrong_is_told_at_once_with_its_field(commander: Client, release: str) -> None:
    with pytest.raises(RefusedError) as caught:
        commander.apply(
            [
                ops.scale(release, "schedulr", 2),
                pb.Operation(target=ops.target(release)),
                ops.edit(release, pb.Setting(path="values.x", set_json="{")),
                ops.edit(release, pb.Setting(path="a..b", set_json="1"), pb.Setting(set_json="1")),
                ops.create("UPPER", "x"),
            ],
            id=new_id(),
        )
    assert [each.path for each in caught.value.problems] == [
        "change.operations[0]",
        "change.operations[1]",
        "change.operations[2].edit.settings[0].set_json",
        "change.operations[3].edit.settings[0].a..b",
        "change.operations[3].edit.settings[1].path",
        "change.operations[4].target",
    ]
    assert caught.value.problems[0].hint == "did you mean 'scheduler'?"


def test_a_wrong_value_is_told_with_file_line_and_what_is_allowed(commander: Client, release: str) -> None:
    with pytest.raises(RefusedError) as caught:
        commander.apply([ops.edit(release, ops.set_value("values.scheduler.replicas", -1))], id=new_id())
    [problem] = caught.value.problems
    assert problem.file == f"environments/dev/workspaces/etl/deployments/{release.rpartition('/')[2]}.yaml"
    assert (problem.path, problem.allowed) == ("values.scheduler.replicas", "a whole number from 0 to 1000")
    assert problem.line > 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NaN", "NaN is no JSON"),
        ("1e999", "JSON"),
        ('{"a": 1, "a": 2}', "a key stands twice"),
        ("[" * 100_000, "no JSON"),
        ("[" * 100 + "]" * 100, "nested too deep"),
        ('"\\ud800"', "no Unicode"),
        ("", "no JSON"),
    ],
)
def test_values_that_no_file_can_hold_are_refused(commander: Client, release: str, text: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        commander.apply([ops.edit(release, pb.Setting(path="values.env", set_json=text))], id=new_id())


@pytest.mark.parametrize(
    "name", ["../../etc", "a/../b", ".git/x/y", "dev/etl/-x", "dev/etl/a\nb", "dev/etl/" + "a" * 300]
)
def test_a_target_can_be_a_name_and_nothing_else(commander: Client, name: str) -> None:
    parts = name.split("/")
    target = pb.Target(
        environment=parts[0], workspace=parts[1] if parts[1:] else "", release=parts[2] if parts[2:] else ""
    )
    with pytest.raises(RefusedError):
        commander.apply([pb.Operation(target=target, create=pb.Create(text=DEPLOYMENT))], id=new_id())


def test_a_preview_says_what_would_change_and_writes_nothing(commander: Client, fleet: Path, release: str) -> None:
    before = git(fleet, "rev-parse", "main")
    shown = commander.preview([ops.scale(release, "scheduler", 4)])
    assert shown.base == before
    [file] = shown.differences.files
    assert (file.fate, [(each.path, each.old_json, each.new_json) for each in file.settings]) == (
        "changed",
        [("values.scheduler.replicas", "", "4")],
    )
    assert "spec.replicas: 1 -> 4" in shown.differences.rendered_text
    assert json.loads(shown.differences.rendered_json)["changed"] is True
    assert git(fleet, "rev-parse", "main") == before
    with pytest.raises(RefusedError):
        commander.preview([ops.scale(release, "scheduler", -4)])


def test_a_revert_restores_what_was_with_todays_chart_and_harms_no_other(commander: Client, release: str) -> None:
    first = commander.get(release)
    commander.apply([ops.scale(release, "scheduler", 5)], id=new_id())
    other = commander.apply([ops.relabel("dev/etl/daily", f"Seen {release}")], id=new_id())
    done = commander.revert(release, first.revision, id=new_id(), actor=("Ada Person", "ada@example.com"))
    found = commander.get(release, at_least=done.revision)
    assert (found.text, found.item.revision) == (first.text, first.item.revision)
    assert commander.get("dev/etl/daily").item.label == f"Seen {release}"
    assert (
        commander.history(pb.ListHistoryRequest(target=ops.target("dev/etl/daily"), page_size=1)).entries[0].revision
        == other.revision
    )


def test_a_revert_brings_back_what_was_removed(commander: Client, release: str) -> None:
    before = commander.get(release)
    commander.apply([ops.delete(release)], id=new_id())
    commander.apply([ops.remove(release)], id=new_id())
    with pytest.raises(MissingError):
        commander.get(release)
    commander.revert(release, before.revision, id=new_id())
    assert commander.get(release).text == before.text


def test_a_revert_to_what_never_was_says_so(commander: Client, release: str) -> None:
    with pytest.raises(MissingError, match="0123456789"):
        commander.revert(release, "0123456789", id=new_id())
    with pytest.raises(RefusedError, match="no revision"):
        commander.revert(release, "", id=new_id())


def test_many_callers_at_once_each_get_a_commit_of_their_own(service: Service, fleet: Path) -> None:
    names = [f"dev/ml/many-{number}" for number in range(8)]
    revisions: list[str] = []

    def work(name: str) -> None:
        with service.client() as mine:
            for operation in (ops.create(name, DEPLOYMENT), ops.scale(name, "scheduler", 2), ops.relabel(name, name)):
                revisions.append(mine.apply([operation], id=new_id()).revision)

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(revisions)) == 3 * len(names)
    assert set(revisions) <= set(git(fleet, "rev-list", "main").splitlines())


def test_no_value_of_a_setting_is_in_the_log(service: Service, commander: Client, release: str) -> None:
    with pytest.raises(RefusedError, match="canary-value"):
        commander.apply([ops.edit(release, ops.set_value("values.executor", "canary-value"))], id=new_id())
    until(lambda: "values.executor" in service.log)
    assert "canary-value" not in service.log


def test_a_large_change_does_not_hold_up_others(service: Service, commander: Client) -> None:
    operations = [ops.edit(f"dev/etl/none-{n}", ops.set_value("values.env", ["x" * 2000])) for n in range(900)]
    slowest = 0.0

    def ask() -> None:
        nonlocal slowest
        with service.client() as other:
            while not done.is_set():
                began = time.monotonic()
                other.status()
                slowest = max(slowest, time.monotonic() - began)

    done = threading.Event()
    asking = threading.Thread(target=ask)
    asking.start()
    began = time.monotonic()
    with pytest.raises(RefusedError):
        commander.apply(operations, id=new_id())
    whole = time.monotonic() - began
    done.set()
    asking.join()
    assert slowest < whole


def test_a_message_that_is_too_large_is_refused(commander: Client) -> None:
    with pytest.raises(RefusedError, match="larger than max"):
        commander.apply([ops.create("dev/etl/large", "x" * (9 * 1024 * 1024))], id=new_id())


def test_a_call_whose_time_is_over_can_be_sent_again(
    service: Service, commander: Client, fleet: Path, release: str
) -> None:
    change_id = f"{release.replace('/', '.')}-late"
    with service.client(seconds=0.001) as hasty, pytest.raises(UnavailableError):
        hasty.apply([ops.relabel(release, "Late")], id=change_id)
    done = commander.apply([ops.relabel(release, "Late")], id=change_id)
    keys = git(fleet, "log", "--format=%(trailers:key=Change-Id,valueonly,separator=)").split()
    assert keys.count(change_id) == 1
    assert commander.get(release, at_least=done.revision).item.label == "Late"


def test_a_call_that_was_cancelled_holds_up_nobody(service: Service, commander: Client, release: str) -> None:
    stub = CommanderStub(service.client()._channel)
    change = pb.Change(id=new_id(), operations=[ops.relabel(release, "Cancelled")])
    call = stub.Apply.future(pb.ApplyRequest(change=change))
    call.cancel()
    with pytest.raises(grpc.FutureCancelledError):
        call.result()
    assert commander.apply([ops.relabel(release, "After")], id=new_id()).revision


def test_the_request_has_an_id_that_the_caller_may_choose(service: Service) -> None:
    stub = CommanderStub(service.client()._channel)
    _, call = stub.GetStatus.with_call(pb.GetStatusRequest(), metadata=(("x-request-id", "mine-1"),))
    assert ("x-request-id", "mine-1") in call.initial_metadata()
    _, call = stub.GetStatus.with_call(pb.GetStatusRequest(), metadata=(("x-request-id", "mine " * 99),))
    [value] = [value for key, value in call.initial_metadata() if key == "x-request-id"]
    assert "mine" not in value
    assert "mine-1" in [event["request"] for event in service.events("call")]


def test_too_many_operations_are_refused_before_any_is_read(commander: Client) -> None:
    began = time.monotonic()
    with pytest.raises(RefusedError, match="500,000 operations"):
        commander.apply([pb.Operation()] * 500_000, id=new_id())
    many = [pb.Expectation()] * 1001
    request = pb.RevertRequest(id="x", target=ops.target("dev"), to="0" * 40, expectations=many)
    with pytest.raises(RefusedError, match="1,001 expectations"):
        commander._call(commander._stub.Revert, request)
    assert time.monotonic() - began < 20


def test_a_conflict_is_told_however_much_the_first_had_to_say(commander: Client, release: str) -> None:
    seen = commander.get(release).item.revision
    commander.apply([ops.relabel(release, "First")], id=new_id(), reason="\N{GRINNING FACE}" * 2000)
    with pytest.raises(ConflictError) as caught:
        commander.apply([ops.relabel(release, "Second")], id=new_id(), expected={release: seen})
    assert caught.value.conflict.by.reason.startswith("\N{GRINNING FACE}")
    with pytest.raises(RefusedError, match="no revision"):
        commander.apply([ops.relabel(release, "Third")], id=new_id(), expected={release: "f" * 6000})


def test_a_very_long_key_is_refused(commander: Client, release: str) -> None:
    with pytest.raises(RefusedError, match="a very long key"):
        commander.apply([ops.edit(release, ops.merge_values({"x" * 1025: 1}))], id=new_id())
    with pytest.raises(RefusedError, match="a very long key"):
        commander.apply([ops.edit(release, ops.set_value(f"values.{'x' * 1025}", 1))], id=new_id())


def test_an_error_with_many_letters_of_other_scripts_is_told(commander: Client, release: str) -> None:
    with pytest.raises(RefusedError, match="there is no component"):
        commander.apply([ops.scale(release, "\N{GRINNING FACE}" * 1500, 1)], id=new_id())
