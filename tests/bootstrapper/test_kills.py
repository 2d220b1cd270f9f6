"""Killed before each single call to the outside, the next run brings everything to a right end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.bootstrapper.releases import Release, login
from tests.bootstrapper.servers import Postgres

Make = Callable[..., Release]
# Few Secrets, of each kind one: each is a point to die at.
_VALUES = {"executor": "CeleryExecutor", "apiSecretKeySecretName": "x", "jwtSecretName": "x"}


def _calls(star: Release) -> int:
    done = star.run("-m", "tests.bootstrapper.killing", "100000")
    assert done.code == 0, done.output
    return int(done.lines[-1].removeprefix("calls: "))


def test_first_runs(release: Make, server: Postgres) -> None:
    count = _calls(release(_VALUES))
    assert count > 30

    def die(point: int) -> str:
        star = release(_VALUES)
        killed = star.run("-m", "tests.bootstrapper.killing", str(point))
        assert killed.code == -signal.SIGKILL, killed.output
        before = {name: star.read(name) for name in star.versions()}
        done = star.run()
        assert done.code == 0, f"killed at {point}: {done.output}"
        assert login(server, star) == star.database, point
        # What was made before the end is what counts after it.
        assert all(star.read(name) == data for name, data in before.items()), point
        if point % 5 == 0:
            assert set(star.run().steps().values()) == {"kept"}, point
        return star.name

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(die, range(1, count + 1)))) == count


def test_rotations(release: Make, server: Postgres) -> None:
    """Whatever moment it dies at, what is asked for is made anew once and not twice."""

    def rotating(star: Release, word: str) -> Release:
        rotate = {"databasePassword": word, "fernetKey": word, "redisPassword": word}
        star.values = {**_VALUES, "bootstrap": {"rotate": rotate}}
        return star

    star = release(_VALUES)
    assert star.run().code == 0
    count = _calls(rotating(star, "first"))

    def die(point: int) -> None:
        star = release(_VALUES)
        assert star.run().code == 0
        old = {suffix: star.secret(suffix) for suffix in ("metadata", "fernet-key", "redis-password")}
        rotating(star, "first")
        assert star.run("-m", "tests.bootstrapper.killing", str(point)).code == -signal.SIGKILL
        assert star.run().code == 0, point
        assert login(server, star) == star.database, point
        new = {suffix: star.secret(suffix) for suffix in old}
        assert new["metadata"]["password"] != old["metadata"]["password"]
        assert new["redis-password"]["password"] != old["redis-password"]["password"]
        assert new["redis-password"]["password"] in star.secret("broker-url")["connection"]
        keys = new["fernet-key"]["fernet-key"].split(",")
        assert keys[1:] == [old["fernet-key"]["fernet-key"]], point
        assert set(star.run().steps().values()) == {"kept"}, point

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(die, range(1, count + 1, 4)))
