"""What people ask for by name becomes just these lines of the file, and is accepted by the chart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from commander.changes import Edit, applied
from commander.changes.deployment_edits import (
    ExternalReference,
    hibernate,
    refer_to_variables,
    relabel,
    scale,
    seal_variables,
    set_bundle,
    set_image,
    set_variables,
    unset_variables,
    wake,
)
from commander.git import blob_name
from generator.charts import ChartSource
from generator.engine.snapshot import Snapshot
from generator.errors import ProblemsError
from tests.commander.fleets import DAILY, FILES, SEALED, change
from tests.desired.repositories import DEPLOYMENT

ASKED: dict[str, tuple[str, Edit, str]] = {
    "an image": (
        "",
        set_image(DAILY, "registry.example.com/etl", tag="1.2.0"),
        "values:\n  images:\n    airflow:\n      repository: registry.example.com/etl\n"
        "      tag: 1.2.0\n      digest: null\n",
    ),
    "an image by its digest": (
        "",
        set_image(DAILY, "registry.example.com/etl", digest=f"sha256:{'0' * 64}"),
        f"values:\n  images:\n    airflow:\n      repository: registry.example.com/etl\n"
        f"      digest: sha256:{'0' * 64}\n",
    ),
    "a bundle of DAGs": (
        "values:\n  dags:\n    bundle:\n      repository: registry.example.com/etl/dags\n",
        set_bundle(DAILY, f"sha256:{'1' * 64}"),
        "values:\n  dags:\n    bundle:\n      repository: registry.example.com/etl/dags\n      enabled: true\n"
        f"      digest: sha256:{'1' * 64}\n",
    ),
    "variables": (
        "values:\n  variables:\n    # Where we are.\n    plain:\n      REGION: eu  # west\n",
        set_variables(DAILY, {"REGION": "us", "DEBUG": None}),
        "values:\n  variables:\n    # Where we are.\n    plain:\n      REGION: us  # west\n      DEBUG: null\n",
    ),
    "sealed variables": (
        "",
        seal_variables(DAILY, {"PASSWORD": SEALED}),
        f"values:\n  variables:\n    sealed:\n      encryptedData:\n        PASSWORD: {SEALED}\n",
    ),
    "external variables": (
        "values:\n  variables:\n    external:\n      secretStore: vault\n",
        refer_to_variables(DAILY, {"PASSWORD": ExternalReference("etl/db", "password")}),
        "values:\n  variables:\n    external:\n      secretStore: vault\n      data:\n        PASSWORD:\n"
        "          key: etl/db\n          property: password\n",
    ),
    "no variable any more": (
        "values:\n  variables:\n    plain:\n      A: a\n      B: b\n",
        unset_variables(DAILY, "plain", ["A"]),
        "values:\n  variables:\n    plain:\n      B: b\n",
    ),
    "more schedulers": ("", scale(DAILY, "scheduler", 2), "values:\n  scheduler:\n    replicas: 2\n"),
    "more workers of a queue": (
        "values:\n  workers:\n    queues:\n    - name: heavy\n      replicas: 1\n",
        scale(DAILY, "workers", 4, queue="heavy"),
        "values:\n  workers:\n    queues:\n    - name: heavy\n      replicas: 4\n",
    ),
    "sleep": ("", hibernate(DAILY), "values:\n  hibernate: true\n"),
    "no sleep": ("values:\n  hibernate: true\n", wake(DAILY), "values:\n  hibernate: false\n"),
    "a label": ("", relabel(DAILY, "Every day"), "label: Every day\n"),
}


@pytest.mark.parametrize("name", ASKED)
def test_asked(chart: ChartSource, name: str) -> None:
    before, edit, after = ASKED[name]
    files = {path: text.encode() for path, text in {**FILES, DAILY.file: DEPLOYMENT + before}.items()}
    made = applied(change("k", edit), files, blob_name, now=0)[DAILY.file]
    assert made is not None
    assert made.decode() == DEPLOYMENT + after
    snapshot = Snapshot(chart=chart, processes=1)
    snapshot.change({path: data for path, data in files.items() if path != "README.md"} | {DAILY.file: made})


WRONG: dict[str, tuple[Callable[[], Edit], str]] = {
    "no tag": (lambda: set_image(DAILY, "x"), "the image x has no tag and no digest"),
    "no such component": (lambda: scale(DAILY, "schedular", 2), "there is no component 'schedular'"),
    "a queue of another": (lambda: scale(DAILY, "flower", 2, queue="q"), "flower has no queues"),
    "no such kind": (lambda: unset_variables(DAILY, "secret", ["A"]), "there are no secret variables"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_asked(name: str) -> None:
    ask, message = WRONG[name]
    with pytest.raises(ProblemsError, match=message):
        ask()


@pytest.mark.parametrize("value", ["", "hunter2", "aHVudGVyMg==", SEALED[:-44], "x" * 800])
def test_what_was_not_encrypted_is_not_taken_for_a_sealed_value(value: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        seal_variables(DAILY, {"FINE": SEALED, "PASSWORD": value})
    [problem] = caught.value.problems
    assert problem.message == "the value of PASSWORD is not encrypted"
    assert "hunter2" not in str(problem)
