"""``python -m generator.desired [FOLDER]`` writes the JSON Schemas (default: into ``schemas``)."""

from __future__ import annotations

import sys
from pathlib import Path

from generator.desired.schemas import schema_files


def main(arguments: list[str]) -> int:
    """Write the files into the folder; the exit code."""
    folder = Path(arguments[0] if arguments else "schemas")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
