"""A token that one knows all know: it is refused in values, moved out by an import, hidden in a diff."""

from __future__ import annotations

import pytest

from generator.airflow.credentials import literal_credentials
from generator.diff.secrets import hide_in_text
from generator.importer.confidential import secret_value
from generator.secrecy import certainly_secret

# Put together here, so that nobody who looks for tokens in this repository finds one.
_FILL = "aB3" * 14
KNOWN = {
    **{head: head + _FILL for head in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "dckr_pat_", "npm_")},
    **{head: head + _FILL for head in ("glpat-", "gldt-", "glrt-", "xoxb-", "xoxp-", "pypi-", "sk-ant-", "sk-proj-")},
    **{head: head + _FILL for head in ("sk_live_", "rk_live_", "AIza", "ya29.", "hvs.", "hvb.", "AccountKey=")},
    "SG": f"SG.{_FILL}.{_FILL}",
    "age": "AGE-SECRET-KEY-1" + _FILL.upper(),
    "DigitalOcean": "dop_v1_" + "0a" * 20,
    "JWT": f"eyJ{_FILL}.eyJ{_FILL}.{_FILL}",
    "Slack's hooks": "https://hooks.slack.com/" + "services/T0/B0/" + _FILL,
    "private key": "-----BEGIN OPENSSH PRIVATE " + f"KEY-----\n{_FILL}\n-----END OPENSSH PRIVATE KEY-----",
}


@pytest.mark.parametrize("name", KNOWN)
def test_all_three_know_it(name: str) -> None:
    token = KNOWN[name]
    assert certainly_secret(token)
    assert secret_value(token)
    values = {"env": [{"name": "PLAIN", "value": token}], "config": {"core": {"plain": f"x {token}"}}}
    assert [problem.path for problem in literal_credentials(values)] == ["config.core.plain", "env[0].value"]
    assert _FILL not in hide_in_text(f"x {token} y")


@pytest.mark.parametrize(
    "text",
    ["global-settings-of-the-company", "ghp_short", "registry.example.com/team/npm_builder", "AKIA" + "A" * 16, "eyJh"],
)
def test_what_is_only_likely_is_not_refused(text: str) -> None:
    assert not certainly_secret(text)
    assert list(literal_credentials({"env": [{"name": "PLAIN", "value": text}]})) == []


def test_key_ids_are_moved_out_and_hidden() -> None:
    key = "AKIA" + "B" * 16
    assert secret_value(key)
    assert key not in hide_in_text(f"x {key} y")
