"""Secrets and Events of the Kubernetes API, by plain HTTPS with the pod's service account.

A few calls are all that the job may do and all that there is here, so no client library is needed; what it has to
know of Kubernetes is what each status means for a run: try again, or never.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bootstrapper.errors import Later, Refused

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes puts the token and the authority of the API server."""

_SECONDS = 20
_LARGEST = 4 * 1024 * 1024  # bytes of an answer; a Secret has at most 1 MiB, and a third more in base64


class Conflict(Exception):
    """Somebody else was faster: read again."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A Secret. ``raw`` is the object as the API server gave it, so that a change leaves the rest of it alone."""

    name: str
    data: Mapping[str, bytes]
    type: str = "Opaque"
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def text(self, key: str) -> str | None:
        """The value of a key, or None. Raises ``Refused`` when it is no text."""
        value = self.data.get(key)
        try:
            return None if value is None else value.decode()
        except UnicodeDecodeError:
            raise Refused(f"Secret {self.name}: the value of {key} is no UTF-8 text") from None

    def with_data(self, more: Mapping[str, bytes], annotations: Mapping[str, str]) -> Secret:
        """The same with other values of some keys."""
        return replace(self, data={**self.data, **more}, annotations={**self.annotations, **annotations})


@dataclass(frozen=True, slots=True)
class Cluster:
    """The API server, as the service account whose ``token`` and ``ca.crt`` are in a folder.

    ``administrator`` is the URL of BOOTSTRAP_SERVER_URL: a Secret that has it is not read, whatever a plan refers to,
    for what is made of it would be in a Secret that others may read.
    """

    host: str
    port: int
    namespace: str
    account: Path = ACCOUNT
    administrator: str = field(default="", repr=False)

    def read(self, name: str, namespace: str | None = None) -> Secret | None:
        """A Secret, or None when there is none. Raises ``Later`` and ``Refused``."""
        status, answer = self._ask("GET", f"{self._secrets(namespace)}/{name}")
        if status == 404:
            return None
        where = f" in namespace {namespace}" if namespace else ""
        found = _secret(_checked(status, answer, f"read Secret {name}{where}"))
        if self.administrator and self.administrator.encode() in found.data.values():
            raise Refused(f"Secret {name}{where} has the administrator's URL, and no plan may refer to it or make it")
        return found

    def create(self, secret: Secret) -> None:
        """Make a Secret. Raises ``Conflict`` when there is one by now, ``Later`` and ``Refused``."""
        meta = {"name": secret.name, "namespace": self.namespace, "labels": dict(secret.labels)}
        body = _object(secret, {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": secret.type})
        status, answer = self._ask("POST", self._secrets(None), body)
        if status == 409:
            raise Conflict
        _checked(status, answer, f"make Secret {secret.name}")

    def replace(self, secret: Secret) -> None:
        """Write a Secret that was read. Raises ``Conflict`` when it is another by now, ``Later`` and ``Refused``."""
        status, answer = self._ask("PUT", f"{self._secrets(None)}/{secret.name}", _object(secret, secret.raw))
        if status in (404, 409):
            raise Conflict
        _checked(status, answer, f"change Secret {secret.name}")

    def record(self, event: Mapping[str, Any]) -> None:
        """Make an Event. Raises ``Later`` and ``Refused``."""
        _checked(*self._ask("POST", f"/api/v1/namespaces/{self.namespace}/events", event), "make an Event")

    def _secrets(self, namespace: str | None) -> str:
        return f"/api/v1/namespaces/{namespace or self.namespace}/secrets"

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, Any]]:
        try:
            # Read each time: Kubernetes exchanges the token while the pod runs.
            token = (self.account / "token").read_text(encoding="utf-8").strip()
            context = ssl.create_default_context(cafile=str(self.account / "ca.crt"))
        except (OSError, ssl.SSLError, UnicodeDecodeError) as error:
            raise Refused(f"the service account in {self.account} is of no use: {type(error).__name__}") from None
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Content-Type": "application/json"}
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=_SECONDS, context=context)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            text = response.read(_LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Later(f"the Kubernetes API at {self.host}:{self.port} does not answer: {error}") from None
        finally:
            connection.close()
        if len(text) > _LARGEST:
            raise Refused(f"the Kubernetes API answered with more than {_LARGEST} bytes")
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        return response.status, answer if isinstance(answer, dict) else {}


def _checked(status: int, answer: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """The answer of a call that worked. A refusal's message names objects and rights, and no value of a Secret."""
    if 200 <= status < 300:
        return answer
    message = str(answer.get("message", ""))[:500] if status in (401, 403, 404) else ""
    told = f"cannot {what}: Kubernetes answers {status}" + (f", {message}" if message else "")
    # A new quota or a namespace that goes away is nothing that the plan could be blamed for.
    passing = status == 403 and ("exceeded quota" in message or "being terminated" in message)
    if passing or status in (401, 404, 408, 409, 429) or status >= 500:
        raise Later(told)
    if status == 403:
        told += "; the Role of the bootstrap job must allow it"
    if status == 422:
        told += "; is it immutable, or of another type?"
    raise Refused(told)


def _object(secret: Secret, base: Mapping[str, Any]) -> dict[str, Any]:
    data = {key: base64.b64encode(value).decode() for key, value in secret.data.items()}
    meta = dict(base["metadata"])
    if secret.annotations:
        meta["annotations"] = dict(secret.annotations)
    return {**base, "metadata": meta, "data": data}


def _secret(answer: Mapping[str, Any]) -> Secret:
    try:
        meta = answer["metadata"]
        return Secret(
            name=meta["name"],
            data={key: base64.b64decode(value) for key, value in (answer.get("data") or {}).items()},
            type=answer.get("type", "Opaque"),
            labels=meta.get("labels") or {},
            annotations=meta.get("annotations") or {},
            raw=answer,
        )
    except (KeyError, TypeError, AttributeError, binascii.Error):
        raise Refused("the Kubernetes API answered with something that is no Secret") from None
