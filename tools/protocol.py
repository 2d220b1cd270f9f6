"""Generate the Python code of Commander's protocol, with types: ``python tools/protocol.py [FOLDER]``.

The code is kept in git, so that nobody who installs Stargit needs a compiler; a test compares it with what this makes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOCOL = "commander/proto/v1/commander.proto"


def generate(folder: Path) -> None:
    """Write the modules below ``folder``. Raises ``CalledProcessError`` when the protocol is wrong."""
    # mypy-protobuf's plugins lie beside the Python that runs.
    plugins = Path(sys.executable).parent
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"--proto_path={ROOT}",
        f"--plugin=protoc-gen-mypy={plugins / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={plugins / 'protoc-gen-mypy_grpc'}",
        f"--python_out={folder}",
        f"--grpc_python_out={folder}",
        f"--mypy_out=quiet:{folder}",
        f"--mypy_grpc_out=quiet:{folder}",
        PROTOCOL,
    ]
    subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
