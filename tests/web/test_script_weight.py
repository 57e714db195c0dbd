"""What the review room fetches before it stands: it is opened many times a day, on old laptops too."""

from __future__ import annotations

from bench.room import scripts

MOST_KB = 212.0


def test_the_review_room_opens_with_no_more_script_than_it_may() -> None:
    weight, packed = (value for _what, value, _unit in scripts())
    assert 0 < packed < weight <= MOST_KB, "fetch what is not on show at first by `islands/review/later.svelte.ts`"
