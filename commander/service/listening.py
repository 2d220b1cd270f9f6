"""Where the service listens, and how callers' lines are protected."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import stat
from dataclasses import dataclass
from pathlib import Path

import grpc

from generator.errors import Problem, ProblemsError

#: Seconds in which somebody who listens at a socket answers.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files. With ``callers_authority`` each caller must show a certificate that it signed."""

    certificate: Path
    key: Path
    callers_authority: Path | None = None

    def credentials(self) -> grpc.ServerCredentials:
        """Raises ``ProblemsError`` when a file can't be read."""
        authority = _read(self.callers_authority) if self.callers_authority is not None else None
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key, password="")
        except (OSError, ValueError) as error:
            what = f"is no certificate that {self.key} is the key of: {getattr(error, 'reason', None) or error}"
            raise ProblemsError([Problem(what, file=str(self.certificate), allowed="PEM, both")]) from None
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


def listen(server: grpc.aio.Server, address: str, tls: Tls | None) -> str:
    """Let a server listen; the address that it became. Raises ``ProblemsError``."""
    is_socket = address.startswith("unix:")
    if is_socket:
        _make_way(Path(address.removeprefix("unix:").removeprefix("//")))
    else:
        host, port = host_and_port(address)
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    # Nobody but the owner opens the socket: it has the mode that is usual for the process when it is made.
    before = os.umask(0o177) if is_socket else None
    try:
        if tls is not None:
            port = server.add_secure_port(address, tls.credentials())
        else:
            port = server.add_insecure_port(address)
    except RuntimeError:
        hint = "is something else there, or may you not?"
        raise ProblemsError([Problem(f"nothing can listen at {address}", hint=hint)]) from None
    finally:
        if before is not None:
            os.umask(before)
    return address if is_socket else f"{address.rpartition(':')[0]}:{port}"


def _make_way(path: Path) -> None:
    """Remove a socket that nobody listens at any more. Raises ``ProblemsError`` when somebody does."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ProblemsError([Problem("is there already, and is no socket", file=str(path))])
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            line.connect(os.fspath(path))
    except FileNotFoundError:
        return
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
    except OSError as error:
        problem = Problem(f"nothing can listen at unix:{path}: {error.strerror or error}")
        raise ProblemsError([problem]) from None
    else:
        raise ProblemsError([Problem(f"somebody listens at unix:{path} already")])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProblemsError([Problem(f"can't be read: {error.strerror}", file=str(path))]) from None
