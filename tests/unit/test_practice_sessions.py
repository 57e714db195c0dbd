"""The record of a shared review: steps, what holds, undo and redo."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from journal_steps import folded, undone

from vfeed.errors import VfeedError
from vfeed.journal.journal import Folded
from vfeed.practice.sessions import SESSION, SessionState, check

BEGUN = ("session_begun", {"held_on": "2026-03-02", "helping_question": "What helps her settle?"})
POINT = ("words_set", {"name": "working_point", "text": "I wait until she looks."})


def after(*steps: tuple[str, dict[str, Any]]) -> Folded[SessionState]:
    return folded(SESSION, steps)


def test_a_record_begins_with_its_day_and_the_visits_question() -> None:
    begun = after(BEGUN)
    state = begun.state
    assert state.held_on == date(2026, 3, 2)
    assert state.words == {"helping_question": "What helps her settle?"}
    assert begun.available_undo.undo is None and begun.available_undo.redo is None


def test_the_last_words_under_a_heading_hold() -> None:
    state = after(BEGUN, POINT, ("words_set", {"name": "working_point", "text": "I wait."})).state
    assert state.words["working_point"] == "I wait."
    assert state.touched == {"working_point": 3}


def test_undo_brings_back_the_words_before_and_redo_the_ones_after() -> None:
    made = [BEGUN, POINT, ("words_set", {"name": "working_point", "text": "Other"})]
    step = after(*made).available_undo.undo
    assert step is not None and (step.event_id, step.entry.code) == (3, "part_written")
    back = after(*made, undone(3))
    assert back.state.words["working_point"] == "I wait until she looks."
    assert back.state.touched["working_point"] == 2
    assert back.available_undo.redo is not None and back.available_undo.redo.event_id == 4
    again = after(*made, undone(3), undone(4)).state
    assert again.words["working_point"] == "Other"


def test_something_new_ends_redo() -> None:
    done = after(BEGUN, POINT, undone(2), ("day_set", {"name": "next_on", "day": "2026-03-09"}))
    assert done.available_undo.redo is None
    assert done.state.next_on == date(2026, 3, 9)


def test_only_the_parts_that_differ_are_told_as_changes() -> None:
    before, now = after(BEGUN), after(BEGUN, POINT)
    assert now.state.changes_since(before.state) == {
        "working_point": "I wait until she looks.",
        "touched": {"working_point": 2},
    }
    assert now.state.changes_since(now.state) == {}


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
        SESSION.parse(type_, payload)
    assert error.value.code == "invalid_input"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (BEGUN, "begun already"),
        (("day_set", {"name": "next_on", "day": "2026-03-01"}), "before this review"),
    ],
)
def test_what_does_not_follow_is_refused(step: tuple[str, dict[str, Any]], words: str) -> None:
    state = after(BEGUN, POINT).state
    with pytest.raises(VfeedError, match=words):
        check(SESSION.parse(*step), state)
