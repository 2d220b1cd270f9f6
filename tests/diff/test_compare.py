"""Two states: which objects are the same ones, whose they are, and what can't be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.diff import Unit, diff
from tests.diff.manifests import FOLDER, compared, container, copy, file, made, one, state, workload

MAP = made("ConfigMap", "daily-config", data={"a": "1"})


def test_the_same_bytes_are_not_even_read() -> None:
    class Unread(Mapping[str, bytes]):
        """Gives what can't be parsed."""

        def __getitem__(self, path: str) -> bytes:
            return b"\xff not yaml: ["

        def __iter__(self) -> Iterator[str]:
            return iter([f"{FOLDER}/a.yaml"])

        def __len__(self) -> int:
            return 1

    assert not diff(Unread(), Unread())


def test_an_object_that_moves_to_another_file_is_no_change() -> None:
    old = {f"{FOLDER}/a.yaml": file(MAP, workload()), f"{FOLDER}/b.yaml": file(made("Service", "s"))}
    new = {f"{FOLDER}/a.yaml": file(workload()), f"{FOLDER}/c.yaml": file(made("Service", "s"), MAP)}
    found = diff(old, new)
    assert (bool(found), found.formatting) == (False, 3)


def test_an_object_that_moves_to_another_unit_is_told_when_it_changes() -> None:
    changed = copy(MAP)
    changed["data"]["a"] = "2"
    there = "rendered/production/platform"
    assert not diff(state(MAP), state(MAP, folder=there))
    [change] = diff(state(MAP), state(changed, folder=there)).objects
    assert (change.fate, change.unit, change.file) == (
        "changed", Unit("production", "", "platform"), f"{there}/all.yaml",
    )  # fmt: skip


def test_objects_of_one_name_in_two_environments_are_two() -> None:
    found = diff(state(MAP), state(MAP, folder="rendered/dev/workspaces/etl/daily"))
    assert [(str(each.unit), each.fate) for each in found.objects] == [
        ("dev/etl/daily", "created"),
        ("production/etl/daily", "removed"),
    ]


def test_form_is_no_change() -> None:
    words = b"""\
# a comment
kind: ConfigMap
apiVersion: "v1"
data: {"a": '1'}
metadata:
    namespace: airflow-daily
    name: daily-config
...
"""
    found = diff(state(MAP), {f"{FOLDER}/all.yaml": words})
    assert (bool(found), found.formatting) == (False, 1)
    assert not diff(state(MAP), {f"{FOLDER}/all.yaml": file(MAP).replace(b"\n", b"\r\n")})


def test_a_new_version_of_the_api_is_the_same_object() -> None:
    change = one(made("ExternalSecret", "x", "e.io/v1beta1"), made("ExternalSecret", "x", "e.io/v1"))
    assert (change.fate, change.old_key.api_version, change.key.api_version) == ("changed", "e.io/v1beta1", "e.io/v1")
    other = compared(made("Role", "x", "a.io/v1"), made("Role", "x", "b.io/v1")).objects
    assert [each.fate for each in other] == ["removed", "created"]


def test_items_of_a_list_are_objects() -> None:
    words = b"apiVersion: v1\nkind: List\nitems:\n- " + file(MAP)[4:].rstrip().replace(b"\n", b"\n  ")
    assert not diff(state(MAP), {f"{FOLDER}/all.yaml": words})


def test_what_cannot_be_read_is_told_and_the_rest_compared() -> None:
    broken = b"---\nkind: [\n---\n" + file(made("Service", "new"))[4:]
    found = diff(state(MAP), {f"{FOLDER}/all.yaml": broken, f"{FOLDER}/b.yaml": file(workload())})
    assert [(each.file, each.side) for each in found.unreadable] == [(f"{FOLDER}/all.yaml", "new")]
    # Of the broken file nobody knows what is gone.
    assert [(each.key.kind, each.fate) for each in found.objects] == [("Deployment", "created")]


def test_reasons_of_what_cannot_be_read() -> None:
    cases = {
        "not-utf8.yaml": b"\xff",
        "no-object.yaml": b"a: 1\n",
        "list.yaml": b"- 1\n",
        "nameless.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
        "deep.yaml": b"a: " + b"[" * 5000,
        "alias.yaml": b"a: &a ["
        + b"1," * 300
        + b"]\n"
        + b"".join(b"k%d: [%s]\n" % (n, b"*a," * 90) for n in range(90)),
        "twice.yaml": file(MAP, {**MAP, "data": {"a": "2"}}),
        "chart.tgz": b"\x1f\x8b",
    }
    found = diff({}, {f"{FOLDER}/{name}": text for name, text in cases.items()})
    assert {each.file.rpartition("/")[2]: each.message.partition(":")[0] for each in found.unreadable} == {
        "not-utf8.yaml": "byte 0 is not UTF-8",
        "no-object.yaml": "a document without apiVersion, kind or metadata.name is no Kubernetes object",
        "list.yaml": "a document is no map, so it is no Kubernetes object",
        "nameless.yaml": "a document without apiVersion, kind or metadata.name is no Kubernetes object",
        "deep.yaml": "line 1 of a document",
        "alias.yaml": "line 2 of a document",
        "twice.yaml": "ConfigMap daily-config is there twice",
        "chart.tgz": "is no YAML file, and its contents differ",
    }


def test_values_stand_apart() -> None:
    path = "rendered/production/values/etl/daily.yaml"
    values = {path: b"workers:\n  replicas: 1\n"}, {path: b"workers:\n  replicas: 2\n"}
    found = diff(*values)
    [change] = found.values_only
    assert (change.unit, change.fate, found.objects) == (Unit("production", "etl", "daily"), "changed", ())
    assert [(each.path, each.old, each.new) for each in change.fields] == [("workers.replicas", 1, 2)]
    # With an effect on objects, it is the objects that are told of.
    assert diff({**values[0], **state(MAP)}, values[1]).values_only == ()


def test_nothing_on_one_side() -> None:
    assert not diff({}, {})
    assert [each.fate for each in diff({}, state(MAP, workload())).objects] == ["created", "created"]
    assert [each.fate for each in diff(state(MAP, workload()), {}).objects] == ["removed", "removed"]


def test_paths_may_do_without_rendered() -> None:
    [change] = diff({}, state(MAP, folder="production/workspaces/etl/daily")).objects
    assert (change.unit, change.role) == (Unit("production", "etl", "daily"), "config")
    [change] = diff({}, {"plain.yaml": file(MAP)}).objects
    assert str(change.unit) == "."


def test_the_order_of_files_changes_nothing() -> None:
    new = copy(workload())
    container(new)["image"] = "b"
    old_files = {f"{FOLDER}/{name}.yaml": file(made("Service", name)) for name in "abc"} | state(workload())
    new_files = {f"{FOLDER}/{name}.yaml": file(made("Service", name)) for name in "bcd"} | state(new)
    backwards = dict(reversed(old_files.items())), dict(reversed(new_files.items()))
    assert diff(old_files, new_files) == diff(*backwards)
