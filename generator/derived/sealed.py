"""JSON in a file of a cache, beside a digest of it: what is damaged, by whatever, shows, and is as good as nothing.

Whoever reads it need not look whether it has the right form: it is as it was written.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

_START, _BETWEEN, _END = b'["', b'",\n', b"\n]\n"
_DIGITS = 32


def unsealed(text: bytes) -> Any:
    """The JSON in the text of a file. Raises ``ValueError`` when it is not as it was written."""
    import orjson  # not for commands that keep nothing

    begin = len(_START) + _DIGITS + len(_BETWEEN)
    data = text[begin : -len(_END)]
    if text != _sealed(data):
        raise ValueError("damaged, or not written by Stargit")
    return orjson.loads(data)


def write_sealed(file: Path, data: object, default: Callable[[Any], Any] | None = None) -> None:
    """Write a file whole or not at all. Raises ``OSError``, and ``TypeError`` for what JSON has no form for."""
    import tempfile

    import orjson

    text = _sealed(orjson.dumps(data, default=default))
    descriptor, temporary = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sealed(data: bytes) -> bytes:
    digest = blake2b(data, digest_size=_DIGITS // 2).hexdigest().encode()
    return b"".join((_START, digest, _BETWEEN, data, _END))
