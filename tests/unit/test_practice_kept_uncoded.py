"""Kept candidates without a tag, as moments: with the words and the times that were kept, and no more."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vfeed.practice.events import Moment
from vfeed.practice.kept_uncoded import FITTING, kept_uncoded
from vfeed.practice.library import shipped
from vfeed.practice.review import CandidateVerdict

SECOND = 1_000_000
FILM_US = 60 * SECOND


def decided(start_us: int, end_us: int, kind: str = "gaze_contact", state: Any = "confirmed") -> CandidateVerdict:
    return CandidateVerdict(state, kind, start_us, end_us, event_id=1)


def names(decisions: dict[str, CandidateVerdict], *tagged: Moment) -> list[str]:
    return [moment.moment_id for moment in kept_uncoded(decisions, tagged)]


def test_only_what_was_kept_comes_in_and_a_look_away_is_no_strength() -> None:
    span = (10 * SECOND, 15 * SECOND)
    assert names({"a": decided(*span)}) == ["kept-a"]
    assert names({"a": decided(*span, state="rejected"), "b": decided(*span, state="unsure")}) == []
    assert names({"a": decided(*span, kind="gaze_aversion"), "b": decided(*span, kind="look_to_parent")}) == []


def test_what_lies_in_a_tagged_moment_is_tagged_already() -> None:
    kept = {"a": decided(10 * SECOND, 15 * SECOND), "b": decided(30 * SECOND, 31 * SECOND)}
    tagged = Moment(moment_id="m", start_us=14 * SECOND, end_us=20 * SECOND, code_ref="attentive")
    assert names(kept, tagged) == ["kept-b"]


def test_every_fitting_strength_is_one_of_the_plain_ones() -> None:
    for kind, code_ref in FITTING.items():
        code = shipped().code(code_ref)
        assert code is not None and code.parent_words and code.timing == "interval", kind


def test_an_id_of_the_greatest_length_still_fits() -> None:
    assert len(names({"c" * 64: decided(0, SECOND)})[0]) == 64


@given(start=st.integers(0, FILM_US - 1), length=st.integers(1, FILM_US))
def test_the_times_are_those_that_a_person_kept(start: int, length: int) -> None:
    (moment,) = kept_uncoded({"a": decided(start, start + length)}, ())
    assert (moment.start_us, moment.end_us) == (start, start + length)
