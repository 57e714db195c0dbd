"""What the review room fetches before it stands: it is opened many times a day, on old laptops too."""

from __future__ import annotations

from bench.room import scripts

MOST_KB = 205.0
MOST_PACKED_KB = 73.0


def test_the_review_room_opens_with_no_more_script_than_it_may() -> None:
    weight, packed = (value for _what, value, _unit in scripts())
    assert 0 < packed < weight
    assert (weight <= MOST_KB, packed <= MOST_PACKED_KB) == (True, True), (
        f"{weight:.1f} kB, {packed:.1f} kB packed: fetch what is not on show at first by `review/later.svelte.ts`"
    )
