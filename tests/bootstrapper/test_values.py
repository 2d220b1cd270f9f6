"""The pure parts: references, verifiers, keys, lines of PgBouncer's users, the report's size."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bootstrapper import fernet, recipes, scram
from bootstrapper.errors import Refused
from bootstrapper.events import event
from bootstrapper.plan import Plan, Url, User, Users, Verifier, read_plan
from bootstrapper.references import Reference, filled, only_reference, references
from bootstrapper.report import Report
from bootstrapper.server import read_server


def test_references_are_filled_in_percent_encoded_and_nothing_else_is() -> None:
    text = "redis://:${a-b/c.d}@h/${e}/$x/${f/g}"
    assert references(text) == [Reference("a-b", "c.d"), Reference("f", "g")]
    assert filled(text, lambda one: f"{one.key}:/@é~-._") == (
        "redis://:c.d%3A%2F%40%C3%A9~-._@h/${e}/$x/g%3A%2F%40%C3%A9~-._"
    )
    assert only_reference("${a/b}") == Reference("a", "b")
    assert only_reference(" ${a/b}") is only_reference("${a/b}${a/b}") is None


def test_a_verifier_is_that_of_the_standard() -> None:
    """The example of RFC 7677, in PostgreSQL's form."""
    known = (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
        "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )
    assert scram.fits(known, "pencil")
    assert not scram.fits(known, "pen")
    assert scram.verifier("pencil") != scram.verifier("pencil")


@pytest.mark.parametrize(
    "found",
    ["", "pencil", "md5abc", "SCRAM-SHA-256$0:AAAA$" + "A" * 44 + ":" + "A" * 44, "SCRAM-SHA-256$4096:====$x:y"],
)
def test_what_is_no_verifier_fits_no_password(found: str) -> None:
    assert not scram.fits(found, "pencil")


def test_who_signed_a_fernet_token() -> None:
    """The example of the Fernet specification."""
    key = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
    assert fernet.signed_by(token, key)
    assert not fernet.signed_by(token, fernet.new_key())
    assert not fernet.signed_by("gAAAA", key)
    assert not fernet.signed_by("gAAAA\u00e9", key)
    assert fernet.keys_of(f"{key}, {key}") == [key, key]
    with pytest.raises(Refused, match="no list of Fernet keys"):
        fernet.keys_of(f"{key},")


def test_lines_of_pgbouncers_users() -> None:
    values = {"name": 'q"t', "password": "p w", "url": "postgresql://st%40ts:p%2Fw@127.0.0.1/x"}
    users = (
        User(name="${a/name}", password="${a/password}"),
        User(url="${a/url}"),
        User(name='q"t', password="p w"),
    )
    assert recipes.derived(Users(users=users), None, lambda one: values[one.key]) == '"q""t" "p w"\n"st@ts" "p/w"\n'
    with pytest.raises(Refused, match="would have two passwords"):
        recipes.derived(Users(users=(users[0], User(name='q"t', password="x"))), None, lambda one: values[one.key])
    with pytest.raises(Refused, match="line break"):
        recipes.derived(Users(users=(User(name="x", password="a\nb"),)), None, lambda one: "")
    with pytest.raises(Refused, match="is no URL with a user and a password"):
        recipes.derived(Users(users=(User(url="${a/name}"),)), None, lambda one: "http://[")


def test_a_verifier_that_fits_stays() -> None:
    recipe, found = Verifier(verifier="${a/password}"), scram.verifier("pw")
    assert recipes.derived(recipe, found, lambda one: "pw") == found
    assert recipes.derived(recipe, found, lambda one: "other") != found
    assert recipes.derived(Url(url="x://${a/b}"), found, lambda one: "pw") == "x://pw"


def test_random_values_have_the_form_of_the_contract() -> None:
    assert len(recipes.random_value("fernet-key")) == 44
    assert len(bytes.fromhex(recipes.random_value("secret-key"))) == 32
    password = recipes.random_value("password")
    assert len(password) == 32
    assert password.isascii()
    assert password.isalnum()


def test_the_report_fits_into_a_containers_last_message_changes_first() -> None:
    report = Report(io.StringIO())
    for number in range(300):
        report.add(f"Secret star-{number}", "kept")
    report.add("role star", "made")
    text = report.as_json("star", "airflow-star", 0, "")
    assert len(text.encode()) <= 4096
    found = json.loads(text)
    assert found["steps"][0] == {"subject": "role star", "action": "made", "detail": ""}
    assert found["leftOut"] == 301 - len(found["steps"]) > 0
    assert len(report.as_json("star", "airflow-star", 2, "é" * 9000).encode()) <= 4096


def test_an_event_is_no_longer_than_kubernetes_takes() -> None:
    report = Report(io.StringIO())
    for number in range(100):
        report.add(f"Secret star-{number}", "made", "password")
    found = event("star-bootstrap-1", "", "airflow-star", report, None)
    assert len(found["message"]) <= 1024
    assert "uid" not in found["involvedObject"]


def test_addresses_of_a_server() -> None:
    found = read_server("postgresql://ad%40min:p%2Fw@[2001:db8::1]:6000/da%20ta?sslmode=require&connect_timeout=3")
    assert (found.user, found.password, found.address, found.database) == (
        "ad@min", "p/w", "[2001:db8::1]:6000", "da ta",
    )  # fmt: skip
    assert "p/w" not in repr(found)
    assert read_server("postgres://u:p@h").database == "postgres"


@pytest.mark.parametrize("mode", ["", "?sslmode=disable", "?sslmode=allow", "?sslmode=prefer"])
def test_an_authority_by_which_nothing_would_be_checked_is_refused(mode: str) -> None:
    authority = "-----BEGIN CERTIFICATE-----"
    with pytest.raises(Refused, match="no certificate is looked at: say sslmode=verify-full"):
        read_server(f"postgresql://u:p@h/d{mode}", authority)
    assert read_server("postgresql://u:p@h/d?sslmode=require", authority).sslmode == "require"


@pytest.mark.parametrize(
    "url", ["postgresql://u:p%00word@h", "postgresql://u:p@h/d?sslmode=verify-full&sslmode=disable"]
)
def test_a_url_that_others_would_read_otherwise_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        read_server(url)
    assert "word" not in str(refused.value).replace("password", "")


def test_no_escape_sequence_of_a_server_reaches_a_terminal() -> None:
    stream = io.StringIO()
    Report(stream).say("a comment: \x1b[2J\x9b1m\nfine é")
    assert stream.getvalue() == "bootstrap: a comment: ?[2J?1m fine é\n"


def test_a_plan_of_the_contracts_own_example_is_understood() -> None:
    text = (Path(__file__).parents[2] / "docs/bootstrap-contract.md").read_text(encoding="utf-8")
    plan = read_plan(text.split("```json\n")[1].split("```")[0])
    assert isinstance(plan, Plan)
    assert plan.rotatable() == {"metadata", "fernet-key", "redis-password", "pgbouncer-stats"}
