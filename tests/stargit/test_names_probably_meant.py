"""Names that somebody probably meant: proposed when they are near, and not because the rest of a path is the same."""

from __future__ import annotations

import pytest

from generator.errors import nearest
from stargit.targets import of_this_release


@pytest.mark.parametrize(
    ("name", "known", "proposed"),
    [
        ("replica", ["replicas", "resources"], "replicas"),
        ("production/finanec", ["production/finance"], "production/finance"),
        ("production/nope", ["production/finance"], ""),
        ("prod/finance", ["production/finance"], "production/finance"),
        ("production/orders", ["production/customer-data/orders"], "production/customer-data/orders"),
        ("production/nope", ["production"], ""),
        ("stargit.dev/v2", ["stargit.dev/v1"], "stargit.dev/v1"),
        ("1.19", ["1.31", "1.37"], ""),
        ("1.34.2", ["1.31", "1.34"], "1.34"),
        ("v1.34", ["1.31", "1.34"], "1.34"),
        ("", ["1.31"], ""),
    ],
)
def test_what_is_proposed(name: str, known: list[str], proposed: str) -> None:
    assert nearest(name, known) == proposed


def test_a_release_is_proposed_where_it_is() -> None:
    known = [(environment, "etl", "daily") for environment in ("dev", "staging", "production")]
    assert of_this_release("hourly", known) == ""
    assert of_this_release("daily", known[:1]) == "did you mean 'dev/etl/daily'?"
    assert of_this_release("dev/daily", known[:2]) == "did you mean 'dev/etl/daily' or 'staging/etl/daily'?"
    assert of_this_release("daily", [*known, ("test", "etl", "daily")]) == (
        "did you mean 'dev/etl/daily' or 'production/etl/daily' or 'staging/etl/daily', or another of this name?"
    )
