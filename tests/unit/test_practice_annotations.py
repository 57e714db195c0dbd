"""Moments that run, points, the chain, and stills: events folded, and what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from journal_steps import folded

from vfeed.errors import VfeedError
from vfeed.practice.chain import newly_set
from vfeed.practice.review import REVIEW, ReviewState
from vfeed.practice.rules import check

CLIP_US = 20_000_000
OPENED = {"moment_id": "m1", "start_us": 1_000_000, "code_ref": "eye_to_eye"}
ENDED = {**OPENED, "end_us": 4_000_000}
POINT = {**OPENED, "end_us": 1_040_000, "code_ref": "abc.comment_delight", "point": True}
STEPS = [1_000_000, 1_500_000, None, 2_000_000, None, None]
CHAIN = {**OPENED, "code_ref": "chain", "end_us": 3_000_000, "anchors": STEPS}
STILL = {"still_id": "s1", "at_us": 2_000_000, "caption": "A look"}


parse = REVIEW.parse


def state_after(*steps: tuple[str, dict[str, Any]]) -> ReviewState:
    return folded(REVIEW, steps).state


def test_a_moment_runs_until_it_is_ended_and_runs_again_after_undo() -> None:
    begun = state_after(("moment_opened", OPENED))
    assert [each.moment_id for each in begun.open_moments] == ["m1"]
    assert begun.moments == ()
    ended = state_after(("moment_opened", OPENED), ("moment_tagged", ENDED))
    assert ended.open_moments == ()
    assert [each.end_us for each in ended.moments] == [4_000_000]
    again = state_after(("moment_opened", OPENED), ("moment_tagged", ENDED), ("undone", {"event_id": 2}))
    assert [each.moment_id for each in again.open_moments] == ["m1"]
    assert again.moments == ()


def test_a_running_moment_can_be_dropped() -> None:
    check(
        "moment_removed",
        parse("moment_removed", {"moment_id": "m1"}),
        state_after(("moment_opened", OPENED)),
        duration_us=CLIP_US,
    )
    assert state_after(("moment_opened", OPENED), ("moment_removed", {"moment_id": "m1"})).open_moments == ()


def test_a_chain_tells_its_steps_one_by_one() -> None:
    first = {**OPENED, "code_ref": "chain", "anchors": [1_000_000, *[None] * 5]}
    second = {**first, "anchors": [1_000_000, 1_500_000, *[None] * 4]}
    state = state_after(("moment_opened", first), ("moment_opened", second))
    assert [each.anchors for each in state.open_moments] == [(1_000_000, 1_500_000, None, None, None, None)]
    back = state_after(("moment_opened", first), ("moment_opened", second), ("undone", {"event_id": 2}))
    assert [each.anchors for each in back.open_moments] == [(1_000_000, None, None, None, None, None)]


def test_a_step_of_the_chain_that_is_set_is_told_by_its_name() -> None:
    assert newly_set((None, None), (None, 5)) == "parent_reception"
    assert newly_set((1, None), (2, 5)) is None


def test_a_still_is_listed_in_the_order_of_time_and_comes_back_by_undo() -> None:
    other = {"still_id": "s2", "at_us": 1_000_000}
    state = state_after(("still_taken", STILL), ("still_taken", other))
    assert [each.still_id for each in state.stills] == ["s2", "s1"]
    gone = [("still_taken", STILL), ("still_removed", {"still_id": "s1"})]
    assert state_after(*gone).stills == ()
    assert len(state_after(*gone, ("undone", {"event_id": 2})).stills) == 1


@pytest.mark.parametrize(
    ("type_", "payload", "words"),
    [
        ("moment_tagged", {**CHAIN, "anchors": [2, 1, None, None, None, None]}, "one after the other"),
        ("moment_tagged", {**CHAIN, "anchors": [None] * 6}, "at least one step"),
        ("moment_tagged", {**CHAIN, "anchors": STEPS[:5]}, "anchors"),
        ("moment_tagged", {**CHAIN, "anchors": [3_000_000, *[None] * 5]}, "outside its start and end"),
        ("moment_tagged", {**CHAIN, "point": True}, "a chain is no point"),
        ("moment_tagged", {**ENDED, "parent_words": "x" * 301}, "parent_words"),
        ("moment_opened", {**OPENED, "start_us": -1}, "start_us"),
        ("still_taken", {**STILL, "caption": "x" * 301}, "caption"),
        ("still_taken", {**STILL, "still_id": "../x"}, "still_id"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_by_name(type_: str, payload: dict[str, Any], words: str) -> None:
    with pytest.raises(VfeedError) as refusal:
        parse(type_, payload)
    assert words in refusal.value.message


REEL = {"reel_id": "r", "title": "T", "moments": [{"moment_id": "m1", "start_us": 1_000_000, "end_us": 1_040_000}]}


@pytest.mark.parametrize(
    ("before", "type_", "payload", "words"),
    [
        ([], "moment_opened", {**OPENED, "code_ref": "none"}, "no code"),
        ([], "moment_opened", {**OPENED, "start_us": CLIP_US}, "beyond the end"),
        ([("moment_tagged", ENDED)], "moment_opened", OPENED, "has its end already"),
        ([("moment_tagged", POINT)], "reel_saved", REEL, "no length to show"),
        ([("still_taken", STILL)], "still_taken", STILL, "taken already"),
        ([], "still_taken", {**STILL, "at_us": CLIP_US}, "beyond the end"),
        ([], "still_changed", STILL, "no such still"),
        ([], "still_removed", {"still_id": "s1"}, "no such still"),
    ],
)
def test_a_step_that_does_not_fit_the_review_is_refused(
    before: list[tuple[str, dict[str, Any]]], type_: str, payload: dict[str, Any], words: str
) -> None:
    with pytest.raises(VfeedError) as refusal:
        check(type_, parse(type_, payload), state_after(*before), duration_us=CLIP_US)
    assert words in refusal.value.message
    assert refusal.value.hint


def test_a_tag_of_an_earlier_version_is_read_and_told_by_the_term_of_today() -> None:
    before = {"strength" if name == "code_ref" else name: value for name, value in POINT.items()}
    tagged = [REVIEW.parse("moment_tagged", payload) for payload in (before, POINT)]
    assert tagged[0] == tagged[1] and tagged[0].model_dump()["code_ref"] == POINT["code_ref"]
    with pytest.raises(VfeedError):
        REVIEW.parse("moment_tagged", {**POINT, "strength": "attentive"})
