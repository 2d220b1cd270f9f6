"""One run: a plan brought to its end. The order is such that whatever moment it dies at, the next run goes on.

1. Whose the role and the database are is looked at before anything is made.
2. The password is written into its Secret, which two runs cannot do twice, before the server is told of it.
3. The role and the database are made; then the role logs in as Airflow will.
4. All other Secrets, those first that others are made from.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from bootstrapper import databases, encrypted, recipes, rotation
from bootstrapper.cluster import Cluster, Secret
from bootstrapper.copies import copy_all
from bootstrapper.errors import Refused
from bootstrapper.keeping import Wanted, keep
from bootstrapper.making import Maker
from bootstrapper.metadata import metadata
from bootstrapper.plan import METADATA, Database, Plan
from bootstrapper.report import Report
from bootstrapper.server import Server, connected


def bootstrap(plan: Plan, server: Server | None, authority: str, cluster: Cluster, report: Report) -> None:
    """Make what the plan says. ``server`` is needed with a database; ``authority`` is its CA in PEM, if one was given.

    Raises ``Later`` and ``Refused``; what was made until then stays.
    """
    with ExitStack() as stack:
        if plan.database is None:
            Maker(plan, cluster, report, _Unseen()).all()
        else:
            if server is None:
                raise Refused("the plan has a database, and BOOTSTRAP_SERVER_URL is not set")
            connection = stack.enter_context(connected(server, server.database))
            found = databases.examine(connection, plan.database, plan.owner)
            # Counted before this run logs in as the role itself.
            seen = _Seen(server, plan.database, databases.sessions(connection, plan.database.role))
            maker = Maker(plan, cluster, report, seen)
            name = plan.full_name(METADATA)
            maker.known[name] = _metadata(plan, plan.database, server, authority, maker, found)
            values = {key: maker.known[name][key].decode() for key in ("verifier", "password")}
            databases.make_role(connection, plan.database, plan.owner, values["verifier"], found.role, report)
            databases.make_database(connection, plan.database, plan.owner, found.database, report)
            seen.password = values["password"]
            _prove(server, plan.database, seen.password, report)
            maker.all()
        copy_all(plan, cluster, report)


def _metadata(
    plan: Plan, database: Database, server: Server, authority: str, maker: Maker, there: databases.Found
) -> dict[str, bytes]:
    word = plan.rotate.words.get(METADATA)

    def decide(found: Secret | None) -> Wanted:
        if there.role is not None and there.role.comment == plan.owner:
            _refuse_a_namesake(plan, maker, found)
        if rotation.due(found, word):
            maker.refuse_if_running(METADATA)
        return metadata(found, database, server, word, authority)

    return dict(keep(maker.cluster, maker.report, plan.full_name(METADATA), plan.release, decide))


def _refuse_a_namesake(plan: Plan, maker: Maker, found: Secret | None) -> None:
    """A role that is in use and whose password is not here may be that of a release of the same name and namespace in
    another cluster, which a new password would end."""
    if plan.rotate.whileRunning or recipes.existing(found, "password") is not None or not maker.airflow.sessions():
        return
    raise Refused(
        f"the role has the comment {plan.owner} and {maker.airflow.sessions()} sessions, and its password is not in"
        f" Secret {plan.full_name(METADATA)}: is it that of a release of this name in another cluster? Then name"
        " another role and database (bootstrap.role, bootstrap.database). If the Secret was lost: bring it back,"
        " hibernate the deployment first, or give bootstrap.rotate.databasePassword a word, with whileRunning: true"
    )


def _prove(server: Server, database: Database, password: str, report: Report) -> None:
    """Log in as Airflow will, make the schemas, and see that tables can be made."""
    with connected(server, database.name, database.role, password) as connection:
        databases.make_schemas(connection, database, report)
        row = connection.execute(
            "SELECT has_schema_privilege(name, 'CREATE') FROM current_schema() AS name WHERE name IS NOT NULL"
        ).fetchone()
        if row is None or not row[0]:
            raise Refused(
                f"role {database.role} may make no tables in database {database.name}: its schema public is not there,"
                " or closed to the role (GRANT CREATE ON SCHEMA public TO ...)"
            )


@dataclass(slots=True)
class _Seen:
    """Airflow as its database shows it."""

    server: Server
    database: Database
    counted: int
    password: str = ""

    def sessions(self) -> int | None:
        return self.counted

    def unreadable(self, keys: list[str]) -> int | None:
        with connected(self.server, self.database.name, self.database.role, self.password) as connection:
            return encrypted.not_signed_by(connection, keys)


class _Unseen:
    """Airflow whose database others made."""

    def sessions(self) -> int | None:
        return None

    def unreadable(self, keys: list[str]) -> int | None:
        return None
