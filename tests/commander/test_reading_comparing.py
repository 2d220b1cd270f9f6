"""What differs between two commits is told by settings and objects, without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from commander.changes import Edit, Move, Target
from commander.reading import NotFoundError, Reading
from commander.reading.settings import setting_changes
from generator.charts import ChartSource
from generator.edit import Set, edit, parse_path
from tests.commander.fleets import DAILY, DEV, ETL, FILES, change, rendered_state, writer
from tests.commander.reading_branches import Branch
from tests.commander.repositories import MAIN
from tests.desired.repositories import DEPLOYMENT


@pytest.fixture
def branch(repository: Path) -> Branch:
    return Branch(repository)


def changed(old: str, new: str) -> list[tuple[str, str, str]]:
    found = setting_changes(yaml.safe_load(old), yaml.safe_load(new))
    return [(each.path, each.old, each.new) for each in found]


def test_settings_are_told_by_the_paths_that_edits_take() -> None:
    old = "a: 1\nenv: [{name: X, value: x}, {name: Y, value: y}]\nlist: [1, 2]\nx.y: {z: no}\nempty: {}\n"
    new = "a: 2\nenv: [{name: Z, value: z}, {name: X, value: x2}]\nlist: [0, 1, 2]\nx.y: {z: 'yes', w: null}\n"
    assert changed(old, new) == [
        ("a", "1", "2"),
        ("env[name=Z].name", "", '"Z"'),
        ("env[name=Z].value", "", '"z"'),
        ("env[name=X].value", '"x"', '"x2"'),
        ("list", "[1, 2]", "[0, 1, 2]"),
        ('"x.y".z', "false", '"yes"'),
        ('"x.y".w', "", "null"),
        ("env[name=Y].name", '"Y"', ""),
        ("env[name=Y].value", '"y"', ""),
        ("empty", "{}", ""),
    ]


def test_another_order_of_named_things_is_a_change_and_of_keys_is_none() -> None:
    assert changed("{a: 1, b: 2}", "{b: 2, a: 1}") == []
    assert changed("e: [{name: a}, {name: b}]", "e: [{name: b}, {name: c}, {name: a}]") == [
        ("e[name=c].name", "", '"c"'),
        ("e", '["a", "b"]', '["b", "c", "a"]'),
    ]
    assert changed("e: [{name: a, v: 1}, {name: a, v: 1}]", "e: [{name: a, v: 1}, {name: a, v: 2}]") == [
        ("e[1].v", "1", "2")
    ]


def test_secrets_are_not_told() -> None:
    canary = "hunter2-canary"
    old = {"values": {"password": canary, "url": f"https://u:{canary}@x", "env": [{"name": "TOKEN", "value": canary}]}}
    new = {
        "values": {"password": f"{canary}!", "url": f"https://u:{canary}!@x", "env": [{"name": "TOKEN", "value": 1}]}
    }
    found = list(setting_changes(old, new))
    assert [each.path for each in found] == ["values.password", "values.url", "values.env[name=TOKEN].value"]
    assert all(each.hidden for each in found)
    assert canary not in repr(found)


def test_long_values_are_shortened() -> None:
    (found,) = setting_changes({"a": "x" * 9000}, {"a": ["y"] * 9000})
    assert found.old.endswith('..."')
    assert len(found.old) < 4100
    assert found.new == '"(45,000 characters)"'


_DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "yes"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b.c", "name"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_DATA, _DATA)
@settings(max_examples=100, deadline=None)
def test_nothing_is_told_exactly_when_data_is_the_same(old: object, new: object) -> None:
    def exact(value: object) -> object:
        if isinstance(value, dict):
            return {key: exact(below) for key, below in value.items()}
        return [exact(each) for each in value] if isinstance(value, list) else (type(value), value)

    found = list(setting_changes({"top": old}, {"top": new}))
    assert bool(found) == (exact(old) != exact(new))
    assert len({each.path for each in found}) == len(found)
    for each in found:
        assert parse_path(each.path)


def test_a_change_is_told_by_meaning(repository: Path, chart: ChartSource) -> None:
    by = writer(repository, chart)
    by.apply([change("k", Edit(DAILY, (Set(("values", "scheduler", "replicas"), 2),)))])
    reading = Reading(repository, MAIN)
    found = reading.changes_of("", DAILY)
    assert (found.new, found.target, found.fate, found.only_layout) == (reading.tip(), DAILY, "changed", False)
    assert [(each.path, each.old, each.new) for each in found.settings] == [("values.scheduler.replicas", "", "2")]
    assert found.left_out == 0
    assert [str(each.unit) for each in found.rendered.values] == ["dev/etl/daily"]
    assert [str(each.target) for each in found.targets] == ["dev/etl/daily"]
    whole = reading.compare(found.old, found.new, DEV)
    assert (whole.fate, whole.settings, whole.rendered) == (None, (), found.rendered)
    assert whole.targets == found.targets
    back = reading.compare(found.new, found.old, DAILY)
    assert [(each.path, each.old, each.new) for each in back.settings] == [("values.scheduler.replicas", "2", "")]
    assert back.targets[0].fate == "changed"


def test_comments_and_layout_are_told_as_such(branch: Branch) -> None:
    branch.push({DAILY.file: FILES[DAILY.file] + "# a remark\n"})
    found = branch.reading().changes_of("", DAILY)
    assert (found.fate, found.settings, found.only_layout) == ("changed", (), True)
    assert not found.rendered


def test_creation_and_removal(branch: Branch) -> None:
    begin = branch.tip
    gone = branch.push({DAILY.file: None})
    reading = branch.reading()
    created, removed = reading.changes_of(begin, DAILY), reading.changes_of(gone, DAILY)
    assert (created.old, created.fate) == ("", "created")
    assert [(each.path, each.new) for each in created.settings] == [
        ("apiVersion", '"stargit.dev/v1"'),
        ("kind", '"Deployment"'),
    ]
    assert (removed.fate, [each.new for each in removed.settings]) == ("removed", ["", ""])
    assert not created.only_layout
    assert not removed.only_layout
    with pytest.raises(NotFoundError, match="has anything of dev/etl/never"):
        reading.changes_of(gone, Target("dev", "etl", "never"))


def test_a_move_is_compared_with_where_it_came_from(repository: Path, chart: ChartSource) -> None:
    by = writer(repository, chart)
    by.apply([change("k", Move(DAILY, "ml"))])
    found = Reading(repository, MAIN).changes_of("", Target("dev", "ml", "daily"))
    assert (found.fate, found.old_target, found.settings) == ("moved", DAILY, ())
    assert found.left_out == 0
    assert {each.fate for each in found.rendered.objects} <= {"changed"}


def test_a_file_that_cannot_be_read_has_problems(branch: Branch) -> None:
    branch.push({DAILY.file: "{"})
    found = branch.reading().changes_of("", DAILY)
    assert (found.fate, found.settings, found.only_layout) == ("changed", (), False)
    assert found.problems[0].file == DAILY.file


def test_what_is_too_large_is_counted(branch: Branch) -> None:
    folder = "rendered/dev/workspaces/etl/daily"
    pod = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: '%d'}\n"
    branch.push({f"{folder}/large.yaml": b"#" * (4 * 1024 * 1024 + 1), f"{folder}/x.yaml": pod % 1})
    found = branch.reading().changes_of("", DAILY)
    assert found.left_out == 1
    assert [str(each.key) for each in found.rendered.objects] == ["ConfigMap x"]


def test_settings_of_a_change_are_those_of_the_edit() -> None:
    text = edit(DEPLOYMENT, DAILY.file, (Set(("values", "env"), [{"name": "TZ", "value": "UTC"}]),))
    assert [path for path, _, _ in changed(DEPLOYMENT, text)] == [
        "values.env[name=TZ].name",
        "values.env[name=TZ].value",
    ]


def test_rendered_files_come_page_by_page_of_one_commit(repository: Path, chart: ChartSource) -> None:
    writer(repository, chart).follow()
    reading = Reading(repository, MAIN)
    state = rendered_state(repository)

    def pages(target: Target, size: int, *, inside: bool = False) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = {}
        token = ""
        while True:
            page = reading.rendered(target, inside=inside, page_size=size, page_token=token)
            assert [each.path for each in page.items] == sorted(each.path for each in page.items)
            found |= {each.path: each.data for each in page.items}
            token = page.next_token
            if not token:
                return found

    own = {path: data for path, data in state.items() if "/daily" in path}
    assert len(own) >= 2
    argocd = {path for path in state if "/argocd/" in path}
    for size in (1, 2, 50):
        assert pages(DEV, size, inside=True) == state
        assert pages(DAILY, size) == own
        assert set(pages(ETL, size)) == {"rendered/dev/argocd/workspaces/etl.yaml"}
        assert set(pages(DEV, size)) == {path for path in argocd if "/workspaces/" not in path}
    assert pages(ETL, 2, inside=True).keys() == {*own, "rendered/dev/argocd/workspaces/etl.yaml"}
    before = reading.tip()
    token = reading.rendered(DAILY, page_size=1).next_token
    writer(repository, chart).apply([change("k", Edit(DAILY, (Set(("values", "scheduler", "replicas"), 2),)))])
    rest = reading.rendered(DAILY, page_size=1, page_token=token)
    assert rest.revision == before
    assert rest.items[0].data == own[rest.items[0].path]
    assert reading.rendered(DAILY).revision != before
    assert reading.rendered(DAILY, before).revision == before


def test_what_is_rendered_is_never_more_than_a_message_holds(branch: Branch) -> None:
    folder = "rendered/dev/workspaces/etl/daily"
    half = b"#" * (2 * 1024 * 1024)
    branch.push({f"{folder}/{name}.yaml": half * size for name, size in (("a", 1), ("b", 2), ("c", 1), ("d", 1))})
    reading = branch.reading()
    found, token = [], ""
    while True:
        page = reading.rendered(DAILY, page_token=token)
        found.append([(each.path[-6:], each.size, each.data is None) for each in page.items])
        token = page.next_token
        if not token:
            break
    size = len(half)
    assert found == [
        [("a.yaml"[-6:], size, False), ("b.yaml", size * 2, True)],
        [("c.yaml", size, False)],
        [("d.yaml", size, False)],
    ]
    with pytest.raises(NotFoundError):
        reading.rendered(Target("dev", "etl", "never"))
    assert reading.rendered(Target("dev", "ml")).items == ()


def test_a_preview_compares_no_more_bytes_than_two_commits(branch: Branch) -> None:
    folder = "rendered/dev/workspaces/etl/daily"
    old = f"{folder}/old.yaml"
    branch.push({old: b"#" * 5_000_000, f"{folder}/link.yaml": b"kind: A\n"})
    reading = branch.reading()
    files: dict[str, bytes | None] = {old: None, f"{folder}/large.yaml": b"#" * 5_000_000}
    files |= {f"{folder}/{number:02}.yaml": b"#" * 4_000_000 for number in range(12)}
    found = reading.prospect(branch.tip, files)
    assert found.left_out == 2 + 4  # as many as 32 MiB are compared


def test_previews_tell_settings_as_commits_do(branch: Branch) -> None:
    text = DEPLOYMENT + "label: New # why\n"
    before = branch.tip
    branch.push({DAILY.file: text})
    reading = branch.reading()
    (file,) = reading.prospect(before, {DAILY.file: text.encode()}).files
    compared = reading.compare(before, branch.tip, DAILY)
    assert (file.settings, file.only_layout, file.problems) == (
        compared.settings,
        compared.only_layout,
        compared.problems,
    )
    (same,) = reading.prospect(branch.tip, {DAILY.file: text.encode()}).files
    (layout,) = reading.prospect(branch.tip, {DAILY.file: text.replace(" # why", "").encode()}).files
    (wrong,) = reading.prospect(branch.tip, {DAILY.file: b"a: [\n"}).files
    assert (same.only_layout, layout.only_layout, layout.settings) == (False, True, ())
    assert wrong.problems
