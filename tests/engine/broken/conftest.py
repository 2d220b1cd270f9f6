"""Records of other runs, and the person's own cache, are none of these tests' business."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path / "cache"))
