"""Real PgBouncer between Airflow and a real PostgreSQL, with the chart's configuration and the bootstrapper's users."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from bootstrapper import scram
from tests.bootstrapper import servers
from tests.bootstrapper.releases import Release, login, pgbouncer_files
from tests.bootstrapper.servers import Postgres

Make = Callable[..., Release]


def _values(**pgbouncer: Any) -> dict[str, Any]:
    more = {"enabled": True, **pgbouncer}
    return {"airflowVersion": "3.3.2", "executor": "CeleryExecutor", "pgbouncer": more}


def _port(folder: Path) -> int:
    return int((folder / "port").read_text())


@pytest.mark.parametrize("kind", ["scram-sha-256", "md5", "plain"])
def test_airflow_logs_in_through_it(kind: str, release: Make, server: Postgres) -> None:
    star = release(_values(authType=kind))
    assert star.run().code == 0
    files = pgbouncer_files(star)
    password = star.secret("metadata")["password"]
    assert (password in files["users.txt"]) == (kind == "plain")
    with servers.pgbouncer(files) as folder:
        assert login(server, star, _port(folder)) == star.database
        found = star.secret("metadata")
        with server.connect(f"{star.name}-result-backend", found["user"], found["password"], _port(folder)) as results:
            assert results.execute("SELECT current_database()").fetchall() == [(star.database,)]
        with pytest.raises(psycopg.OperationalError, match="failed"):
            server.connect(f"{star.name}-metadata", found["user"], "wrong", _port(folder)).__enter__()


def test_it_logs_in_again_after_the_server_ended_its_connections(release: Make, server: Postgres) -> None:
    """What it knows of the client's login must last: a failover ends all connections to the server."""
    star = release(_values())
    assert star.run().code == 0
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{star.database}'"
    with servers.pgbouncer(pgbouncer_files(star)) as folder:
        for _ in range(3):
            assert login(server, star, _port(folder)) == star.database
            server.sql(end)
        for _ in range(2):  # a second client after a reconnection
            assert login(server, star, _port(folder)) == star.database


def test_the_exporter_reads_its_figures_by_its_own_url(release: Make, server: Postgres) -> None:
    star = release(_values())
    assert star.run().code == 0
    url = urlsplit(star.secret("pgbouncer-stats")["connection"])
    assert (url.hostname, url.port, url.path) == ("127.0.0.1", 6543, "/pgbouncer")
    with servers.pgbouncer(pgbouncer_files(star)) as folder:
        info = f"host=127.0.0.1 port={_port(folder)} dbname=pgbouncer user={url.username} password={url.password}"
        with psycopg.connect(info, autocommit=True) as connection:
            cursor = psycopg.ClientCursor(connection)
            cursor.execute("SHOW DATABASES")
            assert {row[0] for row in cursor.fetchall()} == {
                "pgbouncer", f"{star.name}-metadata", f"{star.name}-result-backend",
            }  # fmt: skip


def test_after_a_rotation_it_takes_the_new_password_only(release: Make, server: Postgres) -> None:
    star = release(_values())
    assert star.run().code == 0
    old = star.secret("metadata")["password"]
    star.values["bootstrap"] = {"rotate": {"databasePassword": "2026-11"}}
    assert star.run().code == 0
    with servers.pgbouncer(pgbouncer_files(star)) as folder:
        assert login(server, star, _port(folder)) == star.database
        with pytest.raises(psycopg.OperationalError):
            server.connect(f"{star.name}-metadata", star.database, old, _port(folder)).__enter__()


def test_users_of_others_are_given_with_their_passwords(release: Make, server: Postgres) -> None:
    """Of a role that others made the server's verifier is not known, so that PgBouncer needs the password."""
    server.sql("CREATE ROLE theirs LOGIN PASSWORD 'p\"w'", "CREATE DATABASE theirs OWNER theirs")
    connection = {
        "host": "127.0.0.1", "port": server.port, "db": "theirs", "user": "theirs",
        "passwordSecret": {"name": "their-database", "key": "password"},
    }  # fmt: skip
    star = release({**_values(), "executor": "LocalExecutor", "data": {"metadataConnection": connection}})
    star.write("their-database", {"password": 'p"w'})
    assert star.run().code == 0
    users = star.secret("pgbouncer-users")["users.txt"]
    assert users.splitlines()[0] == '"theirs" "p""w"'
    name = f"{star.name}-pgbouncer-config"
    ini = next(o for o in star.objects() if o["kind"] == "ConfigMap" and o["metadata"]["name"] == name)
    files = {"pgbouncer.ini": ini["data"]["pgbouncer.ini"], "users.txt": users}
    with (
        servers.pgbouncer(files) as folder,
        server.connect(f"{star.name}-metadata", "theirs", 'p"w', _port(folder)) as found,
    ):
        assert found.execute("SELECT current_user").fetchall() == [("theirs",)]


@pytest.mark.parametrize(
    "password", ["x", "pencil", "it's €", "\u00a0I\u00adX", "ª", "\u0007", "\u0627\u0031", "a" * 300]
)
def test_a_verifier_is_what_postgresql_itself_would_check(password: str, server: Postgres) -> None:
    """Also for passwords that SASLprep changes, or does not allow."""
    name = f"check_{zlib.crc32(password.encode())}"
    server.sql(f"CREATE ROLE {name} LOGIN PASSWORD '{scram.verifier(password)}'")
    with server.connect("postgres", name, password):
        pass
    with server.connect() as connection:
        own = psycopg.pq.PGconn.encrypt_password(
            connection.pgconn, password.encode(), name.encode(), b"scram-sha-256"
        ).decode()
    assert scram.fits(own, password)
    assert not scram.fits(own, password + "y")
