"""Browser tests wait for states and never for a time."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_no_browser_test_waits_for_a_time() -> None:
    waits = ("wait_for_timeout", "time.sleep")
    found = [
        path.name for path in sorted((TESTS / "web").glob("*.py")) if any(each in path.read_text() for each in waits)
    ]
    assert found == [], "wait for what is to be seen: `eventually` in review_rooms.py, `stand_still` in page_settled.py"
