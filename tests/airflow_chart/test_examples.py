"""The examples of what Kubernetes defines are what Kubernetes takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.airflow import AirflowValues
from generator.compat import coalesce
from generator.model import Model, fields
from generator.model.examples import examples
from generator.yaml import dump_all
from stargit.kubeconform import check, supported_minors
from tests.airflow_chart.rendered import render

_ON = {"enabled": True}
_OPTIONAL: dict[str, Any] = {
    "flower": _ON,
    "pgbouncer": _ON,
    "cleanup": _ON,
    "databaseCleanup": _ON,
    "createUserJob": _ON,
    "dags": {"gitSync": {**_ON, "repo": "https://git.example.com/dags.git"}},
    "ingress": {"baseDomain": "example.com", "web": _ON, "apiServer": _ON, "flower": _ON},
    "triggerer": {"keda": _ON, "persistence": _ON},
    "workers": {"hpa": _ON, "persistence": _ON},
    "webserver": {"hpa": _ON},
    "apiServer": {"hpa": _ON},
}


def _set_free(model: type[Model]) -> Iterator[tuple[str, Any]]:
    """The first example of every setting of a class that is passed through unread, at any depth."""
    for field in fields(model):
        if "Free" in str(field.annotation):
            yield field.name, examples(field)[0]
        elif field.model is not None and (inner := dict(_set_free(field.model))):
            yield field.name, inner


@pytest.mark.parametrize("version", ["2.11.2", "3.3.2"])
def test_snippets_of_kubernetes(version: str, tmp_path: Path) -> None:
    values = coalesce(coalesce(dict(_set_free(AirflowValues)), _OPTIONAL), {"airflowVersion": version})
    file = tmp_path / "objects.yaml"
    file.write_text(dump_all(render(values).objects), encoding="utf-8")
    minors = supported_minors()
    findings = [finding for minor in (minors[0], minors[-1]) for finding in check([file], kubernetes_minor=minor)]
    assert [str(finding) for finding in findings] == []
