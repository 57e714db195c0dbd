"""What a plain player shows of a film of moments: standing pictures and slow repeats are in the file."""

from __future__ import annotations

from typing import Any

from vfeed.practice.events import PausePoint, Reel, ReelMoment
from vfeed.practice.reel_file import STANDS_US, Stretch, cut_as, is_plain, stretches
from vfeed.timeline.interval import Interval

STILL, ASKED = PausePoint(time_us=3, still=True), PausePoint(time_us=5, question="What do you see here?")


def moment(*pauses: PausePoint, slow_again: bool = False) -> ReelMoment:
    return ReelMoment(moment_id="m", start_us=2, end_us=8, pauses=pauses, slow_again=slow_again)


def reel(*moments: Any) -> Reel:
    return Reel(reel_id="r", title="A film", moments=moments)


def test_a_moment_alone_or_with_questions_is_itself() -> None:
    assert list(stretches(moment(ASKED))) == [Stretch(Interval(2, 8))]
    assert is_plain(reel(moment(), moment(ASKED)))


def test_a_picture_stands_where_it_lies_and_the_rest_follows() -> None:
    stands = Stretch(Interval(3, 4), STANDS_US)
    assert list(stretches(moment(STILL, ASKED))) == [Stretch(Interval(2, 3)), stands, Stretch(Interval(3, 8))]
    assert not is_plain(reel(moment(), moment(STILL)))


def test_the_first_picture_can_stand() -> None:
    first = PausePoint(time_us=2, still=True)
    assert list(stretches(moment(first))) == [Stretch(Interval(2, 3), STANDS_US), Stretch(Interval(2, 8))]


def test_once_more_is_the_whole_moment_at_half_the_speed() -> None:
    *_, last = stretches(moment(STILL, slow_again=True))
    assert last == Stretch(Interval(2, 8), 12)
    assert not is_plain(reel(moment(slow_again=True)))


def test_a_film_is_cut_anew_for_other_times_and_not_for_other_words() -> None:
    before = cut_as(reel(moment(ASKED)))
    other_words = PausePoint(time_us=6, question="What is next?", comment="Wait")
    assert cut_as(Reel(reel_id="x", title="Another title", moments=(moment(other_words),))) == before
    shorter = ReelMoment(moment_id="m", start_us=2, end_us=7)
    for changed in (reel(shorter), reel(moment(STILL)), reel(moment(slow_again=True)), reel(moment(), moment())):
        assert cut_as(changed) != before
