"""A cluster's API server: lists and watches, as plain JSON. The models of the library ``kubernetes`` would take ten
times as much time and memory."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from commander.status.access import ClusterError, Where, client_of

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from urllib3 import BaseHTTPResponse

#: Seconds: to connect, for a page of a list, and without a word of a watch (the server sends a bookmark each minute).
_CONNECT, _LIST, _QUIET = 5.0, 60.0, 90.0
_WATCH_SECONDS = 300
_PAGE = 500
#: How often a list is begun that the server forgets while it is read.
_LISTINGS = 3
#: Bytes of one object; etcd takes no more than 1.5 MiB.
_LARGEST = 8 * 1024 * 1024
_SHOWN = 300
_UNTRUSTED = "; is what is trusted here (certificate-authority of a kubeconfig, ca.crt in a pod) still the cluster's?"
_OK, _UNKNOWN, _GONE = 200, 401, 410

__all__ = ["BrokenError", "ClusterError", "Connection", "GoneError", "Watch", "Where"]


class BrokenError(ClusterError):
    """A watch that had begun broke off: it can be resumed at once."""


class GoneError(Exception):
    """The server does not remember so far back: list anew."""


class Connection:
    """For any number of threads. Nothing is read before the first call; a kubeconfig is read again when it is another
    one, or when the cluster does not know any more who asks."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self._lock = threading.Lock()
        self._made: ApiClient | None = None
        self._made_of: object = None

    def list(
        self, path: str, parameters: Mapping[str, str] = {}, keep: Callable[[dict[str, Any]], Any] = lambda each: each
    ) -> tuple[list[Any], str]:
        """What is to be kept of all objects (None: nothing), and the version of the list, from which it can be watched.
        No more than a page of documents is in memory. Raises ``ClusterError``."""
        for _ in range(_LISTINGS):
            found: list[Any] = []
            token = ""
            with suppress(GoneError):  # it took longer than the server remembers
                while True:
                    query = {**parameters, "limit": str(_PAGE), **({"continue": token} if token else {})}
                    data = orjson.loads(_body(self._get(path, query, _LIST), path))
                    found += [kept for each in data.get("items") or () if (kept := keep(each)) is not None]
                    metadata = data.get("metadata") or {}
                    token = metadata.get("continue") or ""
                    if not token:
                        return found, metadata.get("resourceVersion") or ""
        raise ClusterError(f"the list of {path} is forgotten by the server (410) before it is read")

    def watch(self, path: str, version: str, parameters: Mapping[str, str] = {}) -> Watch:
        """What happens after a version. Raises ``ClusterError`` and ``GoneError``."""
        query = {
            **parameters,
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(_WATCH_SECONDS),
        }
        return Watch(self._get(path, query, _QUIET), path)

    def _get(self, path: str, query: Mapping[str, str], seconds: float) -> BaseHTTPResponse:
        client = self._client()
        response = self._asked(client, path, query, seconds)
        if response.status == _UNKNOWN:
            response.close()
            response = self._asked(self._client(client), path, query, seconds)
        if response.status != _OK:
            said = _said(response)
            response.close()
            if response.status == _GONE:
                raise GoneError
            raise ClusterError(_refused(response.status, path, said))
        kind = response.headers.get("Content-Type", "")
        if kind and "json" not in kind:
            response.close()
            raise ClusterError(
                f"{self.where} answers with {kind[:_SHOWN]!r} in place of JSON: is there an API server at its address?"
            )
        return response

    def _asked(self, client: ApiClient, path: str, query: Mapping[str, str], seconds: float) -> BaseHTTPResponse:
        from urllib3 import Retry, Timeout
        from urllib3.exceptions import HTTPError

        headers = {"Accept": "application/json"}
        for each in client.configuration.auth_settings().values():
            if each["in"] == "header" and each["value"]:
                headers[each["key"]] = each["value"].strip()
        try:
            response: BaseHTTPResponse = client.rest_client.pool_manager.request(
                "GET",
                client.configuration.host + path,
                fields=dict(query),
                headers=headers,
                preload_content=False,
                redirect=False,
                retries=Retry(0),
                timeout=Timeout(connect=_CONNECT, read=seconds),
            )
        except (HTTPError, OSError) as error:
            raise ClusterError(f"{self.where} can't be reached: {_reason(error)}") from None
        except ValueError:  # of a header; its text has the token
            raise ClusterError(f"{self.where} can't be used: its token is none that can be sent") from None
        return response

    def _client(self, refused: ApiClient | None = None) -> ApiClient:
        """What calls the cluster, another one than that which was refused."""
        with self._lock:
            made_of = _stamp(self.where.kubeconfig)
            if self._made is None or self._made is refused or made_of != self._made_of:
                before, self._made = self._made, None
                if before is not None:
                    before.rest_client.pool_manager.clear()  # watches that are open go on
                self._made, self._made_of = client_of(self.where), made_of
            return self._made


class Watch:
    """Events of one watch. It ends when the server ends it, or says nothing for long; then it can be resumed."""

    def __init__(self, response: BaseHTTPResponse, path: str) -> None:
        self._response, self._path = response, path

    def close(self) -> None:
        """End it, from any thread."""
        with suppress(Exception):
            self._response.shutdown()

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Types (``ADDED``, ``MODIFIED``, ``DELETED``, ``BOOKMARK``) and objects. Raises ``ClusterError`` and
        ``GoneError``."""
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        rest = b""
        try:
            for chunk in self._response.stream(65_536):
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > _LARGEST:
                    raise ClusterError(f"an object of {self._path} is larger than {_LARGEST:,} bytes")
                for line in lines:
                    yield _event(line, self._path)
        except ReadTimeoutError:
            return
        except (HTTPError, OSError, http.client.HTTPException, AttributeError, ValueError) as error:
            # The last two: closed by another thread while this one reads.
            raise BrokenError(f"the watch of {self._path} broke: {_reason(error)}") from None
        finally:
            self._response.close()


def _event(line: bytes, path: str) -> tuple[str, dict[str, Any]]:
    data = orjson.loads(line)
    kind, found = data.get("type"), data.get("object") or {}
    if kind == "ERROR":
        if found.get("code") == _GONE:
            raise GoneError
        raise ClusterError(f"the watch of {path} failed: {str(found.get('message'))[:_SHOWN]}")
    return str(kind), found


def _body(response: BaseHTTPResponse, path: str) -> bytes:
    from urllib3.exceptions import HTTPError

    try:
        return response.read()
    except (HTTPError, OSError) as error:
        raise ClusterError(f"the list of {path} broke: {_reason(error)}") from None
    finally:
        response.release_conn()


def _said(response: BaseHTTPResponse) -> str:
    with suppress(Exception):
        return str(orjson.loads(response.read(65_536)).get("message", ""))[:_SHOWN]
    return ""


def _refused(status: int, path: str, said: str) -> str:
    if status == 401:
        return "the cluster does not know who reads (401): the token or certificate is no longer good"
    if status == 403:
        return f"the cluster does not allow it (403): {said}"
    if status == 404:
        return f"the cluster has no {path} (404): Argo CD's kinds are not installed there, or it is another cluster"
    return f"the cluster answered {status} for {path}: {said}"


def _stamp(file: Path | None) -> object:
    """What is another one when the file is."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", None)
    text = str(inner if isinstance(inner, BaseException) else error) or type(error).__name__
    # urllib3 begins with the object that has the connection, which tells nobody anything.
    text = re.sub(r"^(?:<[^>]*>|HTTPS?Connection\([^)]*\)): ", "", text)[:_SHOWN]
    return text + _UNTRUSTED if "CERTIFICATE_VERIFY_FAILED" in text else text
