"""The keys that Houston signs with: the first signs, all of them are believed, and others are told the public halves.

A key is replaced by putting a new one before it. The old one is taken away when the last token that it signed has
expired; what it signed is not believed any more then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from joserfc.jwk import RSAKey

_BITS = 2048
_LARGEST = 64 * 1024


class KeyFileError(Exception):
    """A file is no key to sign with; the message says which file and why, and nothing of what is in it."""


class SigningKeys:
    """RSA keys of 2,048 bits or more, the one that signs first."""

    def __init__(self, keys: Sequence[RSAPrivateKey]) -> None:
        """Raises ``ValueError`` without a key, with one twice, or with one that is too small."""
        if not keys:
            raise ValueError("there is no key to sign with")
        self._keys = [_named(key) for key in keys]
        self._by_name = {key.kid: key for key in self._keys}
        if len(self._by_name) != len(keys):
            raise ValueError("a key is there twice")

    @classmethod
    def read(cls, files: Sequence[Path]) -> SigningKeys:
        """Those of PEM files without a passphrase, in this order. Raises ``KeyFileError``."""
        return cls([_read(file) for file in files])

    @classmethod
    def kept_in(cls, folder: Path) -> SigningKeys:
        """Those of ``*.pem`` in a folder, the last by name first; where there is none, one is made there.

        Only the owner may read what is made. Two processes that begin together end with the same keys.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if not (files := sorted(folder.glob("*.pem"), reverse=True)):
            _make(folder / "0001.pem")
            files = sorted(folder.glob("*.pem"), reverse=True)
        return cls.read(files)

    @property
    def first(self) -> RSAKey:
        """The one that signs."""
        return self._keys[0]

    def named(self, name: str) -> RSAKey | None:
        """The one that a token says it is signed by (``kid``)."""
        return self._by_name.get(name)

    def public(self) -> dict[str, Any]:
        """The public halves as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in self._keys]}


def _named(key: RSAPrivateKey) -> RSAKey:
    if key.key_size < _BITS:
        raise ValueError(f"a key has {key.key_size} bits; {_BITS} are the least")
    made = RSAKey.import_key(key)
    return RSAKey.import_key(key, {"kid": made.thumbprint()})


def _read(file: Path) -> RSAPrivateKey:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise KeyFileError(f"{file}: it can't be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise KeyFileError(f"{file}: it is larger than a key")
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        raise KeyFileError(f"{file}: it is no private key in PEM form without a passphrase") from None
    if not isinstance(key, RSAPrivateKey):
        raise KeyFileError(f"{file}: it is a key of another kind than RSA")
    if key.key_size < _BITS:
        raise KeyFileError(f"{file}: it has {key.key_size} bits; {_BITS} are the least")
    return key


def _make(file: Path) -> None:
    """Written beside and linked into place, so that it is whole, and that of two makers one wins."""
    key = generate_private_key(public_exponent=65537, key_size=_BITS)
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    beside = file.with_name(f".{file.name}.{uuid4().hex}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(beside, file)
        except FileExistsError:
            return
    finally:
        beside.unlink()
