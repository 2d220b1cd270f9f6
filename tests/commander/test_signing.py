"""Signed commits are good to git itself; a key that can't sign stops the change, and nothing is written unsigned."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from commander.changes import Edit
from commander.git import Store, StoreError, gpg_signer, ssh_signer
from commander.writer import Applied, Failed, Tracker, Writer
from generator.charts import ChartSource
from generator.edit import Set
from tests.commander.fleets import DAILY, change
from tests.commander.repositories import MAIN, fsck, git

pytestmark = pytest.mark.slow

LABELLED = Edit(DAILY, (Set(("label",), "Signed"),))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def writer(repository: Path, chart: ChartSource, sign: object) -> Writer:
    tracker = Tracker(Store(repository, MAIN), sign=sign, chart=chart, processes=1)  # type: ignore[arg-type]
    return Writer(tracker, name="Commander", email="commander@example.com")


def test_every_commit_is_signed_with_an_ssh_key(
    tmp_path: Path, repository: Path, chart: ChartSource, key: Path
) -> None:
    first = git(repository, "rev-parse", "main")
    (outcome,) = writer(repository, chart, ssh_signer(key)).apply([change("one", LABELLED)])
    assert isinstance(outcome, Applied)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"commander@example.com {key.with_suffix('.pub').read_text()}")
    commits = git(repository, "rev-list", f"{first}..main").splitlines()
    assert len(commits) == 2
    for commit in commits:
        git(repository, "-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", commit)
    fsck(repository)


def test_a_gpg_key(tmp_path: Path, repository: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", os.fspath(home))
    who = "Commander <commander@example.com>"
    gpg = ["gpg", "--batch", "--quiet", "--passphrase", ""]
    subprocess.run([*gpg, "--quick-generate-key", who, "ed25519", "sign"], check=True, capture_output=True)
    listed = subprocess.run([*gpg, "--list-keys", "--with-colons"], check=True, capture_output=True, text=True).stdout
    fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    try:
        (outcome,) = writer(repository, chart, gpg_signer(fingerprint)).apply([change("one", LABELLED)])
        assert isinstance(outcome, Applied)
        git(repository, "verify-commit", "main")
    finally:
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=True)


def test_a_key_that_cannot_sign_stops_the_change(repository: Path, chart: ChartSource, key: Path) -> None:
    sign = ssh_signer(key)
    made = writer(repository, chart, sign)
    made.follow()
    tip = git(repository, "rev-parse", "main")
    text = key.read_bytes()
    key.write_text("no key")
    (failed,) = made.apply([change("one", LABELLED)])
    assert isinstance(failed, Failed)
    assert "commits can't be signed: ssh-keygen said" in failed.reason
    assert git(repository, "rev-parse", "main") == tip
    key.write_bytes(text)
    assert isinstance(made.apply([change("one", LABELLED)])[0], Applied)


def test_keys_that_there_are_not(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no key"):
        ssh_signer(tmp_path / "nothing")
    for name in ("", "Ada", "--output=x", "0123"):
        with pytest.raises(StoreError, match="is no fingerprint of a key"):
            gpg_signer(name)


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ssh-keygen").write_text("no program")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(StoreError, match="ssh-keygen can't be run: Permission denied"):
        ssh_signer(key)(b"a commit")
