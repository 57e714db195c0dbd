"""What pages fetch before they stand: they are opened many times a day, on old laptops and on poor lines, too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.room import scripts, weight

ROOT = Path(__file__).parents[2]
MOST_KB, MOST_PACKED_KB = 202.5, 72.5
"""Of the review room."""
MOST_OF_A_PAGE_KB = 80.0
"""Of any page, packed as nginx does it (deploy/nginx.conf)."""
ISLANDS = dict(
    re.findall(r"'?([a-z-]+)'?: \(\) => import\('\./(\S+?)'\)", (ROOT / "web" / "src" / "main.ts").read_text())
)
TEMPLATES = {
    path: found
    for path in sorted((ROOT / "vfeed" / "server" / "templates").rglob("*.html"))
    if (found := re.findall(r'data-island="([a-z-]+)"', path.read_text()))
}


def test_the_review_room_opens_with_no_more_script_than_it_may() -> None:
    plain, packed = (value for _what, value, _unit in scripts())
    assert 0 < packed < plain
    assert (plain <= MOST_KB, packed <= MOST_PACKED_KB) == (True, True), (
        f"{plain:.1f} kB, {packed:.1f} kB packed: fetch what is not on show at first by `review/later.svelte.ts`"
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_fetches_more_script_than_a_poor_line_bears(path: Path) -> None:
    _plain, packed = weight([f"src/{ISLANDS[name]}" for name in TEMPLATES[path]])
    assert 0 < packed <= MOST_OF_A_PAGE_KB


def test_every_island_stands_in_a_page() -> None:
    assert set(ISLANDS) == {name for names in TEMPLATES.values() for name in names}
