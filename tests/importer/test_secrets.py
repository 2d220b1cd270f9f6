"""Literal secrets: recognised, taken out, named; never written, never told."""

from __future__ import annotations

import json

import pytest

from generator.importer import NeededSecret, account_text
from generator.importer.confidential import is_secret, secret_text
from tests.importer.imports import NAMES, case, imported, values_text


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_of_a_case_is_written_or_told(name: str) -> None:
    found = case(name)
    said = found.text + account_text(found) + json.dumps(found.as_json())
    words = {word.strip("\"'@,;)") for word in values_text(name).replace(":", " ").replace("@", " ").split()}
    hidden = {word for word in words if word.startswith("canary")}
    assert hidden or "canary" not in values_text(name)
    assert [word for word in hidden if word in said] == []
    for word in ("hunter2", "change-me-please", "correct-horse-battery", "not-this-one-either"):
        assert word not in said


def test_the_secrets_to_make_are_named_with_their_keys() -> None:
    secrets = {secret.name: secret for secret in case("literal-secrets").secrets}
    assert secrets["etl-registry-login"] == NeededSecret(
        "etl-registry-login",
        (".dockerconfigjson",),
        "kubernetes.io/dockerconfigjson",
        (
            "registry.connection.user",
            "registry.connection.pass",
            "registry.connection.host",
            "registry.connection.email",
        ),
    )
    assert secrets["etl-fernet"].keys == ("fernet-key",)
    assert secrets["etl-airflow-connections"].keys == ("AIRFLOW_CONN_GCP", "AIRFLOW_CONN_OTHER")
    assert "AIRFLOW__SMTP__SMTP_PASSWORD" in secrets["etl-variables"].keys


@pytest.mark.parametrize("name", ["literal-secrets", "argo-cd-four-values", "argo-cd-application-object"])
def test_the_deployment_refers_to_each_secret_to_make(name: str) -> None:
    found = case(name)
    written = [secret.name for secret in found.secrets if secret.name in found.text]
    # Secrets of people's own may be used by what is not in the values.
    assert [secret.name for secret in found.secrets if secret.name not in written] in ([], ["etl-airflow-connections"])


def test_two_values_under_one_name_get_two_keys() -> None:
    text = """\
executor: LocalExecutor
env: [{name: A_TOKEN, value: first-token}]
scheduler: {env: [{name: A_TOKEN, value: second-token}]}
triggerer: {env: [{name: A_TOKEN, value: first-token}]}
"""
    (secret,) = imported(text).secrets
    assert secret.keys == ("A_TOKEN", "A_TOKEN-2")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIRFLOW_CONN_DB", "google-cloud-platform://"),
        ("DB_PASSWORD", "x"),
        ("dbPassword", "x"),
        ("API_KEY", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("SLACK_WEBHOOK_URL", "https://example.com/hook"),
        ("sql_alchemy_conn", "sqlite://"),
        ("smtp_password", 12345),
        ("URL", "postgresql://u:p@h/db"),
        ("KEY", "-----BEGIN EC PRIVATE KEY-----"),
        ("X", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
        ("X", "AKIAIOSFODNN7EXAMPLE"),
        ("MY_PASS", "x"),
        ("PGPASS", "x"),
        ("HEADER", "Bearer x"),
        ("HEADER", "bearer  abc.def"),
        ("HEADER", "Basic dXNlcjpw"),
        ("HEADERS", "Authorization: Bearer x1"),
        ("URL", "https://u:p x@h"),
    ],
)
def test_what_is_a_secret(name: str, value: object) -> None:
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TZ", "UTC"),
        ("AIRFLOW__CORE__FERNET_KEY_CMD", "cat /key"),
        ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_SECRET", "path/in/vault"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/google/key.json"),
        ("expose_secrets", "True"),
        ("PASSWORD", ""),
        ("PASSWORD", None),
        ("use_token", True),
        ("tokenExpirationSeconds", 3600),
        ("repo", "https://github.com/example/dags.git"),
        ("repo", "git@github.com:example/dags.git"),
        ("HEADER", "Bearer $(TOKEN)"),
        ("TITLE", "Basic settings"),
        ("KUBECTL_BYPASS", "yes"),
        ("HOSTS", "http://a:8080 and b@c"),
    ],
)
def test_what_is_none(name: str, value: object) -> None:
    assert not is_secret(name, value)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('OAUTH = {"client_secret": "abcdef123"}', True),
        ("password = hunter22hunter", True),
        ("# fernetKey: abcdefghijklmnop", True),
        ("fernet_key: abcdefghijklmnop", True),
        ("client_secret = os.environ['SECRET']", False),
        ('AUTH_ROLE_PUBLIC = "Viewer"', False),
        ("token = $TOKEN", False),
        ("a" * 200_000 + "password", False),
        ("export DB_PASSWORD=x; airflow scheduler", True),
        ("DB_PASSWORD=x airflow scheduler", True),
        ("DB_PASSWORD='x' && run", True),
        ("a && MY_PASS=x|b", True),
        ("curl --token x | sh", True),
        ("--token=x", True),
        ('curl -H "Authorization: Bearer xyz"', True),
        ("export DB_PASSWORD=$(cat /run/password); airflow scheduler", False),
        ("export DB_PASSWORD=${OTHER}; airflow scheduler", False),
        ("airflow --token $TOKEN --secret-file /run/x", False),
        ("connect(token=token, password=None)", False),
        ("def login(user, password=os.environ['X']): ...", False),
        ("the password: ask the team for it", False),
        ("exec airflow scheduler --pid /tmp/x; echo done", False),
        ("token:\n  secretKeyRef:\n    name: a\n    key: b\n", False),
        ("volumes:\n- name: a\n  secret:\n    secretName: b\n    defaultMode: 256\n", False),
    ],
)
def test_texts_with_secrets_in_them(text: str, secret: bool) -> None:
    assert secret_text(text) is secret


def test_a_comment_that_may_hold_a_secret_stays_behind() -> None:
    text = """\
# the team's own
executor: LocalExecutor  # password: hunter2-hunter2
# fernet_key: abcdefghijklmnopqrst
triggerer:
  replicas: 2  # two are enough
"""
    written = imported(text).text
    assert "hunter2" not in written
    assert "abcdefghij" not in written
    assert "  # the team's own\n  executor: LocalExecutor\n" in written
    assert "replicas: 2  # two are enough\n" in written


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("extraIni", "admin_users = x\nstats_password = canary-1\n"),
        ("extraIni", "auth_query = postgres://u:canary-1@host/db\n"),
        ("extraIniMetadata", "password=canary-1 pool_size=5"),
    ],
)
def test_secrets_in_lines_that_become_a_map_are_dropped(setting: str, text: str) -> None:
    found = imported(json.dumps({"pgbouncer": {"enabled": True, setting: text}}))
    assert "canary" not in found.text + account_text(found) + json.dumps(found.as_json())
    (dropped,) = found.dropped
    assert "it holds a secret" in dropped.reason


@pytest.mark.parametrize(
    "values",
    [
        {"env": [{"name": "FOO", "value": "Bearer canary"}]},
        {"scheduler": {"command": ["bash", "-c", "export DB_PASSWORD=canary; airflow scheduler"]}},
        {"scheduler": {"command": ["x", "--token", "canary"]}},
        {"scheduler": {"command": ["x", "--token=canary"]}},
        {"scheduler": {"args": ["x", "--db-password", 7_001_002_003]}},
        {"extraConfigMaps": {"a": {"data": "x: |\n  password: |\n    canary\n"}}},
        {"extraConfigMaps": {"a": {"data": "x: |\n  login u password canary\n"}}},
        {"extraConfigMaps": {"a": {"data": "x: |\n  <password>canary</password>\n"}}},
        {"extraConfigMaps": {"a": {"data": "x: |\n  host:5432:db:user:canary\n"}}},
        {
            "extraObjects": [
                {
                    "apiVersion": "e.io/v1",
                    "kind": "T",
                    "metadata": {"name": "a"},
                    "spec": {"a": [{"key": "token", "value": "canary"}, {"key": "a"}]},
                }
            ]
        },
        {"scheduler": {"extraContainers": [{"name": "x", "image": "y", "args": ["-password", "canary"]}]}},
    ],
    ids=str,
)
def test_secrets_in_commands_and_headers_are_taken_out(values: dict[str, object]) -> None:
    found = imported(json.dumps(values))
    said = found.text + account_text(found) + json.dumps(found.as_json())
    assert "canary" not in said
    assert "7001002003" not in said
    assert found.dropped or found.secrets


def test_a_command_that_refers_to_its_secret_is_kept() -> None:
    command = ["x", "--token", "$(TOKEN)", "--password", "/run/password", "--secret", "--verbose"]
    assert imported(json.dumps({"scheduler": {"command": command}})).dropped == ()


@pytest.mark.parametrize("piece", ["a=", "--a ", "token: ", "://a:", "authorization: ", "token='", "a.b-", "bearer "])
def test_hostile_texts_take_no_long_time(piece: str) -> None:
    """With backtracking a text of a megabyte would take hours, and the test's own limit ends it."""
    secret_text(piece * (1_000_000 // len(piece)) + "@")
