"""The record of a shared review: steps, what holds, undo and redo."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, parse
from vfeed.practice.sessions import STEP_TYPES, check, fold, history

BEGUN = ("session_begun", {"held_on": "2026-03-02", "helping_question": "What helps her settle?"})
POINT = ("words_set", {"name": "working_point", "text": "I wait until she looks."})


def steps(*made: tuple[str, dict[str, Any]]) -> list[Event]:
    return [Event(number, type_, parse(type_, payload, STEP_TYPES)) for number, (type_, payload) in enumerate(made, 1)]


def undone(event_id: int) -> tuple[str, dict[str, Any]]:
    return "undone", {"event_id": event_id}


def test_a_record_begins_with_its_day_and_the_visits_question() -> None:
    state = fold(steps(BEGUN))
    assert state.held_on == date(2026, 3, 2)
    assert state.words == {"helping_question": "What helps her settle?"}
    assert state.offered.undo is None and state.offered.redo is None


def test_the_last_words_under_a_heading_hold() -> None:
    state = fold(steps(BEGUN, POINT, ("words_set", {"name": "working_point", "text": "I wait."})))
    assert state.words["working_point"] == "I wait."
    assert state.touched == {"working_point": 3}


def test_undo_brings_back_the_words_before_and_redo_the_ones_after() -> None:
    made = [BEGUN, POINT, ("words_set", {"name": "working_point", "text": "Other"})]
    state = fold(steps(*made))
    assert state.offered.undo is not None and state.offered.undo.label == "wrote the working point"
    back = fold(steps(*made, undone(3)))
    assert back.words["working_point"] == "I wait until she looks."
    assert back.touched["working_point"] == 2
    assert back.offered.redo is not None and back.offered.redo.event_id == 4
    again = fold(steps(*made, undone(3), undone(4)))
    assert again.words["working_point"] == "Other"


def test_something_new_ends_redo() -> None:
    state = fold(steps(BEGUN, POINT, undone(2), ("day_set", {"name": "next_on", "day": "2026-03-09"})))
    assert state.offered.redo is None
    assert state.next_on == date(2026, 3, 9)


def test_the_history_tells_every_step_and_which_still_stand() -> None:
    lines = history(steps(BEGUN, POINT, undone(2), undone(3)))
    assert [(line.label, line.stands) for line in lines] == [
        ("began this record", True),
        ("wrote the working point", True),
        ("took back: wrote the working point", False),
        ("did again: wrote the working point", True),
    ]


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("words_set", {"name": "verdict", "text": "x"}),
        ("words_set", {"name": "working_point", "text": "x" * 4001}),
        ("words_set", {"name": "working_point"}),
        ("day_set", {"name": "held_on", "day": None}),
        ("day_set", {"name": "next_on", "day": "soon"}),
        ("reels_set", {"reels": [{"clip_id": "c", "reel_id": "r"}] * 2}),
        ("reels_set", {"reels": [{"clip_id": "c c", "reel_id": "r"}]}),
        ("reels_set", {"reels": [{"clip_id": "c", "reel_id": f"r{number}"} for number in range(7)]}),
        ("moment_tagged", {}),
    ],
)
def test_what_does_not_fit_is_refused(type_: str, payload: dict[str, Any]) -> None:
    with pytest.raises(VfeedError) as error:
        parse(type_, payload, STEP_TYPES)
    assert error.value.code == "invalid_input"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (BEGUN, "begun already"),
        (("day_set", {"name": "next_on", "day": "2026-03-01"}), "before this review"),
        (undone(1), "Only the last step"),
    ],
)
def test_what_does_not_follow_is_refused(step: tuple[str, dict[str, Any]], words: str) -> None:
    state = fold(steps(BEGUN, POINT))
    with pytest.raises(VfeedError, match=words):
        check(parse(*step, STEP_TYPES), state)
