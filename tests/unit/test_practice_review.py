"""Events folded into the state of a review; undo and redo."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Span, parse
from vfeed.practice.review import Original, ReviewState, fold
from vfeed.practice.rules import check

CLIP_US = 20_000_000
CONTACT = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 1_000_000, "end_us": 3_000_000}
MOMENT = {"moment_id": "m1", "start_us": 1_000_000, "end_us": 9_000_000, "strength": "eye_to_eye", "note": "Lovely"}
PIECE = {"moment_id": "m1", "start_us": 2_000_000, "end_us": 8_000_000}
TALK = {"mark_id": "t1", "moment_id": "m1", "time_us": 3_000_000}
REEL = {"reel_id": "r1", "title": "Together", "moments": [PIECE]}


def with_pauses(*times_us: int, question: str = "What do you see?") -> dict[str, Any]:
    pauses = [{"time_us": time_us, "question": question} for time_us in times_us]
    return {**REEL, "moments": [{**PIECE, "pauses": pauses}]}


def history(*steps: tuple[str, dict[str, Any]]) -> list[Event]:
    return [Event(number, type_, parse(type_, payload)) for number, (type_, payload) in enumerate(steps, start=1)]


def state_after(*steps: tuple[str, dict[str, Any]]) -> ReviewState:
    return fold(history(*steps))


def undone(event_id: int) -> tuple[str, dict[str, Any]]:
    return "undone", {"event_id": event_id}


def test_nothing_done_is_an_empty_state_with_nothing_to_undo() -> None:
    state = fold([])
    assert state.as_dict() == {
        "last_event_id": 0,
        "decisions": {},
        "moments": [],
        "open_moments": [],
        "stills": [],
        "swapped": False,
        "people": [],
        "setup": None,
        "gaze_flags": {"meaningful": True, "reason": ""},
        "reels": [],
        "own_eyes": False,
        "packs": None,
        "words": {},
        "talk_marks": [],
        "voices": [],
        "reviewing": None,
        "reviewed": [],
        "undo_event": None,
        "redo_event": None,
    }


def test_what_the_parent_wants_to_talk_about_stands_until_it_is_taken_away() -> None:
    earlier = {**TALK, "mark_id": "t2", "time_us": 1_500_000}
    steps = [("moment_tagged", MOMENT), ("talk_marked", TALK), ("talk_marked", earlier)]
    state = state_after(*steps)
    assert [mark.mark_id for mark in state.parent.talk_marks] == ["t2", "t1"]
    assert state.undo_event is not None and state.undo_event.label.endswith("wants to talk about, at 0:01")
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
    assert state.last_event_id == 2


def test_adjusting_a_candidate_confirms_it_with_the_new_times() -> None:
    state = state_after(("candidate_adjusted", {**CONTACT, "start_us": 1_500_000}))
    assert (state.decisions["c1"].state, state.decisions["c1"].start_us) == ("confirmed", 1_500_000)


def test_what_a_person_is_unsure_about_is_no_finding_and_can_be_decided_later() -> None:
    unsure = state_after(("candidate_unsure", CONTACT))
    assert unsure.decisions["c1"].state == "unsure"
    assert unsure.undo_event is not None
    assert unsure.undo_event.label == "put “gaze contact” aside as unsure"
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
    state = state_after(("candidate_confirmed", CONTACT), ("own_eyes_set", {"on": True}))
    assert state.own_eyes
    assert state.undo_event is not None
    assert state.undo_event.event_id == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start_us": 1_500_000}, "moved the start of gaze contact 3"),
        ({"end_us": 3_500_000}, "moved the end of gaze contact 3"),
        ({"start_us": 1_500_000, "end_us": 3_500_000}, "changed the times of gaze contact 3"),
    ],
)
def test_undo_names_what_was_moved(change: dict[str, int], words: str) -> None:
    adjusted = ("candidate_adjusted", {**CONTACT, **change})
    originals = {"c1": Original(Span(start_us=1_000_000, end_us=3_000_000), 3)}
    undo = fold(history(adjusted), originals).undo_event
    assert undo is not None
    assert undo.label == words
    after_confirming = state_after(("candidate_confirmed", CONTACT), adjusted).undo_event
    assert after_confirming is not None
    assert after_confirming.label == words.replace("gaze contact 3", "“gaze contact”")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([("candidate_confirmed", CONTACT)], "kept “gaze contact”"),
        (
            [("candidate_rejected", {**CONTACT, "kind": "gaze_aversion"})],
            "marked “looking away” as not this",
        ),
        ([("moment_tagged", MOMENT)], "tagged the moment “Eye to eye” at 0:01"),
        (
            [("moment_tagged", MOMENT), ("moment_changed", {**MOMENT, "note": "Better"})],
            "changed the note of the moment “Eye to eye” at 0:01",
        ),
        (
            [("moment_tagged", MOMENT), ("moment_changed", {**MOMENT, "end_us": 9_500_000})],
            "moved the end of the moment “Eye to eye” at 0:01",
        ),
        (
            [("moment_tagged", MOMENT), ("moment_changed", {**MOMENT, "strength": "turn_taking"})],
            "changed the strength of the moment “Eye to eye” at 0:01",
        ),
        (
            [("moment_tagged", MOMENT), ("moment_removed", {"moment_id": "m1"})],
            "removed the moment “Eye to eye” at 0:01",
        ),
        (
            [("packs_chosen", {"packs": ["vig", "plain"]})],
            "chose the code sets “Video Interaction Guidance (VIG)”, “Strengths in plain words”",
        ),
        ([("roles_swapped", {})], "swapped infant and parent"),
        ([("gaze_flags_set", {"meaningful": False, "reason": "Blind"})], "marked gaze as not meaningful here"),
        ([("moment_tagged", MOMENT), ("reel_saved", REEL)], "saved the reel “Together”"),
        (
            [("moment_tagged", MOMENT), ("words_written", {"moment_id": "m1", "text": "He smiled"})],
            "wrote down the parent's words",
        ),
    ],
)
def test_every_step_is_named_in_words(steps: list[tuple[str, dict[str, Any]]], words: str) -> None:
    undo = state_after(*steps).undo_event
    assert undo is not None
    assert (undo.event_id, undo.label) == (len(steps), words)


def test_undo_takes_back_the_last_step_and_redo_does_it_again() -> None:
    steps = [("moment_tagged", MOMENT), ("roles_swapped", {})]
    state = state_after(*steps, undone(2))
    assert not state.said.swapped
    assert state.undo_event is not None
    assert state.redo_event is not None
    assert (state.undo_event.event_id, state.redo_event.event_id) == (1, 3)
    assert state.redo_event.label == "swapped infant and parent"
    again = state_after(*steps, undone(2), undone(3))
    assert again.said.swapped
    assert again.undo_event is not None
    assert again.undo_event.event_id == 2
    assert again.redo_event is None


def test_several_steps_are_undone_and_redone_in_turn() -> None:
    steps = [("roles_swapped", {}), ("candidate_confirmed", CONTACT), ("moment_tagged", MOMENT)]
    back = [undone(3), undone(2), undone(1)]
    state = state_after(*steps, *back)
    assert (state.said.swapped, dict(state.decisions), state.moments, state.undo_event) == (False, {}, (), None)
    forth = [undone(6), undone(5), undone(4)]
    for count in range(1, 4):
        events = [*steps, *back, *forth[:count]]
        redo = state_after(*events[:-1]).redo_event
        assert redo is not None
        assert redo.event_id == forth[count - 1][1]["event_id"]
    assert state_after(*steps, *back, *forth).moments == state_after(*steps).moments


def test_a_new_step_after_an_undo_leaves_nothing_to_redo() -> None:
    state = state_after(("roles_swapped", {}), undone(1), ("candidate_confirmed", CONTACT))
    assert state.redo_event is None
    assert not state.said.swapped


def test_what_happened_between_people_cannot_be_undone() -> None:
    state = state_after(("moment_tagged", MOMENT), ("reel_saved", REEL), ("review_started", {"reel_id": "r1"}))
    assert state.reviewing == "r1"
    assert state.undo_event is not None
    assert state.undo_event.event_id == 2
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


@given(st.lists(st.sampled_from(["swap", "undo", "redo"]), max_size=25))
def test_undo_and_redo_always_agree_with_a_plain_stack(acts: list[str]) -> None:
    events: list[Event] = []
    done: list[bool] = []
    taken_back: list[bool] = []
    swapped = False
    for act in acts:
        state = fold(events)
        if act == "swap":
            new = ("roles_swapped", {})
            done, taken_back, swapped = [*done, swapped], [], not swapped
        else:
            step = state.undo_event if act == "undo" else state.redo_event
            assert (step is not None) == bool(done if act == "undo" else taken_back)
            if step is None:
                continue
            new = undone(step.event_id)
            source, target = (done, taken_back) if act == "undo" else (taken_back, done)
            target.append(swapped)
            swapped = source.pop()
        events.append(Event(len(events) + 1, new[0], parse(*new)))
        assert fold(events).said.swapped == swapped


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
        (fold([]), "candidate_confirmed", {**CONTACT, "end_us": CLIP_US + 1}, "beyond the end of the clip"),
        (fold([]), "moment_tagged", {**MOMENT, "end_us": CLIP_US + 1}, "beyond the end of the clip"),
        (fold([]), "moment_tagged", {**MOMENT, "strength": "sensitivity"}, "no code"),
        (fold([]), "packs_chosen", {"packs": ["unheard_of"]}, "no code set"),
        (TAGGED, "moment_tagged", MOMENT, "tagged already"),
        (fold([]), "moment_changed", MOMENT, "no such tagged moment"),
        (fold([]), "moment_removed", {"moment_id": "m1"}, "no such tagged moment"),
        (fold([]), "words_written", {"moment_id": "m1", "text": "x"}, "no such tagged moment"),
        (fold([]), "reel_saved", REEL, "no such tagged moment"),
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
        (TAGGED, "undone", {"event_id": 7}, "Only the last step"),
        (fold([]), "undone", {"event_id": 1}, "Only the last step"),
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
        ("moment_tagged", {**MOMENT, "moment_id": "m2", "strength": "vig.guiding"}),
        ("moment_changed", {**MOMENT, "note": ""}),
        ("reel_saved", REEL),
        ("words_written", {"moment_id": "m1", "text": "Look!"}),
        ("roles_swapped", {}),
        ("gaze_flags_set", {"meaningful": True}),
        ("undone", {"event_id": 1}),
    ],
)
def test_a_step_that_fits_passes(type_: str, payload: dict[str, Any]) -> None:
    check(type_, parse(type_, payload), TAGGED, duration_us=CLIP_US)
