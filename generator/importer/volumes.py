"""Volumes of people's own beside those that the chart mounts: their names must differ, and so must their places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.airflow import CATALOG, JOBS
from generator.importer.draft import Draft
from generator.importer.result import KeyPath

#: Volumes that pods of the chart may have already.
OWN_VOLUMES = frozenset(
    {
        "config", "dags", "dags-bundle", "databases", "git-sync-credentials", "git-sync-known-hosts",
        "git-sync-ssh-key", "git-sync-tmp", "logs", "pod-template", "redis-db", "stats", "tmp", "webserver-config",
    }
)  # fmt: skip

_OTHERS = ("extraContainers", "extraInitContainers")


def tidy_volumes(draft: Draft) -> None:
    """Give volumes names of their own, and take out mounts whose volume or place is not theirs."""
    for volumes, mounts in _scopes(draft):
        _rename(draft, volumes, mounts)
        for path in mounts:
            _unmount(draft, volumes, path)


def _scopes(draft: Draft) -> Iterator[tuple[KeyPath, list[KeyPath]]]:
    """Lists of volumes, each with the lists of mounts that refer to it."""
    places: list[KeyPath] = [(key,) for key in (*CATALOG, *JOBS, "podTemplate")]
    queues = draft.at(("workers", "queues"))
    places += [("workers", "queues", number) for number in range(len(queues) if isinstance(queues, list) else 0)]
    everywhere: list[KeyPath] = [("volumeMounts",)]
    for place in places:
        mounts: list[KeyPath] = [(*place, "extraVolumeMounts")]
        for key in _OTHERS:
            containers = draft.at((*place, key))
            for number in range(len(containers) if isinstance(containers, list) else 0):
                mounts.append((*place, key, number, "volumeMounts"))
        everywhere += mounts
        yield (*place, "extraVolumes"), mounts
    yield ("volumes",), everywhere


def _items(draft: Draft, path: KeyPath) -> list[tuple[int, dict[str, Any]]]:
    found = draft.at(path)
    return [(n, each) for n, each in enumerate(found) if isinstance(each, dict)] if isinstance(found, list) else []


def _rename(draft: Draft, volumes: KeyPath, mounts: list[KeyPath]) -> None:
    taken = {str(each.get("name")) for _, each in _items(draft, volumes)}
    for number, volume in _items(draft, volumes):
        name = volume.get("name")
        if name not in OWN_VOLUMES:
            continue
        new = next(each for each in (f"{name}-own{'' if n == 1 else n}" for n in range(1, 1000)) if each not in taken)
        taken.add(new)
        reason = f"the chart has a volume '{name}' of its own, so this one is '{new}'"
        draft.change((*volumes, number, "name"), new, reason)
        for path in mounts:
            for at, mount in _items(draft, path):
                if mount.get("name") == name:
                    draft.change((*path, at, "name"), new, reason)


def _unmount(draft: Draft, volumes: KeyPath, mounts: KeyPath) -> None:
    lost = _lost(draft, volumes)
    home = str(draft.at(("airflowHome",)) or "/opt/airflow").rstrip("/")
    own = {"/tmp": "for temporary files", f"{home}/logs": "for logs"}  # noqa: S108  # a path in containers
    if any(draft.at(("dags", way, "enabled")) is True for way in ("gitSync", "persistence")):
        own[f"{home}/dags"] = "for DAGs"
    for number, mount in reversed(_items(draft, mounts)):
        place = str(mount.get("mountPath", "")).rstrip("/")
        if mount.get("name") in lost:
            draft.remove((*mounts, number), f"its volume '{mount['name']}' was dropped")
        elif place in own and mounts[-1] != "volumeMounts":
            draft.remove((*mounts, number), f"the chart mounts a volume {own[place]} there")


def _lost(draft: Draft, volumes: KeyPath) -> set[str]:
    """Names of volumes that the input has and the draft has not."""
    there = {each.get("name") for _, each in _items(draft, volumes)}
    said: Any = draft.source
    for step in volumes:
        said = said.get(step) if isinstance(said, dict) else None
    names = {each["name"] for each in said or [] if isinstance(each, dict) and isinstance(each.get("name"), str)}
    return names - there - OWN_VOLUMES if isinstance(said, list) else set()
