"""Which Airflow it is, the image's tag, and the executor."""

from __future__ import annotations

import re
from typing import Any

from generator.airflow import EXECUTORS, SUPPORTED, AirflowVersion
from generator.importer.draft import Draft, Item

_VERSION = re.compile(r"v?([0-9]{1,3})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?(?![0-9.])")

#: Release of the official chart -> Airflow that it runs when nothing is said.
CHART_AIRFLOW: dict[tuple[int, int], str] = {
    (1, 0): "2.0.2", (1, 1): "2.1.2", (1, 2): "2.1.4", (1, 3): "2.2.1", (1, 4): "2.2.3", (1, 5): "2.2.4",
    (1, 6): "2.3.0", (1, 7): "2.4.1", (1, 8): "2.5.1", (1, 9): "2.5.3", (1, 10): "2.6.2", (1, 11): "2.7.1",
    (1, 12): "2.8.1", (1, 13): "2.8.2", (1, 14): "2.9.2", (1, 15): "2.9.3", (1, 16): "2.10.5", (1, 17): "3.0.2",
    (1, 20): "3.1.8", (1, 21): "3.2.1", (1, 22): "3.2.2",
}  # fmt: skip

_OF_AIRFLOW_3 = {
    "CeleryKubernetesExecutor": "CeleryExecutor,KubernetesExecutor",
    "LocalKubernetesExecutor": "LocalExecutor,KubernetesExecutor",
}


def version_text(value: Any) -> str | None:
    """The three numbers of an Airflow version at the beginning of a version or a tag; None when there are none."""
    match = _VERSION.match(str(value)) if isinstance(value, str | float) else None
    return f"{match[1]}.{match[2]}.{match[3] or 0}" if match else None


def said_version(values: dict[str, Any], chart: tuple[int, int] | None) -> tuple[str | None, str]:
    """The version of Airflow that values ask for, and which of them does: an empty text when the chart's release."""
    images = values.get("images")
    airflow = images.get("airflow") if isinstance(images, dict) else None
    found = {
        "airflowVersion": values.get("airflowVersion"),
        "images.airflow.tag": airflow.get("tag") if isinstance(airflow, dict) else None,
        "defaultAirflowTag": values.get("defaultAirflowTag"),
    }
    for name, value in found.items():
        if (version := version_text(value)) is not None and version[0] in "23":
            return version, name
    return CHART_AIRFLOW.get(chart) if chart is not None else None, ""


def usable(version: str) -> str:
    """The version itself, or the nearest one that the chart knows."""
    parsed = AirflowVersion.parse(version)
    if parsed is not None and parsed.supported:
        return version
    return f"{SUPPORTED[-1 if _newer(version) else 0]}.0"


def _newer(version: str) -> bool:
    parsed = AirflowVersion.parse(version)
    return parsed is not None and parsed.newer


def add_version(draft: Draft, chart: tuple[int, int] | None) -> None:
    """The version, when no value says it by its own name."""
    version, where = said_version(draft.source, chart)
    if version is None:
        if draft.release.airflow is None:
            draft.notes.append(
                "Nothing says which Airflow it is, so it is the one of Stargit's own chart: set airflowVersion."
            )
        return
    if draft.at(("airflowVersion",)) is None:
        draft.give(("airflowVersion",), usable(version))
        whence = f"follows from {where}" if where else "is what that release of the official chart runs"
        if usable(version) != version:
            whence = (
                f"is the newest that is known here, and these values are of {version}"
                if _newer(version)
                else f"is the oldest that runs here, and these values are of {version}: upgrade, and set the image"
            )
        draft.notes.append(f"airflowVersion: {usable(version)} {whence}.")


def airflow_version(draft: Draft, item: Item) -> None:
    """The version; of those that are too old, the oldest there is, and of newer ones the newest with their image."""
    version = version_text(item.value)
    if version is None:
        draft.put(item.src, item.value, item.path)
    elif _newer(version):
        draft.give(item.path, usable(version))
        if draft.at(("defaultAirflowTag",)) is None:
            draft.give(("defaultAirflowTag",), version)
        reason = f"Airflow {version} is newer than what is known here: {usable(version)} is written, with its image"
        draft.drop(item.src, item.value, reason)
    elif usable(version) != version:
        draft.give(item.path, usable(version))
        draft.drop(
            item.src,
            item.value,
            f"Airflow {version} is older than what runs here: {usable(version)} is written; upgrade, and set the image",
        )
    else:
        plain = item.value if isinstance(item.value, str) and item.value.startswith(f"{version}-") else version
        draft.put(item.src, plain, item.path, "" if str(item.value) == plain else "a version has three numbers")


def tag(draft: Draft, item: Item) -> None:
    """The tag of Airflow's image, unless it is of an Airflow that can't be run here."""
    version = version_text(item.value)
    if version is not None and version.startswith(("1.", "2.")) and usable(version) != version:
        draft.drop(item.src, item.value, f"an image with Airflow {version}, which is older than what runs here")
    else:
        draft.put(item.src, item.value, item.path)


def executor_names(value: Any) -> str:
    """The executors of a value, without the modules that they are in."""
    return ",".join(name.strip().rpartition(".")[2].rpartition(":")[2] for name in str(value).split(","))


def executor(draft: Draft, item: Item) -> None:
    """The executor, by its name of today."""
    wanted = executor_names(item.value)
    if wanted == "SequentialExecutor":
        draft.put(item.src, "LocalExecutor", item.path)
        draft.change(item.path, "LocalExecutor", "there is no SequentialExecutor here; LocalExecutor is the nearest")
    elif draft.release.airflow3 and wanted in _OF_AIRFLOW_3:
        draft.put(item.src, wanted, item.path)
        draft.change(item.path, _OF_AIRFLOW_3[wanted], f"from Airflow 3 on it is {_OF_AIRFLOW_3[wanted]}")
    else:
        known = wanted if wanted in EXECUTORS else item.value
        draft.put(item.src, known, item.path, "" if known == item.value else "executors are named without modules")
