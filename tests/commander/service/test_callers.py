"""Who may call, and do what: by default nobody, and nothing."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from commander.changes import Target
from commander.client import Client, Connection, DeniedError, MissingError, RefusedError, UnavailableError, new_id
from commander.client import operations as ops
from commander.proto.v1 import commander_pb2 as pb
from commander.service import Callers, digest_of, new_token
from commander.service.authority import RIGHTS, Authority, UnknownCallerError
from generator.errors import ProblemsError
from tests.commander.fleets import FILES
from tests.commander.repositories import bare, git
from tests.commander.service.processes import Service, StartError, serving, start, until
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE

DAILY = "dev/etl/daily"
NIGHTLY = "test/qa/nightly"
#: Another environment.
TEST = {
    Target("test").file: ENVIRONMENT + "gitops: {repository: https://git.example.com/x.git}\n",
    Target("test", "qa").file: WORKSPACE,
    Target(*NIGHTLY.split("/")).file: DEPLOYMENT,
}
NO_CLUSTER = """\
apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: none, user: {token: none}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
"""
MORE_KINDS = ops.edit("test", ops.set_value("gitops.clusterKinds", [{"kind": "ClusterRoleBinding"}]))
A_CALLER = "{name: a, email: a@b, rights: [read], certificates: [x]}"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Guarded:
    """A service that knows five callers, by TLS."""

    service: Service
    repository: Path
    callers: Path
    pki: Path
    tokens: dict[str, str]

    def client(self, name: str = "", token: str = "", **more: object) -> Client:
        return Client(
            Connection(
                self.service.address,
                token=token or self.tokens.get(name, ""),
                authority=self.pki / "authority.crt",
                seconds=5.0,
                **more,  # type: ignore[arg-type]
            )
        )


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    pki = certificates(folder / "pki")
    tokens = {name: new_token() for name in ("houston", "robot", "reader", "tester", "owner", "early")}
    callers = folder / "callers.yaml"
    callers.write_text(callers_file(tokens))
    repository = bare(folder, {**FILES, **TEST})
    arguments = ["--listen", "localhost:0", "--callers", callers, "--metrics", "localhost:0"]
    arguments += ["--tls-certificate", pki / "service.crt", "--tls-key", pki / "service.key"]
    # Nobody answers there, so of all that is live it is told that nothing is known.
    (folder / "kubeconfig").write_text(NO_CLUSTER)
    arguments += ["--kubeconfig", folder / "kubeconfig"]
    with serving(folder / "service", repository, *map(str, arguments)) as service:
        yield Guarded(service, repository, callers, pki, tokens)


def callers_file(tokens: dict[str, str]) -> str:
    return f"""\
callers:
  - name: houston
    email: houston@example.com
    rights: [write]
    mayNameActors: true
    tokens: ["{digest_of(tokens["houston"])}"]
  - name: robot
    fullName: The Robot
    email: robot@example.com
    rights: [write]
    tokens: ["{digest_of(tokens["robot"])}"]
  - name: reader
    email: reader@example.com
    rights: [read]
    tokens: ["{digest_of(tokens["reader"])}"]
  - name: tester
    email: tester@example.com
    rights: [write]
    environments: [test, staging]
    tokens: ["{digest_of(tokens["tester"])}"]
  - name: owner
    email: owner@example.com
    rights: [administer]
    environments: [test, staging]
    tokens: ["{digest_of(tokens["owner"])}"]
  - name: early
    email: early@example.com
    rights: [administer]
    environments: [test, deb]
    tokens: ["{digest_of(tokens["early"])}"]
"""


def certificates(folder: Path) -> Path:
    """An authority, a certificate of the service and one of a caller."""
    folder.mkdir()
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    commands = [
        [*new, "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "authority.key", "-out", "authority.crt"],
    ]
    for name, names in (("service", "DNS:localhost"), ("caller", "DNS:robot.example.com")):
        commands += [
            [*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"],
            ["openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", "authority.crt", "-CAkey", "authority.key",
             "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.crt"],
        ]  # fmt: skip
        (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
    for command in commands:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def author(guarded: Guarded, revision: str) -> str:
    return git(guarded.repository, "show", "--no-patch", "--format=%an <%ae>", revision)


def test_a_caller_makes_changes_in_its_own_name(guarded: Guarded) -> None:
    with guarded.client("robot") as robot:
        done = robot.apply([ops.relabel(DAILY, "By a robot")], id=new_id())
    assert author(guarded, done.revision) == "The Robot <robot@example.com>"


def test_only_who_has_the_right_names_others(guarded: Guarded) -> None:
    ada = ("Ada Person", "ada@example.com")
    with guarded.client("houston") as houston:
        done = houston.apply([ops.relabel(DAILY, "By Ada")], id=new_id(), actor=ada)
    assert author(guarded, done.revision) == "Ada Person <ada@example.com>"
    with guarded.client("robot") as robot:
        with pytest.raises(DeniedError, match="'robot' may not make changes in the name of others"):
            robot.apply([ops.relabel(DAILY, "Not by Ada")], id=new_id(), actor=ada)
        with pytest.raises(DeniedError):
            robot.revert(DAILY, done.revision, id=new_id(), actor=ada)


def test_who_may_read_may_not_write(guarded: Guarded) -> None:
    with guarded.client("reader") as reader:
        assert reader.get(DAILY).item.label
        calls: list[Callable[[], object]] = [
            lambda: reader.apply([ops.wake(DAILY)], id=new_id()),
            lambda: reader.revert(DAILY, "0" * 40, id=new_id()),
        ]
        for call in calls:
            with pytest.raises(DeniedError) as caught:
                call()
            assert caught.value.code == grpc.StatusCode.PERMISSION_DENIED


def test_a_caller_with_environments_changes_nothing_else(guarded: Guarded) -> None:
    with guarded.client("tester") as tester, guarded.client("reader") as reader:
        before = reader.status().revision
        calls: list[Callable[[], object]] = [
            lambda: tester.apply([ops.relabel(DAILY, "By a tester")], id=new_id()),
            lambda: tester.apply([ops.create("test", ""), ops.relabel(DAILY, "By a tester")], id=new_id()),
            lambda: tester.revert(DAILY, "0" * 40, id=new_id()),
        ]
        for call in calls:
            with pytest.raises(DeniedError, match="'tester' may not change the environment 'dev'") as caught:
                call()
            assert "'environments' of the callers' file has 'staging', 'test'" in str(caught.value)
        assert reader.status().revision == before
        assert tester.apply([ops.relabel(NIGHTLY, "Mine")], id=new_id()).revision != before


@pytest.mark.parametrize("name", ["tester", "robot"])
def test_an_environment_s_own_file_takes_a_right_of_its_own(guarded: Guarded, name: str) -> None:
    """It says what Argo CD may do in which cluster, so who changes it has all of that."""
    text = ENVIRONMENT + "label: Another\n"
    changes = [
        [MORE_KINDS], [ops.create("staging", text)], [ops.restore("test", text)], [ops.delete("test")],
        [ops.undelete("test")], [ops.remove("test", at_once=True)], [ops.relabel(NIGHTLY, "x"), MORE_KINDS],
    ]  # fmt: skip
    said = f"'{name}' may not change 'environments/[a-z]+/environment.yaml', .* the right 'administer' is missing in"
    with guarded.client(name) as writer:
        before = writer.status().revision
        for change in changes:
            with pytest.raises(DeniedError, match=said):
                writer.apply(change, id=new_id())
        with pytest.raises(DeniedError, match=said):
            writer.revert("test", before, id=new_id())
        assert writer.preview([MORE_KINDS]).differences.files
        assert writer.status().revision == before


def test_who_administers_changes_the_environments_that_there_are_for_it(guarded: Guarded) -> None:
    with guarded.client("owner") as owner:
        before = owner.status().revision
        owner.apply([MORE_KINDS], id=new_id())
        assert "ClusterRoleBinding" in owner.get("test").text
        owner.revert("test", before, id=new_id())
        assert "ClusterRoleBinding" not in owner.get("test").text
        owner.apply([ops.relabel(NIGHTLY, "Who administers may write")], id=new_id())
        with pytest.raises(DeniedError, match="'owner' may not change the environment 'dev'"):
            owner.apply([ops.relabel("dev", "Mine")], id=new_id())


def test_a_caller_with_environments_learns_of_nothing_else(guarded: Guarded) -> None:
    """Whether what it asks for is there or not."""
    dev, daily = ops.target("dev"), ops.target(DAILY)
    with guarded.client("reader") as reader:
        tip = reader.status().revision
        token = reader.list(pb.ListRequest(kind=pb.KIND_ENVIRONMENT, page_size=1)).next_page_token
    with guarded.client("tester") as tester:
        calls: list[Callable[[], object]] = [
            lambda: tester.get(DAILY),
            lambda: tester.get(DAILY, at=tip),
            lambda: tester.get("dev/none"),
            lambda: tester.list(pb.ListRequest(kind=pb.KIND_DEPLOYMENT, within=dev)),
            lambda: tester.search(pb.SearchRequest(words="kind", within=dev)),
            lambda: tester.rendered(pb.ListRenderedRequest(target=daily)),
            lambda: tester.history(pb.ListHistoryRequest(target=daily)),
            lambda: tester.compare(DAILY, tip),
            lambda: tester.preview([ops.relabel(DAILY, "x")]),
            lambda: tester.preview([ops.relabel(NIGHTLY, "x")], expected={DAILY: "0" * 40}),
            lambda: tester.apply([ops.relabel(NIGHTLY, "x")], id=new_id(), expected={DAILY: "0" * 40}),
            lambda: tester.revert(NIGHTLY, tip, id=new_id(), expected={DAILY: "0" * 40}),
            lambda: tester.live_status(DAILY),
            lambda: tester.live_statuses(pb.ListLiveStatusRequest(within=dev)),
            lambda: next(tester.watch_live("dev")),
        ]
        for call in calls:
            with pytest.raises(DeniedError, match="'tester' may not read the environment 'dev'"):
                call()
        for kind in (pb.KIND_ENVIRONMENT, pb.KIND_WORKSPACE, pb.KIND_DEPLOYMENT):
            for after in ("", token if kind == pb.KIND_ENVIRONMENT else ""):
                found = tester.list(pb.ListRequest(kind=kind, page_token=after))
                assert {each.target.environment for each in found.items} == {"test"}
        [*pages] = tester.matches(pb.SearchRequest(words="apiVersion", page_size=1))
        assert [each.target.environment for each in pages] == ["test"] * 3
        status = tester.status()
        assert (status.environments, status.workspaces, status.deployments) == (1, 1, 1)
        assert tester.history(pb.ListHistoryRequest(target=ops.target(NIGHTLY))).entries


def test_what_may_have_been_meant_is_of_a_caller_s_own_environments(guarded: Guarded) -> None:
    """There is an environment 'dev', which it may not know, and none 'deb', which it may."""
    deb = ops.target("deb")
    with guarded.client("reader") as reader, pytest.raises(MissingError, match="did you mean 'dev'"):
        reader.get("deb")
    with guarded.client("early") as early:
        calls: list[Callable[[], object]] = [
            lambda: early.get("deb"),
            lambda: early.get(DAILY.replace("dev", "deb")),
            lambda: early.get(DAILY.replace("dev", "test")),
            lambda: early.list(pb.ListRequest(kind=pb.KIND_DEPLOYMENT, within=deb)),
            lambda: early.search(pb.SearchRequest(words="kind", within=deb)),
            lambda: early.rendered(pb.ListRenderedRequest(target=deb)),
            lambda: early.history(pb.ListHistoryRequest(target=deb)),
            lambda: early.apply([ops.relabel("deb", "x")], id=new_id()),
            lambda: early.apply([ops.relabel(DAILY.replace("dev", "deb"), "x")], id=new_id()),
            lambda: early.preview([ops.relabel(DAILY.replace("dev", "test"), "x")]),
            lambda: early.apply([ops.create("deb/etl", "apiVersion: stargit.dev/v1\nkind: Workspace\n")], id=new_id()),
        ]
        for call in calls:
            with pytest.raises((MissingError, RefusedError)) as caught:
                call()
            assert "'dev" not in str(caught.value)
            assert "/dev/" not in str(caught.value)


def test_a_watch_of_a_caller_with_environments_tells_of_those(guarded: Guarded) -> None:
    with guarded.client("houston") as houston, guarded.client("tester") as tester:
        since = houston.status().revision
        houston.apply([ops.relabel(DAILY, "Not to be seen")], id=new_id())
        both = [ops.relabel(DAILY, "Not to be seen, too"), ops.relabel(NIGHTLY, "Seen")]
        done = houston.apply(both, id=new_id(), reason="Both")
        events = (each.event for each in tester.watch(since) if each.HasField("event"))
        event = next(events)
    assert event.commit.revision == done.revision
    assert {each.target.environment for each in event.changes} == {"test"}


def test_what_is_live_is_told_of_a_caller_s_own_environments(guarded: Guarded) -> None:
    with guarded.client("houston") as houston, guarded.client("tester") as tester:
        everything = {ops.target_text(each.target) for each in houston.all_live_statuses(pb.ListLiveStatusRequest())}
        found = {ops.target_text(each.target) for each in tester.all_live_statuses(pb.ListLiveStatusRequest())}
        assert (everything, found) == ({DAILY, NIGHTLY}, {NIGHTLY})
        assert tester.live_status(NIGHTLY).health == "Unknown"
        told = {}
        for name, client in (("houston", houston), ("tester", tester)):
            until_all = takewhile(lambda each: not each.HasField("all_told"), client.watch_live())
            told[name] = {ops.target_text(each.status.target) for each in until_all}
        assert told == {"houston": {DAILY, NIGHTLY}, "tester": {NIGHTLY}}


def test_a_file_that_is_wrong_is_told_to_those_whose_it_is(guarded: Guarded) -> None:
    wrong = {"dev": "label: [", "test": "label: {"}
    for environment, text in wrong.items():
        file = f"environments/{environment}/workspaces/late/workspace.yaml"
        commit_file(guarded.repository, file, text)
    with guarded.client("reader") as reader, guarded.client("tester") as tester:
        until(lambda: {each.file.split("/")[1] for each in reader.status().problems} == {"dev", "test"})
        assert {each.file.split("/")[1] for each in tester.status().problems} == {"test"}


def commit_file(repository: Path, path: str, text: str) -> None:
    """As somebody pushes it."""
    tip = git(repository, "rev-parse", "main").strip()
    lines = b"commit refs/heads/main\ncommitter Ada Person <ada@example.com> 1700000000 +0000\n"
    lines += b"data 6\nwrong\n\nfrom %s\nM 100644 inline %s\n" % (tip.encode(), path.encode())
    lines += b"data %d\n%s\n" % (len(text), text.encode())
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=lines, check=True)


def test_an_id_is_the_caller_s_own(guarded: Guarded) -> None:
    """Who knows the id of somebody else's change can neither take it nor learn the commit."""
    asked = [ops.relabel(DAILY, "Twice")]
    with guarded.client("robot") as robot, guarded.client("houston") as houston:
        first = robot.apply(asked, id="an-id")
        again = robot.apply(asked, id="an-id")
        other = houston.apply([ops.relabel(DAILY, "Once")], id="an-id")
    assert again.repeated
    assert again.revision == first.revision
    assert not other.repeated
    assert other.revision != first.revision
    trailer = git(
        guarded.repository, "show", "--no-patch", "--format=%(trailers:key=Change-Id,valueonly)", first.revision
    )
    assert trailer.strip() == "robot:an-id"


@pytest.mark.parametrize("token", ["", "stargit_made-up", "x" * 400])
def test_who_is_not_known_may_do_nothing(guarded: Guarded, token: str) -> None:
    with guarded.client(token=token) as stranger:
        calls: list[Callable[[], object]] = [
            stranger.status,
            lambda: stranger.get(DAILY),
            lambda: stranger.apply([ops.wake(DAILY)], id=new_id()),
            lambda: next(stranger.watch()),
        ]
        for call in calls:
            with pytest.raises(DeniedError) as caught:
                call()
            assert caught.value.code == grpc.StatusCode.UNAUTHENTICATED


def test_a_token_is_in_no_log_and_no_error(guarded: Guarded) -> None:
    with guarded.client(token="stargit_canary-in-a-log") as stranger, pytest.raises(DeniedError) as caught:
        stranger.status()
    assert "canary" not in str(caught.value)
    assert "canary" not in guarded.service.log
    assert not any(token in guarded.service.log for token in guarded.tokens.values())


def test_every_method_has_a_right_and_one_that_is_not_known_is_refused() -> None:
    methods = {each.name for each in pb.DESCRIPTOR.services_by_name["Commander"].methods}
    assert RIGHTS.keys() == methods


def test_health_is_for_anybody_and_reflection_is_not(guarded: Guarded) -> None:
    with guarded.client() as stranger:
        channel = stranger._channel
        stub: Any = health_pb2_grpc.HealthStub(channel)  # without types
        health = stub.Check(health_pb2.HealthCheckRequest(), timeout=5)
        assert health.status == health_pb2.HealthCheckResponse.SERVING
        asked = reflection_pb2.ServerReflectionRequest(list_services="")
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        with pytest.raises(grpc.RpcError) as caught:
            list(stub.ServerReflectionInfo(iter([asked]), timeout=5))
        assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
        metadata = (("authorization", f"Bearer {guarded.tokens['reader']}"),)
        [answer] = stub.ServerReflectionInfo(iter([asked]), timeout=5, metadata=metadata)
    assert "stargit.commander.v1.Commander" in [each.name for each in answer.list_services_response.service]


def test_new_callers_are_known_without_a_restart_and_a_wrong_file_changes_nothing(guarded: Guarded) -> None:
    token = new_token()
    was = guarded.callers.read_text()
    more = f"  - {{name: late, email: late@example.com, rights: [read], tokens: ['{digest_of(token)}']}}\n"
    guarded.callers.write_text("callers: [nobody]\n")
    with guarded.client("reader") as reader:
        until(lambda: "callers is wrong" in guarded.service.log)
        assert reader.status().trouble.startswith("the file of callers is wrong")
    guarded.callers.write_text(was + more)
    with guarded.client(token=token) as late:
        until(lambda: answers(late))


@pytest.mark.parametrize("watch", [Client.watch, Client.watch_live])
def test_a_watch_that_is_open_ends_for_a_caller_who_is_taken_out(
    guarded: Guarded, watch: Callable[[Client], Iterator[Any]]
) -> None:
    token, was = new_token(), guarded.callers.read_text()
    guarded.callers.write_text(
        f"{was}  - {{name: leaving, email: l@example.com, rights: [read], tokens: ['{digest_of(token)}']}}\n"
    )
    with guarded.client(token=token) as leaving:
        until(lambda: answers(leaving))
        told = watch(leaving)
        next(told)
        guarded.callers.write_text(was)
        with pytest.raises(DeniedError):
            deque(told, maxlen=0)


def answers(client: Client) -> bool:
    try:
        return bool(client.status().revision)
    except DeniedError:
        return False


def test_a_caller_is_known_by_its_certificate(tmp_path: Path) -> None:
    pki = certificates(tmp_path / "pki")
    callers = tmp_path / "callers.yaml"
    callers.write_text(
        "callers:\n  - {name: robot, email: robot@example.com, rights: [write], certificates: [robot.example.com]}\n"
    )
    repository = bare(tmp_path, FILES)
    arguments = ["--listen", "localhost:0", "--callers", callers, "--tls-certificate", pki / "service.crt"]
    arguments += ["--tls-key", pki / "service.key", "--tls-callers", pki / "authority.crt"]
    with serving(tmp_path / "service", repository, *map(str, arguments)) as service:
        known = {"authority": pki / "authority.crt", "certificate": pki / "caller.crt", "key": pki / "caller.key"}
        with service.client("", 20.0, **known) as robot:
            done = robot.apply([ops.relabel(DAILY, "By certificate")], id=new_id())
        assert git(repository, "show", "--no-patch", "--format=%an", done.revision) == "robot"
        with service.client(seconds=2, authority=pki / "authority.crt") as nobody, pytest.raises(UnavailableError):
            nobody.status()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--listen", "127.0.0.1:0"], "anybody who reaches 127.0.0.1:0 could change everything"),
        (["--listen", "0.0.0.0:0", "--allow-anybody"], "anybody who reaches 0.0.0.0:0 could change everything"),
        (["--listen", "0.0.0.0:0", "--allow-anybody"], "tokens would travel to 0.0.0.0:0 in the clear"),
        (["--listen", "here"], "'here' is no address to listen at"),
    ],
)
def test_a_service_that_would_let_strangers_in_does_not_start(tmp_path: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(StartError) as caught:
        start(tmp_path, bare(tmp_path, FILES), *arguments)
    assert caught.value.code == 1
    assert said in caught.value.output


def test_a_token_does_not_go_over_an_open_line() -> None:
    with pytest.raises(ValueError, match="in the clear"):
        Client(Connection("commander.example.com:7070", token="secret"))


def test_the_socket_is_the_owners_alone(tmp_path: Path) -> None:
    with serving(tmp_path, bare(tmp_path, FILES)) as service:
        mode = Path(service.address.removeprefix("unix:")).stat().st_mode
    assert mode & 0o077 == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no map"),
        ("callers: []\n", "callers"),
        (f"callers: [{A_CALLER.replace('rights', 'environments: [], rights')}]", "environments"),
        ("callers:\n  - {name: a, email: a@b, rights: [admin], tokens: []}\n", "rights"),
        ("callers:\n  - {name: a, email: a@b, rights: [read]}\n", "neither tokens nor certificates"),
        ("callers:\n  - {name: a, email: a@b, rights: [read], tokens: [secret-token]}\n", "tokens"),
        (f"callers: [{A_CALLER}, {A_CALLER}]", "two callers 'a'"),
        (f"callers: [{A_CALLER}, {A_CALLER.replace('name: a', 'name: b')}]", "is that of 'b', too"),
    ],
)
def test_a_wrong_file_of_callers_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        Callers.parse(text.encode(), "callers.yaml")
    assert said in str(caught.value)
    assert "secret-token" not in str(caught.value)


def test_without_its_file_nobody_is_known(tmp_path: Path) -> None:
    file = tmp_path / "callers.yaml"
    token = new_token()
    file.write_text(f"callers: [{{name: a, email: a@b.c, rights: [read], tokens: ['{digest_of(token)}']}}]\n")
    authority = Authority(file)
    assert authority.identify(token, ()).name == "a"
    with pytest.raises(UnknownCallerError):
        authority.identify("", ())
    with pytest.raises(UnknownCallerError):
        authority.identify("", ["x"])


def test_an_actor_that_is_none_is_refused(guarded: Guarded) -> None:
    with guarded.client("houston") as houston, pytest.raises(RefusedError, match="no name or no e-mail"):
        houston.apply([ops.wake(DAILY)], id=new_id(), actor=("", "x"))
