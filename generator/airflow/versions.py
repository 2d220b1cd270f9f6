"""Facts about versions: which Airflow a runtime has, and which executors and components an Airflow has."""

from __future__ import annotations

import re
from dataclasses import dataclass

OLDEST = (2, 7)
# Minor versions of Airflow that the chart was made for. What a newer one needs nobody knows yet.
SUPPORTED = ("2.7", "2.8", "2.9", "2.10", "2.11", "3.0", "3.1", "3.2", "3.3")

# The Airflow minor of each line of Astronomer's runtime images. Lines before 3.0 count 4, 5, ...; from then on they
# are named by the Airflow minor itself (3.0-4).
RUNTIMES: dict[str, str] = {
    "9": "2.7",
    "10": "2.8",
    "11": "2.9",
    "12": "2.10",
    "13": "2.11",
    "3.0": "3.0",
    "3.1": "3.1",
    "3.2": "3.2",
    "3.3": "3.3",
}

_SINGLE = ("LocalExecutor", "CeleryExecutor", "KubernetesExecutor")
_HYBRID = ("LocalKubernetesExecutor", "CeleryKubernetesExecutor")
_COMBINED = (
    "CeleryExecutor,KubernetesExecutor",
    "KubernetesExecutor,CeleryExecutor",
    "LocalExecutor,KubernetesExecutor",
    "KubernetesExecutor,LocalExecutor",
    "CeleryExecutor,LocalExecutor",
    "LocalExecutor,CeleryExecutor",
)
EXECUTORS = (*_SINGLE, *_HYBRID, *_COMBINED)

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*))?(?:-[0-9A-Za-z.-]+)?\Z")
_TAG = re.compile(r"(?:slim-)?([0-9]{1,4})\.([0-9]{1,4})(?:\.[0-9]{1,4})?(?![0-9A-Za-z.])")
_OLD_RUNTIME = re.compile(r"([1-9][0-9]*)\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?\Z")
_NEW_RUNTIME = re.compile(r"([1-9][0-9]*\.[0-9]+)-[0-9]+(?:[.-][0-9A-Za-z.-]+)?\Z")


@dataclass(frozen=True, slots=True, order=True)
class AirflowVersion:
    """Major and minor: all that decides what a deployment is made of."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> AirflowVersion | None:
        """``2.10.4`` or ``3.1.0-rc1``; nothing when the text is no version."""
        match = _VERSION.match(text)
        return cls(int(match[1]), int(match[2])) if match else None

    @classmethod
    def of_tag(cls, tag: str) -> AirflowVersion | None:
        """What a tag of the official image says (``slim-2.10.4-python3.12``); nothing when it names no version."""
        match = _TAG.match(tag)
        return cls(int(match[1]), int(match[2])) if match else None

    @property
    def supported(self) -> bool:
        """Whether the chart was made for it."""
        return str(self) in SUPPORTED

    @property
    def newer(self) -> bool:
        """Whether it came after all that the chart was made for."""
        newest = self.parse(SUPPORTED[-1])
        return newest is not None and self > newest

    @property
    def executors(self) -> tuple[str, ...]:
        """The executors it can be set to."""
        several = _COMBINED if self >= AirflowVersion(2, 10) else ()
        hybrid = _HYBRID if self.major == 2 else ()
        return (*_SINGLE, *hybrid, *several)

    @property
    def page(self) -> str:
        """Key of the component with the user interface."""
        return "webserver" if self.major == 2 else "apiServer"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def airflow_of_runtime(runtime: str) -> str | None:
    """The Airflow minor (``2.10``) in a runtime version (``12.1.0``, ``3.0-4``); nothing when the line is not known."""
    match = _OLD_RUNTIME.match(runtime) or _NEW_RUNTIME.match(runtime)
    return RUNTIMES.get(match[1]) if match else None
