"""States to runs: times stay true, unseen time is never filled."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.timeline.smoothing import OneEuro, absorb_short, hysteresis, median, runs

STATES = st.lists(st.sampled_from(["partner", "away", "unseen"]), min_size=1, max_size=40)


def uneven_times(count: int) -> np.ndarray:
    return np.cumsum(np.arange(count) % 5 * 10_000 + 30_000)


@given(STATES)
def test_runs_cover_the_clip_without_gaps_and_keep_every_state(states: list[str]) -> None:
    times = uneven_times(len(states))
    end_us = int(times[-1]) + 40_000
    found = runs(states, times, end_us)
    assert found[0].interval.start_us == times[0] and found[-1].interval.end_us == end_us
    assert all(a.interval.end_us == b.interval.start_us for a, b in pairwise(found))
    assert [run.state for run in found for _ in range(run.first, run.last)] == states


@given(STATES)
def test_absorbing_short_runs_never_fills_or_spreads_unseen_time(states: list[str]) -> None:
    times = uneven_times(len(states))
    keep = frozenset({"unseen"})
    after = absorb_short(states, times, int(times[-1]) + 1, shorter_than_us=100_000, keep=keep)
    assert [s == "unseen" for s in after] == [s == "unseen" for s in states]


def test_a_long_run_is_not_absorbed() -> None:
    states = ["away"] * 5 + ["partner"] * 5 + ["away"] * 5
    times = np.arange(15) * 80_000
    assert absorb_short(states, times, 1_200_000, shorter_than_us=200_000, keep=frozenset()) == states


@given(st.lists(st.floats(0, 1), max_size=30))
def test_hysteresis_is_true_above_enter_and_false_below_leave(values: list[float]) -> None:
    p = np.array(values)
    held = hysteresis(p, 0.6, 0.4)
    assert held[p >= 0.6].all() and not held[p < 0.4].any()


def test_hysteresis_ends_where_nothing_is_known() -> None:
    assert hysteresis(np.array([0.9, np.nan, 0.5]), 0.6, 0.4).tolist() == [True, False, False]


def test_hysteresis_refuses_levels_the_wrong_way_round() -> None:
    with pytest.raises(VfeedError):
        hysteresis(np.zeros(3), 0.2, 0.4)


def test_median_leaves_unknown_frames_unknown_and_removes_a_single_outlier() -> None:
    values = np.array([1.0, 1.0, 50.0, 1.0, np.nan, 1.0])
    smooth = median(values, np.arange(6) * 40_000, 120_000)
    assert smooth[2] == 1.0 and np.isnan(smooth[4])


def test_one_euro_calms_noise_and_follows_a_jump() -> None:
    noise = np.random.default_rng(1).normal(0, 1, 200)
    calm = OneEuro(min_cutoff_hz=1.0, beta=0.0)
    filtered = [calm(np.array([value]), 40_000 * (i + 1))[0] for i, value in enumerate(noise)]
    assert np.std(filtered[20:]) < 0.5 * np.std(noise)
    quick = OneEuro(min_cutoff_hz=1.0, beta=1.0)
    steps = [quick(np.array([0.0 if i < 10 else 40.0]), 40_000 * (i + 1))[0] for i in range(15)]
    assert steps[-1] > 38
