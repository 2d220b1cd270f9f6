"""A deployment that moves to another workspace: what of its objects tells where it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.airflow_chart.rendered import Rendered, render
from tests.support.contexts import CONTEXTS


def in_workspace(values: dict[str, Any], name: str) -> Rendered:
    return render({**values, "platform": {"release": "test", "workspace": name}})


@pytest.mark.parametrize("values", CONTEXTS, ids=lambda values: f"{values['airflowVersion']}-{values['executor']}")
def test_only_a_label_of_objects_says_in_which_workspace_they_are(values: dict[str, Any]) -> None:
    """So no pod starts again, no job runs again, and nothing that can't be changed is changed."""
    before, after = in_workspace(values, "old"), in_workspace(values, "new")
    assert {one["metadata"]["labels"].pop("workspace") for one in before.objects} == {"old"}
    assert {one["metadata"]["labels"].pop("workspace") for one in after.objects} == {"new"}
    assert before.objects == after.objects
