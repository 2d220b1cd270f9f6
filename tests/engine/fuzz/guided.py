"""The fuzzer led by coverage: atheris draws what reaches code of the generator that nothing reached before."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any


class _Led(Random):
    """Random numbers that are read from the bytes of atheris; zeros when these have ended."""

    def __init__(self, provider: Any) -> None:
        super().__init__(0)
        self._provider = provider

    def random(self) -> float:
        return self.getrandbits(32) / 2**32

    def getrandbits(self, k: int, /) -> int:
        found: int = self._provider.ConsumeIntInRange(0, 2**k - 1) if k else 0
        return found


def guided(minutes: float) -> int:
    """Fuzz for some minutes with the tiny chart; the exit code is 1 when something was found, which atheris tells.

    What led there is kept as ``crash-<digest>`` in a folder that is printed.
    """
    from tests.engine.fuzz.judge import memory

    kept = tempfile.mkdtemp()
    print(f"what is found is kept in {kept}", flush=True)
    limits = [f"-max_total_time={int(minutes * 60)}", "-max_len=4096", "-len_control=0", f"-artifact_prefix={kept}/"]
    # Atheris ends its process without a word to Python, which would leave the folder behind.
    with memory() as folder:
        child = os.fork()
        if child == 0:
            _fuzz(folder, limits)
            os._exit(0)
        return 1 if os.waitpid(child, 0)[1] else 0


def _fuzz(folder: Path, limits: list[str]) -> None:
    atheris = importlib.import_module("atheris")
    for name in [name for name in sys.modules if name.split(".")[0] in {"generator", "tests"}]:
        del sys.modules[name]  # atheris watches what is imported from here on
    with atheris.instrument_imports(include=["generator"]):
        from tests.engine.fuzz.__main__ import a_judge, try_out

        judge = a_judge(folder, "tiny")

    def one(data: bytes) -> None:
        tree = judge.draw(_Led(atheris.FuzzedDataProvider(data)))
        try:
            try_out(judge, tree, program=False)
        except Exception as error:
            error.add_note("; ".join(tree.changes))
            raise

    atheris.Setup([sys.argv[0], *limits], one)
    atheris.Fuzz()
