"""Who changed a target, when and why; also by a default of somebody else's file, and before it was moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from commander.changes import Create, Edit, Move, Remove, Target, trailer_texts
from commander.git import Repository
from commander.reading import HistoryEntry, NotFoundError, PageTokenError, Reading
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, DEV, ETL, FILES, ML, change, writer
from tests.commander.reading_branches import Branch
from tests.commander.repositories import MAIN, git
from tests.desired.repositories import DEPLOYMENT

pytestmark = pytest.mark.slow


@pytest.fixture
def branch(repository: Path) -> Branch:
    return Branch(repository)


def entries(reading: Reading, target: Target, size: int = 500) -> list[HistoryEntry]:
    found: list[HistoryEntry] = []
    token = ""
    while True:
        page = reading.history(target, page_size=size, page_token=token)
        assert len(page.items) <= size
        found += page.items
        token = page.next_token
        if not token:
            return found


def subjects(reading: Reading, target: Target, size: int = 500) -> list[str]:
    return [entry.commit.subject for entry in entries(reading, target, size)]


def test_a_change_of_commander_tells_who_when_and_why(repository: Path, chart: ChartSource) -> None:
    by = writer(repository, chart)
    by.apply([change("k1", Edit(DAILY, (Set(("label",), "Daily"),)), reason="people asked\nfor it")])
    first, *older = entries(Reading(repository, MAIN), DAILY)
    commit = first.commit
    assert (commit.author.name, commit.author.email, commit.author.seconds) == (
        "Ada Person", "ada@example.com", 1_700_000_000,
    )  # fmt: skip
    assert (commit.committer.name, commit.key, commit.parents) == ("Commander", "k1", 1)
    assert (commit.reason, commit.actor) == ("people asked for it", "Ada Person <ada@example.com>")
    assert commit.subject == "dev/etl/daily: set label"
    assert [entry.commit.key for entry in older] == ["", ""]
    assert older[0].commit.subject.startswith("Render what")
    assert older[1].commit.subject == "begin"


def test_a_default_is_in_the_history_of_all_that_it_changed(repository: Path, chart: ChartSource) -> None:
    by = writer(repository, chart)
    weekly = Target("dev", "ml", "weekly")
    by.apply([change("weekly", Create(weekly, DEPLOYMENT))])
    by.apply([change("k", Edit(ETL, (Set(("defaults",), {"executor": "LocalExecutor"}),)))])
    reading = Reading(repository, MAIN)
    assert subjects(reading, DAILY)[0] == "dev/etl: set defaults"
    assert subjects(reading, weekly) == ["dev/ml/weekly: new deployment"]
    assert subjects(reading, ETL)[0] == "dev/etl: set defaults"
    assert "dev/etl: set defaults" not in subjects(reading, ML)
    assert subjects(reading, DEV)[:2] == ["dev/etl: set defaults", "dev/ml/weekly: new deployment"]


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_pages_tell_the_same_as_one(branch: Branch, size: int) -> None:
    values = "rendered/dev/values/etl/daily.yaml"
    pod = "rendered/dev/workspaces/etl/daily/scheduler.yaml"
    branch.push({DAILY.file: DEPLOYMENT + "# 1\n", values: "1", pod: "1"}, "all")
    branch.push({pod: "2"}, "pod")
    branch.push({DAILY.file: DEPLOYMENT + "# 2\n"}, "file")
    branch.push({"README.md": "x"}, "nothing of it")
    branch.push({values: "3", pod: "3"}, "rendered")
    reading = branch.reading()
    assert subjects(reading, DAILY, size) == ["rendered", "file", "pod", "all", "begin"]
    assert subjects(reading, ETL, size) == ["file", "all", "begin"]


@pytest.mark.parametrize("size", [1, 2, 500])
def test_moves_between_workspaces_are_followed_there_and_back(repository: Path, chart: ChartSource, size: int) -> None:
    by = writer(repository, chart)
    there = Target("dev", "ml", "daily")
    for key, operation in (
        ("in-etl", Edit(DAILY, (Set(("label",), "1"),))),
        ("to-ml", Move(DAILY, "ml")),
        ("in-ml", Edit(there, (Set(("label",), "2"),))),
        ("to-etl", Move(there, "etl")),
        ("again-in-etl", Edit(DAILY, (Set(("label",), "3"),))),
    ):
        by.apply([change(key, operation)])
    found = entries(Reading(repository, MAIN), DAILY, size)
    assert [(entry.commit.key or entry.commit.subject[:6], str(entry.target)) for entry in found] == [
        ("again-in-etl", "dev/etl/daily"),
        ("to-etl", "dev/etl/daily"),
        ("in-ml", "dev/ml/daily"),
        ("to-ml", "dev/ml/daily"),
        ("in-etl", "dev/etl/daily"),
        ("Render", "dev/etl/daily"),
        ("begin", "dev/etl/daily"),
    ]


def test_what_is_gone_has_a_history_and_what_never_was_has_none(repository: Path, chart: ChartSource) -> None:
    by = writer(repository, chart)
    by.apply([change("k", Remove(DAILY, at_once=True))])
    reading = Reading(repository, MAIN)
    assert [entry.commit.key for entry in entries(reading, DAILY)] == ["k", "", ""]
    with pytest.raises(NotFoundError, match="there is no deployment 'dev/etl/never'"):
        reading.history(Target("dev", "etl", "never"))


def test_names_are_no_patterns(branch: Branch) -> None:
    """What git could read as a pattern is a name to it; hostile messages and people are shown."""
    tip = branch.push(
        {"environments/dev/workspaces/etl/deployments/*.yaml": "x"}, "a pattern\x01\n\nReason: *\nno trailer"
    )
    reading = branch.reading()
    assert subjects(reading, DAILY) == ["begin"]
    commit = reading.event(tip).commit
    assert (commit.subject, commit.reason, commit.key) == ("a pattern\x01", "*", "")


def test_bytes_that_are_no_text_are_shown_all_the_same(branch: Branch) -> None:
    tree = branch.store.root(branch.tip)
    raw = f"tree {tree}\nparent {branch.tip}\nauthor \xff\xfe <\xff@x> 7 +0000\ncommitter c <c> 8 +0000\n\n\xff\xfe\n"
    path = branch.repository / "raw"
    path.write_bytes(raw.encode("latin-1"))
    branch.move(git(branch.repository, "hash-object", "-t", "commit", "--literally", "-w", "raw"))
    commit = branch.reading().event("").commit
    assert (commit.author.name, commit.subject, commit.committer.seconds) == ("\ufffd\ufffd", "\ufffd\ufffd", 8)


def test_a_page_of_a_history_that_was_rewritten_is_told(branch: Branch) -> None:
    begin = branch.tip
    for number in range(3):
        branch.push({DAILY.file: f"{DEPLOYMENT}# {number}\n"})
    reading = branch.reading()
    token = reading.history(DAILY, page_size=1).next_token
    branch.push({DAILY.file: DEPLOYMENT})
    assert len(reading.history(DAILY, page_token=token).items) == 3
    branch.move(branch.commit(begin, {DAILY.file: DEPLOYMENT + "# else\n"}))
    with pytest.raises(PageTokenError, match="its history was rewritten"):
        reading.history(DAILY, page_token=token)


def test_commits_of_branches_that_were_merged_are_told_once(branch: Branch) -> None:
    begin = branch.tip
    theirs = branch.commit(begin, {DAILY.file: DEPLOYMENT + "# theirs\n"}, "theirs")
    ours = branch.push({ETL.file: FILES[ETL.file] + "# ours\n"}, "ours")
    branch.move(branch.merge(ours, theirs))
    reading = branch.reading()
    assert subjects(reading, DAILY) == ["theirs", "begin"]
    assert sorted(subjects(reading, DEV)) == ["begin", "by hand", "ours", "theirs"]


def test_history_is_the_same_with_a_commit_graph_and_packed(branch: Branch) -> None:
    for number in range(5):
        branch.push({DAILY.file: f"{DEPLOYMENT}# {number}\n"}, str(number))
    reading = branch.reading()
    before = subjects(reading, DAILY)
    git(branch.repository, "repack", "-adq")
    git(branch.repository, "prune-packed", "-q")
    git(branch.repository, "commit-graph", "write", "--reachable", "--changed-paths")
    assert subjects(reading, DAILY) == before == ["4", "3", "2", "1", "0", "begin"]


def test_a_reader_goes_on_after_packs_were_put_together(branch: Branch) -> None:
    """Packs that a reader has found, and not opened yet, are gone."""
    made = [branch.push({DAILY.file: f"{DEPLOYMENT}# {number}\n"}) for number in range(8)]
    reader = Repository(branch.repository, MAIN)
    assert reader.tip() == made[-1]
    assert reader.message(made[0]) == "a change"
    git(branch.repository, "repack", "-adq", "--write-midx")
    later = branch.push({DAILY.file: "x"})
    git(branch.repository, "repack", "-adq")
    for commit in [*made, later]:
        entry = reader.entry(commit, DAILY.file)
        assert entry is not None
        assert reader.data(entry.name, 1000) is not None
    assert len(list(reader.names(later))) == 10


def test_modes_of_another_time_are_those_of_today(branch: Branch) -> None:
    blob = bytes.fromhex(git(branch.repository, "rev-parse", f"main:{DAILY.file}"))
    modes = {"100664": 0o100644, "100775": 0o100755, "100755": 0o100755, "40000": 0o040000, "120000": 0o120000}
    path = branch.repository / "raw"
    path.write_bytes(b"".join(b"%s %s\0%s" % (mode.encode(), mode.encode(), blob) for mode in modes))
    tree = git(branch.repository, "hash-object", "-t", "tree", "--literally", "-w", "raw")
    assert {name: mode for name, (mode, _) in branch.store.tree(tree).items()} == modes


def test_trailers_of_anybody() -> None:
    assert trailer_texts("subject\n\nReason: because\nActor: Ada <a@b>\n") == {
        "Reason": "because",
        "Actor": "Ada <a@b>",
    }
    assert trailer_texts("Reason: this is the subject\n") == {}
    assert trailer_texts("") == {}
