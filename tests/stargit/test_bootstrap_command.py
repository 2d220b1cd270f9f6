"""`stargit bootstrap` as an administrator meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from stargit.__main__ import main
from tests.desired.repositories import ENVIRONMENT, ENVIRONMENT_FILE, PLAIN, write

GITOPS = "gitops:\n  repository: https://git.example.com/airflow.git\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    far = ENVIRONMENT + GITOPS + "  cluster: far\n"
    write(tmp_path, {**PLAIN, ENVIRONMENT_FILE: ENVIRONMENT + GITOPS, "environments/far/environment.yaml": far})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(["bootstrap", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_it_writes_yaml_that_kubectl_reads_and_says_how_to_go_on(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "dev")
    assert (code, err) == (0, "")
    assert [each["kind"] for each in yaml.safe_load_all(out)][-2:] == ["AppProject", "Application"]
    said = [line for line in out.splitlines() if line.startswith("#")]
    assert "#   kubectl apply --server-side --field-manager=stargit --filename=-" in said
    assert sum("kubectl create secret generic" in line for line in said) == 2
    assert run(capsys, "dev")[1] == out


def test_for_two_clusters_it_asks_which_one(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "far")
    assert (code, out) == (2, "")
    assert "is in another cluster than Argo CD: ask with --part" in err
    code, out, _ = run(capsys, "far", "--part", "cluster")
    assert code == 0
    assert {each["kind"] for each in yaml.safe_load_all(out)} == {
        "Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    }  # fmt: skip
    assert "kubectl create secret" not in out
    code, _, err = run(capsys, "dev", "--part", "cluster")
    assert (code, "all that it needs is in the part 'argocd'" in err) == (2, True)


def test_a_folder_gets_a_folder_a_cluster_and_the_second_time_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "far", "--to", "once")
    assert code == 0
    files = sorted(path.relative_to("once").as_posix() for path in Path("once").rglob("*.yaml"))
    assert files == [
        "argocd/2-configuration.yaml",
        "argocd/4-rights.yaml",
        "argocd/5-root.yaml",
        "cluster/1-namespaces.yaml",
        "cluster/4-admission.yaml",
        "cluster/4-rights.yaml",
    ]
    assert "--filename=once/cluster" in out
    assert "written" not in run(capsys, "far", "--to", "once")[1]


def test_what_changed_is_written_and_what_others_wrote_is_left(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "dev", "--to", "once", "--secret-store", "vault")[0] == 0
    text = (repository / ENVIRONMENT_FILE).read_text()
    (repository / ENVIRONMENT_FILE).write_text(text + "  name: other\n")
    code, out, err = run(capsys, "dev", "--to", "once")
    assert code == 0
    # Rights are called by the account that they are for, which is the same.
    assert [line for line in out.splitlines() if line.startswith("written")] == ["written: once/argocd/5-root.yaml"]
    assert err == "once/argocd/3-secrets.yaml: nothing is written into it any more; remove it\n"
    (repository / "once/argocd/5-root.yaml").write_text("kind: Mine\n")
    code, _, err = run(capsys, "dev", "--to", "once")
    assert code == 1
    assert err.startswith("argocd/5-root.yaml: was not written by 'stargit bootstrap'")
    assert (repository / "once/argocd/5-root.yaml").read_text() == "kind: Mine\n"


def test_for_machines(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "dev", "--output", "json")
    made = json.loads(out)
    assert (code, made["rootApplication"], made["fieldManager"]) == (0, "dev", "stargit")
    assert list(made["parts"][0]["files"]) == [
        "1-namespaces.yaml", "2-configuration.yaml", "4-admission.yaml", "4-rights.yaml", "5-root.yaml",
    ]  # fmt: skip
    assert [each["name"] for each in made["secrets"]][1] == "argocd-secret"


def test_an_unknown_environment(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "dve")
    assert code == 1
    assert err == "there is no environment 'dve'\n  hint: did you mean 'dev'?\n1 problem\n"


@pytest.mark.parametrize("folder", ["environments", "environments/x", "rendered/dev"])
def test_nothing_is_written_where_argo_cd_or_stargit_read_all_files(
    folder: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(repository.rglob("*"))
    code, _, err = run(capsys, "dev", "--to", folder)
    assert (code, f"--to {folder}: all files in" in err) == (2, True)
    assert sorted(repository.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--secret-store", ""], "'' can't be the name of a store; allowed: small letters, digits, '-' and '.'"),
        (["--secret-store", "Vault"], "'Vault' can't be the name of a store"),
        (["--secret-store", "a..b"], "'a..b' can't be the name of a store"),
        (["--secret-store", "v" * 254], f"'{'v' * 60}...' can't be the name of a store"),
        (["--secret-store", "a\nkind: x"], r"'a\nkind: x' can't be the name of a store"),
        (["--secret-store", "v", "--secret-prefix", "../other"], "'../other' can't be what keys in a store begin with"),
        (["--secret-store", "v", "--secret-prefix", "a b"], "'a b' can't be what keys in a store begin with"),
    ],
)
def test_names_that_kubernetes_does_not_take_are_refused(
    arguments: list[str], said: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "dev", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_a_store_is_argo_cds_own_unless_its_kind_says_else(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a store of the cluster the teams' deployments could read the login of the repository, too."""
    _, out, _ = run(capsys, "dev", "--secret-store", "vault.eu-1", "--secret-prefix", "/platform/argocd/")
    stores = [each["spec"]["secretStoreRef"] for each in yaml.safe_load_all(out) if each["kind"] == "ExternalSecret"]
    assert stores == [{"name": "vault.eu-1", "kind": "SecretStore"}] * 2
    assert "spec.conditions" not in out
    _, out, _ = run(capsys, "dev", "--secret-store", "vault", "--secret-store-kind", "ClusterSecretStore")
    assert "# 'vault' is open to deployments' namespaces, too, unless its 'spec.conditions' name others" in out
