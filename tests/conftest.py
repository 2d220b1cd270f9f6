"""What every test shares: nothing of the person's own settings reaches it, nor the programs that it starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file run in one process of ``pytest -n``, so that what a file prepares is prepared once; and so do
    all that ask for the cluster, wherever they are, so that there is one cluster."""
    for item in items:
        with_cluster = "cluster" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("cluster" if with_cluster else str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def _no_personal_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Git and Helm read no configuration of the machine; output has no colours and a fixed width."""
    folder = tmp_path_factory.mktemp("personal")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        for kind in ("CACHE", "CONFIG", "DATA"):
            patch.setenv(f"HELM_{kind}_HOME", str(folder / kind.lower()))
        patch.setenv("COLUMNS", "120")
        patch.setenv("NO_COLOR", "1")
        for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "STARGIT_OUTPUT"):
            patch.delenv(name, raising=False)
        yield
