"""Which deployments have to be looked at, and why: of the others, files and outputs are as the last run left them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from generator.desired import Places
from generator.engine.fleet import Name
from generator.engine.records import Units

_WHICH = ("its environment's file", "its workspace's file", "its own file")


@dataclass(frozen=True, slots=True)
class Planner:
    """Compares what there is with the records.

    ``desired`` are the digests of all files of desired state; ``same_code`` tells that the records are of this code,
    ``present`` gives the digest of a rendered file that is there.
    """

    places: Places
    desired: Mapping[str, str]
    same_code: bool
    units: Units
    present: Callable[[str], str | None]

    def inputs(self, name: Name) -> tuple[str, ...]:
        """The digests of a deployment's files; empty for one that is missing."""
        environment, workspace, _ = name
        places = self.places
        files = (
            places.environments.get(environment, ""),
            places.workspaces.get((environment, workspace), ""),
            places.deployments[name],
        )
        return tuple(self.desired.get(file, "") for file in files)

    def affected(self) -> Iterator[tuple[Name, str]]:
        """The deployments to look at, sorted, each with the reason."""
        for name in self.places.deployments:
            if reason := self.reason(name):
                yield name, reason

    def reason(self, name: Name) -> str:
        """Why a deployment has to be looked at; empty when it has not."""
        record = self.units.deployments.get("/".join(name))
        if record is None:
            return "nothing is known of it" if not self.units.deployments else "it is new"
        if not self.same_code:
            return "Stargit or its templates changed"
        changed = [what for what, new, old in zip(_WHICH, self.inputs(name), record.inputs, strict=True) if new != old]
        if changed:
            return f"{' and '.join(changed)} changed"
        if not all(self.present(path) == wanted for path, wanted in record.files.items()):
            return "its rendered files were touched"
        return ""
