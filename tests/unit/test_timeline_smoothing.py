"""States to runs: times stay true, unseen time is never filled."""

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vfeed.timeline.smoothing import median, runs

STATES = st.lists(st.sampled_from(["partner", "away", "unseen"]), min_size=1, max_size=40)


def uneven_times(count: int) -> NDArray[Any]:
    return np.cumsum(np.arange(count) % 5 * 10_000 + 30_000)


@given(STATES)
def test_runs_cover_the_clip_without_gaps_and_keep_every_state(states: list[str]) -> None:
    times = uneven_times(len(states))
    end_us = int(times[-1]) + 40_000
    found = runs(states, times, end_us)
    assert found[0].interval.start_us == times[0] and found[-1].interval.end_us == end_us
    assert all(a.interval.end_us == b.interval.start_us for a, b in pairwise(found))
    assert [run.state for run in found for _ in range(run.first, run.last)] == states


def test_median_leaves_unknown_frames_unknown_and_removes_a_single_outlier() -> None:
    values = np.array([1.0, 1.0, 50.0, 1.0, np.nan, 1.0])
    smooth = median(values, np.arange(6) * 40_000, 120_000)
    assert smooth[2] == 1.0 and np.isnan(smooth[4])
