"""After a decision the rest is ranked anew, and nothing changes its name, its times or its place."""

from vfeed.analysis.rerank import DOUBTED, rerank
from vfeed.dyad.candidates import Candidate
from vfeed.timeline.interval import Interval


def offered(name: str, start_us: int, end_us: int, kind: str = "gaze_contact") -> Candidate:
    return Candidate(name, kind, Interval(start_us, end_us), 0.8, "r", {})


def found(name: str, start_us: int, end_us: int, confidence: float) -> Candidate:
    return Candidate(name, "gaze_contact", Interval(start_us, end_us), confidence, "r", {})


def test_an_open_candidate_keeps_name_and_times_and_takes_the_new_confidence() -> None:
    (shown,) = rerank([offered("a", 0, 100)], [found("b", 5, 100, 0.4)], ())
    assert (shown.id, shown.interval, shown.confidence) == ("a", Interval(0, 100), 0.4)


def test_one_that_is_not_found_again_is_doubted_but_stays() -> None:
    (shown,) = rerank([offered("a", 0, 100)], [], ())
    assert shown.confidence == round(DOUBTED * 0.8, 3)
    (other,) = rerank([offered("a", 0, 100, "gaze_aversion")], [], ())
    assert other.id == "a"


def test_a_decided_one_stays_as_it_was_offered() -> None:
    before = offered("a", 0, 100)
    assert rerank([before], [found("b", 0, 100, 0.1)], {"a"}) == [before]


def test_a_new_one_follows_those_that_were_offered_so_that_numbers_hold() -> None:
    shown = rerank([offered("late", 500, 600)], [found("early", 0, 100, 0.9)], ())
    assert [each.id for each in shown] == ["late", "early"]
