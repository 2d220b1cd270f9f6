"""Rules between values that a version of Airflow decides."""

from __future__ import annotations

from collections.abc import Iterator

from generator.airflow.rule import Rule, Values
from generator.airflow.versions import OLDEST, SUPPORTED, AirflowVersion
from generator.errors import Problem

#: What the address of the official image, and of a copy of it, ends with.
_OFFICIAL = "/apache/airflow"


def _version_is_supported(values: Values) -> Iterator[Problem]:
    version = AirflowVersion.parse(values["airflowVersion"])
    if version is None or not version.supported:
        yield Problem(
            f"Airflow {values['airflowVersion']} is not supported",
            path="airflowVersion",
            allowed=f"{OLDEST[0]}.{OLDEST[1]} to 2.11, and 3.0 to {SUPPORTED[-1]}",
            hint=f"to try a newer image: airflowVersion: {SUPPORTED[-1]}.0 and its tag in defaultAirflowTag"
            if version is not None and version.newer
            else "",
        )


def _executor_fits_version(values: Values) -> Iterator[Problem]:
    version = AirflowVersion.parse(values["airflowVersion"])
    if version is not None and version.supported and values["executor"] not in version.executors:
        yield Problem(
            f"Airflow {version} has no executor {values['executor']}",
            path="executor",
            allowed=", ".join(version.executors),
            hint="CeleryExecutor,KubernetesExecutor takes its place"
            if values["executor"] == "CeleryKubernetesExecutor"
            else "",
        )


def _batches_fit_version(values: Values) -> Iterator[Problem]:
    size = values["databaseCleanup"].get("batchSize")
    version = AirflowVersion.parse(values["airflowVersion"])
    if size is not None and version is not None and version < AirflowVersion(3, 1):
        yield Problem(f"Airflow {version} cannot delete in batches", path="databaseCleanup.batchSize", allowed="3.1 on")


def _image_has_version(values: Values) -> Iterator[Problem]:
    """Tags of the official image are named by its Airflow; those of others tell nothing. A newer one than all that is
    known may be tried with the settings of the newest."""
    own = values["images"]["airflow"]
    repository = own.get("repository") or values["defaultAirflowRepository"]
    path = "images.airflow.tag" if own.get("tag") is not None else "defaultAirflowTag"
    default_digest = None if own.get("repository") or own.get("tag") else values.get("defaultAirflowDigest")
    if own.get("digest") or default_digest or not f"/{repository}".endswith(_OFFICIAL):
        return
    version = AirflowVersion.parse(values["airflowVersion"])
    tagged = AirflowVersion.of_tag(own.get("tag") or values.get("defaultAirflowTag") or "")
    if version is not None and tagged is not None and tagged != version and not tagged.newer:
        yield Problem(
            f"the image {repository} of this tag is Airflow {tagged}, and airflowVersion says {version}",
            path=path,
            allowed=f"a tag of Airflow {version}",
            hint="without a tag, airflowVersion is the tag",
        )


VERSION_RULES: tuple[Rule, ...] = (
    _version_is_supported,
    _executor_fits_version,
    _batches_fit_version,
    _image_has_version,
)
