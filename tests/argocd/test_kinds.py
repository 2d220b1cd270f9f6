"""The kinds that every workspace's project permits are those that the Airflow chart can make."""

from __future__ import annotations

import re
from pathlib import Path

from generator.argocd.kinds import CHART_KINDS, CHILD_KINDS
from generator.render import CLUSTER_SCOPED

TEMPLATES = Path(__file__).parents[2] / "chart-templates" / "airflow"
# Workers, schedulers and others are one or the other.
STATEFUL_OR_NOT = {"Deployment", "StatefulSet"}


def kinds_of_templates() -> set[tuple[str, str]]:
    """Group and kind of all objects that begin at the start of a line, which only whole objects do."""
    found = set()
    for file in TEMPLATES.rglob("*.j2"):
        for version, kind in re.findall(r"^ *apiVersion: (\S+)\n *kind: (.+)$", file.read_text(), re.MULTILINE):
            group = version.rpartition("/")[0]
            found |= {(group, each) for each in (STATEFUL_OR_NOT if "{{" in kind else {kind.strip()})}
    return found


def test_they_are_those_of_the_templates() -> None:
    made = kinds_of_templates()
    assert ("keda.sh", "ScaledObject") in made
    # A pod template is text in a ConfigMap; its pods are what the executor makes.
    assert made - CLUSTER_SCOPED - set(CHILD_KINDS) == set(CHART_KINDS)


def test_none_is_in_no_namespace() -> None:
    assert not {*CHART_KINDS, *CHILD_KINDS} & CLUSTER_SCOPED
