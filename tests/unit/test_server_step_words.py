"""What people did, in words: every entry of every journal."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from journal_steps import Given, folded, undone

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.journal.journal import Entry, Folded
from vfeed.practice import annotations as tagging
from vfeed.practice import caregiver_input, measures, programme, review, sessions, sharing, sheets
from vfeed.practice.chain import ANCHORS
from vfeed.practice.events import Span
from vfeed.practice.measures import MEASURES
from vfeed.practice.programme import PROGRAMME
from vfeed.practice.review import REVIEW, Original, ReviewState
from vfeed.practice.sessions import SESSION
from vfeed.server.web.step_words import (
    anchor_words,
    history_words,
    measure_words,
    part_words,
    programme_words,
    review_words,
    session_words,
    setup_words,
    sheet_words,
)

CONTACT = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 1_000_000, "end_us": 3_000_000}
MOMENT = {"moment_id": "m1", "start_us": 1_000_000, "end_us": 9_000_000, "code_ref": "eye_to_eye", "note": "Lovely"}
PIECE = {"moment_id": "m1", "start_us": 2_000_000, "end_us": 8_000_000}
REEL = {"reel_id": "r1", "title": "Together", "moments": [PIECE]}
TALK = {"mark_id": "t1", "moment_id": "m1", "time_us": 1_500_000}
OPENED = {"moment_id": "m1", "start_us": 1_000_000, "code_ref": "eye_to_eye"}
ENDED = {**OPENED, "end_us": 4_000_000}
STEPS = [1_000_000, 1_500_000, None, 2_000_000, None, None]
CHAIN = {**OPENED, "code_ref": "chain", "end_us": 3_000_000, "anchors": STEPS}
STILL = {"still_id": "s1", "at_us": 2_000_000, "caption": "A look"}
FACE = {"time_us": 1_000_000, "box": [0.1, 0.2, 0.1, 0.2]}
NAMED: Given = ("people_named", {"people": [{"part": "infant", "seen": [FACE]}]})
ORIGINALS = {"c1": Original(Span(start_us=1_000_000, end_us=3_000_000), 3)}


def words_of(done: Folded[ReviewState], originals: dict[str, Original] | None = None) -> list[str]:
    say = review_words(originals)
    return [history_words(each, say) for each in done.history()]


def last_words(*steps: Given, originals: dict[str, Original] | None = None) -> str:
    """What undo would take back, in words."""
    undo = folded(REVIEW, steps).available_undo.undo
    assert undo is not None and undo.event_id == len(steps)
    return review_words(originals)(undo.entry)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start_us": 1_500_000}, "moved the start of gaze contact 3"),
        ({"end_us": 3_500_000}, "moved the end of gaze contact 3"),
        ({"start_us": 1_500_000, "end_us": 3_500_000}, "changed the times of gaze contact 3"),
    ],
)
def test_what_was_moved_is_named_against_the_times_before(change: dict[str, int], words: str) -> None:
    adjusted = ("candidate_adjusted", {**CONTACT, **change})
    assert last_words(adjusted, originals=ORIGINALS) == words
    unnumbered = words.replace("gaze contact 3", "“gaze contact”")
    assert last_words(("candidate_confirmed", CONTACT), adjusted) == unnumbered


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([("candidate_unsure", CONTACT)], "put “gaze contact” aside as unsure"),
        ([("candidate_added", CONTACT)], "marked “gaze contact”"),
        ([("candidate_confirmed", CONTACT)], "kept “gaze contact”"),
        (
            [("candidate_rejected", {**CONTACT, "kind": "gaze_aversion"})],
            "marked “looking away” as not this",
        ),
        ([("moment_tagged", MOMENT)], "tagged the moment “Eye to eye” at 0:01.0"),
        (
            [("moment_tagged", MOMENT), ("moment_changed", {**MOMENT, "note": "Better"})],
            "changed the note of the moment “Eye to eye” at 0:01.0",
        ),
        (
            [("moment_tagged", MOMENT), ("moment_changed", {**MOMENT, "end_us": 9_500_000})],
            "moved the end of the moment “Eye to eye” at 0:01.0",
        ),
        (
            [("moment_tagged", MOMENT), ("moment_changed", {**MOMENT, "code_ref": "turn_taking"})],
            "changed the strength of the moment “Eye to eye” at 0:01.0",
        ),
        (
            [("moment_tagged", MOMENT), ("moment_removed", {"moment_id": "m1"})],
            "removed the moment “Eye to eye” at 0:01.0",
        ),
        (
            [("packs_chosen", {"packs": ["vig", "plain"]})],
            "chose the code sets “Video Interaction Guidance (VIG)”, “Strengths in plain words”",
        ),
        ([("roles_swapped", {})], "swapped infant and parent"),
        ([("gaze_flags_set", {"meaningful": False, "reason": "Blind"})], "marked gaze as not meaningful here"),
        ([("play_bounded", {"start_us": 1_000_000})], "said that the play begins at 0:01.0"),
        (
            [("play_bounded", {"start_us": 1_000_000}), ("play_bounded", {"start_us": 1_000_000, "end_us": 9_000_000})],
            "said that the play ends at 0:09.0",
        ),
        ([("play_bounded", {"start_us": 1_000_000}), ("play_bounded", {})], "took the whole film for the play"),
        (
            [("play_bounded", {"start_us": 1, "end_us": 9}), ("play_bounded", {"end_us": 9})],
            "said where the play begins and ends",
        ),
        ([("moment_tagged", MOMENT), ("reel_saved", REEL)], "saved the film of moments “Together”"),
        (
            [("moment_tagged", MOMENT), ("words_written", {"moment_id": "m1", "text": "He smiled"})],
            "wrote down the parent’s words",
        ),
        ([("moment_opened", OPENED)], "began the moment “Eye to eye” at 0:01.0"),
        ([("moment_opened", OPENED), ("moment_tagged", ENDED)], "ended the moment “Eye to eye” at 0:01.0"),
        (
            [("moment_opened", {**OPENED, "code_ref": "chain", "anchors": [1_000_000, *[None] * 5]})],
            "set the child’s initiative in the moment “To and fro, step by step” at 0:01.0",
        ),
        (
            [("moment_tagged", CHAIN), ("moment_changed", {**CHAIN, "anchors": [1_000_000, *[None] * 5]})],
            "moved the steps of the moment “To and fro, step by step” at 0:01.0",
        ),
        (
            [("moment_tagged", ENDED), ("moment_changed", {**ENDED, "parent_words": "Look!"})],
            "changed the words for the parent of the moment “Eye to eye” at 0:01.0",
        ),
        ([("still_taken", STILL)], "took a still at 0:02.0"),
        (
            [("still_taken", STILL), ("still_changed", {**STILL, "caption": "x"})],
            "changed the caption of the still at 0:02.0",
        ),
        ([("still_taken", STILL), ("still_removed", {"still_id": "s1"})], "removed the still at 0:02.0"),
        ([("moment_tagged", MOMENT), ("talk_marked", TALK)], "marked what the parent wants to talk about, at 0:01.5"),
        ([NAMED], "said who is who"),
        ([("people_named", {"people": []})], "left it to the analysis who is who"),
        ([("setup_named", {"kind": None})], "left the set-up to the analysis"),
        *(([("setup_named", {"kind": kind.value})], f"said that {setup_words(kind)}") for kind in CameraSetup),
    ],
)
def test_every_step_of_a_review_is_named_in_words(steps: list[Given], words: str) -> None:
    assert last_words(*steps) == words
    back = folded(REVIEW, [*steps, undone(len(steps))])
    assert back.available_undo.redo is not None and review_words()(back.available_undo.redo.entry) == words
    assert words_of(back)[-1] == f"took back: {words}"


def test_the_history_tells_each_step_with_what_it_concerns() -> None:
    done = folded(
        REVIEW,
        [
            ("candidate_confirmed", CONTACT),
            ("candidate_adjusted", {**CONTACT, "end_us": 3_200_000}),
            ("moment_tagged", {**MOMENT, "start_us": 61_000_000, "end_us": 69_000_000}),
            ("roles_swapped", {}),
        ],
    )
    assert words_of(done, ORIGINALS) == [
        "kept gaze contact 3",
        "moved the end of gaze contact 3",
        "tagged the moment “Eye to eye” at 1:01.0",
        "swapped infant and parent",
    ]
    assert [each.entry.about for each in done.history()] == ["c1", "c1", "m1", None]


def test_a_step_after_an_undo_is_told_as_things_stood_then() -> None:
    moved: Given = ("candidate_adjusted", {**CONTACT, "start_us": 1_400_000})
    assert words_of(folded(REVIEW, [moved, undone(1), moved]), ORIGINALS)[-1] == "moved the start of gaze contact 3"


def test_the_record_of_a_shared_review_is_told_in_words() -> None:
    begun: Given = ("session_begun", {"held_on": "2026-03-02"})
    point: Given = ("words_set", {"name": "working_point", "text": "I wait."})
    done = folded(SESSION, [begun, point, undone(2), undone(3), ("day_set", {"name": "next_on", "day": None})])
    assert [history_words(each, session_words) for each in done.history()] == [
        "began this record",
        "wrote the working point",
        "took back: wrote the working point",
        "did again: wrote the working point",
        "took out the next date",
    ]


def test_programme_and_measures_are_told_in_words() -> None:
    tick = {"pack": "vig", "session": "film", "title": "Film", "held_on": "2026-03-02"}
    ticked = folded(PROGRAMME, [("programme_chosen", {"pack": "", "title": ""}), ("session_ticked", tick)])
    assert [programme_words(each.entry) for each in ticked.history()] == ["chose no programme", "ticked “Film”"]
    number = {"number_id": "a", "measure_id": "e", "on": "2026-03-01", "value": 9.0}
    named: Given = ("measure_named", {"measure_id": "e", "name": "Our scale"})
    again: Given = ("measure_named", {"measure_id": "e", "name": "Our own scale"})
    entered = folded(MEASURES, [named, again, ("number_entered", number), ("number_removed", {"number_id": "a"})])
    assert [measure_words(each.entry) for each in entered.history()] == [
        "named the measure Our scale",
        "corrected the measure Our own scale",
        "entered the number 9",
        "took out a number",
    ]


def test_a_sheet_is_told_in_the_words_of_its_form() -> None:
    count = Entry("item_counted", {"count": 3, "item": "Delight", "mark": "On target"})
    assert sheet_words(count) == "counted 3 at “Delight”, on target"
    assert sheet_words(Entry("item_answered", {"item": "M1", "answer": "Yes"})) == "“M1”: Yes"
    assert sheet_words(Entry("item_left_open", {"item": "M1"})) == "left “M1” open"


def test_every_anchor_and_every_part_of_a_record_has_words() -> None:
    assert len({anchor_words(each) for each in (*ANCHORS, None)}) == len(ANCHORS) + 1
    assert len({part_words(each) for each in (*sessions.WORDS, *sessions.DAYS)}) == len(sessions.PARTS) - 1


PARAMS: dict[str, Any] = {"part": "working_point", "kind": "gaze_contact", "count": 1, "mark": "m", "value": 1.0}
PARAMS |= {"words": "balanced", "label": "Calmer evenings"}
SAYS = {
    review: review_words(),
    tagging: review_words(),
    caregiver_input: review_words(),
    sessions: session_words,
    sheets: sheet_words,
    programme: programme_words,
    measures: measure_words,
}


@pytest.mark.parametrize("module", SAYS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_code_that_a_journal_tells_has_words(module: Any) -> None:
    codes = codes_in(module)
    assert codes and sharing not in SAYS
    for code in codes:
        params = {**PARAMS, **({"kind": CameraSetup.ONE_VIEW} if code == "setup_named" else {})}
        params |= {"code_ref": "attentive", "start_us": 0, "edge": "end", "step": None} if module is tagging else {}
        if code.startswith("still_"):
            params = {"at_us": 5}
        if code == "packs_chosen":
            params = {"packs": ("vig",)}
        if module is sheets:
            params |= {"item": "M1", "answer": "Yes"}
        assert SAYS[module](Entry(code, params)), code


def codes_in(module: Any) -> set[str]:
    """The codes that stand in a module as the first argument of an entry."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Entry", "_about"}:
            first = node.args[0]
            options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            found |= {each.value for each in options if isinstance(each, ast.Constant)}
    return found
