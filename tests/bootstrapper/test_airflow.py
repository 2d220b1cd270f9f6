"""A real Airflow with what the bootstrapper made: migrations, straight and through PgBouncer; rotation of its key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bootstrapper import airflows, servers
from tests.bootstrapper.releases import Release, container_environment, pgbouncer_files
from tests.bootstrapper.servers import Postgres

Make = Callable[..., Release]
_VALUES = {"airflowVersion": "3.3.2", "executor": "CeleryExecutor", "pgbouncer": {"enabled": True}}
_ASYNC = """
import asyncio, os
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

async def main():
    engine = create_async_engine(os.environ["URL"])
    async with engine.connect() as connection:
        print((await connection.execute(text("SELECT current_user"))).scalar())
    await engine.dispose()

asyncio.run(main())
"""


def _through(settings: dict[str, str], star: Release, port: int) -> dict[str, str]:
    """PgBouncer's Service is this one here."""
    service = f"{star.name}-pgbouncer.{star.namespace}:6543"
    return {key: value.replace(service, f"127.0.0.1:{port}") for key, value in settings.items()}


@pytest.mark.timeout(900)  # the first makes the virtual environment
def test_migrations_straight_and_through_pgbouncer_and_rotation_of_the_fernet_key(
    release: Make, server: Postgres, tmp_path: Path
) -> None:
    star = release(_VALUES)
    assert star.run().code == 0
    migration = container_environment(star, "Job", "run-airflow-migrations")
    assert star.secret("metadata")["connection"] == migration["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    airflows.airflow("db", "migrate", home=tmp_path / "m", settings=migration)
    airflows.airflow("db", "check-migrations", "-t", "0", home=tmp_path / "m", settings=migration)
    assert airflows.python(
        "-c", _ASYNC, home=tmp_path, settings={"URL": star.secret("metadata")["connectionAsync"]}
    ).split() == [star.database]

    with servers.pgbouncer(pgbouncer_files(star)) as folder:
        port = int((folder / "port").read_text())
        scheduler = _through(container_environment(star, "Deployment", "scheduler"), star, port)
        url = scheduler["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        assert f":{port}/{star.name}-metadata" in url
        airflows.airflow("db", "migrate", home=tmp_path / "s", settings=scheduler)
        airflows.airflow(
            "connections", "add", "shop", "--conn-uri", "http://me:canary@shop.example.com", home=tmp_path / "s",
            settings=scheduler,
        )  # fmt: skip
        asynchronous = url.replace("postgresql://", "postgresql+asyncpg://")
        assert airflows.python("-c", _ASYNC, home=tmp_path, settings={"URL": asynchronous}).split() == [star.database]

        # Rotation, step by step, as the contract has it.
        star.values = {**_VALUES, "bootstrap": {"rotate": {"fernetKey": "2026-11"}}}
        assert star.run().code == 0
        star.values = {
            **_VALUES, "bootstrap": {"rotate": {"fernetKey": "2026-11", "dropOldFernetKeys": "2026-11"}},
        }  # fmt: skip
        assert "1 values need an old key" in star.run().report["error"]
        scheduler = _through(container_environment(star, "Deployment", "scheduler"), star, port)
        airflows.airflow("rotate-fernet-key", home=tmp_path / "s", settings=scheduler)
        done = star.run()
        assert done.code == 0, done.output
        assert "," not in star.secret("fernet-key")["fernet-key"]
        scheduler = _through(container_environment(star, "Deployment", "scheduler"), star, port)
        told = airflows.airflow("connections", "get", "shop", "-o", "json", home=tmp_path / "s", settings=scheduler)
        assert "canary" in told
