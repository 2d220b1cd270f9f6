"""Rotation on demand: once for each word, in an order that locks nobody out, refused where it would do harm."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.bootstrapper.releases import Release, login
from tests.bootstrapper.servers import Postgres

Make = Callable[..., Release]
_VALUES: dict[str, Any] = {"airflowVersion": "3.3.2", "executor": "CeleryExecutor", "pgbouncer": {"enabled": True}}


def _asking(star: Release, **rotate: Any) -> Release:
    star.values = {**_VALUES, "bootstrap": {"rotate": rotate}}
    return star


def _token(key: str) -> str:
    """What Fernet makes, but for the ciphertext, which nobody decrypts here."""
    body = b"\x80" + (1_800_000_000).to_bytes(8, "big") + secrets.token_bytes(32)
    return base64.urlsafe_b64encode(body + hmac.digest(base64.urlsafe_b64decode(key)[:16], body, "sha256")).decode()


def _encrypt(server: Postgres, star: Release, key: str) -> None:
    server.sql(
        "CREATE TABLE IF NOT EXISTS connection (id serial, password text, extra text)",
        "CREATE TABLE IF NOT EXISTS variable (id serial, val text)",
        f"GRANT ALL ON connection, variable TO {star.database}",
        "DELETE FROM connection",
        "DELETE FROM variable",
        f"INSERT INTO connection (password, extra) VALUES ('{_token(key)}', NULL), ('plain', '{_token(key)}')",
        f"INSERT INTO variable (val) VALUES ('{_token(key)}'), ('plain')",
        database=star.database,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "suffix", "key"),
    [
        ("databasePassword", "metadata", "password"),
        ("apiSecretKey", "api-secret-key", "api-secret-key"),
        ("jwtSecret", "jwt-secret", "jwt-secret"),
        ("redisPassword", "redis-password", "password"),
        ("pgbouncerStats", "pgbouncer-stats", "password"),
    ],
)
def test_a_word_rotates_once_and_what_follows_follows(
    field: str, suffix: str, key: str, release: Make, server: Postgres
) -> None:
    star = release(_VALUES)
    assert star.run().code == 0
    old = star.secret(suffix)[key]
    done = _asking(star, **{field: "2026-11"}).run()
    assert done.code == 0, done.output
    assert done.steps()[f"Secret {star.name}-{suffix}"] == "rotated"
    new = star.secret(suffix)[key]
    assert new != old
    assert login(server, star) == star.database
    assert star.secret("metadata")["verifier"] in star.secret("pgbouncer-users")["users.txt"]
    assert star.secret("pgbouncer-stats")["verifier"] in star.secret("pgbouncer-users")["users.txt"]
    assert star.secret("redis-password")["password"] in star.secret("broker-url")["connection"]
    assert set(star.run().steps().values()) == {"kept"}
    # Another word, then the first again, as when a commit is taken back.
    assert _asking(star, **{field: "2027-01"}).run().code == 0
    last = star.secret(suffix)[key]
    assert last != new
    assert set(_asking(star, **{field: "2026-11"}).run().steps().values()) == {"kept"}
    star.values = _VALUES
    assert set(star.run().steps().values()) == {"kept"}
    assert star.secret(suffix)[key] == last


def test_what_is_made_under_a_word_is_not_rotated_by_it(release: Make) -> None:
    star = release(_VALUES)
    assert _asking(star, jwtSecret="start").run().code == 0
    assert set(star.run().steps().values()) == {"kept"}


@pytest.mark.parametrize("field", ["databasePassword", "jwtSecret", "apiSecretKey", "redisPassword"])
def test_nothing_is_rotated_under_a_running_airflow(field: str, release: Make, server: Postgres) -> None:
    star = release(_VALUES)
    assert star.run().code == 0
    versions, found = star.versions(), star.secret("metadata")
    _asking(star, **{field: "now"})
    with server.connect(found["database"], found["user"], found["password"]) as running:
        done = star.run()
        assert done.code == 2
        assert "Airflow runs (1 sessions)" in done.report["error"]
        assert "hibernate the deployment first" in done.report["error"]
        assert star.versions() == versions
        done = _asking(star, **{field: "now"}, whileRunning=True).run()
        assert done.code == 0, done.output
        # Who is logged in stays logged in.
        assert running.execute("SELECT current_user").fetchall() == [(star.database,)]


def test_where_nobody_sees_whether_airflow_runs_it_must_be_said(release: Make) -> None:
    star = release(_VALUES)
    own = {**_VALUES, "pgbouncer": {}, "data": {"metadataSecretName": "own"}}
    star.values = own
    assert star.run().code == 0
    star.values = {**own, "bootstrap": {"rotate": {"jwtSecret": "now"}}}
    done = star.run()
    assert done.code == 2
    assert "it cannot be seen here whether Airflow runs" in done.report["error"]
    star.values = {**own, "bootstrap": {"rotate": {"jwtSecret": "now", "whileRunning": True}}}
    assert star.run().code == 0


class TestTheFernetKey:
    def test_a_new_key_comes_first_and_the_old_one_stays_until_nothing_needs_it(
        self, release: Make, server: Postgres
    ) -> None:
        star = release(_VALUES)
        assert star.run().code == 0
        old = star.secret("fernet-key")["fernet-key"]
        _encrypt(server, star, old)
        assert _asking(star, fernetKey="2026-11").run().code == 0
        new, *rest = star.secret("fernet-key")["fernet-key"].split(",")
        assert rest == [old]

        done = _asking(star, fernetKey="2026-11", dropOldFernetKeys="2026-11").run()
        assert done.code == 2
        assert "3 values need an old key: run 'airflow rotate-fernet-key' first" in done.report["error"]
        assert star.secret("fernet-key")["fernet-key"] == f"{new},{old}"

        done = _asking(star, fernetKey="2027-01").run()
        assert done.code == 2
        assert "the last rotation is not at its end" in done.report["error"]

        _encrypt(server, star, new)  # as rotate-fernet-key would
        done = _asking(star, fernetKey="2026-11", dropOldFernetKeys="2026-11").run()
        assert done.code == 0, done.output
        assert star.secret("fernet-key")["fernet-key"] == new
        assert set(star.run().steps().values()) == {"kept"}
        # The next rotation may leave the last one's end in the values.
        assert _asking(star, fernetKey="2027-01", dropOldFernetKeys="2026-11").run().code == 0
        assert star.secret("fernet-key")["fernet-key"].split(",")[1:] == [new]

    def test_a_lost_key_is_not_replaced_while_there_is_something_to_read(self, release: Make, server: Postgres) -> None:
        star = release(_VALUES)
        assert star.run().code == 0
        key = star.secret("fernet-key")["fernet-key"]
        _encrypt(server, star, key)
        star.remove("fernet-key")
        done = star.run()
        assert done.code == 2
        assert "there is no Fernet key, and 3 values in Airflow's database are encrypted" in done.report["error"]
        star.write(f"{star.name}-fernet-key", {"fernet-key": key})
        assert star.run().code == 0

    def test_what_is_no_key_is_not_rotated(self, release: Make) -> None:
        star = release(_VALUES)
        star.write(f"{star.name}-fernet-key", {"fernet-key": "mine"})
        assert star.run().code == 0
        done = _asking(star, fernetKey="now").run()
        assert done.code == 2
        assert "is no list of Fernet keys" in done.report["error"]
        assert "mine" not in done.output


class TestCopies:
    """The plan of a platform that gives each release a login at the registry; no chart writes it yet."""

    def _plan(self, star: Release, **more: Any) -> str:
        copy = {"namespace": f"{star.namespace}-platform", "secret": "registry", "keys": [".dockerconfigjson"]}
        copies = {"registry": {**copy, "type": "kubernetes.io/dockerconfigjson", **more}}
        plan = {"version": 1, "release": star.name, "namespace": star.namespace, "secrets": {}, "copies": copies}
        return json.dumps(plan)

    def _platform(self, star: Release, text: str) -> None:
        platform = f"{star.namespace}-platform"
        rbac = "rbac.authorization.k8s.io"
        star.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": platform}})
        data = {".dockerconfigjson": base64.b64encode(text.encode()).decode(), "other": "eA=="}
        meta = {"name": "registry", "namespace": platform}
        kind = "kubernetes.io/dockerconfigjson"
        star.api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": kind, "data": data})
        own = f"{star.name}-registry"
        rights = ((platform, "registry", ["get"]), (star.namespace, own, ["get", "update"]))
        for namespace, name, verbs in rights:
            meta = {"name": "copies", "namespace": namespace}
            rule = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [name], "verbs": verbs}
            account = {"kind": "ServiceAccount", "name": f"{star.name}-bootstrap", "namespace": star.namespace}
            reference = {"apiGroup": rbac, "kind": "Role", "name": "copies"}
            star.api.apply({"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": meta, "rules": [rule]})
            binding = {"apiVersion": f"{rbac}/v1", "kind": "RoleBinding", "metadata": meta}
            star.api.apply({**binding, "roleRef": reference, "subjects": [account]})

    def test_a_copy_is_made_and_follows_its_original(self, release: Make) -> None:
        star = release()
        first, second = '{"auths": {"a": {}}}', '{"auths": {"b": {}}}'
        self._platform(star, first)
        done = star.run(BOOTSTRAP_PLAN=self._plan(star))
        assert done.code == 0, done.output
        assert star.secret("registry") == {".dockerconfigjson": first}
        found = star.api.there(f"/api/v1/namespaces/{star.namespace}/secrets/{star.name}-registry")
        assert found["type"] == "kubernetes.io/dockerconfigjson"
        assert set(star.run(BOOTSTRAP_PLAN=self._plan(star)).steps().values()) == {"kept"}
        self._platform(star, second)
        assert set(star.run(BOOTSTRAP_PLAN=self._plan(star)).steps().values()) == {"rewritten"}
        assert star.secret("registry") == {".dockerconfigjson": second}

    def test_an_original_that_is_not_there_or_not_allowed(self, release: Make) -> None:
        star = release()
        done = star.run(BOOTSTRAP_PLAN=self._plan(star))
        assert done.code == 2
        assert f"cannot read Secret registry in namespace {star.namespace}-platform" in done.report["error"]
        self._platform(star, "{}")
        done = star.run(BOOTSTRAP_PLAN=self._plan(star, keys=["tls.crt"]))
        assert (done.code, "has no key tls.crt yet" in done.report["error"]) == (1, True)
        star.api.delete(f"/api/v1/namespaces/{star.namespace}-platform/secrets/registry")
        done = star.run(BOOTSTRAP_PLAN=self._plan(star))
        assert (done.code, "is not there yet" in done.report["error"]) == (1, True)

    def test_a_copy_of_another_type_is_not_overwritten(self, release: Make) -> None:
        star = release()
        self._platform(star, "{}")
        star.write(f"{star.name}-registry", {"mine": "x"})
        done = star.run(BOOTSTRAP_PLAN=self._plan(star))
        assert done.code == 2
        assert "has type Opaque, which cannot be changed" in done.report["error"]
