"""What the ``astro`` CLI asks, and which of several documents it picks for a server (contract 1.2 and 1.4).

The lists are in ``documents``; the texts are in the folder of that name, one file a document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

#: Variables of a request, as JSON.
Variables: TypeAlias = Mapping[str, Any]

_TEXTS = Path(__file__).with_name("documents")


class Version(NamedTuple):
    """A version of a server, without its pre-release."""

    major: int
    minor: int
    patch: int

    @classmethod
    def read(cls, text: str) -> Version | None:
        """The version that a server reports, or None if the CLI can't tell it."""
        found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", text, re.ASCII)
        return cls(*(int(part) for part in found.groups()[:3])) if found else None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


#: The first version of a server with several clusters.
CLUSTERS = Version(1, 0, 0)


class Kind(Enum):
    """What is asked for."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


class Slot(StrEnum):
    """Stands in the examples for what a test has of its own; ``Document.filled`` puts that in."""

    WORKSPACE = "00000000-0000-4000-8000-000000000001"
    DEPLOYMENT = "00000000-0000-4000-8000-000000000002"
    CLUSTER = "00000000-0000-4000-8000-000000000003"
    TEAM = "00000000-0000-4000-8000-000000000004"
    USER = "00000000-0000-4000-8000-000000000005"
    SERVICE_ACCOUNT = "00000000-0000-4000-8000-000000000006"
    RELEASE = "quiet-comet-4821"
    EMAIL = "ada@example.com"
    PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Document:
    """One GraphQL document.

    ``name`` is the operation's name; where several have that, with a word after a hyphen. ``version`` is the one that
    it is listed under, None if it is sent to every server. ``examples`` are variables as the CLI sends them, at least
    one; None is ``"variables": null``.
    """

    name: str
    version: Version | None
    kind: Kind
    root: str
    examples: tuple[Variables | None, ...] = field(hash=False)

    @property
    def operation(self) -> str:
        """The operation's name in the text."""
        return self.name.partition("-")[0]

    @property
    def file(self) -> Path:
        """Where the text is."""
        return _TEXTS / f"{self.name}.{self.version or 'all'}.graphql"

    @property
    def text(self) -> str:
        """What is sent as ``query``."""
        return self.file.read_text(encoding="utf-8")

    def filled(self, own: Mapping[Slot, str], example: int = 0) -> Variables | None:
        """An example with the test's own values in their places."""
        found: Variables | None = _filled(self.examples[example], own)
        return found

    def __str__(self) -> str:
        return self.file.stem


def _filled(value: Any, own: Mapping[Slot, str]) -> Any:
    match value:
        case Slot():
            return own.get(value, value.value)
        case Mapping():
            return {name: _filled(inner, own) for name, inner in value.items()}
        case list():
            return [_filled(inner, own) for inner in value]
        case _:
            return value


@dataclass(frozen=True)
class Request:
    """Something that the CLI asks, by one of its documents, lowest version first.

    ``commands`` are those of the CLI that ask it (``*`` is every one). To a server below ``gate`` it is not sent: the
    CLI says that it is not implemented there, or does not have the command.
    """

    name: str
    commands: tuple[str, ...]
    documents: tuple[Document, ...]
    gate: Version | None = None

    def document_for(self, server: str) -> Document:
        """The document with the greatest listed version that is not above the server's; the newest for a server below
        all of them, or of unknown version (1.2)."""
        version = Version.read(server)
        listed = [] if version is None else [one for one in self.documents if one.version and one.version <= version]
        return (listed or self.documents)[-1]

    def is_sent_to(self, server: str) -> bool:
        """Whether the gate is open. A server of unknown version passes as 1.0.0 (1.2)."""
        return self.gate is None or self.gate <= (Version.read(server) or CLUSTERS)

    def lowest_server(self, document: Document) -> Version | None:
        """The lowest version of a server that gets this document for its version; None if every server gets it."""
        return max((version for version in (document.version, self.gate) if version), default=None)


def queries(name: str, root: str, examples: tuple[Variables | None, ...], *versions: str) -> tuple[Document, ...]:
    """Documents of one operation with the same variables; without versions one for all servers."""
    return _documents(Kind.QUERY, name, root, examples, versions)


def mutations(name: str, root: str, examples: tuple[Variables | None, ...], *versions: str) -> tuple[Document, ...]:
    """As ``queries``."""
    return _documents(Kind.MUTATION, name, root, examples, versions)


def subscriptions(name: str, root: str, examples: tuple[Variables | None, ...], *versions: str) -> tuple[Document, ...]:
    """As ``queries``."""
    return _documents(Kind.SUBSCRIPTION, name, root, examples, versions)


def _documents(
    kind: Kind, name: str, root: str, examples: tuple[Variables | None, ...], versions: tuple[str, ...]
) -> tuple[Document, ...]:
    listed = [Version.read(version) for version in versions] or [None]
    return tuple(Document(name, version, kind, root, examples) for version in listed)
