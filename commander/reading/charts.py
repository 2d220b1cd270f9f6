"""Which version of the packed chart a deployment is made of in a commit (``delivery: helm``): its values and its folder
do not say it, its Application does."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping

from commander.changes import Target
from commander.git import Repository
from commander.reading.places import rendered_of

_LARGEST = 64 * 1024 * 1024
_KEPT = 1000
#: As the generator writes it; YAML would take seconds for a workspace of a thousand deployments.
_NAME = re.compile(rb"^  name: (\S+)$", re.MULTILINE)
_VERSION = re.compile(rb"^    chart: \S+\n    targetRevision: (\S+)$", re.MULTILINE)


class ChartVersions:
    """Keeps what it read of each workspace's file, by the name of its contents. For one thread."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, Mapping[str, str]] = OrderedDict()

    def at(self, repository: Repository, commit: str, target: Target, application: str) -> str:
        """The version that a deployment's Application names in a commit; empty where it names none. Raises
        ``StoreError``."""
        (path,) = rendered_of(Target(target.environment, target.workspace), inside=False)
        entry = repository.entry(commit, path)
        if entry is None or not entry.is_file:
            return ""
        if entry.name not in self._read:
            self._read[entry.name] = _versions(repository.data(entry.name, _LARGEST) or b"")
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return self._read[entry.name].get(application, "")


def _versions(text: bytes) -> Mapping[str, str]:
    found = {}
    for each in text.split(b"\n---\n"):
        name, version = _NAME.search(each), _VERSION.search(each)
        if name is not None and version is not None:
            found[name[1].decode()] = version[1].decode().strip("\"'")
    return found
