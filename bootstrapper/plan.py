"""The plan: what to make, as the chart wrote it (``BOOTSTRAP_PLAN``). docs/bootstrap-contract.md is its reference."""

from __future__ import annotations

import json
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)

from bootstrapper.errors import Refused
from bootstrapper.references import Reference, only_reference, references

_LARGEST = 256 * 1024  # characters; Kubernetes gives a process no larger variable than 128 KiB
METADATA = "metadata"
FERNET = "fernet-key"

_Dns = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")]
_Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
_Key = Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z0-9]{1,253}$")]
_Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$")]
_Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,63}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Database(_Strict):
    """A database, the role that owns it, and schemas in it."""

    name: _Identifier
    role: _Identifier
    schemas: tuple[_Identifier, ...] = Field(default=(), max_length=32, strict=False)
    takeOver: bool = False
    """Whether a role and a database that exist without a comment of Stargit may be taken."""


class Generate(_Strict):
    """A random value, made once."""

    generate: Literal["fernet-key", "secret-key", "password"]


class Url(_Strict):
    """A text with references, which are percent-encoded."""

    url: Annotated[str, StringConstraints(max_length=4096)]


class Verifier(_Strict):
    """The SCRAM verifier of a password: PostgreSQL and PgBouncer check a login by it, nobody can log in with it."""

    verifier: str

    @model_validator(mode="after")
    def _refers(self) -> Verifier:
        if only_reference(self.verifier) is None:
            raise ValueError("verifier must be one ${secret/key}")
        return self


class User(_Strict):
    """A line of PgBouncer's ``auth_file``: name and password, name and verifier, or both out of a URL."""

    name: str | None = None
    password: str | None = None
    verifier: str | None = None
    url: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> User:
        given = {field for field in ("name", "password", "verifier", "url") if getattr(self, field) is not None}
        if given not in ({"name", "password"}, {"name", "verifier"}, {"url"}):
            raise ValueError("a user has name and password, or name and verifier, or url")
        if self.url is not None and only_reference(self.url) is None:
            raise ValueError("url must be one ${secret/key}")
        for text in (self.name, self.password, self.verifier):
            if text is not None and "${" in text and only_reference(text) is None:
                raise ValueError("name, password and verifier are a text or one ${secret/key}, not both")
        return self


class Users(_Strict):
    """A whole ``auth_file``."""

    users: tuple[User, ...] = Field(max_length=256, strict=False)


def _recipe(value: Any) -> str:
    if isinstance(value, dict):
        for name in ("generate", "url", "verifier", "users"):
            if name in value:
                return name
    return "generate"


Recipe = Annotated[
    Annotated[Generate, Tag("generate")]
    | Annotated[Url, Tag("url")]
    | Annotated[Verifier, Tag("verifier")]
    | Annotated[Users, Tag("users")],
    Discriminator(_recipe),
]


class Copy(_Strict):
    """A Secret of another namespace, such as the platform's, to be had here under a name of the release."""

    namespace: _Label
    secret: _Dns
    keys: tuple[_Key, ...] = Field(min_length=1, max_length=32, strict=False)
    type: str = Field(default="Opaque", max_length=253)


class Rotate(_Strict):
    """What to make anew, each time when its word is one that was not used before."""

    words: dict[str, _Word] = Field(default={}, max_length=32)
    whileRunning: bool = False
    """Whether to change what running pods use, too."""
    dropOldFernetKeys: _Word | None = None
    """The word of the rotation after which no value is encrypted by an older key any more."""


class Plan(_Strict):
    """All that a run is to make."""

    version: Literal[1]
    release: _Label
    namespace: _Label
    database: Database | None = None
    secrets: dict[_Dns, Annotated[dict[_Key, Recipe], Field(min_length=1, max_length=64)]] = Field(max_length=64)
    copies: dict[_Dns, Copy] = Field(default={}, max_length=16)
    rotate: Rotate = Rotate()

    @model_validator(mode="after")
    def _fits_together(self) -> Plan:
        if self.database is not None and METADATA in self.secrets:
            raise ValueError(f"with database, the Secret {METADATA} is not for the plan")
        if both := sorted((self.secrets.keys() | ({METADATA} if self.database else set())) & self.copies.keys()):
            raise ValueError(f"both made and copied: {', '.join(both)}")
        for suffix in self.rotate.words:
            if suffix not in self.rotatable():
                may = ", ".join(sorted(self.rotatable())) or "none"
                raise ValueError(f"rotate.words: {suffix!r} is no Secret with something random in it; there are: {may}")
        for suffix, keys in self.secrets.items():
            if suffix != FERNET and any(getattr(recipe, "generate", "") == "fernet-key" for recipe in keys.values()):
                raise ValueError(f"a Fernet key is in the Secret {FERNET} alone, not in {suffix}")
        self._refuse_circles()
        return self

    def _refuse_circles(self) -> None:
        secrets: dict[str, set[str]] = {}
        for suffix, keys in self.secrets.items():
            name = self.full_name(suffix)
            needed = {key: needs(recipe) for key, recipe in keys.items()}
            secrets[name] = {one.secret for found in needed.values() for one in found} - {name}
            within = {key: {one.key for one in found if one.secret == name} for key, found in needed.items()}
            for graph, what in ((secrets, "Secrets"), (within, f"keys of {name}")):
                try:
                    TopologicalSorter(graph).prepare()
                except CycleError as error:
                    raise ValueError(f"{what} refer to each other in a circle: {' -> '.join(error.args[1])}") from None

    def rotatable(self) -> set[str]:
        """Secrets that have something random in them."""
        made = {suffix for suffix, keys in self.secrets.items() if any(isinstance(r, Generate) for r in keys.values())}
        return made | ({METADATA} if self.database else set())

    def full_name(self, suffix: str) -> str:
        """The name of a Secret of the plan."""
        return f"{self.release}-{suffix}"

    @property
    def owner(self) -> str:
        """The comment by which a role and a database are known as this release's."""
        return f"stargit:{self.namespace}/{self.release}"


def needs(recipe: Recipe) -> list[Reference]:
    """The references of a recipe."""
    if isinstance(recipe, Url):
        return references(recipe.url)
    if isinstance(recipe, Verifier):
        return references(recipe.verifier)
    if isinstance(recipe, Users):
        return [
            found
            for user in recipe.users
            for text in (user.name, user.password, user.verifier, user.url)
            if text is not None
            for found in references(text)
        ]
    return []


def read_plan(text: str) -> Plan:
    """The plan of a JSON text. Raises ``Refused`` with all that is wrong, on one line."""
    if len(text) > _LARGEST:
        raise Refused(f"the plan is longer than {_LARGEST} characters")
    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the plan is not JSON: {error}") from None
    if isinstance(data, dict) and data.get("version") != 1:
        raise Refused(f"the plan's version is {data.get('version')!r:.40}; this program knows version 1")
    try:
        return Plan.model_validate_json(json.dumps(data))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        told = [
            f"{'.'.join(map(str, one['loc'])) or 'plan'}: {one['msg'].removeprefix('Value error, ')}" for one in found
        ]
        more = f"; and {len(told) - 10} more" if len(told) > 10 else ""
        raise Refused(f"the plan is wrong: {'; '.join(told[:10])}{more}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r:.80} stands twice")
        result[key] = value
    return result
