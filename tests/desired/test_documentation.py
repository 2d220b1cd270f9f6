"""docs/desired-state.md: its examples are files that Stargit takes, and its layers merge as it says."""

from __future__ import annotations

import re
from pathlib import Path

from generator.airflow.chart import airflow_chart
from generator.desired import RELEASE_LENGTH, Layer, Layers, check_state, deployment_values, load
from generator.desired.files import KUBERNETES_MINORS, DeploymentFile, EnvironmentFile, WorkspaceFile
from generator.desired.names import LONGEST_SUFFIX
from generator.yaml import read

TEXT = (Path(__file__).parents[2] / "docs" / "desired-state.md").read_text()


def blocks(mark: str) -> list[str]:
    """The YAML blocks that follow a mark without other text between them."""
    _, _, rest = TEXT.partition(f"<!-- {mark} -->\n")
    found = []
    while match := re.match(r"```yaml\n(.*?)```\n", rest, re.DOTALL):
        found.append(match[1])
        rest = rest[match.end() :]
    return found


def test_examples_are_good_files() -> None:
    examples = re.findall(r"<!-- example: (\S+) -->\n```yaml\n(.*?)```", TEXT, re.DOTALL)
    places = {
        name: f"environments/production/{'' if name == 'environment.yaml' else 'workspaces/customer-data/'}{name}"
        for name, _ in examples
    }
    loaded = load({places[name]: text.encode() for name, text in examples})
    assert [str(problem) for problem in (*loaded.problems, *check_state(loaded.state))] == []
    assert [each.name for each in loaded.state.deployments] == ["gone", "orders", "own", "secrets"]
    for each in loaded.state.deployments:
        deployment_values(each, airflow_chart())


def test_layers_merge_as_told() -> None:
    documents = [read(text, file="x") for text in blocks("layers")]
    layers = Layers(
        tuple(
            Layer("layer", "x", document, (key,), document.value[key])
            for document, key in zip(documents, ("defaults", "defaults", "values"), strict=True)
        )
    )
    (merged,) = blocks("merged")
    assert layers.overrides(airflow_chart().defaults) == read(merged, file="x").value


def test_every_key_is_in_a_table() -> None:
    for model in (EnvironmentFile, WorkspaceFile, DeploymentFile):
        section = TEXT.partition(f"## A{'n' if model is EnvironmentFile else ''} {model.__name__[:-4].lower()}\n")[2]
        table = section.partition("\n## ")[0]
        missing = [name for name in model.model_fields if not re.search(rf"^\|.*`{name}[.`]", table, re.MULTILINE)]
        assert missing == []


def test_limits_are_those_of_the_code() -> None:
    assert f"at most {RELEASE_LENGTH} characters" in TEXT
    assert f"`<release>{LONGEST_SUFFIX}`" in TEXT
    assert f'from `"{KUBERNETES_MINORS[0]}"` to `"{KUBERNETES_MINORS[-1]}"`' in TEXT
