"""How DAGs come into pods."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.airflow_chart.rendered import environment, render


class TestGitSyncOverSsh:
    _SYNC: ClassVar[dict[str, Any]] = {
        "enabled": True,
        "repo": "git@git.example.com:team/dags.git",
        "sshKeySecret": "deploy-key",
        "sshKeySecretKey": "id_ed25519",
        "knownHosts": "git.example.com ssh-ed25519 AAAA\n",
    }

    @pytest.mark.parametrize(
        ("variable", "volume", "source"),
        [
            (
                "GITSYNC_SSH_KEY_FILE",
                "git-sync-ssh-key",
                {
                    "secret": {
                        "secretName": "deploy-key",
                        "defaultMode": 0o440,
                        "items": [{"key": "id_ed25519", "path": "ssh"}],
                    }
                },
            ),
            (
                "GITSYNC_SSH_KNOWN_HOSTS_FILE",
                "git-sync-known-hosts",
                {"configMap": {"name": "demo-config", "items": [{"key": "known_hosts", "path": "known_hosts"}]}},
            ),
        ],
    )
    def test_its_keys_are_in_folders_so_that_new_ones_arrive(
        self, variable: str, volume: str, source: dict[str, Any]
    ) -> None:
        rendered = render({"dags": {"gitSync": self._SYNC}})
        pod = rendered.pod("Deployment", "dag-processor")
        assert {"name": volume, **source} in pod["volumes"]
        container = rendered.container("Deployment", "dag-processor", "git-sync")
        [mount] = [one for one in container["volumeMounts"] if one["name"] == volume]
        folder, _, file = environment(container)[variable].rpartition("/")
        assert mount == {"name": volume, "mountPath": folder, "readOnly": True}
        [kept] = next(iter(source.values()))["items"]
        assert kept["path"] == file


def test_a_repository_with_a_dollar_sign_is_no_reference_to_a_variable() -> None:
    sync = {"enabled": True, "repo": "https://git.example.com/$(AIRFLOW_HOME)/a$b.git"}
    container = render({"dags": {"gitSync": sync}}).container("Deployment", "dag-processor", "git-sync")
    assert {environment(container)[name] for name in ("GITSYNC_REPO", "GIT_SYNC_REPO")} == {
        "https://git.example.com/$$(AIRFLOW_HOME)/a$$b.git"
    }
