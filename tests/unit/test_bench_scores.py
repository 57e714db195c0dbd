"""Figures of agreement on hand-made cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scores import counts, f1, kappa, kappa_of, match_episodes, precision_recall, reliability
from vfeed.timeline.interval import Interval


def test_kappa_is_one_for_agreement_and_about_zero_for_chance() -> None:
    assert kappa(["a", "b"], ["a", "b"]) == 1
    assert kappa([1, 1, 0, 0], [1, 0, 1, 0]) == 0
    assert np.isnan(kappa([1, 1], [1, 1])) and np.isnan(kappa([], []))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2))
def test_kappa_is_the_same_whoever_codes_first(pairs: list[tuple[bool, bool]]) -> None:
    ours, theirs = zip(*pairs, strict=True)
    one, other = kappa(ours, theirs), kappa(theirs, ours)
    assert one == other or (np.isnan(one) and np.isnan(other))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_kappa_of_counts_is_kappa_and_counts_of_clips_add_up(pairs: list[tuple[bool, bool]]) -> None:
    ours, theirs = zip(*pairs, strict=True)
    summed = counts(ours[:1], theirs[:1]) + counts(ours[1:], theirs[1:])
    assert kappa_of(summed) == pytest.approx(kappa(ours, theirs), nan_ok=True)
    assert np.isnan(kappa_of(np.zeros(4, np.int64)))


def test_precision_and_recall_of_nothing_are_not_numbers() -> None:
    assert precision_recall([True, True, False, False], [True, False, True, True]) == (0.5, 0.333)
    assert np.isnan(precision_recall([False], [True])[0]) and np.isnan(precision_recall([True], [False])[1])


def seconds(start: float, end: float) -> Interval:
    return Interval(round(start * 1e6), round(end * 1e6))


def test_an_episode_is_matched_once_and_by_the_candidate_that_shares_most() -> None:
    found = match_episodes([seconds(0, 2), seconds(0, 4)], [seconds(0, 4)])
    assert (found.matched, found.hit_offered, found.hit_true, found.onsets_near) == (1, (1,), (0,), 1)


@pytest.mark.parametrize(
    ("offered", "matched", "near"),
    [
        (seconds(0, 2.9), 0, 0),
        (seconds(0, 3.2), 1, 1),
        (seconds(0.6, 10), 1, 0),
        (seconds(10, 12), 0, 0),
    ],
)
def test_a_match_needs_three_tenths_of_the_time_and_notes_a_near_onset(
    offered: Interval, matched: int, near: int
) -> None:
    found = match_episodes([offered], [seconds(0, 10)])
    assert (found.matched, found.onsets_near) == (matched, near)


def test_f1_of_nothing_to_find_and_nothing_offered_is_not_a_number() -> None:
    assert np.isnan(f1(0, 0, 0)) and f1(0, 3, 0) == 0 and f1(2, 2, 2) == 1


def test_calibration_error_is_the_mean_gap_between_what_is_stated_and_what_is_true() -> None:
    stated = np.array([0.9, 0.9, 0.1, 0.1])
    bins, error = reliability(stated, np.array([True, False, False, False]), 2)
    assert [(each.count, each.true) for each in bins] == [(2, 0.0), (2, 0.5)]
    assert error == pytest.approx(0.25)
    perfect = reliability(np.array([1.0, 0.0]), np.array([True, False]), 5)
    assert perfect[1] == 0 and np.isnan(reliability(np.zeros(0), np.zeros(0, bool), 5)[1])
