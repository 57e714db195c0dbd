"""A film in an S3 store plays and is jumped about in, in a real Chromium: a small one; a long one is in tests/long."""

from __future__ import annotations

from pathlib import Path

import pytest
from object_store_playback import PLAYED_S, watched_from_store
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_film_from_an_object_store_plays_and_jumps(browser: Browser, tmp_path: Path) -> None:
    seen = watched_from_store(browser, tmp_path, 90_000_000, seeks=20)
    assert seen.film_bytes > 80_000_000
    assert seen.played_s > PLAYED_S / 2
    # What holds on a busy machine, too; the figure itself is measured by the long test.
    assert seen.median_ms < 1000
