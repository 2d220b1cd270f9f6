"""What an environment says of its bootstrap jobs: the Secret that is kept, and the image that may have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.airflow.images import BootstrapImage
from generator.airflow.jobs import Bootstrap


@dataclass(frozen=True, slots=True)
class BootstrapJob:
    """The administrator's Secret, its keys of the URL and of the authority, and the image of the program."""

    secret: str
    key: str
    authority: str | None
    image: str

    @classmethod
    def of(cls, defaults: Mapping[str, Any]) -> BootstrapJob:
        """What ``defaults`` of environment.yaml lead to in a deployment that says nothing of its own. They were
        checked by their schema; null is what the chart has by itself."""
        said = defaults.get("bootstrap") or {}
        names = ("adminSecretName", "adminSecretKey", "adminCaKey")
        job = Bootstrap(**{name: said[name] for name in names if said.get(name) is not None})
        image = (defaults.get("images") or {}).get("bootstrap") or {}
        container = BootstrapImage(**{name: value for name, value in image.items() if value is not None})
        return cls(job.adminSecretName, job.adminSecretKey, job.adminCaKey, container.reference)
