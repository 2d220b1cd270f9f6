"""What is served: a bare repository on this machine, or a copy of a remote one, which is made when it is not there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pygit2

from commander.git import Local, Remote, Store, StoreError, Truth, without_login

_URL = re.compile(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:")


@dataclass(frozen=True, slots=True)
class Served:
    """``remote`` is the address of the truth without a login; empty where ``store`` itself is the truth."""

    store: Store
    truth: Truth
    remote: str = ""


def open_repository(
    where: str, branch: str, *, copies: Path, copy: Path | None = None, seconds: float = 60.0
) -> Served:
    """Open the repository at a path or a URL. Of a URL ``copy`` is where the local copy is kept, by default a folder in
    ``copies``. ``seconds`` is how long one call to the remote may take. Raises ``StoreError``.
    """
    reference = branch if branch.startswith("refs/heads/") else f"refs/heads/{branch}"
    if not pygit2.reference_is_valid_name(reference):
        raise StoreError(f"'{branch[:200]}' is no name of a branch")
    if _URL.match(where) is None:
        path = Path(where)
        if not path.is_dir():
            raise StoreError(f"there is no folder {where}; a remote repository is named by its URL (https, ssh, file)")
        if (path / ".git").exists():
            raise StoreError(
                f"{where} has a work tree, and Commander changes nobody's files; serve a bare repository:"
                f" git clone --bare {where} {path.name or 'fleet'}.git"
            )
        store = Store(path, reference)
        return Served(store, Local(store))
    # One copy has one branch: another Commander would take it for its own.
    name = sha256(f"{where} {reference}".encode()).hexdigest()[:24]
    folder = copy if copy is not None else copies / f"{name}.git"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / "HEAD").exists():
            pygit2.init_repository(os.fspath(folder), bare=True, initial_head=reference)
    except (OSError, pygit2.GitError) as error:
        raise StoreError(f"a copy of the remote can't be kept in {folder}: {error}") from None
    store = Store(folder, reference)
    return Served(store, Remote(store, where, seconds=seconds), without_login(where))
