"""PostgreSQL 12 to 17, by a superuser and by an administrator of a managed service, who is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bootstrapper import programs, servers
from tests.bootstrapper.releases import Release, login
from tests.cluster.api import Api


@pytest.mark.parametrize("major", programs.MAJORS)
def test_every_major_with_and_without_a_superuser(major: int, api: Api, tmp_path: Path) -> None:
    with servers.running(major) as server:
        server.sql(
            "CREATE ROLE managed LOGIN CREATEROLE CREATEDB PASSWORD 'm'",
            "CREATE ROLE aloof LOGIN CREATEROLE CREATEDB NOINHERIT PASSWORD 'm'",
        )
        urls = [server.url(), server.url("managed", "m"), server.url("aloof", "m")]
        for url in urls:
            star = Release(api, tmp_path, {"bootstrap": {"schemas": ["celery"]}}, url).install()
            first, second = star.run(), star.run()
            assert (first.code, second.code) == (0, 0), first.output + second.output
            assert set(first.steps().values()) == {"made"}
            assert set(second.steps().values()) == {"kept"}
            assert login(server, star) == star.database
            owner = f"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '{star.database}'"
            assert server.sql(owner) == [(star.database,)]


@pytest.mark.parametrize(("major", "code"), [(15, 0), (16, 2), (17, 2)])
def test_a_role_that_another_administrator_made(major: int, code: int, api: Api, tmp_path: Path) -> None:
    """From PostgreSQL 16 on CREATEROLE is good for roles that one made oneself."""
    with servers.running(major) as server:
        server.sql("CREATE ROLE one LOGIN CREATEROLE CREATEDB PASSWORD 'm'")
        server.sql("CREATE ROLE two LOGIN CREATEROLE CREATEDB PASSWORD 'm'")
        star = Release(api, tmp_path, {}, server.url("one", "m")).install()
        assert star.run().code == 0
        star.write("stargit-bootstrap", {"connection": server.url("two", "m")})
        done = star.run()
        assert done.code == code, done.output
        assert login(server, star) == star.database
