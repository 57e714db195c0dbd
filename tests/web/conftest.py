"""A running vfeed and a real Chromium."""

import pytest
from browser_fixtures import browser, browser_type, page, review_site, rooms, service, shots, windows

__all__ = ["browser", "browser_type", "page", "review_site", "rooms", "service", "shots", "windows"]

# The longest: begun last, one of them would go on by itself while the other workers have nothing left to do.
LONGEST = (
    "test_whole_cycle",
    "test_ways_of_working",
    "test_parents_room",
    "test_whole_frame",
    "test_whole_frame_elsewhere",
    "test_every_page",
    "test_parents_room_accessible",
    "test_first_moment",
    "test_desk_walk",
    "test_never_lost",
    "test_tagging",
    "test_first_look",
    "test_image_settings",
    "test_deciding",
    "test_walk",
    "test_browser_storage",
    "test_tablet_session",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))
