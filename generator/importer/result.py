"""What an import gives: the text of a deployment, the fate of every value, and the Secrets that must be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from generator.yaml import dotted

#: Keys of maps and indexes of lists, from the root of the file that is imported to a value.
KeyPath: TypeAlias = tuple[str | int, ...]

Outcome = Literal["kept", "renamed", "moved", "secret", "unneeded", "dropped"]

#: The outcomes in the order in which they are told, and what each means.
OUTCOMES: dict[Outcome, str] = {
    "kept": "as it was",
    "renamed": "the same value under another name",
    "moved": "said in another way, or in another place",
    "secret": "taken out: it goes into a Secret, not into git",
    "unneeded": "left out: it is so anyway, or it sets nothing",
    "dropped": "left out: see to it yourself",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one value.

    ``path`` is where it was, ``to`` the setting, or the Secret and its key, where it is now; ``reason`` says why, for
    people.
    """

    path: KeyPath
    outcome: Outcome
    to: str = ""
    reason: str = ""

    def as_json(self) -> dict[str, str]:
        """The entry for machines."""
        return {"path": dotted(self.path), "outcome": self.outcome, "to": self.to, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class NeededSecret:
    """A Secret that must exist in the deployment's namespace before Airflow runs.

    ``keys`` are its entries, ``type`` its Kubernetes type, ``sources`` the dotted paths of the values that belong into
    it. The values themselves are kept nowhere.
    """

    name: str
    keys: tuple[str, ...]
    type: str = "Opaque"
    sources: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The Secret for machines."""
        return {"name": self.name, "type": self.type, "keys": list(self.keys), "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class Imported:
    """``text`` is the file of the deployment, ``file`` its path in the repository, ``namespace`` where it will run.

    ``account`` has each value of the input once, in its order; ``notes`` say what is different here although no value
    says so.
    """

    file: str
    text: str
    namespace: str
    account: tuple[Entry, ...]
    secrets: tuple[NeededSecret, ...]
    notes: tuple[str, ...]

    @property
    def dropped(self) -> tuple[Entry, ...]:
        """What somebody has to see to."""
        return tuple(entry for entry in self.account if entry.outcome == "dropped")

    def as_json(self) -> dict[str, Any]:
        """Everything for machines."""
        return {
            "file": self.file,
            "namespace": self.namespace,
            "text": self.text,
            "account": [entry.as_json() for entry in self.account],
            "secrets": [secret.as_json() for secret in self.secrets],
            "notes": list(self.notes),
        }


def leaves(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    """All values in ``value`` that are neither a map nor a list with something in it, with their paths."""
    if isinstance(value, dict) and value:
        return [leaf for key, each in value.items() for leaf in leaves(each, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for number, each in enumerate(value) for leaf in leaves(each, (*path, number))]
    return [(path, value)]
