"""Where Argo CD listens for webhooks, and one call to it."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import Problem, ProblemsError

#: Seconds for a call. Argo CD only puts it into a queue before it answers.
_SECONDS = 10.0
#: Seconds for a whole call, however often there is a word.
_WHOLE = 30.0
_LARGEST_SECRET = 4096
#: Bytes of an answer that are shown.
_SHOWN = 200
_PATH = "/api/webhook"


class SendError(Exception):
    """Argo CD did not take it. ``retry``: it may do so later."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``url`` is that of argocd-server; ``secret_file`` has what stands in ``argocd-secret`` as
    ``webhook.github.secret``, and is read with each call, so that it can be exchanged. ``authority`` (PEM) is who
    signed the server's certificate."""

    url: str
    secret_file: Path | None = None
    authority: Path | None = None

    def check(self) -> None:
        """Raises ``ProblemsError`` when it can't be called like this."""
        url = urlsplit(self.url)
        problems: list[Problem] = []
        if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
            problems.append(
                Problem(
                    "the webhook of Argo CD is no URL that can be called",
                    allowed="https://HOST[:PORT], or http:// for an argocd-server without TLS",
                )
            )
        elif url.username is not None:
            problems.append(Problem("the URL of Argo CD's webhook has a login in it", hint="the signature is enough"))
        if self.secret_file is None:
            hint = "--argocd-webhook-secret FILE: what argocd-secret has as webhook.github.secret"
            problems.append(Problem("calls of Argo CD's webhook would not be signed", hint=hint))
        if problems:
            raise ProblemsError(problems)
        try:
            self._secret()
            if url.scheme == "https":
                self._context()
        except SendError as error:
            raise ProblemsError([Problem(str(error))]) from None

    def send(self, event: str, body: bytes) -> None:
        """Call it. Raises ``SendError``."""
        signature = hmac.new(self._secret(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "stargit-commander",
            "X-GitHub-Event": event,
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        connection = self._connection()
        late: threading.Timer | None = None
        try:
            connection.connect()
            late = threading.Timer(_WHOLE, _cut, [connection.sock])
            late.daemon = True
            late.start()
            connection.request("POST", self._path(), body, headers)
            answer = connection.getresponse()
            said = answer.read(_SHOWN).decode("utf-8", "replace").strip()
        except ssl.SSLCertVerificationError as error:
            raise SendError(
                f"the certificate of {self.url} is not trusted ({error.verify_message});"
                " --argocd-authority FILE names who signed it",
                retry=False,
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise SendError(f"{self.url} can't be reached: {_words(error)}", retry=True) from None
        finally:
            if late is not None:
                late.cancel()
            connection.close()
        if answer.status >= 300:
            raise SendError(_told(self.url, answer, said), retry=answer.status == 429 or answer.status >= 500)

    def _path(self) -> str:
        path = urlsplit(self.url).path.rstrip("/")
        return path if path.endswith(_PATH) else path + _PATH

    def _secret(self) -> bytes:
        try:
            if self.secret_file is None:
                raise OSError("there is none")
            with self.secret_file.open("rb") as file:
                secret = file.read(_LARGEST_SECRET + 1).strip()
        except OSError as error:
            raise SendError(f"the secret of Argo CD's webhook can't be read: {error.strerror}", retry=True) from None
        if not secret or len(secret) > _LARGEST_SECRET:
            found = f"{self.secret_file} has no secret in it, or more than {_LARGEST_SECRET} bytes"
            raise SendError(found, retry=True)
        return secret

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.authority)
        except OSError as error:  # ssl.SSLError is one
            raise SendError(f"{self.authority} has no certificates that can be read: {error}", retry=True) from None

    def _connection(self) -> http.client.HTTPConnection:
        url = urlsplit(self.url)
        host = url.hostname or ""
        try:
            port = url.port
        except ValueError:
            raise SendError(f"{self.url} has no port that can be", retry=False) from None
        if url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=_SECONDS)
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=self._context())


def _cut(line: socket.socket) -> None:
    """End what somebody else waits for."""
    with suppress(OSError, ValueError):
        line.shutdown(socket.SHUT_RDWR)


def _told(url: str, answer: http.client.HTTPResponse, said: str) -> str:
    found = f"{url} answered {answer.status}"
    if 300 <= answer.status < 400:
        return f"{found}: it wants to be called at {answer.headers.get('Location', 'another address')[:_SHOWN]}"
    if answer.status in (400, 401):
        return (
            f"{found} ({said}): is the secret the same as webhook.github.secret of argocd-secret? "
            "The log of argocd-server tells the reason"
        )
    return f"{found} ({said})" if said else found


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
