"""Jobs: bootstrap, migrations, first user, clean-up of pods and of the database."""

from __future__ import annotations

from pydantic import Field

from generator.airflow.knobs import CronJobKnobs, JobKnobs
from generator.airflow.shapes import SecretRef
from generator.model import Model
from generator.model.names import CronSchedule, DatabaseName, DnsName, SecretKey
from generator.model.number import AirflowUnits, Positive
from generator.model.text import EmailAddress, Line


class Bootstrap(JobKnobs):
    """Makes what must be random or secret, in the cluster: the databases and roles, and the keys of which no Secret
    is named. What exists already stays as it is."""

    enabled: bool = True
    """Whether there is a bootstrap job. When not, every Secret must exist already."""
    au: AirflowUnits | None = 1
    adminSecretName: DnsName = "stargit-bootstrap"
    """A Secret with the URL of the PostgreSQL server, by a role that may make databases and roles."""
    adminSecretKey: SecretKey = "connection"
    """The key of the URL in the Secret."""
    database: DatabaseName | None = None
    """Name of the database that it makes. Without it: the release's name and `_airflow`."""


class MigrateDatabaseJob(JobKnobs):
    """Brings the database's tables to this Airflow version: before the pods, once for each image."""

    enabled: bool = True
    """Whether there is a job for migrations."""
    au: AirflowUnits | None = 3


class DefaultUser(Model):
    """The first user of Airflow's own login."""

    role: Line = "Admin"
    """The user's role."""
    username: Line = "admin"
    """The user's login name."""
    email: EmailAddress = "admin@example.com"
    """The user's e-mail address."""
    firstName: Line = "admin"
    """The user's first name."""
    lastName: Line = "user"
    """The user's last name."""
    passwordSecret: SecretRef | None = None
    """A Secret that holds the password. Without it: `<release>-default-user`, key `password`, made by the bootstrap
    job."""


class CreateUserJob(JobKnobs):
    """Makes the first user. The job has a new name when the user changes."""

    enabled: bool = False
    """Whether there is a job for the first user. Useful with Airflow's own login only."""
    au: AirflowUnits | None = 3
    defaultUser: DefaultUser = DefaultUser()
    """The user."""


class Cleanup(CronJobKnobs):
    """Deletes pods of finished tasks."""

    enabled: bool = False
    """Whether pods are cleaned up, when the executor makes pods."""
    au: AirflowUnits | None = 2
    schedule: CronSchedule = "*/15 * * * *"
    """When it runs."""


class DatabaseCleanup(CronJobKnobs):
    """Deletes old rows of Airflow's database."""

    enabled: bool = False
    """Whether the database is cleaned up."""
    au: AirflowUnits | None = 3
    schedule: CronSchedule = "0 0 * * 0"
    """When it runs."""
    retentionDays: Positive = 90
    """Rows that are older than this many days are deleted."""
    tables: list[DatabaseName] = Field(default=[], examples=[["log", "xcom"]])
    """Tables to clean. Empty: all that Airflow can clean."""
    skipArchive: bool = True
    """Whether deleted rows are dropped, instead of kept in archive tables."""
    batchSize: Positive | None = None
    """How many rows are deleted at a time; Airflow 3.1 and later. Without it: all."""
    dryRun: bool = False
    """Whether it only says what it would delete."""
    verbose: bool = False
    """Whether it logs more."""
