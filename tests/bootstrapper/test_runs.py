"""First runs, second runs, and what people deleted in between, against a real PostgreSQL and a real API server."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.bootstrapper.releases import Release, ended, login
from tests.bootstrapper.servers import Postgres

Make = Callable[..., Release]

CELERY = {
    "airflowVersion": "3.3.2",
    "executor": "CeleryExecutor",
    "pgbouncer": {"enabled": True},
    "createUserJob": {"enabled": True},
}


def test_the_first_run_makes_everything(release: Make, server: Postgres) -> None:
    star = release(CELERY)
    done = star.run()
    assert done.code == 0, done.output
    assert set(done.steps().values()) == {"made"}
    assert done.report["outcome"] == "done"
    assert login(server, star) == star.database

    found = star.secret("metadata")
    url = urlsplit(found["connection"])
    assert (url.username, url.password, url.port, url.path) == (
        star.database, found["password"], server.port, f"/{star.database}",
    )  # fmt: skip
    assert found["connectionAsync"] == (
        f"postgresql+asyncpg://{star.database}:{found['password']}@127.0.0.1:{server.port}/{star.database}?ssl=prefer"
    )
    assert len(base64.urlsafe_b64decode(star.secret("fernet-key")["fernet-key"])) == 32
    assert len(star.secret("jwt-secret")["jwt-secret"]) == 64
    redis = star.secret("redis-password")["password"]
    assert star.secret("broker-url")["connection"] == f"redis://:{redis}@{star.name}-redis:6379/0"
    assert star.secret("pgbouncer-users")["users.txt"] == (
        f'"{star.database}" "{found["verifier"]}"\n"stats" "{star.secret("pgbouncer-stats")["verifier"]}"\n'
    )
    assert set(star.versions()) == {"stargit-bootstrap"} | {
        f"{star.name}-{suffix}" for suffix in ("metadata", *star.plan()["secrets"])
    }


def test_the_role_may_log_in_and_nothing_more_and_the_database_is_closed_to_others(
    release: Make, server: Postgres
) -> None:
    star = release()
    assert star.run().code == 0
    assert server.sql(
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        f" shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = '{star.database}'"
    ) == [(True, False, False, False, False, False, f"stargit:{star.namespace}/{star.name}")]
    assert server.sql(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding),"
        " has_database_privilege('public', oid, 'CONNECT'),"
        f" shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{star.database}'"
    ) == [(star.database, "UTF8", False, f"stargit:{star.namespace}/{star.name}")]
    assert server.sql(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{star.database}'") == [
        (star.secret("metadata")["verifier"],)
    ]


def test_the_second_run_writes_nothing(release: Make, server: Postgres) -> None:
    star = release(CELERY)
    assert star.run().code == 0
    versions, row = star.versions(), server.sql(f"SELECT xmin FROM pg_authid WHERE rolname = '{star.database}'")
    done = star.run()
    assert done.code == 0
    assert set(done.steps().values()) == {"kept"}
    assert star.versions() == versions
    assert server.sql(f"SELECT xmin FROM pg_authid WHERE rolname = '{star.database}'") == row


def test_secrets_have_labels_and_no_owner(release: Make) -> None:
    star = release()
    assert star.run().code == 0
    meta = star.api.there(f"/api/v1/namespaces/{star.namespace}/secrets/{star.name}-fernet-key")["metadata"]
    assert meta["labels"] == {
        "tier": "airflow", "release": star.name, "app.kubernetes.io/managed-by": "stargit-bootstrap",
    }  # fmt: skip
    assert "ownerReferences" not in meta
    assert "annotations" not in meta


@pytest.mark.parametrize("suffix", ["metadata", "jwt-secret", "redis-password", "broker-url", "pgbouncer-users"])
def test_a_deleted_secret_comes_back_and_all_fits_again(suffix: str, release: Make, server: Postgres) -> None:
    star = release(CELERY)
    assert star.run().code == 0
    before = {each: star.secret(each) for each in ("metadata", *star.plan()["secrets"])}
    star.remove(suffix)
    done = star.run()
    assert done.code == 0
    assert done.steps()[f"Secret {star.name}-{suffix}"] == "made"
    assert login(server, star) == star.database
    redis = star.secret("redis-password")["password"]
    assert redis in star.secret("broker-url")["connection"]
    assert star.secret("metadata")["verifier"] in star.secret("pgbouncer-users")["users.txt"]
    untouched = before.keys() - {suffix, "broker-url", "pgbouncer-users"}
    assert {each: star.secret(each) for each in untouched} == {each: before[each] for each in untouched}


def test_a_deleted_key_comes_back_and_what_others_wrote_stays(release: Make, server: Postgres) -> None:
    star = release()
    assert star.run().code == 0
    path = f"/api/v1/namespaces/{star.namespace}/secrets/{star.name}-metadata"
    star.api.merge(path, {"data": {"password": None, "note": "bWluZQ=="}, "metadata": {"labels": {"team": "etl"}}})
    done = star.run()
    assert done.code == 0
    assert done.steps()[f"role {star.database}"] == "set"
    assert login(server, star) == star.database
    assert star.secret("metadata")["note"] == "mine"
    assert star.api.there(path)["metadata"]["labels"]["team"] == "etl"


def test_a_role_in_use_whose_password_is_elsewhere_is_left_alone(release: Make, server: Postgres) -> None:
    """Another cluster may have a release of the same name and namespace, with the same server."""
    star = release()
    assert star.run().code == 0
    found = star.secret("metadata")
    star.remove("metadata")
    with server.connect(found["database"], found["user"], found["password"]):
        done = star.run()
        assert done.code == 2
        assert "is it that of a release of this name in another cluster?" in done.report["error"]
        with server.connect(found["database"], found["user"], found["password"]) as again:
            assert again.execute("SELECT current_user").fetchall() == [(star.database,)]
        star.values = {"bootstrap": {"rotate": {"databasePassword": "lost", "whileRunning": True}}}
        assert star.run().code == 0
    assert login(server, star) == star.database


def test_values_that_exist_are_kept_whoever_made_them(release: Make, server: Postgres) -> None:
    star = release(CELERY)
    star.write(f"{star.name}-metadata", {"password": 'it\'s "mine" % €'})
    star.write(f"{star.name}-jwt-secret", {"jwt-secret": "mine"})
    star.write(f"{star.name}-broker-url", {"connection": "redis://old"})
    done = star.run()
    assert done.code == 0, done.output
    assert star.secret("metadata")["password"] == 'it\'s "mine" % €'
    assert star.secret("jwt-secret") == {"jwt-secret": "mine"}
    assert star.secret("broker-url")["connection"] != "redis://old"
    assert login(server, star) == star.database


def test_a_role_or_database_that_somebody_dropped_or_changed_is_mended(release: Make, server: Postgres) -> None:
    star = release()
    assert star.run().code == 0
    name = star.database
    server.sql(f"ALTER ROLE {name} NOLOGIN PASSWORD 'other'", f"GRANT CONNECT ON DATABASE {name} TO PUBLIC")
    done = star.run()
    assert (done.code, done.steps()[f"role {name}"], done.steps()[f"database {name}"]) == (0, "set", "set")
    assert login(server, star) == name
    server.sql(f"DROP DATABASE {name}", f"DROP ROLE {name}")
    assert star.run().code == 0
    assert login(server, star) == name


def test_two_runs_at_once_end_the_same(release: Make, server: Postgres) -> None:
    star = release(CELERY)
    runs = [star.start() for _ in range(4)]
    done = [ended(one) for one in runs]
    assert [one.code for one in done if one.code == 2] == [], [one.output for one in done]
    assert star.run().code == 0
    made = [subject for one in done for subject, action in one.steps().items() if action == "made"]
    assert len(made) == len(set(made))
    assert login(server, star) == star.database
    assert set(star.run().steps().values()) == {"kept"}


def test_an_event_of_the_job_tells_what_was_done(release: Make) -> None:
    star = release({"executor": "LocalExecutor"})
    assert star.run().code == 0
    (event,) = star.events()
    assert event["involvedObject"]["kind"] == "Job"
    assert event["involvedObject"]["name"] == star.job()["metadata"]["name"]
    assert (event["type"], event["reason"]) == ("Normal", "Bootstrapped")
    assert f"database {star.database}: made" in event["message"]
    star.run()
    assert sorted(one["reason"] for one in star.events()) == ["Bootstrapped", "NothingToDo"]


def test_the_report_is_the_containers_last_message(release: Make) -> None:
    star = release()
    file = star.folder / "termination-log"
    file.touch()
    done = star.run(BOOTSTRAP_REPORT=str(file))
    assert done.code == 0
    assert file.read_text(encoding="utf-8").strip() in done.output


def test_no_secret_is_told_anywhere(release: Make, server: Postgres) -> None:
    star = release(CELERY)
    done = [star.run(), star.run()]
    told = "".join(one.output for one in done) + str(list(star.events())) + (server.folder / "log").read_text()
    values = {
        value.strip()
        for suffix in ("metadata", *star.plan()["secrets"])
        for key, value in star.secret(suffix).items()
        if key not in ("host", "port", "user", "database", "verifier", "users.txt")
    }
    assert [value for value in values if value in told] == []
    assert "Adm1n" not in told


def test_schemas_are_made_for_the_role(release: Make, server: Postgres) -> None:
    star = release({"bootstrap": {"schemas": ["celery", "own-data"]}})
    assert star.run().code == 0
    query = (
        "SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname IN ('celery', 'own-data') ORDER BY 1"
    )
    assert server.sql(query, database=star.database) == [("celery", star.database), ("own-data", star.database)]
    assert set(star.run().steps().values()) == {"kept"}
