"""The login in a URL (``https://user:password@host/...``), kept apart: no program's arguments and no message has it."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote

_WEB = re.compile(r"(https?://)([^/]*)@")


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, as a server is told them (RFC 7617)."""

    user: str
    password: str = field(repr=False)

    @property
    def header(self) -> str:
        """The value of the header ``Authorization``."""
        return f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"

    def hidden(self, text: str) -> str:
        """What somebody says, without what only the remote may know."""
        for secret in (self.password, self.header):
            text = text.replace(secret, "...") if secret else text
        return text


def split_login(url: str) -> tuple[str, Login | None]:
    """A URL without its login, and this. What ssh has before the ``@`` is a user alone, and stays."""
    found = _WEB.match(url)
    if found is None:
        return url, None
    user, _, password = found[2].partition(":")
    return found[1] + url[found.end() :], Login(unquote(user), unquote(password))


def without_login(url: str) -> str:
    """Any URL as it may be shown."""
    return re.sub(r"://[^/]*@", "://", url)
