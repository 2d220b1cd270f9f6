"""The Secret ``<release>-metadata``: how Airflow and PgBouncer reach the database that a run makes."""

from __future__ import annotations

from urllib.parse import quote

from bootstrapper import recipes, rotation, scram
from bootstrapper.cluster import Secret
from bootstrapper.keeping import Wanted
from bootstrapper.plan import Database
from bootstrapper.server import Server


def metadata(found: Secret | None, wanted: Database, server: Server, word: str | None, authority: str) -> Wanted:
    """What the Secret has to say. Its password stays, unless the word is a new one; all else follows from it."""
    old = recipes.existing(found, "password")
    due = rotation.due(found, word) and old is not None
    password = recipes.random_value("password") if old is None or due else old
    known = found.text("verifier") if found is not None else None
    verifier = known if known is not None and scram.fits(known, password) else scram.verifier(password)
    user, secret, name = (quote(text, safe="") for text in (wanted.role, password, wanted.name))
    place = f"{user}:{secret}@{server.address}/{name}"
    data = {
        "connection": f"postgresql://{place}?sslmode={server.sslmode}",
        "connectionAsync": f"postgresql+asyncpg://{place}?ssl={server.sslmode}",
        "user": wanted.role,
        "password": password,
        "verifier": verifier,
        "host": server.host,
        "port": str(server.port),
        "database": wanted.name,
    }
    if authority:
        data["ca.crt"] = authority
    return Wanted(
        {key: value.encode() for key, value in data.items()},
        rotation.noted(found, word),
        action="rotated" if due else None,
    )
