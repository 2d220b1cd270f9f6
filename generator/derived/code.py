"""A digest of everything that decides what is made of desired state: this code, its templates, what it is run by."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
#: In a checkout the templates lie beside the packages; in a wheel, inside.
_TEMPLATES = (_PACKAGE.parent / "chart-templates", _PACKAGE / "_chart_templates")
_LIBRARIES = ("jinja2", "jsonschema-rs", "orjson", "pydantic", "pyyaml")


@cache
def code_digest() -> str:
    """The digest; 32 hex digits. Does not depend on where the code lies."""
    from importlib.metadata import version  # not for commands that need no digest

    result = blake2b(digest_size=16)
    result.update(repr((sys.version_info[:3], [version(name) for name in _LIBRARIES])).encode())
    for folder, pattern in ((_PACKAGE, "*.py"), *((each, "*") for each in _TEMPLATES)):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file():
                data = path.read_bytes()
                result.update(f"{path.relative_to(folder.parent).as_posix()} {len(data)}\n".encode())
                result.update(data)
    return result.hexdigest()
