"""Nothing that looks like a secret gets into any form of a report; what is none stays readable."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from generator.diff import HIDDEN, Caps, as_json, as_markdown, as_text, diff
from generator.diff.secrets import hide_in_text
from generator.diff.sensitive import secret_name
from tests.diff.manifests import FOLDER, container, copy, made, state, workload

CANARY = "hunter2"
OTHER = "s3same-open"


def _env(name: str, value: str) -> dict[str, Any]:
    new = copy(workload())
    container(new)["env"].append({"name": name, "value": value})
    return new


def _settings(**data: Any) -> dict[str, Any]:
    return made("ConfigMap", "daily-config", data=data)


# Each with a secret in it, made by the function from the secret's text.
CASES: dict[str, Any] = {
    "a variable": lambda text: _env("DB_PASSWORD", text),
    "a variable in camel case": lambda text: _env("apiToken", text),
    "a connection of Airflow": lambda text: _env("AIRFLOW_CONN_DB", f"postgres://airflow:{text}@db/x"),
    "a connection as JSON": lambda text: _env("AIRFLOW_CONN_DB", f'{{"conn_type": "http", "extra": "{text}"}}'),
    "a URL": lambda text: _env("BROKER", f"redis://:{text}@redis:6379/0"),
    "a URL with a slash in the password": lambda text: _env("BROKER", f"amqp://user:a/{text}@host/v"),
    "two URLs": lambda text: _env("BROKERS", f"amqp://a:{text}@one,amqp://b:{text}@two"),
    "a token as the user of a URL": lambda text: _env("REPO", f"https://{text}{'x' * 20}@example.com/r.git"),
    "a query": lambda text: _env("BACKEND", f"https://example.com/?user=a&password={text}"),
    "a header": lambda text: _env("HEADER", f"Authorization: Bearer {text}-abcdefgh"),
    "an argument": lambda text: workload(args=["--password", text]),
    "an argument with =": lambda text: workload(args=[f"--client-secret={text}"]),
    "a command": lambda text: workload(args=["bash", "-c", f"login --token {text} && run"]),
    "a setting": lambda text: _settings(**{"airflow.cfg": f"[smtp]\nsmtp_user = a\nsmtp_password = {text}\n"}),
    "a quoted setting": lambda text: _settings(**{"webserver_config.py": f"SECRET_KEY = 'a b {text}'\n"}),
    "an open quote": lambda text: _settings(**{"x.py": f'SECRET_KEY = "a b {text}\n'}),
    "JSON in a text": lambda text: _settings(**{"x.json": f'{{"a": 1, "password": "x\\"{text}", "b": 2}}'}),
    "YAML in a text": lambda text: _settings(**{"pod.yaml": f"env:\n- name: API_TOKEN\n  value: {text}\n"}),
    "a key of a ConfigMap": lambda text: _settings(password=text),
    "a number": lambda text: made("Thing", "x", "e.io/v1", spec={"password": sum(map(ord, text)) * 10**6}),
    "a PEM block": lambda text: _settings(
        x=f"a\n-----BEGIN RSA PRIVATE KEY-----\n{text}\n-----END RSA PRIVATE KEY-----\nb\n"
    ),
    "an unfinished PEM block": lambda text: _settings(x=f"-----BEGIN PRIVATE KEY-----\n{text}\n"),
    "a Secret": lambda text: made("Secret", "x", data={"a": text}, stringData={"b": text}),
    "a SealedSecret": lambda text: made(
        "SealedSecret", "x", "bitnami.com/v1alpha1", spec={"encryptedData": {"A": text}}
    ),
    "a Secret in another object": lambda text: made(
        "Wrapper", "x", "e.io/v1", spec={"object": made("Secret", "y", data={"a": text})}
    ),
    "a copy that kubectl left": lambda text: made(
        "Role", "x", metadata={"annotations": {"kubectl.kubernetes.io/last-applied-configuration": text}}
    ),
    "a map of secrets": lambda text: made("Thing", "x", "e.io/v1", spec={"credentials": {"user": {"a": [text]}}}),
    "a parameter of Helm": lambda text: made(
        "Application", "x", "argoproj.io/v1alpha1", spec={"parameters": [{"name": "fernetKey", "value": text}]}
    ),
    "a short name": lambda text: _env("MY_PASS", text),
    "an assignment in a script": lambda text: workload(args=["bash", "-c", f"export DB_PASSWORD={text}; run"]),
    "an assignment in the value of another": lambda text: workload(args=[f"--set=password={text}"]),
    "a block of YAML": lambda text: _settings(**{"a.yaml": f"user: a\npassword: |\n  {text}\n  {text}-2\nb: c\n"}),
    "a list of YAML": lambda text: _settings(**{"a.yaml": f"secretKey:\n- {text}\n- b: {text}\n"}),
    "a list of YAML that is deeper": lambda text: _settings(**{"a.yaml": f"a:\n  - tokens:\n      - {text}\n"}),
    "a list of YAML in a line": lambda text: _settings(**{"a.yaml": f"passwords: [a, {text}]\n"}),
    "a map of YAML": lambda text: _settings(**{"a.yaml": f"credentials:\n  user: {text}\n"}),
    "a text of YAML over two lines": lambda text: _settings(**{"a.yaml": f"password: a b\n  {text}\n"}),
    "a value on a line of its own": lambda text: _settings(**{"a.ini": f"[a]\npassword =\n  {text}\n"}),
    "a list of JSON": lambda text: _settings(**{"a.json": f'{{\n  "passwords": [\n    "{text}"\n  ]\n}}\n'}),
    "JSON in JSON": lambda text: _settings(**{"a.json": f'{{"a": "{{\\"password\\": \\"{text}\\"}}"}}'}),
    "a comma": lambda text: _settings(**{"a.ini": f"password = a,b;{text}\n"}),
    "a text of Python": lambda text: _settings(**{"a.py": f'SECRET_KEY = """\n{text}\n"""\n'}),
    "XML": lambda text: _settings(**{"a.xml": f"<a><password>{text}</password></a>"}),
    "XML with attributes": lambda text: _settings(**{"a.xml": f'<x:password type="a">\n  {text}\n</x:password>'}),
    "a property of Hadoop": lambda text: _settings(
        **{"a.xml": f"<property><name>fs.s3a.secret.key</name>\n<value>{text}</value></property>"}
    ),
    ".netrc": lambda text: _settings(netrc=f"machine example.com\nlogin u\npassword {text}\n"),
    ".netrc in a line": lambda text: _settings(**{".netrc": f"machine example.com login u password {text}\n"}),
    "a login of .netrc": lambda text: workload(args=["sh", "-c", f"echo 'login u password {text}' > ~/.netrc"]),
    ".pgpass": lambda text: _settings(**{"pw.pgpass": f"# a\nhost:5432:db:user:{text}\n*:*:*:u:x{text}\n"}),
    "SQL": lambda text: _settings(**{"a.sql": f"CREATE ROLE a PASSWORD '{text}';\n"}),
    "an argument on the next line": lambda text: workload(args=["sh", "-c", f"x --password \\\n{text}"]),
    "a key and a value": lambda text: made("T", "x", "e.io/v1", spec={"params": [{"key": "password", "value": text}]}),
    "a name and a value": lambda text: made(
        "T", "x", "e.io/v1", spec={"params": [{"name": "password", "value": text}]}
    ),
    "a name and a map": lambda text: made(
        "T", "x", "e.io/v1", spec={"a": {"name": "password", "value": {"a": [text]}}}
    ),
    "a key and a default": lambda text: made("T", "x", "e.io/v1", spec={"a": {"Key": "password", "Default": text}}),
    "a key and a value in YAML": lambda text: _settings(**{"a.yaml": f"- key: password\n  value: {text}\n"}),
    "a value and a key in YAML": lambda text: _settings(**{"a.yaml": f"- value: {text}\n  key: password\n"}),
    "a key and a value in JSON": lambda text: _settings(**{"a.json": f'[{{"key": "password", "value": "{text}"}}]'}),
    "a name and a value in a line": lambda text: _settings(**{"a.yaml": f"a: [{{name: password, value: {text}}}]\n"}),
}


def _reports(old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    found = diff(old, new)
    assert found
    return [
        as_text(found),
        as_text(found, Caps(None, None, None)),
        as_markdown(found),
        orjson.dumps(as_json(found)).decode(),
        repr(found),
    ]


@pytest.mark.parametrize("case", CASES)
def test_a_secret_is_in_no_report(case: str) -> None:
    old, new = CASES[case](OTHER), CASES[case](CANARY)
    empty = (
        workload()
        if new["kind"] == "Deployment"
        else {**new, "spec": {}, "data": {}, "metadata": made("x", "x")["metadata"] | {"name": new["metadata"]["name"]}}
    )
    for sides in ((old, new), (empty, new), (new, empty)):
        for report in _reports(state(sides[0]), state(sides[1])):
            for secret in (CANARY, OTHER, str(sum(map(ord, CANARY)) * 10**6)):
                assert secret not in report


@pytest.mark.parametrize("case", CASES)
def test_that_a_secret_changed_is_told(case: str) -> None:
    [change] = diff(state(CASES[case](OTHER)), state(CASES[case](CANARY))).objects
    assert change.fields
    assert all(each.hidden for each in change.fields)


def test_secrets_in_values() -> None:
    path = "rendered/production/values/etl/daily.yaml"
    values = "a: {{user: a, password: {0}}}\nfernetKey: {0}\nvariables: {{sealed: {{data: {{A: {0}}}}}}}\n"
    for report in _reports({path: values.format(OTHER).encode()}, {path: values.format(CANARY).encode()}):
        assert CANARY not in report
        assert OTHER not in report


def test_secrets_of_created_objects_are_not_told_at_all() -> None:
    for report in _reports({}, {f"{FOLDER}/a.yaml": state(_env("DB_PASSWORD", CANARY))[f"{FOLDER}/all.yaml"]}):
        assert CANARY not in report


def test_a_secret_that_changed_reads_so() -> None:
    report = as_text(diff(state(_env("DB_PASSWORD", OTHER)), state(_env("DB_PASSWORD", CANARY))))
    assert f"~ env[DB_PASSWORD].value: changed {HIDDEN}  (scheduler)" in report


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "dbpassword",
        "clientSecret",
        "AIRFLOW__CORE__FERNET_KEY",
        "api_key",
        "apiKey",
        "AWS_SECRET_ACCESS_KEY",
        "token",
        "github-token",
        "PASSWORD_2",
        "private_key",
        "sshKey",
        "SLACK_WEBHOOK_URL",
        "SENTRY_DSN",
        "jwtKey",
        "AIRFLOW_CONN_WAREHOUSE",
        "smtp_passwd",
        "AIRFLOW__SECRETS__BACKEND_KWARGS",
        "x" * 600,
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "secretName",
        "fernetKeySecretName",
        "sshKeySecret",
        "token_ttl",
        "passwordSecret",
        "imagePullSecrets",
        "key",
        "keys",
        "automountServiceAccountToken",
        "tlsSecretName",
        "secretStore",
        "AIRFLOW__SECRETS__BACKEND",
        "author",
        "keyboard",
        "",
        "PASSWORD_FILE",
        "auth_backends",
        "monkey",
        "cacheKey",
        "replicas",
        "primaryKey",
    ],
)
def test_names_of_what_is_none(name: str) -> None:
    assert not secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://$(METADATA_USER):$(METADATA_PASSWORD)@db:6543/x",
        "https://example.com/a?b=c",
        "git@git.example.com:a/b.git",
        "redis://:${orders-redis-password/password}@redis:6379",
        "password = {{ .password }}",
        "the secret of good tokens",
        "registry.example.com:5000/a/b:1.2.3",
        "export TOKEN=$(cat /run/token)",
        "exec airflow scheduler --pid /tmp/x",
        "Users log in with the password of their account.\nTokens end after an hour:\n  ask for a new one\n",
        "secretKeyRef:\n  name: db\n  key: password\n",
        "secret:\n  secretName: db\n  items:\n  - key: a\n    path: b\n",
        "tokenSecretName: a\nserver:\n  port: 80\n",
        "- name: password\n  valueFrom:\n    secretKeyRef: {name: a, key: b}\n",
        "<server><host>a</host><passwordFile>b</passwordFile></server>",
        "a: b\nkey: c\nvalue: d\nx: {name: e, value: f}\n",
        "machine learning on default settings, login by user and password",
        "12:30:45 started, aa:bb",
        "password: {{ .password }}\nuser: a\n",
        "password:\n  $(PASSWORD)\nuser: a\n",
        "for i in a b; do run --mode=$i --level=3; done",
        "def f(a, b=1):\n    return a[b]\n",
        "postgresql://<user>:<password>@<host>:<port>/x",
        '{"secrets":{"broker":{"connection":"a"}},"secret": {\n  "name": "b"}}',
        "tests/test_secrets.py::TestSecrets::test_that_all_is_well",
        "bypass = 3\ncompass: north\n",
    ],
)
def test_texts_without_a_secret_stay(text: str) -> None:
    assert hide_in_text(text) == text


@pytest.mark.parametrize(
    "token",
    [
        "ghp_" + "a1" * 18,
        "glpat-" + "a1" * 10,
        "xoxb-1234567890-abc",
        "AKIA" + "ABCD" * 4,
        "eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc",
        "sk_live_abcdefghij",
        "hvs." + "a1" * 12,
        "npm_" + "a1" * 18,
    ],
)
def test_tokens_are_known_by_their_form(token: str) -> None:
    assert hide_in_text(f"fetch {token} now") == f"fetch {HIDDEN} now"


@pytest.mark.parametrize(
    "piece",
    [
        'a="',
        "password='",
        "://a:b",
        "-----BEGIN X-----",
        "a.b-",
        "name: x\n",
        " " * 50,
        "eyJa.",
        "<a ",
        "<password>",
        "password:\n",
        "machine a\n",
        "login a ",
        "user password ",
        "a:1:",
        "value: a",
        "value: x name: ",
        "a=",
        "password=[",
        "--password ",
    ],
)
def test_hostile_texts_take_no_long_time(piece: str) -> None:
    """A text of a megabyte; with backtracking this would take hours, and the test's own limit ends it."""
    hide_in_text(piece * (1_000_000 // len(piece)))
