"""Events folded into the state of a review, and which fit."""

from __future__ import annotations

from typing import Any

import pytest
from journal_steps import folded, undone

from vfeed.errors import VfeedError
from vfeed.journal.journal import Folded
from vfeed.practice.review import REVIEW, ReviewState
from vfeed.practice.rules import check

CLIP_US = 20_000_000
CONTACT = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 1_000_000, "end_us": 3_000_000}
MOMENT = {"moment_id": "m1", "start_us": 1_000_000, "end_us": 9_000_000, "code_ref": "eye_to_eye", "note": "Lovely"}
PIECE = {"moment_id": "m1", "start_us": 2_000_000, "end_us": 8_000_000}
TALK = {"mark_id": "t1", "moment_id": "m1", "time_us": 3_000_000}
REEL = {"reel_id": "r1", "title": "Together", "moments": [PIECE]}


def with_pauses(*times_us: int, question: str = "What do you see?") -> dict[str, Any]:
    pauses = [{"time_us": time_us, "question": question} for time_us in times_us]
    return {**REEL, "moments": [{**PIECE, "pauses": pauses}]}


NOTHING = REVIEW.initial
parse = REVIEW.parse


def after(*steps: tuple[str, dict[str, Any]]) -> Folded[ReviewState]:
    return folded(REVIEW, steps)


def state_after(*steps: tuple[str, dict[str, Any]]) -> ReviewState:
    return after(*steps).state


def test_nothing_done_is_an_empty_state_with_nothing_to_undo() -> None:
    assert (after().last_id, after().available_undo.undo, after().available_undo.redo) == (0, None, None)
    assert NOTHING.as_dict() == {
        "decisions": {},
        "moments": [],
        "open_moments": [],
        "stills": [],
        "swapped": False,
        "people": [],
        "setup": None,
        "gaze_flags": {"meaningful": True, "reason": ""},
        "play": {"start_us": None, "end_us": None},
        "reels": [],
        "masked_first_pass": False,
        "packs": None,
        "words": {},
        "talk_marks": [],
        "voices": [],
        "reviewing": None,
        "reviewed": [],
    }


def test_what_the_parent_wants_to_talk_about_stands_until_it_is_taken_away() -> None:
    earlier = {**TALK, "mark_id": "t2", "time_us": 1_500_000}
    steps = [("moment_tagged", MOMENT), ("talk_marked", TALK), ("talk_marked", earlier)]
    state = state_after(*steps)
    assert [mark.mark_id for mark in state.parent.talk_marks] == ["t2", "t1"]
    assert [mark.mark_id for mark in state_after(*steps, undone(3)).parent.talk_marks] == ["t1"]
    assert state_after(*steps, ("talk_unmarked", {"mark_id": "t1"})).parent.talk_mark("t1") is None


def test_a_reels_pauses_are_kept_in_the_order_of_time() -> None:
    state = state_after(("moment_tagged", MOMENT), ("reel_saved", with_pauses(7_000_000, 2_000_000)))
    [piece] = state.reels[0].moments
    assert [pause.time_us for pause in piece.pauses] == [2_000_000, 7_000_000]


def test_a_picture_stands_without_a_question_and_a_moment_is_shown_once_more() -> None:
    piece = {**PIECE, "pauses": [{"time_us": 3_000_000, "still": True}], "slow_again": True}
    state = state_after(("moment_tagged", MOMENT), ("reel_saved", {**REEL, "moments": [piece]}))
    [kept] = state.reels[0].moments
    assert (kept.slow_again, kept.pauses[0].still, kept.pauses[0].question) == (True, True, "")


def test_taking_back_a_changed_reel_brings_back_its_pauses() -> None:
    before = with_pauses(3_000_000)
    state = state_after(("moment_tagged", MOMENT), ("reel_saved", before), ("reel_saved", REEL), undone(3))
    assert [pause.time_us for pause in state.reels[0].moments[0].pauses] == [3_000_000]


def test_the_last_decision_on_a_candidate_counts() -> None:
    state = state_after(("candidate_confirmed", CONTACT), ("candidate_rejected", CONTACT))
    assert state.decisions["c1"].state == "rejected"
    assert state.decisions["c1"].event_id == 2


def test_adjusting_a_candidate_confirms_it_with_the_new_times() -> None:
    state = state_after(("candidate_adjusted", {**CONTACT, "start_us": 1_500_000}))
    assert (state.decisions["c1"].state, state.decisions["c1"].start_us) == ("confirmed", 1_500_000)


def test_what_a_person_is_unsure_about_is_no_finding_and_can_be_decided_later() -> None:
    unsure = state_after(("candidate_unsure", CONTACT))
    assert unsure.decisions["c1"].state == "unsure"
    assert (
        state_after(("candidate_unsure", CONTACT), ("candidate_confirmed", CONTACT)).decisions["c1"].state
        == "confirmed"
    )


def test_a_look_that_only_the_person_saw_stays_their_own() -> None:
    added = ("candidate_added", {**CONTACT, "candidate_id": "mine"})
    moved = ("candidate_adjusted", {**CONTACT, "candidate_id": "mine", "end_us": 4_000_000})
    decision = state_after(added, moved).decisions["mine"]
    assert (decision.state, decision.own, decision.end_us) == ("confirmed", True, 4_000_000)
    assert state_after(added, undone(1)).decisions == {}
    with pytest.raises(VfeedError, match="marked already"):
        check("candidate_added", parse(*added), state_after(added), duration_us=CLIP_US)


def test_how_a_person_watched_is_kept_and_undo_passes_it_by() -> None:
    done = after(("candidate_confirmed", CONTACT), ("own_eyes_set", {"on": True}))
    assert done.state.masked_first_pass
    assert done.available_undo.undo is not None and done.available_undo.undo.event_id == 1


def test_what_happened_between_people_cannot_be_undone() -> None:
    shown = after(("moment_tagged", MOMENT), ("reel_saved", REEL), ("review_started", {"reel_id": "r1"}))
    assert shown.state.reviewing == "r1"
    assert shown.available_undo.undo is not None and shown.available_undo.undo.event_id == 2
    stopped = state_after(
        ("moment_tagged", MOMENT),
        ("reel_saved", REEL),
        ("review_started", {"reel_id": "r1"}),
        ("review_stopped", {"reel_id": "r1"}),
    )
    assert (stopped.reviewing, stopped.reviewed) == (None, {"r1"})


def test_empty_words_take_the_words_back() -> None:
    written = ("words_written", {"moment_id": "m1", "text": " He smiled "})
    assert state_after(("moment_tagged", MOMENT), written).words == {"m1": "He smiled"}
    gone = state_after(("moment_tagged", MOMENT), written, ("words_written", {"moment_id": "m1", "text": ""}))
    assert gone.words == {}


@pytest.mark.parametrize(
    ("type_", "payload", "words"),
    [
        ("danced", {}, "no step called"),
        ("candidate_confirmed", {**CONTACT, "end_us": 1_000_000}, "start must come before the end"),
        ("candidate_confirmed", {**CONTACT, "start_us": -1}, "start_us"),
        ("candidate_confirmed", {**CONTACT, "start_us": 1.5}, "start_us"),
        ("candidate_confirmed", {**CONTACT, "score": 5}, "score"),
        ("candidate_confirmed", {**CONTACT, "candidate_id": "../etc"}, "candidate_id"),
        ("moment_tagged", {**MOMENT, "note": "x" * 5000}, "note"),
        ("gaze_flags_set", {"meaningful": False, "reason": "  "}, "say why"),
        ("reel_saved", {**REEL, "moments": []}, "moments"),
        ("reel_saved", {**REEL, "moments": [{**PIECE, "moment_id": f"m{n}"} for n in range(4)]}, "moments"),
        ("reel_saved", {**REEL, "moments": [{**PIECE, "end_us": 18_000_000}]}, "at most 15 seconds"),
        ("reel_saved", {**REEL, "title": " "}, "title"),
        ("play_bounded", {"start_us": 2, "end_us": 2}, "begins before it ends"),
        ("play_bounded", {"start_us": -1}, "start_us"),
        ("packs_chosen", {"packs": []}, "packs"),
        ("packs_chosen", {"packs": ["vig", "vig"]}, "chosen twice"),
        ("packs_chosen", {"packs": ["../etc"]}, "packs"),
        ("reel_saved", with_pauses(3_000_000, question=" "), "has a question, or the picture stands"),
        ("reel_saved", with_pauses(1_999_999), "outside its moment"),
        ("reel_saved", with_pauses(8_000_000), "outside its moment"),
        ("reel_saved", with_pauses(3_000_000, 3_000_000), "same time"),
        ("reel_saved", with_pauses(*range(3_000_000, 3_000_004)), "pauses"),
        ("reel_saved", with_pauses(3_000_000, question=" "), "question"),
        ("reel_saved", with_pauses(3_000_000, question="?" * 161), "question"),
        ("roles_swapped", {"twice": True}, "twice"),
        ("undone", {"event_id": 0}, "event_id"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_by_name(type_: str, payload: dict[str, Any], words: str) -> None:
    with pytest.raises(VfeedError) as refusal:
        parse(type_, payload)
    assert refusal.value.code == "invalid_input"
    assert words in refusal.value.message
    assert refusal.value.hint


TAGGED = state_after(("moment_tagged", MOMENT))


@pytest.mark.parametrize(
    ("state", "type_", "payload", "words"),
    [
        (NOTHING, "candidate_confirmed", {**CONTACT, "end_us": CLIP_US + 1}, "beyond the end of the film"),
        (NOTHING, "moment_tagged", {**MOMENT, "end_us": CLIP_US + 1}, "beyond the end of the film"),
        (NOTHING, "moment_tagged", {**MOMENT, "code_ref": "sensitivity"}, "no code"),
        (NOTHING, "packs_chosen", {"packs": ["unheard_of"]}, "no code set"),
        (NOTHING, "play_bounded", {"start_us": CLIP_US}, "beyond the end of the film"),
        (NOTHING, "play_bounded", {"end_us": CLIP_US + 1}, "beyond the end of the film"),
        (TAGGED, "moment_tagged", MOMENT, "tagged already"),
        (NOTHING, "moment_changed", MOMENT, "no such tagged moment"),
        (NOTHING, "moment_removed", {"moment_id": "m1"}, "no such tagged moment"),
        (NOTHING, "words_written", {"moment_id": "m1", "text": "x"}, "no such tagged moment"),
        (NOTHING, "reel_saved", REEL, "no such tagged moment"),
        (state_after(("candidate_confirmed", {**CONTACT, "candidate_id": "m1"})), "reel_saved", REEL, "no such tagged"),
        (
            state_after(("moment_tagged", MOMENT), ("moment_removed", {"moment_id": "m1"})),
            "reel_saved",
            REEL,
            "no such tagged moment",
        ),
        (TAGGED, "reel_saved", {**REEL, "moments": [PIECE, PIECE]}, "twice"),
        (TAGGED, "reel_saved", {**REEL, "moments": [{**PIECE, "end_us": 9_000_001}]}, "beyond its tagged moment"),
        (TAGGED, "talk_marked", {**TALK, "moment_id": "m2"}, "no such tagged moment"),
        (TAGGED, "talk_marked", {**TALK, "time_us": 9_000_000}, "outside its moment"),
        (state_after(("moment_tagged", MOMENT), ("talk_marked", TALK)), "talk_marked", TALK, "marked already"),
        (TAGGED, "talk_unmarked", {"mark_id": "t1"}, "no such mark"),
        (TAGGED, "review_started", {"reel_id": "r1"}, "no such reel"),
        (TAGGED, "review_stopped", {"reel_id": "r1"}, "not being shown"),
    ],
)
def test_a_step_that_does_not_fit_the_review_is_refused(
    state: ReviewState, type_: str, payload: dict[str, Any], words: str
) -> None:
    with pytest.raises(VfeedError) as refusal:
        check(type_, parse(type_, payload), state, duration_us=CLIP_US)
    assert refusal.value.code == "invalid_input"
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("candidate_rejected", {**CONTACT, "end_us": CLIP_US}),
        ("moment_tagged", {**MOMENT, "moment_id": "m2"}),
        ("moment_tagged", {**MOMENT, "moment_id": "m2", "code_ref": "vig.guiding"}),
        ("moment_changed", {**MOMENT, "note": ""}),
        ("reel_saved", REEL),
        ("words_written", {"moment_id": "m1", "text": "Look!"}),
        ("roles_swapped", {}),
        ("gaze_flags_set", {"meaningful": True}),
        ("play_bounded", {"start_us": 0, "end_us": CLIP_US}),
        ("play_bounded", {}),
    ],
)
def test_a_step_that_fits_passes(type_: str, payload: dict[str, Any]) -> None:
    check(type_, parse(type_, payload), TAGGED, duration_us=CLIP_US)


@pytest.mark.parametrize(
    ("bounds", "span", "holds"),
    [
        ({}, (0, 1), True),
        ({"start_us": 5}, (0, 5), False),
        ({"start_us": 5}, (0, 6), True),
        ({"end_us": 9}, (9, 12), False),
        ({"end_us": 9}, (8, 12), True),
        ({"start_us": 5, "end_us": 9}, (0, 12), True),
    ],
)
def test_what_overlaps_the_play_lies_in_it(bounds: dict[str, int], span: tuple[int, int], holds: bool) -> None:
    assert state_after(("play_bounded", bounds)).play.holds(*span) is holds
