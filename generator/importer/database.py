"""The metadata database, PgBouncer before it, and Elasticsearch."""

from __future__ import annotations

import re
from typing import Any

from generator.importer.confidential import is_secret, secret_text
from generator.importer.draft import Draft, Item
from generator.importer.result import leaves

_BUNDLED = "the bundled PostgreSQL has no counterpart: the bootstrap job makes a database on a server of yours"
_OF_BUNDLED = "it is of the bundled PostgreSQL, which has no counterpart"
_PAIR = re.compile(r"([\w.-]+)\s*=\s*(\S+)")
_INI_LINE = re.compile(r"\s*([\w.-]+)\s*=\s*(.*?)\s*\Z")


def is_bundled(draft: Draft) -> bool:
    """Whether the values use the PostgreSQL that comes with the official chart."""
    if draft.said("postgresql", "enabled") is False or draft.said("data", "metadataSecretName"):
        return False
    host = draft.said("data", "metadataConnection", "host")
    text = draft.resolved(host) if isinstance(host, str) else host
    return not text or str(text).partition(".")[0] in (
        f"{draft.release.name}-postgresql",
        "postgresql",
        "airflow-postgresql",
    )


def postgresql(draft: Draft, item: Item) -> None:
    """The bundled database: left out, and said so where its data is lost to Airflow."""
    if not isinstance(item.value, dict):
        draft.drop(item.src, item.value, "it is no map")
        return
    on = item.value.get("enabled") is not False
    for path, value in leaves(item.value, item.src):
        if not on:
            draft.unneeded(path, value, "no database is bundled here")
        elif path[len(item.src) :] == ("enabled",):
            if is_bundled(draft):
                draft.moved(path, value, ("bootstrap",), f"{_BUNDLED}; move the data there by pg_dump and pg_restore")
            else:
                draft.unneeded(path, value, "another database is named, and none is bundled here")
        elif path[len(item.src) :] == ("auth", "database") and is_bundled(draft) and isinstance(value, str) and value:
            draft.put(path, value, ("bootstrap", "database"))
        else:
            draft.drop(path, value, _OF_BUNDLED)


def metadata(draft: Draft, item: Item) -> None:
    """The parts of the connection; those of the bundled database go with it."""
    if not isinstance(item.value, dict):
        draft.drop(item.src, item.value, "it is no map of settings")
        return
    bundled = is_bundled(draft)
    named = draft.said("data", "metadataSecretName")
    for key, value in item.value.items():
        src, dst = (*item.src, key), (*item.path, key)
        if named:
            draft.unneeded(src, value, "data.metadataSecretName holds the whole URL, and that counts")
        elif bundled:
            if key == "db" and isinstance(value, str) and value and value != "postgres":
                draft.put(src, value, ("bootstrap", "database"))
            else:
                why = "the bootstrap job makes the role and its password" if key in ("user", "pass") else _OF_BUNDLED
                draft.unneeded(src, value, why)
        elif key == "pass":
            _password(draft, src, value)
        elif key == "protocol" and value not in (None, "", "postgresql", "postgresql+psycopg2"):
            draft.drop(src, value, "Airflow runs on PostgreSQL only here")
        elif value is None or value == "":
            draft.unneeded(src, value, "empty: it sets nothing")
        else:
            draft.put(src, value, dst)


def _password(draft: Draft, src: tuple[str | int, ...], value: Any) -> None:
    if value in (None, ""):
        draft.unneeded(src, value, "empty: it sets nothing")
        return
    name, key = draft.secret(src, value, "database", "password")
    draft.give(("data", "metadataConnection", "passwordSecret"), {"name": name, "key": key})


def add_password(draft: Draft) -> None:
    """A server without a password in these values: its Secret has to be made all the same."""
    data = draft.at(("data", "metadataConnection"))
    if isinstance(data, dict) and data.get("host") is not None and data.get("passwordSecret") is None:
        name = f"{draft.release.name}-database"
        draft.give(("data", "metadataConnection", "passwordSecret"), {"name": name, "key": "password"})
        draft.vault.need(name, ["password"], ("data", "metadataConnection", "pass"))
        draft.notes.append("data.metadataConnection had no password: put it into the Secret that is named there.")


def add_broker(draft: Draft, executor: str) -> None:
    """A broker outside of the chart: its URL comes from a Secret, whatever the values say."""
    named = ("data", "brokerUrlSecretName")
    if "Celery" not in str(draft.at(("executor",)) or executor):
        return
    if draft.at(("redis", "enabled")) is False and draft.at(named) is None:
        name = f"{draft.release.name}-broker"
        draft.give(named, name)
        draft.vault.need(name, ["connection"], ("redis", "enabled"))
        draft.notes.append(
            "Without the chart's Redis there is a broker elsewhere: put its URL into the Secret that is named."
        )


def add_database(draft: Draft) -> None:
    """The bundled database, where nothing is said of it."""
    if (
        is_bundled(draft)
        and draft.said("postgresql", "enabled") is None
        and draft.at(("data", "metadataSecretName")) is None
    ):
        draft.notes.append(
            "The official chart brings a PostgreSQL; here the bootstrap job makes a database on a server of yours. Move"
            " the data there by pg_dump and pg_restore."
        )


def pgbouncer_enabled(draft: Draft, item: Item) -> None:
    """PgBouncer, unless Airflow goes past it."""
    past = draft.said("data", "metadataSecretName") and not draft.said("pgbouncer", "configSecretName")
    if item.value is True and past:
        draft.drop(
            item.src,
            item.value,
            "data.metadataSecretName holds a whole URL, with which Airflow goes past PgBouncer (in the official chart"
            " too): set data.metadataConnection instead, or pgbouncer.configSecretName beside it",
        )
    else:
        draft.put(item.src, item.value, item.path)


def ini(draft: Draft, item: Item) -> None:
    """Lines of pgbouncer.ini, which are a map here."""
    if not isinstance(item.value, str):
        draft.put(item.src, item.value, item.path)
        return
    text = draft.resolved(item.value)
    parts: dict[str, str] | None = None
    if text is not None and item.path[-1] == "extraIni":
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith((";", "#"))]
        found = [_INI_LINE.match(line) for line in lines]
        parts = {match[1].lower(): match[2] for match in found if match} if all(found) else None
    elif text is not None and not _PAIR.sub("", text).strip():
        parts = {match[1].lower(): match[2] for match in _PAIR.finditer(text)}
    if not item.value.strip():
        draft.unneeded(item.src, item.value, "empty: it sets nothing")
    elif any(is_secret(name, value) or secret_text(f"{name} = {value}") for name, value in (parts or {}).items()):
        draft.drop(item.src, item.value, "it holds a secret: put all into a Secret, pgbouncer.configSecretName")
    elif not parts:
        draft.drop(item.src, item.value, "these lines can't be read as `name = value`")
    else:
        draft.moved(item.src, item.value, item.path, "lines of text are a map here")
        for key, value in parts.items():
            draft.give((*item.path, key), value)


def elasticsearch(draft: Draft, item: Item) -> None:
    """Where Elasticsearch is; with a login, the whole URL is a secret."""
    value = item.value
    if isinstance(value, dict) and (value.get("pass") or value.get("user")):
        if draft.said("elasticsearch", "secretName"):
            draft.unneeded(item.src, value, "elasticsearch.secretName holds the whole URL, and that counts")
            return
        name = f"{draft.release.name}-elasticsearch"
        for path, _ in leaves(value, item.src):
            draft.vault.need(name, ["connection"], path)
            draft.secret_fate(path, (name, "connection"), "as one URL")
        draft.give(("elasticsearch", "secretName"), name)
    else:
        draft.put(item.src, value, item.path)
