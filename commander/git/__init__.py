"""A bare repository as Commander uses it: objects straight from and into the object store, no work tree, no index.

Objects are read through libgit2. New ones are made in memory (``Draft``), written as one pack that survives power loss,
and only then a branch moves, by comparing and swapping: here (``Local``), or where the truth is (``Remote``).
"""

from commander.git.draft import Draft, Sign
from commander.git.objects import FOLDER, LINK, Identity, blob_name
from commander.git.patience import Patience
from commander.git.program import run_git
from commander.git.repository import Described, Entry, Repository, StoreError
from commander.git.signing import gpg_signer, ssh_signer
from commander.git.size import Size
from commander.git.store import MovedError, Store
from commander.git.truth import Local, Remote, Truth

__all__ = [
    "FOLDER",
    "LINK",
    "Described",
    "Draft",
    "Entry",
    "Identity",
    "Local",
    "MovedError",
    "Patience",
    "Remote",
    "Repository",
    "Sign",
    "Size",
    "Store",
    "StoreError",
    "Truth",
    "blob_name",
    "gpg_signer",
    "run_git",
    "ssh_signer",
]
