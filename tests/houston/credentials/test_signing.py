"""The keys that Houston signs with: read, made once, told to others without their secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from houston.credentials import KeyFileError, SigningKeys

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}


def new(bits: int = 2048) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=bits)


def pem(key: object, passphrase: bytes | None = None) -> bytes:
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    data: bytes = key.private_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked
    )
    return data


def test_a_folder_without_a_key_gets_one_that_stays(tmp_path: Path) -> None:
    made = SigningKeys.kept_in(tmp_path / "keys")
    (file,) = (tmp_path / "keys").iterdir()
    assert (file.name, oct(file.stat().st_mode & 0o777)) == ("0001.pem", "0o600")
    assert SigningKeys.kept_in(tmp_path / "keys").public() == made.public()


def test_the_last_key_of_a_folder_signs_and_all_are_believed(tmp_path: Path) -> None:
    first = SigningKeys.kept_in(tmp_path)
    (tmp_path / "0002.pem").write_bytes(pem(new()))
    both = SigningKeys.kept_in(tmp_path)
    assert both.first.kid != first.first.kid
    assert both.named(first.first.kid or "") is not None
    assert len(both.public()["keys"]) == 2


def test_others_are_told_the_public_half_alone() -> None:
    (key,) = SigningKeys([new()]).public()["keys"]
    assert {"kty": "RSA", "use": "sig", "alg": "RS256"}.items() <= key.items()
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert not PRIVATE & set(key)


def test_processes_that_begin_together_end_with_one_key(tmp_path: Path) -> None:
    program = (
        "import json, sys; from pathlib import Path; from houston.credentials import SigningKeys;"
        "print(json.dumps(SigningKeys.kept_in(Path(sys.argv[1])).public()))"
    )
    folder = tmp_path / "keys"
    started = [
        subprocess.Popen([sys.executable, "-c", program, folder], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    found = [each.communicate()[0] for each in started]
    assert [each.returncode for each in started] == [0] * 4
    assert {json.loads(each)["keys"][0]["kid"] for each in found} == {SigningKeys.kept_in(folder).first.kid}
    assert [each.name for each in folder.iterdir()] == ["0001.pem"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (None, "it can't be read: No such file or directory"),
        (b"", "it is no private key in PEM form without a passphrase"),
        (b"secret words", "it is no private key in PEM form without a passphrase"),
        (pem(new(), b"word"), "it is no private key in PEM form without a passphrase"),
        (pem(generate_ec_key(SECP256R1())), "it is a key of another kind than RSA"),
        (pem(new(1024)), "it has 1024 bits; 2048 are the least"),
        (b"x" * 70_000, "it is larger than a key"),
    ],
)
def test_what_is_no_key_is_said_and_not_shown(tmp_path: Path, data: bytes | None, why: str) -> None:
    file = tmp_path / "signing.pem"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(KeyFileError) as raised:
        SigningKeys.read([file])
    assert str(raised.value) == f"{file}: {why}"


def test_no_key_or_one_twice_is_refused() -> None:
    key = new()
    with pytest.raises(ValueError, match="there is no key to sign with"):
        SigningKeys([])
    with pytest.raises(ValueError, match="a key is there twice"):
        SigningKeys([key, key])
