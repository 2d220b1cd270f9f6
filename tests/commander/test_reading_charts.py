"""Which version of the packed chart a deployment's Application names, commit by commit."""

from __future__ import annotations

from pathlib import Path

from commander.changes import Target
from commander.reading import Reading
from tests.commander.repositories import MAIN, bare, git
from tests.commander.webhook.test_push import commit

PROJECT = Path(__file__).parents[2]
FILE = "rendered/staging/argocd/workspaces/finance.yaml"
LEDGER = Target("staging", "finance", "ledger-staging")


def test_a_new_version_of_the_chart_is_another_one_though_the_values_stay(tmp_path: Path) -> None:
    text = (PROJECT / FILE).read_text()
    assert text.count("targetRevision: 0.1.0") == 1
    repository = bare(tmp_path, {FILE: text})
    before = git(repository, "rev-parse", "main")
    after = commit(repository, {FILE: text.replace("targetRevision: 0.1.0", 'targetRevision: "1.0"')})
    reading = Reading(repository, MAIN)
    name = "staging-ledger-staging"
    assert [reading.chart_version(LEDGER, name, each) for each in (before, after)] == ["0.1.0", "1.0"]
    assert reading.chart_version(LEDGER, "staging-other", after) == ""
    assert reading.chart_version(Target("staging", "other", "x"), name, after) == ""
