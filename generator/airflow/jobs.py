"""Jobs: bootstrap, migrations, first user, clean-up of pods and of the database."""

from __future__ import annotations

from pydantic import Field

from generator.airflow.knobs import CronJobKnobs, JobKnobs
from generator.airflow.shapes import SecretRef
from generator.model import Model
from generator.model.names import CronSchedule, DatabaseName, DnsName, RotationWord, SecretKey
from generator.model.number import AirflowUnits, Positive
from generator.model.text import EmailAddress, Line


class Rotation(Model):
    """What the bootstrap job makes anew: each time when there is a word here that was not there before, such as a date.
    docs/bootstrap-contract.md has the steps."""

    EXAMPLES = ({"fernetKey": "2026-11"},)

    databasePassword: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The password of the database's role. Without it: as it is."""
    fernetKey: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The key that encrypts connections and variables. The old one stays behind the new one until
    `dropOldFernetKeys`. Without it: as it is."""
    webserverSecretKey: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The key that signs sessions of Airflow 2. Without it: as it is."""
    apiSecretKey: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The key that signs sessions of Airflow 3. Without it: as it is."""
    jwtSecret: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The key that signs tokens of Airflow 3. Without it: as it is."""
    redisPassword: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The password of Redis, and with it the URL of the broker. Without it: as it is."""
    pgbouncerStats: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The password by which PgBouncer's exporter asks it. Without it: as it is."""
    whileRunning: bool = False
    """Whether to change what running pods use, too. They have the old value until they are started again."""
    dropOldFernetKeys: RotationWord | None = Field(default=None, examples=["2026-11"])
    """The word of `fernetKey` again, once `airflow rotate-fernet-key` ran: the old keys go, unless something needs them
    still. Without it: they stay."""


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
    adminCaKey: SecretKey | None = Field(default=None, examples=["ca.crt"])
    """The key of a certificate in the Secret, in PEM: the authority that must have signed that of the server, for
    `sslmode=verify-ca` and `verify-full`. Without it: the file that the
    URL's `sslrootcert` names, which a volume must bring."""
    database: DatabaseName | None = Field(default=None, examples=["etl_airflow"])
    """Name of the database that it makes. Without it: the release's name and `_airflow`."""
    role: DatabaseName | None = Field(default=None, examples=["etl"])
    """Name of the role that it makes, which owns the database. Without it: the release's name and `_airflow`."""
    schemas: list[DatabaseName] = Field(default=[], examples=[["celery"]])
    """Schemas that it makes in the database."""
    takeOver: bool = False
    """Whether a database and a role that exist, and that nobody marked as theirs, become this release's. The role gets
    the password of `<release>-metadata`."""
    rotate: Rotation = Rotation()
    """What is to be made anew."""


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
