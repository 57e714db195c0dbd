"""What pages fetch before they stand: they are opened many times a day, on old laptops and on poor lines, too."""

from __future__ import annotations

import pytest

from bench.room import scripts, weight
from bench.sizes import MOST_PAGE_KB, islands, named_islands

MOST_KB, MOST_PACKED_KB = 202.5, 72.5
"""Of the review room."""
PAGES = islands()


def test_the_review_room_opens_with_no_more_script_than_it_may() -> None:
    plain, packed = (value for _what, value, _unit in scripts())
    assert 0 < packed < plain
    assert (plain <= MOST_KB, packed <= MOST_PACKED_KB) == (True, True), (
        f"{plain:.1f} kB, {packed:.1f} kB packed: fetch what is not on show at first by `review/later.svelte.ts`"
    )


@pytest.mark.parametrize("page", PAGES)
def test_no_page_fetches_more_script_than_a_poor_line_bears(page: str) -> None:
    _plain, packed = weight(PAGES[page])
    assert 0 < packed <= MOST_PAGE_KB


def test_every_island_stands_in_a_page() -> None:
    assert set(named_islands().values()) == {place for places in PAGES.values() for place in places}
