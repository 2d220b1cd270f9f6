"""Passwords, keys and tokens as they stand are refused: values are kept in git for everyone to read."""

from __future__ import annotations

from typing import Any

import pytest

from generator.airflow.credentials import literal_credentials

LITERAL: dict[str, tuple[dict[str, Any], str]] = {
    "a key of Airflow in its configuration": ({"config": {"core": {"fernet_key": "hush"}}}, "config.core.fernet_key"),
    "a URL with a password in the configuration": (
        {"config": {"database": {"sql_alchemy_conn": "postgresql://u:hush@h/d"}}},
        "config.database.sql_alchemy_conn",
    ),
    "a URL with a password and no user": (
        {"config": {"celery": {"broker_url": "redis://:hush@h/0"}}},
        "config.celery.broker_url",
    ),
    "a key of Airflow as a variable": (
        {"env": [{"name": "A", "value": "b"}, {"name": "AIRFLOW__CORE__FERNET_KEY", "value": "hush"}]},
        "env[1].value",
    ),
    "a key of Airflow in one component": (
        {"scheduler": {"env": [{"name": "AIRFLOW__API__SECRET_KEY", "value": "hush"}]}},
        "scheduler.env[0].value",
    ),
    "a connection in a queue": (
        {"workers": {"queues": [{"name": "q", "env": [{"name": "AIRFLOW_CONN_X", "value": "mysql://u:hush@h"}]}]}},
        "workers.queues[0].env[0].value",
    ),
    "a connection as JSON": (
        {"variables": {"plain": {"AIRFLOW_CONN_X": '{"conn_type": "mysql", "password": "hush"}'}}},
        "variables.plain.AIRFLOW_CONN_X",
    ),
    "a connection among the plain variables": (
        {"variables": {"plain": {"AIRFLOW_CONN_X": "postgres://u:hush@h/d"}}},
        "variables.plain.AIRFLOW_CONN_X",
    ),
    "a proxy with a password": (
        {"env": [{"name": "HTTPS_PROXY", "value": "http://u:hush@proxy:8080"}]},
        "env[0].value",
    ),
    "a repository with a password": (
        {"dags": {"gitSync": {"repo": "https://user:hush@git.example.com/x.git"}}},
        "dags.gitSync.repo",
    ),
    "a repository with a token for a user": (
        {"dags": {"gitSync": {"repo": "https://ghp_hushhushhushhushhush@github.com/x/y.git"}}},
        "dags.gitSync.repo",
    ),
}


@pytest.mark.parametrize("name", LITERAL)
def test_refused_without_repeating_it(name: str) -> None:
    values, path = LITERAL[name]
    problems = list(literal_credentials(values))
    assert [problem.path for problem in problems] == [path]
    assert "hush" not in str(problems[0])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"config": None, "env": None, "variables": {"plain": {}}, "dags": {"gitSync": {"repo": None}}},
        {"config": {"core": {"fernet_key": ""}, "core_": {"parallelism": 4}}},
        {"config": {"database": {"sql_alchemy_conn": "sqlite:////opt/airflow/airflow.db"}}},
        {"config": {"webserver": {"base_url": "https://airflow.example.com:8080/a:b@c"}}},
        {"env": [{"name": "BROKER", "value": "redis://:$(PASSWORD)@redis:6379/0"}]},
        {"env": [{"name": "AIRFLOW__CORE__FERNET_KEY", "value": "$(KEY)"}]},
        {"env": [{"name": "AIRFLOW__CORE__FERNET_KEY", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]},
        {"env": [{"name": "AIRFLOW__CORE__FERNET_KEY_CMD", "value": "cat /run/key"}]},
        {"variables": {"plain": {"AIRFLOW_CONN_X": "postgres://user@h/d", "AIRFLOW_CONN_Y": '{"password": ""}'}}},
        {"variables": {"plain": {"AIRFLOW_CONN_X": "[1, 2", "AIRFLOW_CONN_Y": "[1]"}}},
        {"dags": {"gitSync": {"repo": "ssh://git@git.example.com:22/x.git"}}},
        {"dags": {"gitSync": {"repo": "git@git.example.com:x/y.git"}}},
        {"dags": {"gitSync": {"repo": "https://someone@git.example.com/x.git"}}},
    ],
)
def test_what_is_no_credential(values: dict[str, Any]) -> None:
    assert list(literal_credentials(values)) == []


def test_many_colons_take_no_time() -> None:
    values = {"env": [{"name": "A", "value": "://" + "a:" * 200_000}, {"name": "B", "value": "://a:b" * 100_000}]}
    assert list(literal_credentials(values)) == []
