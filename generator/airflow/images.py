"""Container images."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.model import Item, Model
from generator.model.names import Digest, DnsName, ImageRepository, ImageTag
from generator.model.number import PositiveSeconds


class AirflowImage(Model):
    """An image with Airflow in it."""

    repository: ImageRepository | None = Field(default=None, examples=["registry.example.com/etl/airflow"])
    """The image. Without it: `images.airflow.repository`, then `defaultAirflowRepository`."""
    tag: ImageTag | None = Field(default=None, examples=["3.3.2-1"])
    """The tag. Without it: `images.airflow.tag`, then `defaultAirflowTag`, then `airflowVersion`."""
    digest: Digest | None = None
    """The digest; with it the tag is not used."""
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When nodes ask the registry for the image."""


class Image(Model):
    """An image of another program."""

    repository: ImageRepository
    """The image."""
    tag: ImageTag
    """The tag."""
    digest: Digest | None = None
    """The digest; with it the tag is not used."""
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When nodes ask the registry for the image."""

    @property
    def reference(self) -> str:
        """The image as pods name it. The macro ``other`` of ``_lib/image.yaml.j2`` writes the same."""
        return f"{self.repository}@{self.digest}" if self.digest is not None else f"{self.repository}:{self.tag}"


class StatsdImage(Image):
    """The image of the StatsD exporter."""

    EXAMPLES = ({"repository": "registry.example.com/mirror/statsd-exporter", "tag": "v0.28.0"},)

    repository: ImageRepository = "prom/statsd-exporter"
    tag: ImageTag = "v0.28.0"


class RedisImage(Image):
    """The image of Redis."""

    EXAMPLES = ({"repository": "registry.example.com/mirror/redis", "tag": "7.2-bookworm"},)

    repository: ImageRepository = "redis"
    tag: ImageTag = "7.2-bookworm"


class PgbouncerImage(Image):
    """The image of PgBouncer."""

    EXAMPLES = ({"repository": "registry.example.com/mirror/pgbouncer", "tag": "1.23.1"},)

    repository: ImageRepository = "apache/airflow"
    tag: ImageTag = "airflow-pgbouncer-2025.03.05-1.23.1"


class PgbouncerExporterImage(Image):
    """The image of PgBouncer's exporter."""

    EXAMPLES = ({"repository": "registry.example.com/mirror/pgbouncer-exporter", "tag": "0.18.0"},)

    repository: ImageRepository = "apache/airflow"
    tag: ImageTag = "airflow-pgbouncer-exporter-2025.03.05-0.18.0"


class GitSyncImage(Image):
    """The image of git-sync, version 4."""

    EXAMPLES = ({"repository": "registry.example.com/mirror/git-sync", "tag": "v4.6.0"},)

    repository: ImageRepository = "registry.k8s.io/git-sync/git-sync"
    tag: ImageTag = "v4.6.0"


class BootstrapImage(Image):
    """The image of the bootstrap job."""

    EXAMPLES = ({"repository": "registry.example.com/mirror/bootstrapper", "tag": "0.1.0"},)

    repository: ImageRepository = "stargit/bootstrapper"
    tag: ImageTag = "0.1.0"


class Images(Model):
    """The images of all components."""

    EXAMPLES = ({"airflow": {"repository": "registry.example.com/etl/airflow", "tag": "3.3.2-1"}},)

    airflow: AirflowImage = AirflowImage()
    """The image of all components of Airflow."""
    useDefaultImageForMigration: bool = False
    """Whether migrations, and waiting for them, run in the default image, without people's code."""
    migrationsWaitTimeout: PositiveSeconds = Field(default=60, examples=[300])
    """Seconds that a pod waits for the database's tables before it is restarted."""
    pod_template: AirflowImage = AirflowImage()
    """The image of the pods of the Kubernetes executor."""
    flower: AirflowImage = AirflowImage()
    """The image of Flower."""
    statsd: StatsdImage = StatsdImage()
    """The image of the StatsD exporter."""
    redis: RedisImage = RedisImage()
    """The image of Redis."""
    pgbouncer: PgbouncerImage = PgbouncerImage()
    """The image of PgBouncer."""
    pgbouncerExporter: PgbouncerExporterImage = PgbouncerExporterImage()
    """The image of PgBouncer's exporter."""
    gitSync: GitSyncImage = GitSyncImage()
    """The image of git-sync, version 4."""
    bootstrap: BootstrapImage = BootstrapImage()
    """The image of the bootstrap job."""


class Registry(Model):
    """The registry of the deployment's own images."""

    secretName: DnsName | None = Field(default=None, examples=["registry-login"])
    """A Secret of type dockerconfigjson with which all pods pull images. Without it: none."""


class ImagePullSecret(Item):
    """A Secret with which images are pulled."""

    name: DnsName = Field(examples=["registry-login"])
    """The Secret's name."""
