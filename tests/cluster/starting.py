"""How the programs of the test cluster are started, one after the other, each when what it needs answers."""

from __future__ import annotations

import base64
import http.client
import secrets
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.cluster import programs
from tests.cluster.api import APPLICATIONS, Api, ApiError, Object
from tests.cluster.crds import definitions
from tests.cluster.processes import Processes, accepts, environment, until

_HERE = Path(__file__).resolve().parent
_STAGES = _HERE.parents[1] / "tools" / "cluster" / "stages.yaml"
_NODES = 3


@dataclass(frozen=True)
class Ports:
    """Of 127.0.0.1, one each."""

    etcd: int
    peer: int
    api: int
    kwok: int
    redis: int
    git: int
    repo: int
    repo_metrics: int
    controller_metrics: int
    server: int
    server_metrics: int
    sets_metrics: int
    sets_probe: int
    sets_webhook: int


@dataclass(frozen=True)
class Start:
    """How the programs of one cluster are started, one after the other."""

    state: Path
    bin: Path
    processes: Processes
    ports: Ports
    polling_seconds: int
    log_level: str
    token: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)
    webhook_secret: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)

    def kubernetes(self) -> None:
        """The control plane, its nodes, and the kinds that rendered state uses."""
        self.control_plane()
        self._nodes()

    def control_plane(self) -> None:
        """etcd and the API server: objects are kept, and nothing happens with them."""
        self._etcd()
        self.api_server()

    @property
    def api(self) -> str:
        return f"https://127.0.0.1:{self.ports.api}"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"

    @property
    def ca(self) -> Path:
        return self.state / "pki" / "apiserver.crt"  # made by the API server itself

    @property
    def client(self) -> Api:
        return Api(self.api, self.token, self.ca)

    def _run(self, name: str, *arguments: str | Path, **variables: str) -> None:
        self.processes.start(name, [self.bin / name, *arguments], environment(**variables))

    def _etcd(self) -> None:
        url, peer = f"http://127.0.0.1:{self.ports.etcd}", f"http://127.0.0.1:{self.ports.peer}"
        self._run(
            "etcd", f"--data-dir={self.state / 'etcd'}", "--log-level=warn", "--unsafe-no-fsync",
            "--quota-backend-bytes=8589934592", "--auto-compaction-mode=periodic", "--auto-compaction-retention=5m",
            f"--listen-client-urls={url}", f"--advertise-client-urls={url}", f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
        )  # fmt: skip
        self.processes.ready("etcd", 60, lambda: _answers(self.ports.etcd, "/readyz"))

    def api_server(self) -> None:
        """The API server. Started once more, it is the same one: its certificate, tokens and objects are as before."""
        pki = self.state / "pki"
        key = pki / "accounts.key"
        if not key.exists():  # with another one, the tokens of accounts that there are would be good no more
            subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        tokens = pki / "tokens.csv"
        tokens.touch(mode=0o600)
        tokens.write_text(f"{self.token},admin,admin,system:masters\n", encoding="utf-8")
        self._run(
            "kube-apiserver", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            f"--secure-port={self.ports.api}", f"--etcd-servers=http://127.0.0.1:{self.ports.etcd}",
            f"--cert-dir={pki}", f"--token-auth-file={tokens}", "--anonymous-auth=false", "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc", f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}", "--service-cluster-ip-range=10.96.0.0/12",
            "--endpoint-reconciler-type=none", "--allow-privileged=true",
        )  # fmt: skip
        self.processes.ready("kube-apiserver", 120, lambda: self.ca.exists() and _ready(self.client))
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(yaml.safe_dump(self._access()), encoding="utf-8")

    def _access(self) -> Object:
        server = {"server": self.api, "certificate-authority": str(self.ca)}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
            "clusters": [{"name": "test", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
        }

    def _nodes(self) -> None:
        client = self.client
        for each in definitions():
            client.apply(each)
        groups = {f"apis/{each['spec']['group']}/{each['spec']['versions'][0]['name']}" for each in definitions()}
        # kwok ends when it does not find the schema of a kind that a stage is for.
        until("custom kinds are published", 60, lambda: groups <= client.there("/openapi/v3")["paths"].keys())
        config, fast = f"--kubeconfig={self.kubeconfig}", ("--kube-api-qps=500", "--kube-api-burst=1000")
        # Without autoscaling (there are no metrics; kwok plays it), pod CIDRs and attached volumes (no kubelet).
        self._run(
            "kube-controller-manager", config, "--leader-elect=false", "--secure-port=0", *fast,
            f"--service-account-private-key-file={self.state / 'pki' / 'accounts.key'}", f"--root-ca-file={self.ca}",
            "--enable-hostpath-provisioner", "--concurrent-gc-syncs=5",
            "--controllers=*,-horizontal-pod-autoscaler-controller,-node-ipam-controller,"
            "-persistentvolume-attach-detach-controller",
        )  # fmt: skip
        self._run("kube-scheduler", config, "--leader-elect=false", "--secure-port=0", *fast)
        self._run(
            "kwok", config, "--manage-all-nodes", "--node-lease-duration-seconds=40", "--cidr=10.128.0.0/9",
            "--node-ip=127.0.0.1", f"--server-address=127.0.0.1:{self.ports.kwok}",
            f"--config={self.bin / programs.STAGES}", f"--config={_STAGES}",
        )  # fmt: skip
        for each in yaml.safe_load_all((_HERE / "base.yaml").read_text(encoding="utf-8")):
            client.apply(each)
        for number in range(_NODES):
            client.apply(_node(number))
        self.processes.ready("kwok", 60, lambda: all(map(_node_ready, client.list("/api/v1/nodes"))), "a node")
        account = "/api/v1/namespaces/argocd/serviceaccounts/default"
        self.processes.ready("kube-controller-manager", 60, lambda: client.get(account) is not None)

    def argocd(self) -> None:
        """Argo CD with its settings; it reads pushes that are signed with ``webhook_secret``."""
        client, ports = self.client, self.ports
        for each in yaml.safe_load_all((self.bin / programs.CRDS).read_text(encoding="utf-8")):
            client.apply(each)
        # argocd-server ends without them, and the application set controller keeps its first "no such kind".
        kinds = [
            f"{APPLICATIONS.rpartition('/')[0]}/{kind}" for kind in ("applications", "applicationsets", "appprojects")
        ]
        until("Argo CD's kinds are served", 60, lambda: all(_listed(client, kind) for kind in kinds))
        for each in yaml.safe_load_all((self.bin / programs.SETTINGS).read_text(encoding="utf-8")):
            if each:
                client.apply(each, "argocd")
        secret = base64.b64encode(self.webhook_secret.encode()).decode()
        client.merge("/api/v1/namespaces/argocd/secrets/argocd-secret", {"data": {"webhook.github.secret": secret}})
        self._run("redis-server", "--bind", "127.0.0.1", "--port", str(ports.redis), "--save", "", "--appendonly", "no",
                  "--dir", self.state / "redis", LD_LIBRARY_PATH=str(self.bin / programs.LIBRARIES))  # fmt: skip
        git: list[str | Path] = [sys.executable, "-m", "tests.cluster.git_http", str(ports.git), self.state / "git"]
        self.processes.start("git-http", git, environment(PYTHONPATH=str(_HERE.parents[1])))
        self.processes.ready("redis-server", 30, lambda: accepts(ports.redis))
        self.processes.ready("git-http", 30, lambda: accepts(ports.git))
        repo = (f"--repo-server=127.0.0.1:{ports.repo}", "--repo-server-plaintext")
        # Without an empty --client-ca-path it refuses --disable-tls.
        self._argo("argocd-repo-server", "--address=127.0.0.1", f"--port={ports.repo}", "--metrics-address=127.0.0.1",
                   f"--metrics-port={ports.repo_metrics}", "--disable-tls", "--client-ca-path=")  # fmt: skip
        self._argo("argocd-application-controller", "--namespace=argocd", f"--metrics-port={ports.controller_metrics}",
                   *repo)  # fmt: skip
        self._argo("argocd-server", "--namespace=argocd", "--address=127.0.0.1", f"--port={ports.server}",
                   "--metrics-address=127.0.0.1", f"--metrics-port={ports.server_metrics}", "--insecure",
                   "--disable-auth", *repo)  # fmt: skip
        self._ready("argocd-repo-server", ports.repo_metrics)
        self._ready("argocd-server", ports.server)
        # After argocd-server, which makes a key that this one wants.
        self._argo(
            "argocd-applicationset-controller", "--namespace=argocd", f"--metrics-addr=127.0.0.1:{ports.sets_metrics}",
            f"--probe-addr=127.0.0.1:{ports.sets_probe}", f"--webhook-addr=127.0.0.1:{ports.sets_webhook}",
            f"--argocd-repo-server=127.0.0.1:{ports.repo}", "--repo-server-plaintext", redis=False,
        )  # fmt: skip
        self._ready("argocd-application-controller", ports.controller_metrics)
        self._ready("argocd-applicationset-controller", ports.sets_metrics, "/metrics")
        project = f"{APPLICATIONS.rpartition('/')[0]}/appprojects/default"
        self.processes.ready("argocd-server", 60, lambda: client.get(project) is not None, "the default project")

    def _ready(self, name: str, port: int, path: str = "/healthz") -> None:
        self.processes.ready(name, 90, lambda: _answers(port, path))

    def _argo(self, name: str, *arguments: str, redis: bool = True) -> None:
        """One of Argo CD's programs, which are one. Its files, else in /app and /tmp, are in the state folder."""
        folder = self.state / "argocd"
        places = {"GNUPGHOME": "gpg-home", "GPG_DATA_PATH": "gpg", "TLS_DATA_PATH": "tls", "SSH_DATA_PATH": "ssh",
                  "PLUGINSOCKFILEPATH": "plugins", "ASK_PASS_SOCK": "ask-pass.sock", "APP_CONF_PATH": ""}  # fmt: skip
        for place in places.values():
            if place and "." not in place:
                (folder / place).mkdir(exist_ok=True)
        variables = environment(
            KUBECONFIG=str(self.kubeconfig),
            # Makes the destination https://kubernetes.default.svc mean that of the kubeconfig.
            ARGOCD_FAKE_IN_CLUSTER="true",
            ARGOCD_BINARY_NAME=name,
            ARGOCD_GPG_ENABLED="false",
            ARGOCD_RECONCILIATION_TIMEOUT=f"{self.polling_seconds}s",
            ARGOCD_RECONCILIATION_JITTER="0s",
            TMPDIR=str(self.state / "tmp"),
            HOME=str(folder),
            GIT_CONFIG_NOSYSTEM="1",
            GIT_CONFIG_GLOBAL="/dev/null",
            **{f"ARGOCD_{variable}": str(folder / place) for variable, place in places.items()},
        )
        variables["PATH"] = f"{self.bin}:{self.state / 'helm'}:{variables['PATH']}"
        flags: list[str | Path] = [self.bin / "argocd", "--logformat=text", f"--loglevel={self.log_level}"]
        flags += [f"--redis=127.0.0.1:{self.ports.redis}"] if redis else []
        self.processes.start(name, [*flags, *arguments], variables)

    def remove_volumes(self) -> None:
        """The provisioner makes an empty folder for each volume outside of the state folder."""
        with suppress(Exception):
            for volume in self.client.list("/api/v1/persistentvolumes"):
                place = Path(volume["spec"].get("hostPath", {}).get("path", "/"))
                if place.parent == Path("/tmp/hostpath_pv"):
                    place.rmdir()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def _ready(client: Api) -> bool:
    try:
        return bool(client.call("GET", "/readyz")["text"] == "ok")
    except ApiError:
        return False


def _listed(client: Api, path: str) -> bool:
    try:
        client.list(path)
    except ApiError:
        return False
    return True


def _node(number: int) -> Object:
    name = f"fake-{number}"
    labels = {"hostname": name, "os": "linux", "arch": "amd64"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                **{f"kubernetes.io/{label}": value for label, value in labels.items()},
                "topology.kubernetes.io/zone": f"zone-{number}",
            },
        },
    }


def _node_ready(node: Object) -> bool:
    conditions: list[dict[str, Any]] = node.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
