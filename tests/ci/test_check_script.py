"""`ci/check.sh` run for real: what passes, what fails, and what is written for the pull request."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stargit.__main__ import main
from tests.desired.repositories import DEPLOYMENT, DEPLOYMENT_FILE, PLAIN, write
from tests.stargit.git_repositories import commit, git

SCRIPT = Path(__file__).parents[2] / "ci/check.sh"
SCALED = DEPLOYMENT + "values:\n  scheduler:\n    replicas: 2\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered repository with a branch for a change."""
    folder = write(tmp_path_factory.mktemp("gitops"), PLAIN)
    assert main(["render", "--repository", str(folder)]) == 0
    commit(folder, "first")
    git(folder, "checkout", "--quiet", "-b", "change")
    return folder


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "gitops"))


def run(repository: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Exit code, what was said, the report."""
    command = Path(sys.executable).with_name("stargit")
    known = {name: value for name, value in os.environ.items() if not name.startswith("STARGIT_")}
    # What conftest keeps away, and where the schemas and kubeconform are.
    kept = {name: os.environ[name] for name in ("STARGIT_CACHE", "STARGIT_KUBECONFORM") if name in os.environ}
    done = subprocess.run(
        ["bash", str(SCRIPT), *arguments], cwd=repository, text=True, check=False, timeout=110,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**known, **kept, "STARGIT": str(command), **variables},
    )  # fmt: skip
    report = repository / "stargit-report.md"
    return done.returncode, done.stdout, report.read_text() if report.exists() else ""


@pytest.mark.slow
def test_a_good_change_passes_and_is_described(repository: Path) -> None:
    write(repository, {DEPLOYMENT_FILE: SCALED})
    assert main(["render", "--repository", str(repository)]) == 0
    commit(repository)
    code, said, report = run(repository, STARGIT_BASE="main")
    assert (code, said.splitlines()[-1]) == (0, "all checks passed")
    assert [line for line in said.splitlines() if line.startswith("==")] == [
        "== desired state",
        "== rendered state is up to date",
        "== manifests against the schemas of Kubernetes",
        "== what changes in the clusters",
    ]
    assert report.startswith("<!-- stargit diff -->\n")
    assert "**1 deployment: 1 object changed; no pods restart.**" in report
    assert "! Deployment spec.replicas: 1 -> 2  (scheduler)" in report
    assert not (repository / "stargit-report.md.part").exists()


@pytest.mark.slow
def test_stale_rendered_state_fails_and_is_described_as_it_would_be(repository: Path) -> None:
    write(repository, {DEPLOYMENT_FILE: SCALED})
    commit(repository)
    code, said, report = run(repository, STARGIT_BASE="main")
    assert code == 1
    assert "would change rendered/dev/workspaces/etl/daily/scheduler.yaml\n" in said
    assert "rendered/ is out of date: run 'stargit render' and commit what it changes\n" in said
    assert said.endswith("\nfailed:\n  rendered state is up to date\n")
    assert "spec.replicas: 1 -> 2" in report


@pytest.mark.slow
def test_wrong_desired_state_fails_with_place_and_advice(repository: Path) -> None:
    write(repository, {DEPLOYMENT_FILE: SCALED.replace("replicas", "replica")})
    commit(repository)
    code, said, report = run(repository, STARGIT_BASE="main")
    assert code == 1
    assert f"{DEPLOYMENT_FILE}:5:5: values.scheduler.replica: there is no such setting" in said
    assert "hint: did you mean 'replicas'?" in said
    assert said.endswith("\nfailed:\n  desired state\n")
    assert report == (
        "<!-- stargit diff -->\n\n### What this changes in the clusters\n\n"
        "The desired state has mistakes; the log of the check lists them.\n"
    )


@pytest.mark.slow
def test_manifests_that_kubernetes_would_refuse_fail(repository: Path, tmp_path: Path) -> None:
    """What people put into rendered/ is applied by Argo CD like the rest. Without a base nothing is compared."""
    there = repository.rename(tmp_path / "a folder; echo x")
    write(there, {"rendered/dev/mine/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspecs: {}\n"})
    code, said, report = run(tmp_path, str(there))
    assert code == 1
    assert "rendered/dev/mine/a.yaml: Service a: additional properties 'specs' not allowed" in said
    assert said.endswith("\nfailed:\n  manifests against the schemas of Kubernetes\n")
    assert (report, "what changes" in said) == ("", False)


@pytest.mark.slow
def test_a_base_that_is_not_there(repository: Path) -> None:
    code, said, report = run(repository, STARGIT_BASE="origin/nowhere")
    assert code == 1
    assert "'origin/nowhere' is no revision of this repository" in said
    assert report.endswith(
        "The change could not be compared with what it is based on; the log of the check tells why.\n"
    )


def test_wrong_usage(repository: Path) -> None:
    assert run(repository, "nowhere")[:2] == (2, "usage: ci/check.sh [FOLDER]\n")
    code, said, _ = run(repository, STARGIT="no-such-program")
    assert (code, said) == (2, "there is no command 'no-such-program': install Stargit, or name it in STARGIT\n")


def test_the_script_is_good_bash() -> None:
    assert subprocess.run(["bash", "-n", str(SCRIPT)], check=False).returncode == 0
    assert os.access(SCRIPT, os.X_OK)
