"""Container images."""

from __future__ import annotations

from typing import Literal

from generator.model import Item, Model
from generator.model.names import Digest, DnsName, ImageRepository, ImageTag
from generator.model.number import PositiveSeconds


class AirflowImage(Model):
    """An image with Airflow in it."""

    repository: ImageRepository | None = None
    """The image. Without it: `images.airflow.repository`, then `defaultAirflowRepository`."""
    tag: ImageTag | None = None
    """The tag. Without it: `images.airflow.tag`, then `defaultAirflowTag`, then `airflowVersion`."""
    digest: Digest | None = None
    """The digest; with it the tag is not used."""
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When nodes ask the registry for the image."""


class Image(Model):
    """An image of another program."""

    repository: ImageRepository = "redis"
    """The image."""
    tag: ImageTag = "latest"
    """The tag."""
    digest: Digest | None = None
    """The digest; with it the tag is not used."""
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When nodes ask the registry for the image."""


class Images(Model):
    """The images of all components."""

    airflow: AirflowImage = AirflowImage()
    """The image of all components of Airflow."""
    useDefaultImageForMigration: bool = False
    """Whether migrations, and waiting for them, run in the default image, without people's code."""
    migrationsWaitTimeout: PositiveSeconds = 60
    """Seconds that a pod waits for the database's tables before it is restarted."""
    pod_template: AirflowImage = AirflowImage()
    """The image of the pods of the Kubernetes executor."""
    flower: AirflowImage = AirflowImage()
    """The image of Flower."""
    statsd: Image = Image(repository="prom/statsd-exporter", tag="v0.28.0")
    """The image of the StatsD exporter."""
    redis: Image = Image(repository="redis", tag="7.2-bookworm")
    """The image of Redis."""
    pgbouncer: Image = Image(repository="apache/airflow", tag="airflow-pgbouncer-2025.03.05-1.23.1")
    """The image of PgBouncer."""
    pgbouncerExporter: Image = Image(repository="apache/airflow", tag="airflow-pgbouncer-exporter-2025.03.05-0.18.0")
    """The image of PgBouncer's exporter."""
    gitSync: Image = Image(repository="registry.k8s.io/git-sync/git-sync", tag="v4.6.0")
    """The image of git-sync, version 4."""
    bootstrap: Image = Image(repository="stargit/bootstrapper", tag="0.1.0")
    """The image of the bootstrap job."""


class Registry(Model):
    """The registry of the deployment's own images."""

    secretName: DnsName | None = None
    """A Secret of type dockerconfigjson with which all pods pull images. Without it: none."""


class ImagePullSecret(Item):
    """A Secret with which images are pulled."""

    name: DnsName
    """The Secret's name."""
