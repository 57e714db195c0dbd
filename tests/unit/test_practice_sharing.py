"""The rules of sharing a session: to whom, for how long, what is said about it and who may take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from vfeed.errors import VfeedError
from vfeed.journal.events import Event
from vfeed.journal.journal import Folded
from vfeed.practice.sharing import (
    CHECKS,
    LONGEST,
    SHARE,
    SharedFilm,
    ShareState,
    Terms,
    check_terms,
    decide,
)
from vfeed.practice.thread import own_steps

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REEL = SharedFilm(clip_id="c1", reel_id="r1")
TERMS = Terms("sam", TODAY + timedelta(days=14), "blurred", "altered", (REEL,))


def said(*made: tuple[str, str, dict[str, Any]]) -> Folded[ShareState]:
    return SHARE.fold(
        Event(number, type_, SHARE.parse(type_, payload), author, NOW)
        for number, (author, type_, payload) in enumerate(made, 1)
    )


def comment(author: str, at_us: int, text: str = "Look how she waits.") -> tuple[str, str, dict[str, Any]]:
    return author, "commented", {"film": "r1", "at_us": at_us, "text": text}


def undone(author: str, event_id: int) -> tuple[str, str, dict[str, Any]]:
    return author, "undone", {"event_id": event_id}


@pytest.mark.parametrize(
    ("terms", "account", "today", "words"),
    [
        (TERMS, "kim", TODAY, "somebody else"),
        (replace(TERMS, revoked_at=NOW), "sam", TODAY, "stopped"),
        (TERMS, "sam", TERMS.last_day + timedelta(days=1), "over"),
    ],
)
def test_a_share_is_closed_to_others_once_stopped_and_when_its_time_is_over(
    terms: Terms, account: str, today: date, words: str
) -> None:
    decision = decide(terms, account, today)
    assert not decision and words in decision.reason


def test_a_share_is_open_to_its_supervisor_to_the_end_of_its_last_day() -> None:
    assert decide(TERMS, "sam", TODAY) and decide(TERMS, "sam", TERMS.last_day)


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, films=()),
        replace(TERMS, films=(REEL, REEL)),
        replace(TERMS, last_day=TODAY - timedelta(days=1)),
        replace(TERMS, last_day=TODAY + LONGEST + timedelta(days=1)),
    ],
)
def test_terms_that_do_not_fit_are_refused_with_the_fix(terms: Terms) -> None:
    with pytest.raises(VfeedError) as refused:
        check_terms(terms, TODAY)
    assert refused.value.code == "invalid_input" and refused.value.hint


def test_terms_that_fit_are_taken_and_open_their_own_films_only() -> None:
    check_terms(TERMS, TODAY)
    whole = SharedFilm(clip_id="c2")
    terms = replace(TERMS, films=(REEL, whole))
    assert terms.film("r1") == REEL and terms.film(whole.key) == whole
    with pytest.raises(VfeedError, match="not part"):
        terms.film("r2")


@pytest.mark.parametrize(
    ("faces", "voices", "needed"), [("as_they_are", "as_it_is", False), ("blurred", "as_it_is", True)]
)
def test_copies_are_made_only_where_something_is_hidden(faces: Any, voices: Any, needed: bool) -> None:
    assert replace(TERMS, faces=faces, voices=voices).needs_copies == needed


def test_comments_come_in_the_order_of_the_film_and_those_taken_back_are_gone() -> None:
    made = said(comment("sam", 9_000), comment("pat", 2_000), comment("sam", 5_000), undone("sam", 3))
    assert [(each.at_us, each.author) for each in made.state.comments_on("r1")] == [(2_000, "pat"), (9_000, "sam")]


def test_nobody_takes_back_what_another_has_said() -> None:
    made = said(comment("sam", 1_000), comment("pat", 2_000))
    offered = own_steps(made, "sam")
    assert offered.undo is not None and offered.undo.event_id == 1
    assert own_steps(made, "kim").undo is None
    again = own_steps(said(comment("sam", 1_000), comment("pat", 2_000), undone("sam", 1)), "sam")
    assert again.undo is None and again.redo is not None


def test_comments_and_marks_are_taken_back_apart() -> None:
    mark = {"film": "r1", "start_us": 0, "end_us": 1_000, "cells": [0, 47]}
    made = said(comment("pat", 1_000), ("pat", "marked", mark))
    words, images = (own_steps(made, "pat"), own_steps(made, "pat", CHECKS))
    assert words.undo is not None and words.undo.event_id == 1
    assert images.undo is not None and images.undo.event_id == 2
    assert [number for number, _ in made.state.marks_on("r1")] == [2] and made.state.marks_on("r2") == []


def test_a_look_counts_for_the_copy_that_was_looked_at_only() -> None:
    made = said(*(("pat", "looked", {"film": "r1", "copy_id": copy, "doubt": 3}) for copy in ("old", "new")))
    assert made.state.looked_at("r1", "new") == {3}
    assert said(("pat", "looked", {"film": "r1", "copy_id": "old", "doubt": 3})).state.looked_at("r1", "new") == set()


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        ("commented", {"film": "r1", "at_us": 0, "text": "  "}),
        ("commented", {"film": "r1", "at_us": -1, "text": "x"}),
        ("marked", {"film": "r1", "start_us": 0, "end_us": 1, "cells": []}),
        ("marked", {"film": "r1", "start_us": 0, "end_us": 1, "cells": [48]}),
    ],
)
def test_steps_that_do_not_fit_are_refused(type_: str, payload: dict[str, Any]) -> None:
    with pytest.raises(VfeedError):
        SHARE.parse(type_, payload)
