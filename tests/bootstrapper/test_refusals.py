"""What a run does not do: touch what is not its release's, guess, go on without rights. And what it says then."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.bootstrapper import servers
from tests.bootstrapper.releases import Release, login
from tests.bootstrapper.servers import Postgres
from tests.cluster.processes import free_ports

Make = Callable[..., Release]


def _said(done: Any) -> str:
    return str(done.report["error"])


class TestWhatOthersOwn:
    def test_a_database_of_others_is_left_alone(self, release: Make, server: Postgres) -> None:
        star = release()
        server.sql(f"CREATE DATABASE {star.database}")
        done = star.run()
        assert done.code == 2
        assert f"database {star.database} exists and is not known as this release's" in _said(done)
        assert set(star.versions()) == {"stargit-bootstrap"}
        assert server.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{star.database}'") == []

    def test_a_role_of_others_is_left_alone(self, release: Make, server: Postgres) -> None:
        star = release()
        server.sql(f"CREATE ROLE {star.database} LOGIN PASSWORD 'theirs'")
        done = star.run()
        assert done.code == 2
        assert f"role {star.database} exists" in _said(done)
        with server.connect("postgres", star.database, "theirs"):
            pass
        assert set(star.versions()) == {"stargit-bootstrap"}

    def test_two_releases_never_share_a_database(self, release: Make, server: Postgres) -> None:
        first = release({"bootstrap": {"database": "shared", "role": "shared"}})
        assert first.run().code == 0
        second = release({"bootstrap": {"database": "shared", "role": "shared", "takeOver": True}})
        done = second.run()
        assert done.code == 2
        assert f"role shared belongs to stargit:{first.namespace}/{first.name}" in _said(done)
        assert login(server, first) == "shared"
        server.sql("DROP DATABASE shared", "DROP ROLE shared")

    def test_a_comment_of_others_is_respected_even_when_taking_over(self, release: Make, server: Postgres) -> None:
        star = release({"bootstrap": {"takeOver": True}})
        server.sql(f"CREATE ROLE {star.database}", f"COMMENT ON ROLE {star.database} IS 'the shop'")
        done = star.run()
        assert done.code == 2
        assert "'the shop'" in _said(done)


class TestTheAdministratorsUrl:
    """Where nothing else keeps a plan from it: the account may read the Secret."""

    def test_no_plan_refers_to_the_secret_that_has_it(self, release: Make) -> None:
        star = release({"executor": "CeleryExecutor", "redis": {"passwordSecretName": "stargit-bootstrap"}})
        plan = star.plan()
        plan["secrets"] = {"broker-url": {"connection": {"url": "${stargit-bootstrap/connection}"}}}
        done = star.run(BOOTSTRAP_PLAN=json.dumps(plan))
        assert done.code == 2
        assert "Secret stargit-bootstrap has the administrator's URL, and no plan may refer to it" in _said(done)
        assert f"{star.name}-broker-url" not in star.versions()

    def test_no_copy_is_made_of_it(self, release: Make) -> None:
        star = release({"executor": "CeleryExecutor", "redis": {"passwordSecretName": "stargit-bootstrap"}})
        plan = star.plan()
        plan["secrets"] = {}
        plan["copies"] = {
            "x": {"namespace": star.namespace, "secret": "stargit-bootstrap", "keys": ["connection"]},
        }
        done = star.run(BOOTSTRAP_PLAN=json.dumps(plan))
        assert done.code == 2
        assert f"Secret stargit-bootstrap in namespace {star.namespace} has the administrator's URL" in _said(done)
        assert f"{star.name}-x" not in star.versions()

    def test_a_plan_that_kubernetes_filled_in_is_not_read(self, release: Make) -> None:
        star = release()
        plan = star.plan()
        plan["secrets"]["x"] = {"y": {"url": star.server_url}}
        done = star.run(BOOTSTRAP_PLAN=json.dumps(plan))
        assert done.code == 2
        assert _said(done) == "the plan has the administrator's URL in it, and is not read"
        assert star.server_url not in done.output
        assert set(star.versions()) == {"stargit-bootstrap"}


class TestTakingOver:
    def test_a_database_is_taken_with_its_data(self, release: Make, server: Postgres) -> None:
        server.sql("CREATE ROLE old_airflow LOGIN PASSWORD 'old'", "CREATE DATABASE old_data OWNER old_airflow")
        with server.connect("old_data", "old_airflow", "old") as connection:
            connection.execute("CREATE TABLE dag AS SELECT 42 AS id")
        values = {"bootstrap": {"database": "old_data", "role": "old_airflow", "takeOver": True}}
        star = release(values)
        done = star.run()
        assert done.code == 0, done.output
        assert done.steps()["role old_airflow"] == done.steps()["database old_data"] == "taken over"
        found = star.secret("metadata")
        with server.connect("old_data", "old_airflow", found["password"]) as connection:
            assert connection.execute("SELECT id FROM dag").fetchall() == [(42,)]
            connection.execute("DROP TABLE dag")
        assert set(star.run().steps().values()) == {"kept"}

    def test_the_old_password_stays_if_somebody_wrote_it_into_the_secret(self, release: Make, server: Postgres) -> None:
        server.sql("CREATE ROLE kept LOGIN PASSWORD 'old'", "CREATE DATABASE kept OWNER kept")
        star = release({"bootstrap": {"database": "kept", "role": "kept", "takeOver": True}})
        star.write(f"{star.name}-metadata", {"password": "old"})
        assert star.run().code == 0
        with server.connect("kept", "kept", "old"):
            pass

    def test_a_database_of_another_role_is_not_taken(self, release: Make, server: Postgres) -> None:
        server.sql("CREATE ROLE somebody", "CREATE DATABASE somebodys OWNER somebody")
        done = release({"bootstrap": {"database": "somebodys", "takeOver": True}}).run()
        assert done.code == 2
        assert "database somebodys belongs to role somebody" in _said(done)
        assert "bootstrap.role" in _said(done)

    @pytest.mark.parametrize(
        "rights", ["SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "IN ROLE pg_execute_server_program"]
    )
    def test_a_mighty_role_is_not_taken(self, rights: str, release: Make, server: Postgres) -> None:
        name = f"mighty_{rights.rpartition(' ')[2].lower()}"
        server.sql(f"CREATE ROLE {name} {rights}")
        done = release({"bootstrap": {"role": name, "takeOver": True}}).run()
        assert done.code == 2
        assert "may do more than log in" in _said(done)

    def test_the_administrator_is_not_taken(self, release: Make) -> None:
        done = release({"bootstrap": {"role": "postgres", "takeOver": True}}).run()
        assert done.code == 2
        assert "the administrator of BOOTSTRAP_SERVER_URL itself" in _said(done)

    def test_a_database_in_another_encoding_is_not_taken(self, release: Make, server: Postgres) -> None:
        server.sql("CREATE ROLE latin LOGIN", "CREATE DATABASE latin OWNER latin ENCODING 'LATIN1' TEMPLATE template0")
        done = release({"bootstrap": {"database": "latin", "role": "latin", "takeOver": True}}).run()
        assert done.code == 2
        assert "encoding LATIN1" in _said(done)


class TestTheServer:
    def test_a_wrong_password_is_tried_again_and_nothing_is_made(self, release: Make, server: Postgres) -> None:
        star = release(server_url=server.url(password="wrong"))
        done = star.run()
        assert done.code == 1
        assert "password authentication failed" in _said(done)
        assert set(star.versions()) == {"stargit-bootstrap"}
        star.write("stargit-bootstrap", {"connection": server.url()})
        assert star.run().code == 0

    def test_a_server_that_is_away_is_tried_again(self, release: Make) -> None:
        (port,) = free_ports(1)
        done = release(server_url=f"postgresql://postgres:x@127.0.0.1:{port}/postgres").run()
        assert done.code == 1
        assert "onnection refused" in _said(done)

    def test_an_administrator_without_rights(self, release: Make, server: Postgres) -> None:
        server.sql("CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
        star = release(server_url=server.url("clerk", "clerk"))
        done = star.run()
        assert done.code == 2
        assert "permission denied to create role (SQLSTATE 42501)" in _said(done)
        assert "CREATEROLE, CREATEDB" in _said(done)

    def test_an_administrator_who_may_make_roles_only(self, release: Make, server: Postgres) -> None:
        server.sql("CREATE ROLE half LOGIN CREATEROLE PASSWORD 'half'")
        star = release(server_url=server.url("half", "half"))
        done = star.run()
        assert done.code == 2
        assert "permission denied to create database" in _said(done)
        server.sql("ALTER ROLE half CREATEDB")
        assert star.run().code == 0

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("mysql://u:secret-x@h/d", "is no postgresql://user:password@host:port/database"),
            ("postgresql://u:secret-x@h:port/d", "is no postgresql://"),
            ("postgresql://u:secret-x@h/d\n", "a line break at its end"),
            ("postgresql://h/d", "is no postgresql://"),
            ("postgresql://u:secret-x@h,i/d", "is no postgresql://"),
            ("postgresql://u:secret-x@h/d?sslmode=maybe", "sslmode must be one of disable, allow"),
            ("postgresql://u:secret-x@h/d?options=secret-x", "parameters that are not known here: 1"),
        ],
    )
    def test_a_url_that_is_none(self, url: str, said: str, release: Make) -> None:
        done = release(server_url=url).run()
        assert done.code == 2
        assert said in _said(done)
        assert "secret-x" not in done.output

    def test_the_role_needs_a_schema_to_make_tables_in(self, release: Make, server: Postgres) -> None:
        star = release()
        assert star.run().code == 0
        server.sql("DROP SCHEMA public", database=star.database)
        done = star.run()
        assert done.code == 2
        assert "may make no tables" in _said(done)


class TestTls:
    @pytest.fixture(scope="class")
    @classmethod
    def strict(cls) -> Any:
        with servers.running(only_tls=True) as found:
            yield found

    @pytest.mark.parametrize(
        ("host", "mode", "code"),
        [
            ("127.0.0.1", "disable", 1),
            ("127.0.0.1", "allow", 0),
            ("127.0.0.1", "prefer", 0),
            ("127.0.0.1", "require", 0),
            ("127.0.0.1", "verify-ca", 0),
            ("127.0.0.1", "verify-full", 1),
            ("localhost", "verify-full", 0),
        ],
    )
    def test_a_server_that_wants_it(self, host: str, mode: str, code: int, strict: Postgres, release: Make) -> None:
        url = strict.url(host=host, sslmode=mode)
        checked = mode in ("require", "verify-ca", "verify-full")
        authority = strict.certificate.read_text() if checked else ""
        star = release({"bootstrap": {"adminCaKey": "ca.crt"}} if checked else {}, server_url=url, authority=authority)
        done = star.run()
        assert done.code == code, done.output
        if code == 0:
            assert star.secret("metadata")["connection"].endswith(f"?sslmode={mode}")
            assert star.secret("metadata").get("ca.crt", "") == authority

    def test_another_authority_is_refused(self, strict: Postgres, server: Postgres, release: Make) -> None:
        url = strict.url(host="localhost", sslmode="verify-full")
        values = {"bootstrap": {"adminCaKey": "ca.crt"}}
        done = release(values, server_url=url, authority=server.certificate.read_text()).run()
        assert done.code == 1
        assert "certificate verify failed" in _said(done)

    def test_an_authority_that_is_none(self, strict: Postgres, release: Make) -> None:
        done = release(
            {"bootstrap": {"adminCaKey": "ca.crt"}}, server_url=strict.url(sslmode="require"), authority="no"
        ).run()
        assert done.code == 2
        assert "no certificate in PEM" in _said(done)


class TestKubernetes:
    def test_the_rendered_role_is_all_that_it_needs_and_all_that_it_has(self, release: Make) -> None:
        star = release({"executor": "CeleryExecutor", "pgbouncer": {"enabled": True}})
        assert star.run().code == 0
        review = {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": star.namespace},
        }  # fmt: skip
        token = (star.folder / f"{star.name}-account" / "token").read_text()
        rules = type(star.api)(star.api.url, token, star.api.ca).call(
            "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review
        )["status"]["resourceRules"]
        of_the_cluster = ("selfsubject", "clustertrustbundles")
        mine = [rule for rule in rules if not any(r.startswith(of_the_cluster) for r in rule["resources"])]
        role = next(o for o in star.objects() if o["kind"] == "Role" and o["metadata"]["name"].endswith("-bootstrap"))
        assert sorted(mine, key=json.dumps) == sorted(role["rules"], key=json.dumps)

    @pytest.mark.parametrize("verb", ["create", "get", "update"])
    def test_with_less_it_refuses(self, verb: str, release: Make) -> None:
        star = release({"executor": "CeleryExecutor"})
        path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{star.namespace}/roles/{star.name}-bootstrap"
        rules = star.api.there(path)["rules"]
        if verb == "update":  # needed where something is to be changed
            assert star.run().code == 0
            star.write(f"{star.name}-broker-url", {"connection": "redis://old"})
        less = [{**rule, "verbs": [v for v in rule["verbs"] if v != verb]} for rule in rules]
        star.api.merge(path, {"rules": [rule for rule in less if rule["verbs"]]})
        done = star.run()
        assert done.code == 2, done.output
        assert "Kubernetes answers 403" in _said(done)
        assert "the Role of the bootstrap job must allow it" in _said(done)

    def test_without_the_right_to_make_events_it_says_so_and_goes_on(self, release: Make) -> None:
        star = release()
        path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{star.namespace}/roles/{star.name}-bootstrap"
        rules = star.api.there(path)["rules"]
        star.api.merge(path, {"rules": [rule for rule in rules if rule["resources"] != ["events"]]})
        done = star.run()
        assert done.code == 0
        assert "no Event: cannot make an Event: Kubernetes answers 403" in done.output

    def test_an_api_that_is_away_is_tried_again(self, release: Make) -> None:
        (port,) = free_ports(1)
        done = release({"executor": "LocalExecutor"}).run(KUBERNETES_SERVICE_PORT=str(port))
        assert done.code == 1
        assert "does not answer" in _said(done)

    def test_a_secret_of_others_that_is_not_there_yet(self, release: Make) -> None:
        values = {"executor": "CeleryExecutor", "redis": {"passwordSecretName": "own-redis"}}
        star = release(values)
        done = star.run()
        assert done.code == 1
        assert "Secret own-redis, which the plan refers to, is not there yet" in _said(done)
        star.write("own-redis", {"other": "x"})
        assert "Secret own-redis has no key password yet" in _said(star.run())
        star.write("own-redis", {"password": "p:w"})
        assert star.run().code == 0
        assert star.secret("broker-url")["connection"] == f"redis://:p%3Aw@{star.name}-redis:6379/0"

    def test_an_empty_value_is_nobodys_wish(self, release: Make) -> None:
        star = release()
        star.write(f"{star.name}-jwt-secret", {"jwt-secret": ""})
        done = star.run()
        assert done.code == 2
        assert f"Secret {star.name}-jwt-secret: jwt-secret is empty" in _said(done)

    def test_an_immutable_secret_cannot_be_mended(self, release: Make) -> None:
        star = release({"executor": "CeleryExecutor"})
        assert star.run().code == 0
        path = f"/api/v1/namespaces/{star.namespace}/secrets/{star.name}-broker-url"
        star.api.merge(path, {"immutable": True})
        star.write(f"{star.name}-redis-password", {"password": "other"})
        done = star.run()
        assert done.code == 2
        assert "is it immutable" in _said(done)


class TestThePlan:
    @pytest.mark.parametrize(
        ("plan", "said"),
        [
            ("", "the variable BOOTSTRAP_PLAN is not set"),
            ("{", "the plan is not JSON"),
            ("[]", "the plan is wrong: plan:"),
            ('{"version": 2}', "the plan's version is 2; this program knows version 1"),
            ('{"version": 1, "version": 1}', "'version' stands twice"),
            ("[" * 100_000, "the plan is not JSON"),
            ({"colour": 1}, "colour: Extra inputs are not permitted"),
            ({"namespace": "A/B"}, "namespace: "),
            ({"secrets": {"a": {"b": {"generate": "colour"}}}}, "secrets.a.b.generate.generate: "),
            ({"secrets": {"a": {"b": {"generate": "password", "url": "x"}}}}, "secrets.a.b.generate.url: Extra"),
            ({"secrets": {"a": {"b": {}}}}, "secrets.a.b"),
            ({"secrets": {"a": {}}}, "secrets.a: "),
            ({"secrets": {"a": {"b": {"users": [{"name": "x"}]}}}}, "a user has name and password"),
            ({"secrets": {"a": {"b": {"users": [{"url": "x"}]}}}}, "url must be one ${secret/key}"),
            ({"secrets": {"a": {"b": {"verifier": "x"}}}}, "verifier must be one ${secret/key}"),
            ({"secrets": {"a": {"b": {"generate": "fernet-key"}}}}, "a Fernet key is in the Secret fernet-key alone"),
            ({"database": {"name": 'x"; DROP', "role": "y"}}, "database.name: "),
            ({"database": {"name": "x", "role": "y"}}, "BOOTSTRAP_SERVER_URL is not set"),
            (
                {"secrets": {"a": {"b": {"url": "${star-a/b}"}}}},
                "keys of star-a refer to each other in a circle: b -> b",
            ),
            (
                {"secrets": {"a": {"k": {"url": "${star-b/k}"}}, "b": {"k": {"url": "${star-a/k}"}}}},
                "Secrets refer to each other in a circle: star-",
            ),
            ({"rotate": {"words": {"colour": "x"}}}, "rotate.words: 'colour' is no Secret with something random"),
            ({"copies": {"a": {"namespace": "n", "secret": "s", "keys": []}}}, "copies.a.keys: "),
            (
                {
                    "secrets": {"a": {"b": {"generate": "password"}}},
                    "copies": {"a": {"namespace": "n", "secret": "s", "keys": ["k"]}},
                },
                "both made and copied: a",
            ),
        ],
    )
    def test_that_is_wrong_is_refused(self, plan: Any, said: str, release: Make) -> None:
        star = release({"bootstrap": {"enabled": True}})
        whole = {"version": 1, "release": "star", "namespace": star.namespace, "secrets": {}}
        text = plan if isinstance(plan, str) else json.dumps({**whole, **plan})
        done = star.run(BOOTSTRAP_PLAN=text, BOOTSTRAP_SERVER_URL="")
        assert done.code == 2, done.output
        assert said in done.report["error"]
        assert "Traceback" not in done.output
        assert set(star.versions()) == {"stargit-bootstrap"}
