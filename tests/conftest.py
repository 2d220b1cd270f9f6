"""What every test shares: nothing of the person's own settings reaches it, nor the programs that it starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling


class _Files(LoadFileScheduling):
    """Tests of one file run in one process of ``pytest -n``, so that what a file prepares is prepared once; and so do
    all in tests/cluster, so that there is one cluster. (xdist 3.8's own ``loadgroup`` groups nothing with
    pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "tests/cluster" if file.startswith("tests/cluster/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _Files:
    """As xdist asks."""
    return _Files(config, log)


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
