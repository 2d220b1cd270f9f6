from __future__ import annotations

from tests.docs.side_by_side import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
