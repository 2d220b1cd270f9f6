"""The role and the database of a release, on PostgreSQL 12 and later, also by an administrator that is no superuser.

Whose a role or a database is, stands in its comment. It is read before anything is changed, and what is not this
release's stays as it is. A run that dies between two statements leaves what the next run knows as its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from bootstrapper.errors import Refused
from bootstrapper.plan import Database
from bootstrapper.report import Report
from bootstrapper.server import APPLICATION, translated

_OURS = "stargit:"
_OLDEST = 120000


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it was found."""

    oid: int
    login: bool
    mighty: bool
    comment: str | None


@dataclass(frozen=True, slots=True)
class Present:
    """A database as it was found."""

    owner: str
    encoding: str
    usable: bool
    template: bool
    comment: str | None
    public: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a plan's role and database."""

    role: Role | None
    database: Present | None


def examine(connection: psycopg.Connection[Any], wanted: Database, owner: str) -> Found:
    """What is there, after it is sure that it may be used. Raises ``Refused`` otherwise.

    Runs at the same time wait here for each other, until the connection ends.
    """
    if connection.info.server_version < _OLDEST:
        raise Refused(f"PostgreSQL {connection.info.server_version // 10000} is too old: 12 is the oldest that will do")
    connection.execute("SELECT pg_advisory_lock(hashtext(%s), hashtext(%s))", ("stargit-bootstrap", wanted.role))
    role, database = _role(connection, wanted.role), _database(connection, wanted.name)
    if role is not None:
        _check_role(connection, wanted, owner, role)
    if database is not None:
        _check_database(wanted, owner, role, database)
    return Found(role, database)


def sessions(connection: psycopg.Connection[Any], role: str) -> int:
    """How many sessions a role has on the server, without those of runs such as this one."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND application_name IS DISTINCT FROM %s",
        (role, APPLICATION),
    ).fetchone()
    return int(row[0]) if row else 0


def make_role(
    connection: psycopg.Connection[Any], wanted: Database, owner: str, verifier: str, found: Role | None, report: Report
) -> None:
    """The role with the password that the verifier is of, and this release's comment."""
    role, subject = sql.Identifier(wanted.role), f"role {wanted.role}"
    comment = sql.SQL("COMMENT ON ROLE {} IS {}").format(role, sql.Literal(owner))
    password = sql.Literal(verifier)
    if found is None:
        with connection.transaction():
            _secretly(connection, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
            connection.execute(comment)
        report.add(subject, "made")
    elif found.comment is None:
        with connection.transaction():
            _secretly(connection, sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, password))
            connection.execute(comment)
        report.add(subject, "taken over", "with the password of its Secret")
    elif not found.login or _stored_password(connection, found) != verifier:
        seen = _sees_passwords(connection)
        _secretly(connection, sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, password))
        # Who is no superuser cannot see what the password is; setting the same one changes nothing.
        detail = "its password was another" if seen and found.login else "may log in again" if not found.login else ""
        report.add(subject, "set" if detail else "kept", detail)
    else:
        report.add(subject, "kept")
    _join(connection, wanted.role)


def make_database(
    connection: psycopg.Connection[Any], wanted: Database, owner: str, found: Present | None, report: Report
) -> None:
    """The database, owned by the role, for nobody else to connect to, and with this release's comment."""
    name, subject = sql.Identifier(wanted.name), f"database {wanted.name}"
    if found is None:
        statement = "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
        connection.execute(sql.SQL(statement).format(name, sql.Identifier(wanted.role)))
    statements = []
    if found is None or found.public:
        statements.append(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
    if found is None or found.comment != owner:
        statements.append(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(owner)))
    if statements:
        with connection.transaction():
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(wanted.role)))
            for one in statements:
                connection.execute(one)
    if found is None:
        report.add(subject, "made")
    elif found.comment is None:
        report.add(subject, "taken over" if wanted.takeOver else "completed")
    else:
        report.add(subject, "set" if statements else "kept", "closed to others" if statements else "")


def make_schemas(connection: psycopg.Connection[Any], wanted: Database, report: Report) -> None:
    """Schemas of the plan, by a connection of the role to its database."""
    for schema in wanted.schemas:
        row = connection.execute(
            "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = %s", (schema,)
        ).fetchone()
        if row is None:
            connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        elif row[0] != wanted.role:
            raise Refused(f"schema {schema} of database {wanted.name} belongs to role {row[0]}, not to {wanted.role}")
        report.add(f"schema {wanted.name}.{schema}", "made" if row is None else "kept")


def _role(connection: psycopg.Connection[Any], name: str) -> Role | None:
    row = connection.execute(
        "SELECT oid, rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid),"  # it may do what others may
        " shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = %s",
        (name,),
    ).fetchone()
    return Role(*row) if row else None


def _database(connection: psycopg.Connection[Any], name: str) -> Present | None:
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datallowconn AND datconnlimit <> -2,"
        " datistemplate, shobj_description(oid, 'pg_database'), has_database_privilege('public', oid, 'CONNECT')"
        " FROM pg_database WHERE datname = %s",
        (name,),
    ).fetchone()
    return Present(*row) if row else None


def _check_role(connection: psycopg.Connection[Any], wanted: Database, owner: str, role: Role) -> None:
    what = f"role {wanted.role}"
    _check_comment(what, role.comment, owner, wanted.takeOver)
    row = connection.execute("SELECT session_user").fetchone()
    if row and row[0] == wanted.role:
        raise Refused(f"{what} is the administrator of BOOTSTRAP_SERVER_URL itself; Airflow needs a role of its own")
    if role.comment is None and (role.mighty or wanted.role.startswith("pg_")):
        raise Refused(
            f"{what} may do more than log in (superuser, CREATEROLE, other roles' rights, ...), so it is not taken over"
        )


def _check_database(wanted: Database, owner: str, role: Role | None, found: Present) -> None:
    what = f"database {wanted.name}"
    # A run that died after CREATE DATABASE left no comment, but the owner that only this release has.
    left_behind = found.comment is None and found.owner == wanted.role and role is not None and role.comment == owner
    if not left_behind:
        _check_comment(what, found.comment, owner, wanted.takeOver)
    if found.owner != wanted.role:
        raise Refused(
            f"{what} belongs to role {found.owner}, the plan says {wanted.role}: name that role in the plan"
            f" (bootstrap.role), or give {wanted.role} the database and all that is in it (ALTER DATABASE ... OWNER TO,"
            f" REASSIGN OWNED)"
        )
    if not found.usable or found.template:
        raise Refused(f"{what} takes no connections, or is a template or the rest of an interrupted DROP DATABASE")
    if found.encoding != "UTF8":
        raise Refused(f"{what} has the encoding {found.encoding}; Airflow needs UTF8")


def _check_comment(what: str, comment: str | None, owner: str, take_over: bool) -> None:
    if comment == owner or (comment is None and take_over):
        return
    if comment is None:
        raise Refused(
            f"{what} exists and is not known as this release's, so it is left alone: choose another name, or say"
            " bootstrap.takeOver: true if it is to become this release's"
        )
    if comment.startswith(_OURS):
        raise Refused(f"{what} belongs to {comment[:200]}, and this is {owner}; two releases in one database harm both")
    raise Refused(f"{what} exists with a comment of somebody else ({comment[:80]!r}); it is never taken over with it")


def _sees_passwords(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')").fetchone()
    return bool(row and row[0])


def _stored_password(connection: psycopg.Connection[Any], role: Role) -> str | None:
    if not _sees_passwords(connection):
        return None
    row = connection.execute("SELECT rolpassword FROM pg_catalog.pg_authid WHERE oid = %s", (role.oid,)).fetchone()
    return row[0] if row else None


def _join(connection: psycopg.Connection[Any], role: str) -> None:
    """Administrators that are no superusers must be members of a role to give it a database.

    Up to PostgreSQL 15 CREATEROLE is enough to become one. From 16 on who makes a role gets the right to administer it,
    without that to act as it (SET); a role that another administrator made cannot be joined.
    """
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and row[0]:
        return
    modern = connection.info.server_version >= 160000
    kinds = ("USAGE", "SET") if modern else ("MEMBER",)
    held = [connection.execute("SELECT pg_has_role(%s, %s)", (role, kind)).fetchone() for kind in kinds]
    if not all(one and one[0] for one in held):
        grant = "GRANT {} TO CURRENT_USER" + (" WITH INHERIT TRUE, SET TRUE" if modern else "")
        connection.execute(sql.SQL(grant).format(sql.Identifier(role)))


def _secretly(connection: psycopg.Connection[Any], statement: sql.Composed) -> None:
    """A statement with a verifier in it: of its error nothing is told that could repeat a part of it."""
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        if error.sqlstate and error.sqlstate.startswith("22"):
            raise Refused(
                "PostgreSQL does not take a SCRAM verifier as a password"
                f" (SQLSTATE {error.sqlstate}); is there a policy that wants passwords in plain text?"
            ) from None
        raise translated(error) from None
