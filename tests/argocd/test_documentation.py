"""docs/argocd.md: its examples are files that Stargit takes, and it has every setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.desired import Access, GitOps, SyncWindow, check_state, load
from generator.desired.files import EnvironmentFile, WorkspaceFile
from generator.model import Model

TEXT = (Path(__file__).parents[2] / "docs" / "argocd.md").read_text()


def test_examples_are_good_files() -> None:
    examples = re.findall(r"<!-- example: (\S+) -->\n```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert [name for name, _ in examples] == ["environment.yaml", "workspaces/finance/workspace.yaml"]
    loaded = load({f"environments/production/{name}": text.encode() for name, text in examples})
    assert [str(problem) for problem in (*loaded.problems, *check_state(loaded.state))] == []


@pytest.mark.parametrize(
    ("key", "model"),
    [("gitops", GitOps), ("argocd", type(WorkspaceFile.model_fields["argocd"].default))],
)
def test_every_setting_is_in_a_table(key: str, model: type[Model]) -> None:
    table = TEXT.partition(f"| key of `{key}` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(model.model_fields)
    assert key in {*EnvironmentFile.model_fields, *WorkspaceFile.model_fields}


@pytest.mark.parametrize("model", [SyncWindow, Access])
def test_every_part_of_a_setting_is_named(model: type[Model]) -> None:
    assert [name for name in model.model_fields if f"`{name}`" not in TEXT] == []
