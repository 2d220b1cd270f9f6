"""Values that mean something to a shell or to Kubernetes reach the program as they were written."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from tests.airflow_chart.rendered import render

_VARIABLES = {"AIRFLOW__CORE__FERNET_KEY": "secret"}


def _expanded(text: str) -> str:
    """What the kubelet makes of an argument: ``$$`` is ``$``, ``$(NAME)`` a variable where there is one."""
    return re.sub(r"\$(?:(\$)|\(([^()]*)\))", lambda found: found[1] or _VARIABLES.get(found[2], found[0]), text)


def _queues(values: dict[str, Any], name: str) -> str:
    bash, option, script = render(values).container("Deployment", name)["args"]
    assert (bash, option) == ("bash", "-c")
    words = shlex.split(_expanded(script))
    return words[words.index("--queues") + 1]


@pytest.mark.parametrize(
    "queue",
    [
        "$(AIRFLOW__CORE__FERNET_KEY)",
        "$$(AIRFLOW__CORE__FERNET_KEY)",
        "$$$(AIRFLOW__CORE__FERNET_KEY)",
        "a,$HOME,$",
        'it\'s; `id` "$(id)"',
        "plain,other",
    ],
)
def test_a_queue_s_name_is_no_reference_to_a_variable(queue: str) -> None:
    values = {
        "executor": "CeleryExecutor",
        "workers": {"queue": queue, "persistence": {"enabled": False}},
    }
    assert _queues(values, "worker") == queue
