"""Secrets that Argo CD needs before it can read rendered state: logins of repositories, and what the webhook is signed
with.

Their contents are nowhere in Stargit. A login is what its Secret is called, what is public in it, and which keys
somebody has to fill; of that an ExternalSecret is made, or the line for a shell that reads them from files.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from generator.argocd.applications import Object
from generator.desired import GitOps
from generator.errors import Problem, ProblemsError

#: By it Argo CD knows Secrets with logins (operator-manual/declarative-setup.md).
_TYPE_LABEL = "argocd.argoproj.io/secret-type"
#: Argo CD's own Secret, and its key for webhooks as GitHub signs them (operator-manual/webhook.md).
_ARGOCD_SECRET, _WEBHOOK_KEY = "argocd-secret", "webhook.github.secret"
_WITHOUT_LOGIN = "file://"
_LONGEST, _SHOWN = 253, 60
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_PREFIX = re.compile(r"/?((?!\.\.?(/|\Z))[A-Za-z0-9_.-]+(/(?!\.\.?(/|\Z))[A-Za-z0-9_.-]+)*/?)?\Z")


@dataclass(frozen=True, slots=True)
class Store:
    """A store of External Secrets: its ``name`` and ``kind``, and what the keys in it begin with.

    A ``SecretStore`` is that of one namespace, here Argo CD's. Of a ``ClusterSecretStore`` every namespace may ask for
    every key, unless the store itself says else. Raises ``ProblemsError`` for a name that no store can have, and for a
    prefix that is none.
    """

    name: str
    kind: str = "SecretStore"
    prefix: str = "argocd"

    def __post_init__(self) -> None:
        problems = []
        if len(self.name) > _LONGEST or _SUBDOMAIN.match(self.name) is None:
            allowed = f"small letters, digits, '-' and '.' between them, at most {_LONGEST} characters"
            problems.append(Problem(f"{_shown(self.name)} can't be the name of a store", allowed=allowed))
        if len(self.prefix) > _LONGEST or _PREFIX.match(self.prefix) is None:
            allowed = f"letters, digits, '_', '-' and '.' in parts with '/' between them, at most {_LONGEST} characters"
            problems.append(Problem(f"{_shown(self.prefix)} can't be what keys in a store begin with", allowed=allowed))
        if problems:
            raise ProblemsError(problems)


@dataclass(frozen=True, slots=True)
class Login:
    """A Secret in Argo CD's namespace. ``public`` are contents that anybody may know, ``secret`` the keys that are not.

    With ``owner`` the Secret is somebody's own, which gets these keys and keeps all others. ``entry`` is where it is in
    a store of External Secrets, below the store's prefix.
    """

    name: str
    namespace: str
    why: str
    entry: str
    secret: tuple[str, ...]
    public: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""

    def command(self, manager: str) -> str:
        """The line for a shell that makes the Secret from files, one a key, and applies it as the field manager."""
        made = ["kubectl", "create", "secret", "generic", self.name, f"--namespace={self.namespace}"]
        made += [f"--from-literal={key}={text}" for key, text in self.public.items()]
        made += [f"--from-file={key}" for key in self.secret]
        local = ["--dry-run=client", "--output=yaml"]
        labels = [f"{key}={text}" for key, text in self.labels.items()]
        steps = [
            [*made, *local],
            *([["kubectl", "label", "--local", "--filename=-", *local, *labels]] if labels else []),
            ["kubectl", "apply", "--server-side", f"--field-manager={manager}", "--filename=-"],
        ]
        return " | ".join(shlex.join(step) for step in steps)

    def external(self, store: Store) -> Object:
        """The ExternalSecret that makes the Secret. In the store each key is a property of one entry."""
        key = "/".join(part for part in (store.prefix.strip("/"), self.entry) if part)
        target: dict[str, Any] = {"name": self.name, "creationPolicy": "Owner", "deletionPolicy": "Retain"}
        if self.owner:
            target["creationPolicy"] = "Merge"
        if self.public or self.labels:
            data = {**self.public, **{each: f"{{{{ .{_variable(each)} }}}}" for each in self.secret}}
            target["template"] = {
                "engineVersion": "v2",
                "mergePolicy": "Replace",
                "metadata": {"labels": dict(self.labels)},
                "data": data,
            }
        return {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": self.entry, "namespace": self.namespace},
            "spec": {
                "refreshInterval": "1h",
                "secretStoreRef": {"name": store.name, "kind": store.kind},
                "target": target,
                "data": [
                    {
                        "secretKey": _variable(each) if "template" in target else each,
                        "remoteRef": {"key": key, "property": each},
                    }
                    for each in self.secret
                ],
            },
        }


def logins(gitops: GitOps) -> Iterator[Login]:
    """What Argo CD needs for an environment. Environments with the same repository need the same Secret."""
    for url, chart in _repositories(gitops):
        if url.startswith(_WITHOUT_LOGIN):
            continue
        name = f"stargit-{'charts' if chart else 'repository'}-{sha256(url.encode()).hexdigest()[:16]}"
        ssh = not url.startswith(("http://", "https://", "oci://"))
        public = {"type": "helm" if chart else "git", "url": url.removeprefix("oci://")}
        if url.startswith("oci://"):
            public["enableOCI"] = "true"
        yield Login(
            name=name,
            namespace=gitops.namespace,
            why=f"to read {url}; not needed where anybody may",
            entry=name,
            secret=("sshPrivateKey",) if ssh else ("username", "password"),
            public=public,
            labels={_TYPE_LABEL: "repository"},
        )
    yield Login(
        name=_ARGOCD_SECRET,
        namespace=gitops.namespace,
        why="with which Commander signs the news of a commit; without it anybody may send such news",
        entry="stargit-webhook",
        secret=(_WEBHOOK_KEY,),
        owner="Argo CD",
    )


def _repositories(gitops: GitOps) -> Iterator[tuple[str, bool]]:
    yield gitops.repository, False
    if gitops.delivery == "helm" and gitops.chart is not None:
        yield gitops.chart.repository, True


def _variable(key: str) -> str:
    """The key as a name in a template."""
    return key.replace(".", "_").replace("-", "_")


def _shown(text: str) -> str:
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
