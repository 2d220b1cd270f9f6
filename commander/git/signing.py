"""Signatures of commits, by the programs that git uses itself (git-config(1), ``gpg.format``): keys stay with them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from commander.git.draft import Sign
from commander.git.repository import StoreError

_SECONDS = 30.0


def ssh_signer(key: Path) -> Sign:
    """Signs with an SSH key: the private one, or the public one of a key in the agent. Raises ``StoreError``."""
    if not key.is_file():
        raise StoreError(f"there is no key {key} to sign commits with")
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", os.fspath(key)]
    if key.suffix == ".pub":
        command.append("-U")  # the agent has the private half
    return lambda data: _signature(command, data)


def gpg_signer(key: str) -> Sign:
    """Signs with a key of the user's GnuPG home, named by its fingerprint. Raises ``StoreError`` for another name."""
    if not (len(key) in (16, 32, 40, 64) and all(digit in "0123456789abcdefABCDEF" for digit in key)):
        raise StoreError(f"{key[:80]!r} is no fingerprint of a key (16 or 40 hex digits)")
    command = ["gpg", "--batch", "--no-tty", "--quiet", "--detach-sign", "--armor", "--local-user", key]
    return lambda data: _signature(command, data)


def _signature(command: Sequence[str], data: bytes) -> str:
    program = command[0]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=_SECONDS)
    except FileNotFoundError:
        raise StoreError(f"commits can't be signed: there is no program {program}") from None
    except OSError as error:
        raise StoreError(f"commits can't be signed: {program} can't be run: {error.strerror or error}") from None
    except subprocess.TimeoutExpired:
        raise StoreError(f"commits can't be signed: {program} took too long; does the key need a passphrase?") from None
    text = done.stdout.decode("ascii", "replace")
    if done.returncode != 0 or "-----BEGIN" not in text:
        said = done.stderr.decode("utf-8", "replace").strip()[-500:]
        raise StoreError(f"commits can't be signed: {program} said: {said or 'nothing'}")
    return text
