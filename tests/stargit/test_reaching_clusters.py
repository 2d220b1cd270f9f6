"""How ``stargit commander serve`` is told which clusters it reads, and what it says of what can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from commander.client import new_id
from commander.client import operations as ops
from commander.status import Where
from generator.errors import ProblemsError
from stargit.__main__ import main
from stargit.commands.commander.reaching import workloads_of
from tests.commander.fleets import FILES
from tests.commander.repositories import bare
from tests.commander.service.processes import serving, until
from tests.commander.status.test_unread import ENVIRONMENT

_ARN = "arn:aws:eks:eu-central-1:123456789012:cluster/prod"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("reader", "ends:here", "ends"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.usefixtures("here")
def test_file_and_context_may_have_colons() -> None:
    (Path("a:b")).touch()
    assert workloads_of(["one=reader", f"two=reader:{_ARN}", "three=a:b", "four=a:b:it", "five=./reader:x=y"]) == {
        "one": Where(Path("reader")),
        "two": Where(Path("reader"), _ARN),
        "three": Where(Path("a:b")),
        "four": Where(Path("a:b"), "it"),
        "five": Where(Path("reader"), "x=y"),
    }


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("option", "said", "allowed"),
    [
        ("reader", "it names no environment", "ENVIRONMENT=FILE or ENVIRONMENT=FILE:CONTEXT"),
        ("=reader", "'' is no name of an environment", "at most 63 characters"),
        ("Prod=reader", "'Prod' is no name of an environment", "at most 63 characters"),
        ("prod=", "it names no file", "ENVIRONMENT=FILE or ENVIRONMENT=FILE:CONTEXT"),
        ("prod=.", "there is no file '.'", "ENVIRONMENT=FILE or"),
        ("prod=none:it", "there is no file 'none:it' or 'none'", "ENVIRONMENT=FILE or"),
        ("prod=reader:", "no context stands after 'reader:'", "ENVIRONMENT=FILE or"),
        ("prod=ends:here", "there are the files 'ends:here' and 'ends'", "rename one"),
    ],
)
def test_what_can_not_be_meant_is_refused(option: str, said: str, allowed: str) -> None:
    with pytest.raises(ProblemsError) as error:
        workloads_of([option])
    (problem,) = error.value.problems
    assert (problem.path, problem.message) == (f"--workloads {option}", said)
    assert allowed in problem.allowed


@pytest.mark.usefixtures("here")
def test_two_for_one_environment_are_refused() -> None:
    with pytest.raises(ProblemsError) as error:
        workloads_of(["prod=reader", "dev=reader", "prod=reader:it", "Prod=none"])
    assert [each.message for each in error.value.problems] == [
        "'Prod' is no name of an environment",
        "'prod' has another one already, prod=reader",
    ]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--kubeconfig", "reader", "--in-cluster"], 2, "clusters are read with --kubeconfig or --in-cluster"),
        (["--in-cluster", "--kube-context", "it"], 2, "--kube-context needs --kubeconfig"),
        (["--kubeconfig", "reader", "--service-account", "."], 2, "--service-account needs --in-cluster"),
        (["--workloads", "dev=reader"], 2, "--argocd-namespace and --workloads need --kubeconfig or --in-cluster"),
        (["--kubeconfig", "reader", "--argocd-namespace", "a/b"], 1, "'a/b' is no name of a namespace"),
        (["--kubeconfig", "reader", "--workloads", "dev=none"], 1, "--workloads dev=none: there is no file 'none'"),
    ],
)
def test_it_does_not_start_with_options_that_say_nothing_clear(
    options: list[str], code: int, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["commander", "serve", "--repository", str(bare(here, FILES)), *options]) == code
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_clusters_that_can_not_be_read_are_told_and_all_else_goes_on(tmp_path: Path) -> None:
    file, other = tmp_path / "kubeconfig", tmp_path / "other"
    file.write_text("users: [{token: hidden}, :]\n")
    other.write_text("")
    files = {**FILES, "environments/live/environment.yaml": ENVIRONMENT}
    options = ["--kubeconfig", str(file), "--kube-context", "it", "--workloads", f"live={other}:prod"]
    with serving(tmp_path / "service", bare(tmp_path, files), *options) as service, service.client() as client:
        until(lambda: len(service.events("cluster can't be read")) == 12)
        told = {str(each["message"]) for each in service.events("cluster can't be read")}
        assert {each.partition(" can't be used: ")[0] for each in told} == {f"{file} (it)", f"{other} (prod)"}
        assert any("it is no YAML at line 1, column" in each for each in told)
        assert any("it is no kubeconfig" in each for each in told)
        done = client.apply([ops.relabel("dev/etl/daily", "Written")], id=new_id())
        assert client.get("dev/etl/daily").revision == done.revision
        assert "Traceback" not in service.log
        assert "hidden" not in service.log


@pytest.mark.slow
def test_an_environment_that_is_not_there_is_told_until_it_is(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.touch()
    files = {**FILES, "environments/live/environment.yaml": ENVIRONMENT}
    options = ["--kubeconfig", str(file), "--workloads", f"lives={file}:prod"]
    what = "workloads of the environment lives"
    with serving(tmp_path / "service", bare(tmp_path, files), *options) as service, service.client() as client:
        (told,) = [each for each in service.events("cluster can't be read") if each["what"] == what]
        assert told["message"] == (
            "there is no environment 'lives' with 'gitops' (yet), so nothing of it is read; there are: 'dev', 'live';"
            " did you mean 'live'?"
        )
        client.apply([ops.create("lives", ENVIRONMENT.replace("release: dev", "release: lives"))], id=new_id())
        until(lambda: [each for each in service.events("cluster is read") if each["what"] == what])
        until(lambda: f"pods of {file} (prod)" in {each["what"] for each in service.events("cluster can't be read")})
        client.apply([ops.remove("lives", at_once=True)], id=new_id())
        until(lambda: len([each for each in service.events("cluster can't be read") if each["what"] == what]) == 2)
