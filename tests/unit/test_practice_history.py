"""The steps of a review in words."""

from __future__ import annotations

from typing import Any

from vfeed.practice.events import Event, Span, parse
from vfeed.practice.history import history
from vfeed.practice.review import Original

CONTACT = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 1_000_000, "end_us": 3_000_000}
MOMENT = {"moment_id": "m1", "start_us": 61_000_000, "end_us": 69_000_000, "strength": "eye_to_eye", "note": ""}
ORIGINALS = {"c1": Original(Span(start_us=1_000_000, end_us=3_000_000), 3)}


def told(*steps: tuple[str, dict[str, Any]]) -> list[tuple[str, str | None, bool]]:
    events = [Event(number, type_, parse(type_, payload)) for number, (type_, payload) in enumerate(steps, start=1)]
    return [(each.label, each.about, each.stands) for each in history(events, ORIGINALS)]


def test_each_step_is_told_with_what_it_concerns() -> None:
    assert told(
        ("candidate_confirmed", CONTACT),
        ("candidate_adjusted", {**CONTACT, "end_us": 3_200_000}),
        ("moment_tagged", MOMENT),
        ("roles_swapped", {}),
    ) == [
        ("kept gaze contact 3", "c1", True),
        ("moved the end of gaze contact 3", "c1", True),
        ("tagged the moment “Eye to eye” at 1:01", "m1", True),
        ("swapped infant and parent", None, True),
    ]


def test_what_was_taken_back_and_done_again_is_told_once_each() -> None:
    steps = [("candidate_confirmed", CONTACT), ("undone", {"event_id": 1}), ("undone", {"event_id": 2})]
    assert told(*steps[:2]) == [
        ("kept gaze contact 3", "c1", False),
        ("took back: kept gaze contact 3", "c1", True),
    ]
    assert told(*steps) == [
        ("kept gaze contact 3", "c1", True),
        ("took back: kept gaze contact 3", "c1", False),
        ("did again: kept gaze contact 3", "c1", True),
    ]


def test_a_step_after_an_undo_is_told_as_things_stood_then() -> None:
    moved = {**CONTACT, "start_us": 1_400_000}
    assert told(("candidate_adjusted", moved), ("undone", {"event_id": 1}), ("candidate_adjusted", moved))[-1] == (
        "moved the start of gaze contact 3",
        "c1",
        True,
    )
