"""How one gets into a cluster: a kubeconfig, or the service account of the pod that this runs in. The library
``kubernetes`` knows the many ways that a kubeconfig may say who one is.

What is wrong is told without what the files say: there are tokens in them.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from kubernetes.client import ApiClient, Configuration

#: Where Kubernetes puts a pod's token and ``ca.crt``, unless the pod says otherwise.
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
#: Bytes: kubeconfigs of hundreds of clusters are smaller, tokens are below what a header may have.
_LARGEST, _LARGEST_TOKEN = 1024 * 1024, 16 * 1024
#: Threads that import the library at the same time, for two clusters, wait for each other, and Python ends that.
_IMPORTING = threading.Lock()
_HOST, _PORT = "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"
_SHOWN_NAMES, _SHOWN = 20, 300


class ClusterError(Exception):
    """The cluster can't be read; the message is for who looks after Commander."""


@dataclass(frozen=True, slots=True)
class Where:
    """How a cluster is reached: a kubeconfig with one of its contexts (empty: the current one), or, without, the
    service account of the pod that this runs in, whose files are in the folder ``account``."""

    kubeconfig: Path | None = None
    context: str = ""
    account: Path = ACCOUNT

    def __str__(self) -> str:
        if self.kubeconfig is None:
            return "the cluster that this runs in"
        return f"{self.kubeconfig}{f' ({self.context})' if self.context else ''}"


def client_of(where: Where) -> ApiClient:
    """What calls the cluster. Raises ``ClusterError``; so does its configuration's ``auth_settings``, which reads a
    service account's token anew each time: Kubernetes gives another one every hour."""
    with _IMPORTING:
        from kubernetes.client import ApiClient, Configuration

    configuration = Configuration()
    if where.kubeconfig is None:
        _as_account(configuration, where)
    else:
        _as_kubeconfig(configuration, where, where.kubeconfig)
    return ApiClient(configuration)


def _as_account(configuration: Configuration, where: Where) -> None:
    host, port = os.environ.get(_HOST, ""), os.environ.get(_PORT, "")
    if not host or not port:
        raise ClusterError(
            f"{where} can't be used: {_HOST} and {_PORT}, which Kubernetes gives each pod, are not set; is this a pod?"
            " From outside, a cluster is reached with a kubeconfig"
        )
    token, authority = where.account / "token", where.account / "ca.crt"

    def renew(configuration: Configuration) -> None:
        configuration.api_key["BearerToken"] = f"Bearer {_token(where, token)}"

    renew(configuration)
    _contents(where, authority, _LARGEST)
    configuration.host = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    configuration.ssl_ca_cert = str(authority)
    configuration.refresh_api_key_hook = renew  # type: ignore[assignment]


def _as_kubeconfig(configuration: Configuration, where: Where, file: Path) -> None:
    from kubernetes.config import ConfigException
    from kubernetes.config.kube_config import KubeConfigLoader

    data = _parsed(where, _contents(where, file, _LARGEST))
    user = _known_user(where, data)
    try:
        # Not by its name: the library takes a colon in it for the end, and tells what is in the file.
        loader = KubeConfigLoader(  # type: ignore[no-untyped-call]
            data, where.context or None, config_base_path=str(file.absolute().parent)
        )
        loader.load_and_set(configuration)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError) as error:
        raise ClusterError(f"{where} can't be used: {str(error)[:_SHOWN]}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ClusterError(f"{where} can't be used: it is no kubeconfig ({type(error).__name__})") from None
    if "exec" in user and not configuration.api_key and not configuration.cert_file:
        command = user["exec"].get("command") if isinstance(user["exec"], dict) else None
        raise ClusterError(f"{where} can't be used: '{command}', which the user's 'exec' names, gave no credentials")


def _known_user(where: Where, data: dict[str, Any]) -> dict[str, Any]:
    """What a kubeconfig says of the user of a context; all that the context names is there."""
    contexts, clusters, users = (_named(where, data, each) for each in ("contexts", "clusters", "users"))
    name = where.context or data.get("current-context") or ""
    if not name:
        raise ClusterError(f"{where} can't be used: it has no current-context, and none was chosen; {_there(contexts)}")
    if name not in contexts:
        raise ClusterError(f"{where} can't be used: there is no context '{name}'; {_there(contexts)}")
    context = contexts[name].get("context")
    context = context if isinstance(context, dict) else {}
    cluster = clusters.get(context.get("cluster"), {}).get("cluster")
    server = cluster.get("server") if isinstance(cluster, dict) else None
    if not isinstance(server, str) or not server.startswith(("https://", "http://")):
        raise ClusterError(
            f"{where} can't be used: its context '{name}' names the cluster '{context.get('cluster')}', and 'clusters'"
            " has no 'server' of that (https://...)"
        )
    if context.get("user") is not None and context["user"] not in users:
        raise ClusterError(
            f"{where} can't be used: its context '{name}' names the user '{context['user']}', and 'users' has none"
        )
    user = users.get(context.get("user"), {}).get("user")
    return user if isinstance(user, dict) else {}


def _named(where: Where, data: dict[str, Any], key: str) -> dict[Any, dict[str, Any]]:
    entries = data.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(each, dict) and _is_name(each) for each in entries):
        raise ClusterError(f"{where} can't be used: it is no kubeconfig, '{key}' is no list of things with a 'name'")
    return {each["name"]: each for each in reversed(entries)}


def _is_name(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("name"), str)


def _there(contexts: dict[Any, dict[str, Any]]) -> str:
    names = [f"'{each}'" for each in sorted(contexts)]
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"there are {', '.join(names[:_SHOWN_NAMES])}{more}" if names else "there are none"


def _parsed(where: Where, text: bytes) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise ClusterError(f"{where} can't be used: it is no YAML{place}") from None
    except (ValueError, RecursionError):
        raise ClusterError(f"{where} can't be used: it is no YAML") from None
    if not isinstance(data, dict):
        raise ClusterError(f"{where} can't be used: it is no kubeconfig, there are no 'clusters' and 'contexts' in it")
    return data


def _token(where: Where, file: Path) -> str:
    try:
        token = _contents(where, file, _LARGEST_TOKEN).decode("ascii").strip()
    except UnicodeDecodeError:
        token = ""
    if not token.isprintable() or not token:
        raise ClusterError(f"{where} can't be used: {file} has no token in it")
    return token


def _contents(where: Where, file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise ClusterError(f"{where} can't be used: {file} can't be read: {error.strerror}") from None
    if len(data) > most:
        raise ClusterError(f"{where} can't be used: {file} is larger than {most:,} bytes")
    return data
