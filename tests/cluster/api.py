"""A small client of a Kubernetes API server: what the tests ask of it, by the real protocol."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tests.cluster.processes import ClusterError

Object = dict[str, Any]
#: Objects of a list by namespace and name.
Objects = dict[tuple[str, str], Object]

APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"
_REQUEST_SECONDS = 60
_MANAGER = "stargit-tests"


class ApiError(Exception):
    """The API server's answer was no; the text is the server's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass
class Api:
    """One caller's view of one API server."""

    url: str
    token: str = field(repr=False)
    ca: Path
    _kinds: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=dict)

    def call(self, method: str, path: str, body: object = None, kind: str = "application/json") -> Object:
        """Ask, and decode the answer. Raises ``ApiError``, and ``OSError`` when nobody answers."""
        data = None if body is None else json.dumps(body)
        with closing(self._connect(_REQUEST_SECONDS)) as connection:
            connection.request(method, path, data, {**self._headers(), "Content-Type": kind})
            answer = connection.getresponse()
            text = answer.read()
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise ApiError(answer.status, _message(text))
        return dict(json.loads(text)) if text.startswith(b"{") else {"text": text.decode()}

    def get(self, path: str) -> Object | None:
        """The object, or ``None`` when there is none."""
        try:
            return self.call("GET", path)
        except ApiError as error:
            if error.status == http.client.NOT_FOUND:
                return None
            raise

    def there(self, path: str) -> Object:
        """The object, which must be there."""
        return self.call("GET", path)

    def list(self, path: str, **query: str) -> list[Object]:
        return list(self.call("GET", f"{path}?{urlencode(query)}" if query else path)["items"])

    def merge(self, path: str, change: Object) -> Object:
        """Change an object by a JSON merge patch."""
        return self.call("PATCH", path, change, "application/merge-patch+json")

    def delete(self, path: str) -> None:
        """Delete it, if it is there."""
        try:
            self.call("DELETE", path)
        except ApiError as error:
            if error.status != http.client.NOT_FOUND:
                raise

    def apply(
        self, thing: Object, namespace: str = "default", *, dry_run: bool = False, strict: bool = False
    ) -> Object:
        """Server-side apply. ``strict`` refuses fields that the API does not know; ``dry_run`` changes nothing."""
        query = {"fieldManager": _MANAGER, "force": "true"}
        query |= {"dryRun": "All"} if dry_run else {}
        query |= {"fieldValidation": "Strict"} if strict else {}
        path = f"{self.path(thing, namespace)}?{urlencode(query)}"
        return self.call("PATCH", path, thing, "application/apply-patch+yaml")

    def path(self, thing: Object, namespace: str = "default") -> str:
        """Where an object is, in its own namespace if it names one."""
        plural, namespaced = self._kind(thing["apiVersion"], thing["kind"])
        within = f"/namespaces/{thing['metadata'].get('namespace', namespace)}" if namespaced else ""
        return f"{_root(thing['apiVersion'])}{within}/{plural}/{quote(thing['metadata']['name'])}"

    def namespaced(self, thing: Object) -> bool:
        """Whether objects of its kind are in a namespace."""
        return self._kind(thing["apiVersion"], thing["kind"])[1]

    def until(self, what: str, path: str, test: Callable[[Objects], bool], seconds: float) -> float:
        """Follow a list until the test is true of it; the ``time.monotonic()`` of that."""
        end = time.monotonic() + seconds
        objects: Objects = {}
        for objects in self.states(path, end):
            if test(objects):
                return time.monotonic()
        raise ClusterError(f"not within {seconds:.0f} s: {what}\n{_summary(objects)}")

    def states(self, path: str, end: float) -> Iterator[Objects]:
        """The objects of a list, and again whenever one changes, until that ``time.monotonic()``."""
        joint = "&" if "?" in path else "?"
        while time.monotonic() < end:
            listed = self.call("GET", path)
            objects: Objects = {_key(each): each for each in listed["items"]}
            yield objects
            left = max(1, int(end - time.monotonic()) + 1)
            query = {"watch": "1", "resourceVersion": listed["metadata"]["resourceVersion"], "timeoutSeconds": left}
            with closing(self._connect(left + 10)) as connection:
                connection.request("GET", f"{path}{joint}{urlencode(query)}", headers=self._headers())
                for line in connection.getresponse():
                    event = json.loads(line)
                    if event["type"] == "ERROR":  # too old: list again
                        break
                    if event["type"] == "DELETED":
                        objects.pop(_key(event["object"]), None)
                    else:
                        objects[_key(event["object"])] = event["object"]
                    yield objects
                    if time.monotonic() > end:
                        return

    def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        if kind not in self._kinds.get(version, {}):
            listed = self.call("GET", _root(version))["resources"]
            self._kinds[version] = {
                each["kind"]: (each["name"], each["namespaced"]) for each in listed if "/" not in each["name"]
            }
        return self._kinds[version][kind]

    def _connect(self, seconds: float) -> http.client.HTTPSConnection:
        address = urlsplit(self.url)
        return http.client.HTTPSConnection(address.netloc, timeout=seconds, context=self._tls)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _key(thing: Object) -> tuple[str, str]:
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def _message(text: bytes) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError):
        return text[:400].decode(errors="replace")


def _summary(objects: Objects) -> str:
    lines = []
    for (_, name), each in sorted(objects.items())[:20]:
        status = each.get("status", {})
        state = [status.get(part, {}).get("status", "") for part in ("sync", "health") if part in status]
        phase = status.get("operationState", {})
        told = [each["message"] for each in status.get("conditions", []) if "message" in each]
        words = " ".join([*state, phase.get("phase", ""), phase.get("message", "")[:600], *told])
        lines.append(f"  {name}: {words}")
    return "\n".join(lines)
