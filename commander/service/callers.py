"""Who may call: programs, known by a token or a certificate, with what each may do. The file of callers is no part of
the GitOps repository; of a token it has the SHA-256 alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import jsonschema_rs
from pydantic import BaseModel, ConfigDict, Field

from commander.changes import Actor
from generator.charts import validate
from generator.errors import Problem, ProblemsError
from generator.yaml import read

_LARGEST = 1024 * 1024
_NAME = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
_LINE = r"^[^\x00-\x1f\x7f<>]*$"


class Right(StrEnum):
    """What a caller may do. Who may administer may write, and who may write may read.

    What Argo CD may do in a cluster, and in which cluster, is said in the files of environments: who changes those has
    all of that.
    """

    READ = "read"
    WRITE = "write"
    ADMINISTER = "administer"


#: What each right brings with it.
_WITH = {
    Right.READ: frozenset({Right.READ}),
    Right.WRITE: frozenset({Right.READ, Right.WRITE}),
    Right.ADMINISTER: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that calls. ``actor`` is in whose name it makes changes unless it ``names_actors``; ``environments``
    are those that there are for it, None: all. The ids of its changes are its own, if it is ``known``."""

    name: str
    rights: frozenset[Right]
    actor: Actor
    names_actors: bool = False
    environments: frozenset[str] | None = None
    known: bool = True


#: Who calls where nobody has to say who they are: a socket that only one user can open, or a machine of one's own.
ANYBODY = Caller("anybody", frozenset(Right), Actor("Anybody", "anybody@localhost"), names_actors=True, known=False)


class _CallerEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=63, pattern=_NAME)]
    email: Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x20\x7f<>@]+@[^\x00-\x20\x7f<>@]+$")]
    fullName: Annotated[str, Field(max_length=256, pattern=_LINE)] = ""
    rights: Annotated[list[Right], Field(min_length=1)]
    mayNameActors: bool = False
    environments: Annotated[list[Annotated[str, Field(pattern=_NAME)]], Field(min_length=1)] | None = None
    tokens: list[Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]] = []
    certificates: list[Annotated[str, Field(min_length=1, max_length=256)]] = []


class _CallersFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    callers: Annotated[list[_CallerEntry], Field(min_length=1, max_length=1000)]


@cache
def _schema() -> tuple[Mapping[str, Any], jsonschema_rs.Draft7Validator]:
    schema = _CallersFile.model_json_schema()
    return schema, jsonschema_rs.Draft7Validator(schema)


class Callers:
    """All that are known, by the digests of their tokens and the names in their certificates."""

    def __init__(self, by_token: Mapping[str, Caller], by_certificate: Mapping[str, Caller]) -> None:
        self._by_token = by_token
        self._by_certificate = by_certificate

    @classmethod
    def load(cls, path: Path) -> Callers:
        """Read a file of callers. Raises ``ProblemsError``."""
        try:
            with path.open("rb") as stream:
                data = stream.read(_LARGEST + 1)
        except OSError as error:
            raise ProblemsError([Problem(f"can't be read: {error.strerror}", file=str(path))]) from None
        return cls.parse(data, str(path))

    @classmethod
    def parse(cls, data: bytes, file: str) -> Callers:
        """The callers of a file's contents. Raises ``ProblemsError``."""
        document = read(data, file=file)
        schema, validator = _schema()
        if not isinstance(document.value, dict):
            raise ProblemsError([Problem("is no map", file=file, allowed="a map with 'callers:'")])
        if problems := validate(validator, schema, document.value):
            raise ProblemsError(Problem(p.message, file, None, p.path, p.allowed, p.hint, p.secret) for p in problems)
        by_token: dict[str, Caller] = {}
        by_certificate: dict[str, Caller] = {}
        names: set[str] = set()
        twice: list[Problem] = []
        for number, entry in enumerate(_CallersFile.model_validate(document.value).callers):
            path = f"callers[{number}]"
            if entry.name in names:
                twice.append(Problem(f"there are two callers '{entry.name}'", file=file, path=path))
            names.add(entry.name)
            if not entry.tokens and not entry.certificates:
                hint = "'stargit commander token' makes one"
                twice.append(Problem(f"'{entry.name}' has neither tokens nor certificates", file, None, path, "", hint))
            rights = frozenset[Right]().union(*(_WITH[each] for each in entry.rights))
            actor = Actor(entry.fullName or entry.name, entry.email)
            places = frozenset(entry.environments) if entry.environments is not None else None
            caller = Caller(entry.name, rights, actor, entry.mayNameActors, places)
            for known, keys in ((by_token, entry.tokens), (by_certificate, entry.certificates)):
                for key in keys:
                    if key in known:
                        what = f"a token or certificate of '{known[key].name}' is that of '{entry.name}', too"
                        twice.append(Problem(what, file=file, path=path, secret=True))
                    known[key] = caller
        if twice:
            raise ProblemsError(twice)
        return cls(by_token, by_certificate)

    def with_token(self, token: str) -> Caller | None:
        """Who has this token. It is looked up by its digest, so how long that takes tells nothing of others' tokens."""
        return self._by_token.get(digest_of(token))

    def with_certificate(self, names: Iterable[str]) -> Caller | None:
        """Who has a certificate with one of these names (subject alternative names, or else the common name)."""
        return next((found for name in names if (found := self._by_certificate.get(name)) is not None), None)


def digest_of(token: str) -> str:
    """What stands for a token in the file of callers. A token is 256 random bits, so nothing slower is needed."""
    return f"sha256:{sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()}"


def new_token() -> str:
    """A token that nobody can guess."""
    return f"stargit_{secrets.token_urlsafe(32)}"
