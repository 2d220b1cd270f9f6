"""The Secrets of a plan, each made after those that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bootstrapper import fernet, recipes, rotation
from bootstrapper.cluster import Cluster, Secret
from bootstrapper.errors import Later, Refused
from bootstrapper.keeping import Wanted, keep
from bootstrapper.plan import FERNET, Generate, Plan, Recipe
from bootstrapper.references import Reference
from bootstrapper.report import Report

_HARMLESS = {FERNET, "pgbouncer-stats"}
"""What may be rotated beside running pods: Airflow reads several Fernet keys, and of PgBouncer's own user both sides
are in one pod."""


class Airflow(Protocol):
    """What can be known of the Airflow that uses these Secrets; None where the plan has no database to look into."""

    def sessions(self) -> int | None:
        """How many sessions it has on the server."""

    def unreadable(self, keys: list[str]) -> int | None:
        """How many encrypted values of its database none of these keys decrypts."""


@dataclass(slots=True)
class Maker:
    """Makes the Secrets of a plan; ``known`` is the data of those that were made or read."""

    plan: Plan
    cluster: Cluster
    report: Report
    airflow: Airflow
    known: dict[str, Mapping[str, bytes]] = field(default_factory=dict)

    def all(self) -> None:
        """Make what is not there, write what has to be another."""
        for suffix in self.plan.secrets:
            self._data(self.plan.full_name(suffix))

    def refuse_if_running(self, suffix: str) -> None:
        """Raises ``Refused`` when what a rotation changes is in use, unless the plan says that this is all right."""
        if suffix in _HARMLESS or self.plan.rotate.whileRunning:
            return
        sessions = self.airflow.sessions()
        if sessions == 0:
            return
        why = (
            "it cannot be seen here whether Airflow runs" if sessions is None else f"Airflow runs ({sessions} sessions)"
        )
        raise Refused(
            f"rotate: {suffix}: {why}, and its pods have the old value until they are started again; hibernate the"
            " deployment first, or say bootstrap.rotate.whileRunning: true"
        )

    def _data(self, name: str) -> Mapping[str, bytes]:
        if name in self.known:
            return self.known[name]
        suffix = name.removeprefix(f"{self.plan.release}-")
        if name != suffix and suffix in self.plan.secrets:
            self.known[name] = keep(
                self.cluster, self.report, name, self.plan.release, lambda found: self._decide(suffix, found)
            )
        else:
            found = self.cluster.read(name)
            if found is None:
                raise Later(f"Secret {name}, which the plan refers to, is not there yet")
            self.known[name] = found.data
        return self.known[name]

    def lookup(self, reference: Reference) -> str:
        """The value that a reference stands for. Raises ``Later`` when it is not there yet."""
        value = self._data(reference.secret).get(reference.key)
        if value is None:
            raise Later(f"Secret {reference.secret} has no key {reference.key} yet")
        return _decoded(value, reference)

    def _decide(self, suffix: str, found: Secret | None) -> Wanted:
        word = self.plan.rotate.words.get(suffix)
        due = rotation.due(found, word)
        if due:
            rotation.refuse_first_user(suffix)
            self.refuse_if_running(suffix)
        values = _Values(self, self.plan.full_name(suffix), self.plan.secrets[suffix], found, due)
        data = {key: values.of(key).encode() for key in values.recipes}
        if suffix == FERNET and found is not None:
            data = {key: self._without_old_keys(value, found, key) for key, value in data.items()}
        return Wanted(data, rotation.noted(found, word), action="rotated" if due else None)

    def fernet_key(self, old: str | None, due: bool) -> str:
        """The keys that Airflow is to have. An old key stays behind the new one until it is asked to be dropped."""
        if old is None:
            if lost := self.airflow.unreadable([]):
                raise Refused(
                    f"there is no Fernet key, and {lost} values in Airflow's database are encrypted: bring the Secret"
                    f" {self.plan.full_name(FERNET)} back from a backup, or from where this Airflow was before; to do"
                    " without these values, make it yourself"
                )
            return fernet.new_key()
        if not due:
            return old
        if len(fernet.keys_of(old)) > 1:
            raise Refused(
                "rotate: fernet-key: the last rotation is not at its end: run 'airflow rotate-fernet-key' and then set"
                " bootstrap.rotate.dropOldFernetKeys to the word of that rotation"
            )
        return f"{fernet.new_key()},{old}"

    def _without_old_keys(self, value: bytes, found: Secret, key: str) -> bytes:
        """The newest key alone, where the plan says that the others may go, and they may."""
        word, seen = self.plan.rotate.dropOldFernetKeys, rotation.words_of(found)
        if word is None or not seen or seen[-1] != word or found.data.get(key) != value:
            return value
        keys = fernet.keys_of(value.decode())
        if len(keys) == 1:
            return value
        left = self.airflow.unreadable(keys[:1])
        if left is None:
            raise Refused(
                "rotate: fernet-key: it cannot be seen here whether old keys are still needed; after 'airflow"
                f" rotate-fernet-key' take them out of Secret {found.name} yourself"
            )
        if left:
            raise Refused(f"rotate: fernet-key: {left} values need an old key: run 'airflow rotate-fernet-key' first")
        return keys[0].encode()


@dataclass(slots=True)
class _Values:
    """The values of one Secret, which may refer to each other."""

    maker: Maker
    name: str
    recipes: Mapping[str, Recipe]
    found: Secret | None
    due: bool
    done: dict[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        if key not in self.done:
            self.done[key] = self._made(key, self.recipes[key])
        return self.done[key]

    def _made(self, key: str, recipe: Recipe) -> str:
        if not isinstance(recipe, Generate):
            present = self.found.text(key) if self.found is not None else None
            return recipes.derived(recipe, present, self._lookup)
        old = recipes.existing(self.found, key)
        if recipe.generate == "fernet-key":
            return self.maker.fernet_key(old, self.due)
        return recipes.random_value(recipe.generate) if old is None or self.due else old

    def _lookup(self, reference: Reference) -> str:
        if reference.secret != self.name:
            return self.maker.lookup(reference)
        if reference.key in self.recipes:
            return self.of(reference.key)
        value = self.found.data.get(reference.key) if self.found is not None else None
        if value is None:
            raise Later(f"Secret {reference.secret} has no key {reference.key} yet")
        return _decoded(value, reference)


def _decoded(value: bytes, reference: Reference) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Refused(f"the value of {reference} is no UTF-8 text") from None
