"""What is told of clusters that can't be used as it was said, and when access to one becomes another."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from commander.status.access import ACCOUNT, ClusterError, Where
from commander.status.connection import Connection
from tests.commander.service.test_callers import certificates

_SECRET = "s3cret-of-the-reader"
_NOTHING = json.dumps({"metadata": {"resourceVersion": "5"}, "items": []}).encode()


def _config(server: str = "https://127.0.0.1:1", **user: object) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "it", "cluster": {"server": server}}],
        "users": [{"name": "me", "user": user or {"token": _SECRET}}],
        "contexts": [
            {"name": "one", "context": {"cluster": "it", "user": "me"}},
            {"name": "two", "context": {"cluster": "gone", "user": "me"}},
            {"name": "three", "context": {"cluster": "it", "user": "nobody"}},
        ],
        "current-context": "one",
    }


def _failure(where: Where) -> str:
    with pytest.raises(ClusterError) as error:
        Connection(where).list("/api/v1/pods")
    assert _SECRET not in str(error.value)
    return str(error.value)


class Server:
    """An API server that knows some tokens; ``asked`` has those it was asked with."""

    def __init__(self) -> None:
        self.known: set[str] = {_SECRET}
        self.asked: list[str] = []
        self.address = ""
        self.kind = "application/json"


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, _, token = (self.headers.get("Authorization") or " ").partition(" ")
            server.asked.append(token)
            body = _NOTHING
            self.send_response(200 if kind == "Bearer" and token in server.known else 401)
            self.send_header("Content-Type", server.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Who does not trust a certificate hangs up."""

    with Quiet(("127.0.0.1", 0), Handler) as http:
        if tls is not None:
            http.socket = tls.wrap_socket(http.socket, server_side=True)
        server.address = (
            f"http://127.0.0.1:{http.server_port}" if tls is None else f"https://localhost:{http.server_port}"
        )
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            http.shutdown()


_EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/no/such-program"}
_THERE = "there are 'one', 'three', 'two'"
#: By what is wrong: a kubeconfig, and what is said of it.
_WRONG: dict[str, tuple[str | dict[str, Any], str]] = {
    "empty": ("", "it is no kubeconfig, there are no 'clusters' and 'contexts' in it"),
    "cut off": (f"users: [{{token: {_SECRET}", "it is no YAML at line 1, column 37"),
    "no list": ("clusters: it\n", "it is no kubeconfig, 'clusters' is no list of things with a 'name'"),
    "binary": ("\x00\x01", "it is no YAML"),
    "no date": ("users: [{name: me, user: {token: &a 2026-99-99}}]", "it is no YAML"),
    "too large": ("#" * (1024 * 1024 + 1), "is larger than 1,048,576 bytes"),
    "no current context": (
        {**_config(), "current-context": ""},
        f"it has no current-context, and none was chosen; {_THERE}",
    ),
    "unknown context": ({**_config(), "current-context": "four"}, f"there is no context 'four'; {_THERE}"),
    "no cluster": (
        {**_config(), "current-context": "two"},
        "names the cluster 'gone', and 'clusters' has no 'server' of that",
    ),
    "no user": ({**_config(), "current-context": "three"}, "names the user 'nobody', and 'users' has none"),
    "no URL": (_config("example.com"), "'clusters' has no 'server' of that"),
    "no certificate": (_config(**{"client-certificate": "a.crt", "client-key": "a.key"}), "File does not exist: "),
    "no program": (_config(exec=_EXEC), "'/no/such-program', which the user's 'exec' names, gave no credentials"),
    "no base64": (_config(**{"client-certificate-data": "%", "client-key-data": _SECRET}), "it is no kubeconfig"),
}


@pytest.mark.parametrize(("config", "said"), _WRONG.values(), ids=_WRONG)
def test_a_kubeconfig_that_can_not_be_used_is_told_and_what_is_in_it_is_not(
    config: str | dict[str, Any], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    failure = _failure(Where(file))
    assert failure.startswith(f"{file} can't be used: ")
    assert said in failure


def test_a_context_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(_config()))
    assert _failure(Where(file, "prod")) == (
        f"{file} (prod) can't be used: there is no context 'prod'; there are 'one', 'three', 'two'"
    )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "can't be read: No such file or directory" in _failure(Where(tmp_path / "none"))
    assert "can't be read: Is a directory" in _failure(Where(tmp_path))


def test_a_server_that_nobody_is_at_is_told(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(_config()))
    assert _failure(Where(file)).startswith(f"{file} can't be reached: ")
    assert "Connection refused" in _failure(Where(file))


def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path) -> None:
    pki = certificates(tmp_path / "pki")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pki / "service.crt", pki / "service.key")
    file = tmp_path / "kubeconfig"
    with listening(tls) as server:
        file.write_text(json.dumps(_config(server.address)))
        failure = _failure(Where(file))
        assert "certificate verify failed" in failure
        assert "still the cluster's?" in failure
        assert server.asked == []


def test_a_server_that_is_no_api_server_is_told(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    with listening() as server:
        server.kind = "text/html; charset=utf-8"
        file.write_text(json.dumps(_config(server.address)))
        assert "answers with 'text/html; charset=utf-8' in place of JSON" in _failure(Where(file))


def test_a_colon_in_the_name_of_a_file_is_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "kube:config"
    with listening() as server:
        file.write_text(json.dumps(_config(server.address)))
        assert Connection(Where(file)).list("/api/v1/pods") == ([], "5")


def test_a_line_end_after_a_token_is_none_of_it_and_no_token_is_told(tmp_path: Path) -> None:
    file, token = tmp_path / "kubeconfig", tmp_path / "token"
    with listening() as server:
        file.write_text(json.dumps(_config(server.address, tokenFile="token")))
        token.write_text(f"{_SECRET}\n")
        assert Connection(Where(file)).list("/api/v1/pods") == ([], "5")
        token.write_text(f"{_SECRET}\nand-more")
        assert "its token is none that can be sent" in _failure(Where(file))


def test_who_is_no_longer_known_reads_the_token_again_and_asks_once_more(tmp_path: Path) -> None:
    file, token = tmp_path / "kubeconfig", tmp_path / "token"
    with listening() as server:
        file.write_text(json.dumps(_config(server.address, tokenFile="token")))
        token.write_text(_SECRET)
        connection = Connection(Where(file))
        connection.list("/api/v1/pods")
        server.known = {"newer"}
        token.write_text("newer")
        connection.list("/api/v1/pods")
        assert server.asked == [_SECRET, _SECRET, "newer"]
        server.known = set()
        with pytest.raises(ClusterError, match=r"does not know who reads \(401\)"):
            connection.list("/api/v1/pods")
        assert server.asked[3:] == ["newer", "newer"]


def test_a_kubeconfig_that_is_mended_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    connection = Connection(Where(file))
    with listening() as server:
        for text in (None, "", json.dumps(_config())):
            if text is not None:
                file.write_text(text)
            with pytest.raises(ClusterError):
                connection.list("/api/v1/pods")
        file.write_text(json.dumps(_config(server.address)))
        assert connection.list("/api/v1/pods") == ([], "5")


@pytest.fixture
def account(tmp_path: Path) -> Path:
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    pki = certificates(tmp_path / "pki")
    (folder / "ca.crt").write_bytes((pki / "authority.crt").read_bytes())
    (folder / "token").write_text(f"{_SECRET}\n")
    return folder


@pytest.fixture
def in_pod(account: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    pki = account.parent / "pki"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pki / "service.crt", pki / "service.key")
    with listening(tls) as server:
        host, _, port = server.address.removeprefix("https://").rpartition(":")
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", port)
        yield server


def test_the_token_of_a_service_account_is_that_which_the_file_has_now(account: Path, in_pod: Server) -> None:
    connection = Connection(Where(account=account))
    connection.list("/api/v1/pods")
    (account / "token").write_text("newer")
    in_pod.known = {"newer"}
    connection.list("/api/v1/pods")
    assert in_pod.asked == [_SECRET, "newer"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "token").unlink(), "token can't be read: No such file or directory"),
        (lambda folder: (folder / "token").write_text("\n"), "token has no token in it"),
        (lambda folder: (folder / "token").write_text(f"{_SECRET}\nmore"), "token has no token in it"),
        (lambda folder: (folder / "token").write_text("x" * 20_000), "token is larger than 16,384 bytes"),
        (lambda folder: (folder / "ca.crt").unlink(), "ca.crt can't be read: No such file or directory"),
        (lambda folder: (folder / "ca.crt").write_text("nothing"), "can't be reached: "),
    ],
    ids=["no token", "empty token", "two lines", "large token", "no authority", "wrong authority"],
)
def test_a_service_account_that_can_not_be_used_is_told(
    spoil: Callable[[Path], object], said: str, account: Path, in_pod: Server
) -> None:
    connection = Connection(Where(account=account))
    spoil(account)
    with pytest.raises(ClusterError) as error:
        connection.list("/api/v1/pods")
    assert said in str(error.value)
    assert _SECRET not in str(error.value)


def test_a_token_that_is_away_for_a_moment_is_told_and_then_read(account: Path, in_pod: Server) -> None:
    connection = Connection(Where(account=account))
    connection.list("/api/v1/pods")
    (account / "token").rename(account / "away")
    with pytest.raises(ClusterError, match="token can't be read"):
        connection.list("/api/v1/pods")
    (account / "away").rename(account / "token")
    assert connection.list("/api/v1/pods") == ([], "5")


def test_outside_of_a_pod_it_is_told_what_a_pod_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT" in _failure(Where())
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "1")
    assert f"{ACCOUNT}/token can't be read" in _failure(Where())
