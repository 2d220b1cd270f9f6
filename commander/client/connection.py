"""How a service is reached: address, token, certificates."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import grpc

_OPTIONS: Sequence[tuple[str, int]] = (
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
)


@dataclass(frozen=True, slots=True)
class Connection:
    """``address`` is ``HOST:PORT`` or ``unix:PATH``.

    With ``authority`` (PEM file of who signed the service's certificate), ``certificate`` and ``key`` (one's own, where
    the service asks for one), or ``tls`` the line is protected. A token goes over a line that is not only to this
    machine or with ``plaintext``, where something else protects it. ``seconds`` is how long a call may take,
    ``reach_seconds`` how long it is tried to reach a service that does not answer at all (None: as long).
    """

    address: str
    token: str = field(default="", repr=False)
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    tls: bool = False
    plaintext: bool = False
    seconds: float = 60.0
    reach_seconds: float | None = None

    def channel(self) -> grpc.Channel:
        """A channel for threads. Raises ``OSError`` and ``ValueError``."""
        credentials = self._credentials()
        if credentials is None:
            return grpc.insecure_channel(self.address, options=_OPTIONS)
        return grpc.secure_channel(self.address, credentials, options=_OPTIONS)

    def aio_channel(self) -> grpc.aio.Channel:
        """A channel for an event loop. Raises ``OSError`` and ``ValueError``."""
        credentials = self._credentials()
        if credentials is None:
            return grpc.aio.insecure_channel(self.address, options=_OPTIONS)
        return grpc.aio.secure_channel(self.address, credentials, options=_OPTIONS)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What goes with each call."""
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()

    def _credentials(self) -> grpc.ChannelCredentials | None:
        if not (self.tls or self.authority or self.certificate):
            if self.token and not self.plaintext and not _is_own(self.address):
                raise ValueError(f"the token would travel to {self.address} in the clear; use TLS")
            return None
        return grpc.ssl_channel_credentials(
            self.authority.read_bytes() if self.authority else None,
            self.key.read_bytes() if self.key else None,
            self.certificate.read_bytes() if self.certificate else None,
        )


def _is_own(address: str) -> bool:
    if address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].removeprefix("[").removesuffix("]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
