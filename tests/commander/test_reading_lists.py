"""What there is in a repository is listed, found and searched, as the branch has it at that moment."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commander.changes import Target
from commander.git import StoreError, blob_name
from commander.reading import Filters, NotFoundError, PageTokenError, Reading
from generator.errors import ProblemsError
from tests.commander.fleets import DAILY, DEV, ETL, FILES, ML
from tests.commander.reading_branches import Branch, names
from tests.commander.repositories import MAIN, bare, git
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE


@pytest.fixture
def branch(repository: Path) -> Branch:
    return Branch(repository)


def deployment(release: str, workspace: str = "etl") -> str:
    return Target("dev", workspace, release).file


def test_a_target_has_its_file_and_what_it_says(branch: Branch) -> None:
    text = DEPLOYMENT + "label: Every day\ndescription: All of it.\ndeletedAt: '2026-11-01T10:00:00Z'\n"
    tip = branch.push({DAILY.file: text})
    found = branch.reading().get(DAILY)
    assert (found.text, found.revision) == (text, tip)
    item = found.item
    assert (item.target, item.revision) == (DAILY, blob_name(text.encode()))
    assert (item.label, item.description, item.deleted_at) == ("Every day", "All of it.", "2026-11-01T10:00:00Z")
    assert item.problems == ()


def test_what_a_deployment_runs_follows_from_all_files_around_it(branch: Branch) -> None:
    branch.push(
        {
            DEV.file: FILES[DEV.file] + "defaults:\n  executor: LocalExecutor\n  labels: {a: env, b: env}\n"
            "  images: {airflow: {repository: registry.example.com/all}}\n  hibernate: true\n",
            ETL.file: WORKSPACE + "defaults:\n  labels: {b: null, c: workspace}\n",
            DAILY.file: DEPLOYMENT + "runtimeVersion: 12.1.0\nvalues:\n  hibernate: null\n  labels: {d: own}\n"
            "  images: {airflow: {tag: '7'}}\n",
        }
    )
    runs = branch.reading().get(DAILY).item.airflow
    assert runs is not None
    assert (runs.runtime_version, runs.airflow_version, runs.executor) == ("12.1.0", "2.10.0", "LocalExecutor")
    assert (runs.image_repository, runs.image_tag, runs.image_digest) == ("registry.example.com/all", "7", "")
    assert runs.hibernating is False
    assert runs.labels == {"a": "env", "c": "workspace", "d": "own"}


@pytest.mark.parametrize(
    ("own", "digest"),
    [
        ("", f"sha256:{'1' * 64}"),
        ("images: {airflow: {tag: '7'}}", ""),
        ("images: {airflow: {repository: registry.example.com/own}}", ""),
        (f"images: {{airflow: {{digest: 'sha256:{'2' * 64}'}}}}", f"sha256:{'2' * 64}"),
    ],
)
def test_the_digest_of_the_default_image_is_told_where_that_runs(branch: Branch, own: str, digest: str) -> None:
    default = f"defaults:\n  defaultAirflowDigest: sha256:{'1' * 64}\n"
    branch.push({DEV.file: FILES[DEV.file] + default, DAILY.file: DEPLOYMENT + (f"values:\n  {own}\n" if own else "")})
    runs = branch.reading().get(DAILY).item.airflow
    assert runs is not None
    assert runs.image_digest == digest


def test_members_are_counted(branch: Branch) -> None:
    branch.push({deployment("a", "ml"): DEPLOYMENT, deployment("b", "ml"): DEPLOYMENT})
    reading = branch.reading()
    dev, ml = reading.get(DEV).item, reading.get(ML).item
    assert (dev.workspaces, dev.deployments) == (2, 3)
    assert (ml.workspaces, ml.deployments) == (0, 2)
    assert (dev.airflow, ml.airflow) == (None, None)
    assert reading.get(DEV, reading.tip()).item == dev


def test_what_was_pushed_is_seen_at_once_and_the_past_stays(branch: Branch) -> None:
    reading = branch.reading()
    before = reading.tip()
    after = branch.push({DAILY.file: DEPLOYMENT + "label: New\n"})
    assert not reading.contains("0" * 40)
    assert reading.contains(after)
    assert reading.contains(before)
    assert reading.get(DAILY).item.label == "New"
    assert reading.get(DAILY, before).item.label == "daily"
    assert reading.get(DAILY, before[:9]).revision == before
    branch.push({DAILY.file: None})
    with pytest.raises(NotFoundError):
        reading.get(DAILY)
    assert reading.get(DAILY, after).item.label == "New"


def test_what_is_not_there_is_told_with_what_is_near(branch: Branch) -> None:
    reading = branch.reading()
    with pytest.raises(
        NotFoundError, match="there is no deployment 'dev/etl/dayli'\n  hint: did you mean 'dev/etl/daily'"
    ):
        reading.get(Target("dev", "etl", "dayli"))
    with pytest.raises(NotFoundError, match="did you mean 'dev/etl/daily'"):
        reading.get(Target("dev", "ml", "daily"))
    with pytest.raises(NotFoundError, match="there is no environment 'deb'\n  hint: did you mean 'dev'"):
        reading.list("deployment", within=Target("deb"))
    with pytest.raises(NotFoundError, match="there is no workspace 'dev/etk'\n  hint: did you mean 'dev/etl'"):
        reading.search("x", within=Target("dev", "etk"))


@pytest.mark.parametrize("revision", ["main", "HEAD", "--all", "12", "0123456z", "f" * 41, "@{u}", "0" * 40, "abcdef0"])
def test_a_revision_is_the_name_of_a_commit_of_the_branch(filtered: Reading, revision: str) -> None:
    reading = filtered
    with pytest.raises(NotFoundError):
        reading.resolve(revision)
    assert reading.contains(revision) is False


def test_revisions_of_other_branches_and_other_objects_are_not_known(branch: Branch) -> None:
    other = branch.commit(branch.tip, {"x": "1"})
    reading = branch.reading()
    with pytest.raises(NotFoundError, match="the branch has no commit"):
        reading.get(DAILY, other)
    with pytest.raises(NotFoundError):
        reading.resolve(blob_name(FILES[DAILY.file].encode()))
    assert reading.resolve("") == branch.tip
    assert reading.resolve(branch.tip.upper()[:7]) == branch.tip


def test_lists_go_by_kind_place_and_page(branch: Branch) -> None:
    many = {deployment(f"r{number}", "ml"): DEPLOYMENT for number in range(7)}
    branch.push({**many, Target("prod").file: ENVIRONMENT, Target("dev-2", "etl", "x").file: DEPLOYMENT})
    reading = branch.reading()
    assert names(reading, "environment") == ["dev", "prod"]
    assert names(reading, "workspace") == ["dev/etl", "dev/ml"]
    inside = ["dev/etl/daily", *(f"dev/ml/r{number}" for number in range(7))]
    assert names(reading, "deployment") == [*inside, "dev-2/etl/x"]
    assert names(reading, "deployment", within=DEV) == inside
    assert names(reading, "deployment", within=ETL) == ["dev/etl/daily"]
    assert names(reading, "deployment", within=DAILY) == ["dev/etl/daily"]


def test_a_page_goes_on_where_the_last_one_ended_whatever_came_and_went(branch: Branch) -> None:
    branch.push({deployment(name): DEPLOYMENT for name in ("a", "b", "c", "d")})
    reading = branch.reading()
    first = reading.list("deployment", page_size=2)
    assert [item.target.release for item in first.items] == ["a", "b"]
    branch.push({deployment("b"): None, deployment("aa"): DEPLOYMENT, deployment("ba"): DEPLOYMENT})
    second = reading.list("deployment", page_size=9, page_token=first.next_token)
    assert [item.target.release for item in second.items] == ["ba", "c", "d", "daily"]
    assert second.next_token == ""


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    files = {**FILES, **{deployment(name): DEPLOYMENT + text for name, text in _SAID.items()}}
    del files[DAILY.file]
    return Branch(bare(tmp_path_factory.mktemp("filtered"), files)).reading()


_SAID = {
    "celery": "values: {executor: CeleryExecutor}\n",
    "both": "values: {executor: 'LocalExecutor,KubernetesExecutor'}\n",
    "default": "label: Nothing Said\n",
    "old": "values: {airflowVersion: 3.10.1, hibernate: true}\n",
    "new": "values: {airflowVersion: 3.1.2, labels: {team: a}}\nlabel: Ünlike\n",
    "runtime": "runtimeVersion: 3.1-2\nvalues: {labels: {team: b}}\n",
    "gone": "deletedAt: '2026-01-01T00:00:00Z'\n",
    "wrong": "{",
}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(executor="CeleryExecutor"), "celery default gone new old runtime"),
        (Filters(executor="KubernetesExecutor"), "both"),
        (Filters(executor="LocalExecutor,KubernetesExecutor"), "both"),
        (Filters(version="3.1"), "new runtime"),
        (Filters(version="3.1-2"), "runtime"),
        (Filters(version="3.10.1"), "old"),
        (Filters(hibernating=True), "old"),
        (Filters(hibernating=False, version="3.1.2"), "new"),
        (Filters(deleted=True), "gone"),
        (Filters(deleted=False, words="O"), "both default old wrong"),
        (Filters(labels={"team": ""}), "new runtime"),
        (Filters(labels={"team": "b"}), "runtime"),
        (Filters(labels={"team": "b", "more": ""}), ""),
        (Filters(label="nothing s"), "default"),
        (Filters(label="ünl"), "new"),
        (Filters(with_problems=True), "wrong"),
        (Filters(words="dev said"), "default"),
        (Filters(words="etl/ne"), "new"),
    ],
)
def test_filters(filtered: Reading, filters: Filters, found: str) -> None:
    assert sorted(name.rpartition("/")[2] for name in names(filtered, "deployment", filters)) == found.split()


def test_filters_that_nothing_of_a_kind_can_have_are_told(branch: Branch) -> None:
    with pytest.raises(ProblemsError, match="workspaces have no version and no labels"):
        branch.reading().list("workspace", filters=Filters(version="3", labels={"a": "b"}))
    with pytest.raises(ProblemsError, match="a filter of 1,001 characters"):
        Filters(words="x" * 1001)
    with pytest.raises(ProblemsError, match="a filter of 21 labels"):
        Filters(labels={str(number): "" for number in range(21)})


def _token(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "äöü",
        "=",
        "A" * 5000,
        _token(),
        _token(1),
        _token(1, "00", "a", "b", "c"),
        "W" * 4000,
        _token({}, [], 1, 2, 3),
    ],
)
def test_a_page_token_that_is_made_up_is_told(filtered: Reading, token: str) -> None:
    reading = filtered
    for ask in (
        lambda: reading.list("deployment", page_token=token),
        lambda: reading.search("daily", page_token=token),
        lambda: reading.history(DAILY, page_token=token),
        lambda: reading.rendered(DAILY, page_token=token),
    ):
        with pytest.raises(PageTokenError, match="page token"):
            ask()


def test_a_page_token_is_of_one_question(branch: Branch) -> None:
    branch.push({deployment("a"): DEPLOYMENT})
    reading = branch.reading()
    token = reading.list("deployment", page_size=1).next_token
    assert reading.list("deployment", page_size=7, page_token=token).items
    for filters, within in ((Filters(words="a"), None), (Filters(), DEV)):
        with pytest.raises(PageTokenError, match="the page token is of another question"):
            reading.list("deployment", filters=filters, within=within, page_token=token)


@pytest.mark.parametrize("size", [0, -1, 501])
def test_a_page_has_a_size_that_is_allowed(filtered: Reading, size: int) -> None:
    with pytest.raises(ProblemsError, match="allowed: 1 to 500"):
        filtered.list("deployment", page_size=size)


def test_search_finds_lines_with_all_words(branch: Branch) -> None:
    long = f"# {'x' * 900} needle {'y' * 900}\n"
    branch.push({DAILY.file: f"{DEPLOYMENT}# A Needle, in hay\n{long}", ETL.file: f"{WORKSPACE}# needle\n"})
    reading = branch.reading()
    page = reading.search("NEEDLE hay")
    assert [(str(each.target), each.file, each.number, each.line) for each in page.items] == [
        ("dev/etl/daily", DAILY.file, 3, "# A Needle, in hay")
    ]
    found, token = [], ""
    while True:
        page = reading.search("needle", page_size=1, page_token=token)
        found += [(str(each.target), each.number) for each in page.items]
        token = page.next_token
        if not token:
            break
    assert found == [("dev/etl", 3), ("dev/etl/daily", 3), ("dev/etl/daily", 4)]
    assert [str(each.target) for each in reading.search("needle", within=DAILY).items] == ["dev/etl/daily"] * 2
    shown = reading.search("needle yyy").items[0].line
    assert "needle" in shown
    assert len(shown) < 420
    for words in ("", " ", "x " * 21, "x" * 201):
        with pytest.raises(ProblemsError, match="a search for"):
            reading.search(words)


def test_odd_files_are_told_and_never_followed(branch: Branch) -> None:
    blob = blob_name(FILES[DAILY.file].encode())
    big = branch.commit(branch.tip, {"big": b"#" * (1024 * 1024 + 1)})
    large = git(branch.repository, "rev-parse", f"{big}:big")
    inner = branch.odd_tree(
        f"120000 blob {blob}\tlink.yaml\n160000 commit {branch.tip}\tmodule.yaml\n100644 blob {large}\tlarge.yaml\n"
        f"100755 blob {blob}\trun.yaml\n100644 blob {blob}\tBad_Name.yaml\n100644 blob {blob}\tother.yml\n"
        f"040000 tree {branch.store.root(branch.tip)}\tfolder.yaml\n"
    )
    for name, mode in (
        ("deployments", 40000),
        ("etl", 40000),
        ("workspaces", 40000),
        ("dev", 40000),
        ("environments", 40000),
    ):
        inner = branch.odd_tree(f"0{mode} tree {inner}\t{name}\n")
    branch.move(branch.commit_tree(inner, branch.tip))
    reading = branch.reading()
    found = {item.target.release: [each.message for each in item.problems] for item in reading.list("deployment").items}
    assert found == {
        "large": ["is larger than 1,048,576 bytes"],
        "link": ["is a symbolic link"],
        "module": ["is a submodule"],
        "run": [],
    }
    assert reading.get(Target("dev", "etl", "link")).text == ""
    assert reading.search("stargit").items[0].target.release == "run"


@pytest.mark.slow
def test_a_tree_of_trees_without_end_is_told_and_left(branch: Branch) -> None:
    reading, before = branch.reading(), branch.tip
    tree = branch.odd_tree(f"100644 blob {blob_name(FILES[DAILY.file].encode())}\tx.yaml\n")
    for _ in range(9):
        tree = branch.odd_tree("".join(f"040000 tree {tree}\t{name}\n" for name in "abcdefghij"))
    bomb = branch.commit_tree(branch.odd_tree(f"040000 tree {tree}\tenvironments\n"), before)
    branch.move(bomb)
    with pytest.raises(StoreError, match="environments has more than 250,000 files"):
        reading.list("deployment")
    branch.move(before)
    assert names(reading, "deployment") == ["dev/etl/daily"]


_UNREADABLE = {
    "deep": "[" * 2000,
    "open": "{",
    "twice": "a: 1\na: 2\n",
    "list": "- list\n",
    "empty": "",
    "latin": "\xff",
    "tag": "x: !!python/object:os.system\n",
    "alias": "a: &a [*a]\n",
}


def test_a_file_that_cannot_be_read_is_there_with_what_is_wrong(branch: Branch) -> None:
    branch.push({deployment(name): text.encode("latin-1") for name, text in _UNREADABLE.items()})
    reading = branch.reading()
    for name in _UNREADABLE:
        item = reading.get(Target("dev", "etl", name)).item
        assert item.problems, name
        assert (item.label, item.airflow, item.problems[0].file) == (name, None, deployment(name))


def test_values_that_make_no_sense_are_left_out(branch: Branch) -> None:
    text = "label: [1]\ndescription: {}\ndeletedAt: 7\nruntimeVersion: 3.1\n"
    text += "values:\n  executor: [x]\n  hibernate: maybe\n  labels: [a]\n  images: 5\n"
    branch.push(
        {
            DAILY.file: DEPLOYMENT + text,
            ETL.file: WORKSPACE + "defaults: []\n",
            DEV.file: "defaults: {labels: {a: 1, b: c}}\n",
        }
    )
    item = branch.reading().get(DAILY).item
    assert (item.label, item.description, item.deleted_at) == ("daily", "", "")
    assert item.airflow is not None
    assert (item.airflow.executor, item.airflow.labels, item.airflow.runtime_version) == (
        "CeleryExecutor",
        {"b": "c"},
        "",
    )


def test_a_branch_that_is_not_there_is_told(tmp_path: Path) -> None:
    repository = bare(tmp_path)
    with pytest.raises(StoreError, match="there is no branch refs/heads/none"):
        Reading(repository, "refs/heads/none")


def test_many_threads_ask_while_others_push(branch: Branch) -> None:
    """Two files that are always changed together are never seen apart, and nobody goes back in time."""
    reading = branch.reading()
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        seen = -1
        while not done.is_set():
            try:
                labels = {item.label for item in reading.list("deployment").items}
                number = int(labels.pop().removeprefix("n")) if labels != {"daily"} else 0
                if labels - {"daily"} or number < seen:
                    wrong.append((labels, number, seen))
                seen = number
            except BaseException as error:
                wrong.append(error)
                raise

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for each in threads:
        each.start()
    for number in range(8):
        text = f"{DEPLOYMENT}label: n{number}\n"
        tip = branch.push({DAILY.file: text, deployment("weekly", "ml"): text})
        assert reading.contains(tip)
    done.set()
    for each in threads:
        each.join()
    assert wrong == []


_FILES = st.sampled_from(
    [
        DEV.file,
        ETL.file,
        ML.file,
        DAILY.file,
        deployment("daily", "ml"),
        deployment("x"),
        "environments/dev",
        "README.md",
    ]
)
_TEXTS = st.sampled_from([None, DEPLOYMENT, DEPLOYMENT + "label: L\n", "{", "defaults: {executor: LocalExecutor}\n"])
_PUSH = st.dictionaries(_FILES, _TEXTS, min_size=1, max_size=3)


@given(st.lists(st.one_of(_PUSH, st.integers(0, 5)), max_size=8))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_followed_is_what_is_read_anew(tmp_path_factory: pytest.TempPathFactory, pushes: list[object]) -> None:
    """Random pushes, among them forced ones to earlier commits."""
    branch = Branch(bare(tmp_path_factory.mktemp("x"), FILES))
    reading, known = branch.reading(), [branch.tip]
    for push in pushes:
        if isinstance(push, int):
            branch.move(known[push % len(known)])
        else:
            assert isinstance(push, dict)
            try:
                known.append(branch.push(push))
            except StoreError:  # a folder where a file is, or the reverse
                continue
        assert reading.tip() == branch.tip
        fresh = Reading(branch.repository, MAIN)
        for kind in ("environment", "workspace", "deployment"):
            assert reading.list(kind).items == fresh.list(kind).items
        assert [reading.contains(each) for each in known] == [fresh.contains(each) for each in known]


def test_a_deployment_without_values_runs_what_is_default(branch: Branch) -> None:
    branch.push({DEV.file: FILES[DEV.file] + "defaults: {executor: LocalExecutor, labels: {a: b}}\n"})
    branch.push({DAILY.file: DEPLOYMENT})
    reading = branch.reading()
    runs = reading.get(DAILY).item.airflow
    assert runs is not None
    assert (runs.executor, runs.labels) == ("LocalExecutor", {"a": "b"})
    assert names(reading, "deployment", Filters(executor="LocalExecutor")) == [str(DAILY)]
