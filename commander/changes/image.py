"""Which image a deployment runs, from its values with all defaults of what is around laid under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.desired import KeyPath

#: What decides about the image, by names that ``image_of`` knows, with the paths in values.
IMAGE_SETTINGS: Mapping[str, KeyPath] = {
    "image_repository": ("images", "airflow", "repository"),
    "image_tag": ("images", "airflow", "tag"),
    "image_digest": ("images", "airflow", "digest"),
    "default_repository": ("defaultAirflowRepository",),
    "default_tag": ("defaultAirflowTag",),
    "default_digest": ("defaultAirflowDigest",),
}


@dataclass(frozen=True, slots=True)
class Image:
    """What is empty is nowhere said. ``decided_by`` is which of ``IMAGE_SETTINGS`` decides the version: a digest, where
    there is one, else the tag; empty when none does, and it follows from the version of Airflow."""

    repository: str
    tag: str
    digest: str
    decided_by: str

    @property
    def version(self) -> str:
        """Digest or tag."""
        return self.digest or self.tag


def image_of(settings: Mapping[str, Any]) -> Image:
    """The image of settings named as in ``IMAGE_SETTINGS``; those that are missing, None or empty are not set."""
    names = ["image_digest", "default_digest", "image_tag", "default_tag"]
    if settings.get("image_repository") or settings.get("image_tag"):
        names.remove("default_digest")  # it is of the default image
    decisive = next((name for name in names if settings.get(name)), "")
    return Image(
        settings.get("image_repository") or settings.get("default_repository") or "",
        settings.get("image_tag") or settings.get("default_tag") or "",
        settings[decisive] if decisive.endswith("_digest") else "",
        decisive,
    )
