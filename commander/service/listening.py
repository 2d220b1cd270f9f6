"""Where the service listens, and how callers' lines are protected."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

import grpc

from generator.errors import Problem, ProblemsError


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files. With ``callers_authority`` each caller must show a certificate that it signed."""

    certificate: Path
    key: Path
    callers_authority: Path | None = None

    def credentials(self) -> grpc.ServerCredentials:
        """Raises ``ProblemsError`` when a file can't be read."""
        authority = _read(self.callers_authority) if self.callers_authority is not None else None
        pair = (_read(self.key), _read(self.certificate))
        return grpc.ssl_server_credentials([pair], authority, require_client_auth=authority is not None)


def host_and_port(address: str) -> tuple[str, int]:
    """``127.0.0.1:7070``, ``[::1]:7070``, ``:7070`` (every address), taken apart. Raises ``ProblemsError``."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        allowed = "HOST:PORT, as in 127.0.0.1:7070; or unix:/run/stargit/commander.sock"
        raise ProblemsError([Problem(f"'{address}' is no address to listen at", allowed=allowed)])
    return host.removeprefix("[").removesuffix("]") or "::", int(port)


def is_own(address: str) -> bool:
    """Whether only this machine can reach an address. Raises ``ProblemsError`` for what is none."""
    if address.startswith("unix:"):
        return True
    host, _ = host_and_port(address)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(address: str, *, has_callers: bool, has_tls: bool, allow_anybody: bool, allow_plaintext: bool) -> None:
    """Refuse what would let strangers in, or tokens out. Raises ``ProblemsError`` with all that is wrong."""
    problems = []
    if not has_callers and not (address.startswith("unix:") or (allow_anybody and is_own(address))):
        problems.append(
            Problem(
                f"anybody who reaches {address} could change everything",
                allowed="a file of callers (--callers)",
                hint="on this machine alone: --listen unix:PATH, or a loopback address and --allow-anybody",
            )
        )
    if not has_tls and not is_own(address) and not allow_plaintext:
        problems.append(
            Problem(
                f"tokens would travel to {address} in the clear",
                allowed="TLS (--tls-certificate, --tls-key)",
                hint="where something else protects the line, such as a service mesh: --allow-plaintext",
            )
        )
    if problems:
        raise ProblemsError(problems)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProblemsError([Problem(f"can't be read: {error.strerror}", file=str(path))]) from None
