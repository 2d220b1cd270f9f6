"""Wrong values are told in words that lead to the right ones."""

from __future__ import annotations

from typing import Any

import pytest

from generator.airflow.chart import airflow_chart
from generator.errors import ProblemsError

CASES: list[tuple[dict[str, Any], str]] = [
    ({"shceduler": {}}, "shceduler: there is no such setting\n  hint: did you mean 'scheduler'?"),
    (
        {"ingress": {"enabled": True}},
        "ingress.enabled: there is no such setting\n"
        "  hint: ingress.web.enabled, ingress.apiServer.enabled and ingress.flower.enabled",
    ),
    ({"scheduler": {"replicas": "2"}}, 'scheduler.replicas: "2" is text\n  allowed: a whole number'),
    ({"scheduler": {"replicas": -1}}, "scheduler.replicas: -1 is out of range\n  allowed: 0 to 1000"),
    ({"scheduler": {"au": -4}}, "scheduler.au: -4 is not allowed\n  allowed: a whole number from 1 to 1000 or null"),
    (
        {"scheduler": None},
        "scheduler: is missing\n  hint: null is not allowed here: leave the key out to get its default",
    ),
    ({"scheduler": []}, "scheduler: [] is a list\n  allowed: a map"),
    (
        {"labels": {"team": 3}},
        "labels.team: 3 is a number\n  allowed: The value of a label: at most 63 letters, digits, `-`, `_` and `.`,"
        ' with a letter or digit at both ends; or nothing\n  hint: put it in quotes: "3"',
    ),
    (
        {"images": {"airflow": {"tag": 2.10}}},
        "images.airflow.tag: 2.1 is a number\n  allowed: The tag of a container image: at most 128 letters, digits,"
        " `_`, `.` and `-` or null\n"
        '  hint: put it in quotes: "2.1"',
    ),
    (
        {"airflowVersion": 2.11},
        "airflowVersion: 2.11 is a number\n"
        "  allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`\n"
        "  hint: write the whole version: 2.11.0",
    ),
    (
        {"airflowVersion": "3.1"},
        'airflowVersion: "3.1" does not have the right form\n'
        "  allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`\n"
        "  hint: write the whole version: 3.1.0",
    ),
    (
        {"labels": {"a b": "c"}},
        'labels."a b": the key "a b" does not have the right form\n'
        "  allowed: The key of a label or annotation: at most 63 letters, digits, `-`, `_` and `.`, with a letter or"
        " digit at both ends; a domain and `/` may stand before it",
    ),
    (
        {"env": [{"name": "A", "value": "b"}, {"value": "c"}]},
        "env[1].name: is missing\n  hint: it has no default: give it",
    ),
    (
        {"ingress": {"web": {"pathType": "prefix"}}},
        'ingress.web.pathType: "prefix" is not allowed\n  allowed: Prefix, Exact, ImplementationSpecific\n'
        "  hint: did you mean 'Prefix'?",
    ),
]


@pytest.mark.parametrize(
    ("values", "message"), CASES, ids=[next(iter(values)) + str(n) for n, (values, _) in enumerate(CASES)]
)
def test_the_whole_message(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective(values)
    assert str(caught.value) == message


@pytest.mark.parametrize("key", ["0", "8", "08", "+8", "1e3", "18446744073709551616"])
def test_a_key_that_is_a_number_is_a_key(key: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective({"labels": {"8000": "right", key: 3}})
    shown = f'labels."{key}": the key' if key == "+8" else f"labels.{key}: 3 is a number"
    assert str(caught.value).startswith(shown)


def test_all_problems_come_at_once_in_the_order_of_their_paths() -> None:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective({"zzz": 1, "scheduler": {"replicas": True, "nope": 1}, "uid": "x"})
    paths = [problem.path for problem in caught.value.problems]
    assert paths == ["scheduler.nope", "scheduler.replicas", "uid", "zzz"]


MANY: dict[str, dict[str, Any]] = {
    "unknown settings": {f"k{number}": 1 for number in range(5_000)},
    "keys of a wrong form": {"labels": {f"k {number}": "x" for number in range(5_000)}},
    "wrong values": {"labels": {f"k{number}": "a b" for number in range(5_000)}},
    "items that lack something": {"env": [{"value": "x", "other": 1} for _ in range(5_000)]},
}


@pytest.mark.parametrize("values", MANY.values(), ids=MANY)
def test_of_very_many_problems_a_hundred_are_told(values: dict[str, Any]) -> None:
    """Nobody reads more, and to look for all of them would take hours."""
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective(values)
    first, *others = caught.value.problems
    assert str(first) == "has 100 problems or more; what else there is, is not told"
    assert len(others) == 100


def test_a_key_cannot_break_the_line_of_a_message() -> None:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective({"config": {"core": {"a\n\x1b[31m": "b"}}})
    assert "\n\x1b" not in str(caught.value)
    assert str(caught.value).startswith('config.core."a\\n\\u001b[31m": the key')


SECRET = "hunter2"
CONFIDENTIAL: dict[str, tuple[dict[str, Any], str]] = {
    "a key where the name of its Secret belongs": (
        {"fernetKeySecretName": f"{SECRET}/=="},
        "fernetKeySecretName: (hidden) is not allowed",
    ),
    "a URL with a login": (
        {"dags": {"gitSync": {"repo": f"https://u:{SECRET} x@h"}}},
        "dags.gitSync.repo: (hidden) is not allowed",
    ),
    "a URL with a token": (
        {"dags": {"gitSync": {"repo": f"https://{SECRET}-0123456789@h x"}}},
        "dags.gitSync.repo: (hidden) is not allowed",
    ),
    "an option as a list": (
        {"config": {"smtp": {"smtp_password": [SECRET]}}},
        "config.smtp.smtp_password: (hidden) is a list",
    ),
    "a variable as a map": (
        {"env": [{"name": "DB_PASSWORD", "value": {"a": SECRET}}]},
        "env[0].value: (hidden) is a map",
    ),
    "variables as a map": ({"env": {"DB_PASSWORD": SECRET}}, "env: (hidden) is a map"),
    "a variable as an assignment": ({"env": [f"MY_PASS={SECRET}"]}, "env[0]: (hidden) is text"),
    "a Secret as text": ({"secret": SECRET}, "secret: (hidden) is text"),
    "a connection as a list": (
        {"variables": {"plain": {"AIRFLOW_CONN_X": [SECRET]}}},
        "variables.plain.AIRFLOW_CONN_X: (hidden) is a list",
    ),
    "a sealed variable": (
        {"variables": {"sealed": {"encryptedData": {"A": f"{SECRET} !"}}}},
        "variables.sealed.encryptedData.A: (hidden) does not have the right form",
    ),
    "a token anywhere": ({"uid": "ghp_" + SECRET * 5}, "uid: (hidden) is text"),
    "a header": ({"labels": {"a": f"Bearer {SECRET}"}}, "labels.a: (hidden) does not have the right form"),
    "a number": ({"fernetKeySecretName": 7_002_002_002}, "fernetKeySecretName: (hidden) is a number"),
    "a word that is none of those": (
        {"variables": {"sealed": {"scope": SECRET}}},
        "variables.sealed.scope: (hidden) is not allowed",
    ),
}


def test_the_line_of_a_setting_that_is_unknown_may_hold_a_secret() -> None:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective({"redis": {"password": SECRET, "nothing": 1}})
    found = [(problem.path, problem.secret) for problem in caught.value.problems]
    assert found == [("redis.nothing", False), ("redis.password", True)]


@pytest.mark.parametrize("case", CONFIDENTIAL)
def test_what_may_be_a_secret_is_not_repeated(case: str) -> None:
    values, message = CONFIDENTIAL[case]
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective(values)
    told = str(caught.value)
    assert message in told.splitlines()
    assert "the value may be a secret, and is not shown" in told
    assert all(problem.secret for problem in caught.value.problems)
    for secret in (SECRET, "7002002002"):
        assert secret not in told


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fernetKeySecretName": True}, "fernetKeySecretName: true is a boolean"),
        ({"dags": {"gitSync": {"repo": "ssh://git@h/x y"}}}, 'dags.gitSync.repo: "ssh://git@h/x y" is not allowed'),
        ({"workers": {"concurrency": "many"}}, 'workers.concurrency: "many" is text'),
        ({"labels": {"token-policy": "a b"}}, 'labels.token-policy: "a b" does not have the right form'),
    ],
)
def test_ordinary_values_are_repeated(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        airflow_chart().effective(values)
    assert message in str(caught.value)
