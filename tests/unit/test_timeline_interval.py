"""Interval and Timeline: what they refuse, and the laws of their algebra."""

import doctest
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

TIMES = st.integers(0, 200)
INTERVALS = st.tuples(TIMES, st.integers(1, 40)).map(lambda pair: Interval(pair[0], pair[0] + pair[1]))
TIMELINES = st.lists(INTERVALS, max_size=8).map(Timeline)
WHOLE = Interval(0, 300)


def moments(timeline: Timeline) -> set[int]:
    return {time for interval in timeline for time in range(interval.start_us, interval.end_us)}


@pytest.mark.parametrize("start, end", [(1, 1), (2, 1), (0.0, 1), (0, float("nan")), (0, 1.5), (True, 2), ("0", 1)])
def test_an_interval_refuses_what_is_not_a_stretch_of_whole_microseconds(start: int, end: int) -> None:
    with pytest.raises(VfeedError) as refused:
        Interval(start, end)
    assert refused.value.code == "interval_invalid"


@pytest.mark.parametrize("name", ["interval", "timeline", "smoothing"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    result = doctest.testmod(import_module(f"vfeed.timeline.{name}"))
    assert result.attempted > 3 and result.failed == 0


@given(INTERVALS, INTERVALS)
def test_intersection_is_symmetric_and_agrees_with_overlaps(a: Interval, b: Interval) -> None:
    assert a.intersection(b) == b.intersection(a)
    assert (a.intersection(b) is not None) == a.overlaps(b)
    assert a.iou(b) == b.iou(a) and 0 <= a.iou(b) <= 1 and a.iou(a) == 1


@given(INTERVALS, st.integers(-100, 100))
def test_shifting_keeps_the_length_and_comes_back(a: Interval, by_us: int) -> None:
    assert a.shifted(by_us).duration_us == a.duration_us
    assert a.shifted(by_us).shifted(-by_us) == a


@given(TIMELINES, TIMELINES)
def test_union_and_intersection_are_those_of_sets_of_moments(a: Timeline, b: Timeline) -> None:
    assert moments(a.union(b)) == moments(a) | moments(b)
    assert moments(a.intersection(b)) == moments(a) & moments(b)
    assert a.union(b) == b.union(a) and a.intersection(b) == b.intersection(a)


@given(TIMELINES)
def test_gaps_and_timeline_part_the_whole(a: Timeline) -> None:
    gaps = a.gaps(WHOLE)
    assert not a.intersection(gaps)
    assert a.union(gaps).intervals == (WHOLE,)
    assert gaps.gaps(WHOLE) == a


@given(TIMELINES, st.integers(0, 50))
def test_merging_leaves_no_gap_up_to_the_limit_and_adds_only_gaps(a: Timeline, gap_us: int) -> None:
    merged = a.merge(gap_us)
    assert all(after.start_us - before.end_us > gap_us for before, after in zip(merged, list(merged)[1:], strict=False))
    assert moments(a) <= moments(merged)


@given(st.lists(INTERVALS, max_size=8))
def test_a_timeline_is_sorted_and_disjoint_whatever_it_was_given(given_intervals: list[Interval]) -> None:
    timeline = Timeline(given_intervals)
    assert all(a.end_us < b.start_us for a, b in zip(timeline, list(timeline)[1:], strict=False))
    assert bool(timeline) == bool(given_intervals) == (len(timeline) > 0)
    assert timeline.duration_us == len(moments(timeline))
