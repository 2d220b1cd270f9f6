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

    EXAMPLES = ({"adminSecretName": "postgres-admin"},)

    enabled: bool = True
    """Whether there is a bootstrap job. When not, every Secret must exist already."""
    au: AirflowUnits | None = 1
    adminSecretName: DnsName = Field(default="stargit-bootstrap", examples=["postgres-admin"])
    """A Secret with the URL of the PostgreSQL server, by a role that may make databases and roles."""
    adminSecretKey: SecretKey = "connection"
    """The key of the URL in the Secret."""
    database: DatabaseName | None = Field(default=None, examples=["etl_airflow"])
    """Name of the database that it makes. Without it: the release's name and `_airflow`."""


class MigrateDatabaseJob(JobKnobs):
    """Brings the database's tables to this Airflow version: before the pods, once for each image."""

    EXAMPLES = ({"au": 5, "activeDeadlineSeconds": 3600},)

    enabled: bool = True
    """Whether there is a job for migrations."""
    au: AirflowUnits | None = 3


class DefaultUser(Model):
    """The first user of Airflow's own login."""

    EXAMPLES = ({"username": "ada", "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"},)

    role: Line = Field(default="Admin", examples=["Viewer"])
    """The user's role."""
    username: Line = Field(default="admin", examples=["ada"])
    """The user's login name."""
    email: EmailAddress = Field(default="admin@example.com", examples=["ada@example.com"])
    """The user's e-mail address."""
    firstName: Line = Field(default="admin", examples=["Ada"])
    """The user's first name."""
    lastName: Line = Field(default="user", examples=["Lovelace"])
    """The user's last name."""
    passwordSecret: SecretRef | None = Field(default=None, examples=[{"name": "first-user", "key": "password"}])
    """A Secret that holds the password. Without it: `<release>-default-user`, key `password`, made by the bootstrap
    job."""


class CreateUserJob(JobKnobs):
    """Makes the first user. The job has a new name when the user changes."""

    EXAMPLES = ({"enabled": True, "defaultUser": {"username": "ada", "email": "ada@example.com"}},)

    enabled: bool = False
    """Whether there is a job for the first user. Useful with Airflow's own login only."""
    au: AirflowUnits | None = 3
    defaultUser: DefaultUser = DefaultUser()
    """The user."""


class Cleanup(CronJobKnobs):
    """Deletes pods of finished tasks: those of the Kubernetes executor and of KubernetesPodOperator."""

    EXAMPLES = ({"enabled": True, "schedule": "*/15 * * * *"},)

    enabled: bool = False
    """Whether pods are cleaned up."""
    au: AirflowUnits | None = 2
    schedule: CronSchedule = "*/15 * * * *"
    """When it runs."""


class DatabaseCleanup(CronJobKnobs):
    """Deletes old rows of Airflow's database."""

    EXAMPLES = ({"enabled": True, "retentionDays": 30},)

    enabled: bool = False
    """Whether the database is cleaned up."""
    au: AirflowUnits | None = 3
    schedule: CronSchedule = Field(default="0 0 * * 0", examples=["0 3 * * *", "@weekly"])
    """When it runs."""
    retentionDays: Positive = Field(default=90, examples=[30])
    """Rows that are older than this many days are deleted."""
    tables: list[DatabaseName] = Field(default=[], examples=[["log", "xcom"]])
    """Tables to clean. Empty: all that Airflow can clean."""
    skipArchive: bool = True
    """Whether deleted rows are dropped, instead of kept in archive tables."""
    batchSize: Positive | None = Field(default=None, examples=[10_000])
    """How many rows are deleted at a time; Airflow 3.1 and later. Without it: all."""
    dryRun: bool = False
    """Whether it only says what it would delete."""
    verbose: bool = False
    """Whether it logs more."""
