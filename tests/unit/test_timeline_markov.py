"""The hidden Markov model against all paths written out, and what true time and unseen frames do to it."""

import doctest
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from vfeed.errors import VfeedError
from vfeed.timeline import markov
from vfeed.timeline.markov import FloatArray, leaving_rates, posterior

RATES = leaving_rates(np.array([0.5, 2.0, 1.0]), np.array([0.5, 0.3, 0.2]))
START = np.array([0.5, 0.3, 0.2])


def by_all_paths(likelihood: FloatArray, time_us: NDArray[np.int64]) -> tuple[FloatArray, float]:
    """Sum over every path of states."""
    count, states = likelihood.shape
    total, marginal = 0.0, np.zeros(likelihood.shape)
    steps = [expm(RATES * gap / 1e6) for gap in np.diff(time_us)]
    for path in product(range(states), repeat=count):
        p = START[path[0]] * likelihood[0, path[0]]
        for frame in range(1, count):
            p *= steps[frame - 1][path[frame - 1], path[frame]] * likelihood[frame, path[frame]]
        total += p
        marginal[np.arange(count), path] += p
    return marginal / total, float(np.log(total))


def test_the_examples_hold() -> None:
    assert doctest.testmod(markov).failed == 0


@given(st.integers(1, 5), st.integers(0, 10_000))
def test_it_is_the_sum_over_all_paths(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    likelihood = rng.uniform(0.01, 5, (count, 3))
    times = np.cumsum(rng.integers(1, 900, count)) * 1000
    p, evidence = posterior(np.log(likelihood), times, RATES, START)
    wanted, total = by_all_paths(likelihood, times)
    assert np.allclose(p, wanted) and evidence == pytest.approx(total)


def test_many_frames_with_gaps_are_reckoned_as_one_after_the_other() -> None:
    rng = np.random.default_rng(7)
    likelihood = rng.uniform(0.01, 5, (301, 3))
    times = np.cumsum(rng.integers(1, 120, 301)) * 1000
    rows = np.log(likelihood)
    rows[rng.random(301) < 0.05] = np.nan
    p, evidence = posterior(rows, times, RATES, START)
    total = 0.0
    seen = np.isfinite(rows[:, 0])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(int)))
    assert len(edges) > 10 and np.isnan(p[~seen]).all()
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        forward, backward = [START * likelihood[first]], [np.ones(3)]
        for frame in range(first + 1, last):
            step = expm(RATES * (times[frame] - times[frame - 1]) / 1e6)
            forward.append(forward[-1] @ step * likelihood[frame])
        for frame in range(last - 1, first, -1):
            step = expm(RATES * (times[frame] - times[frame - 1]) / 1e6)
            backward.insert(0, step @ (likelihood[frame] * backward[0]))
        both = np.array(forward) * np.array(backward)
        assert np.allclose(p[first:last], both / both.sum(axis=1, keepdims=True))
        total += float(np.log(forward[-1].sum()))
    assert evidence == pytest.approx(total)


def test_states_last_as_long_as_they_are_told_to() -> None:
    stay = expm(RATES * 0.001)[0, 0]
    assert 0.001 / (1 - stay) == pytest.approx(0.5, rel=0.01)
    assert RATES.sum(axis=1) == pytest.approx(0)


def test_nothing_crosses_an_unseen_frame() -> None:
    times = np.arange(7) * 40_000
    rows = np.log(np.array([[9.0, 1, 1]] * 3 + [[np.nan] * 3] + [[1.0, 1, 1]] * 3))
    p, evidence = posterior(rows, times, RATES, START)
    apart, first = posterior(rows[:3], times[:3], RATES, START)
    assert np.isnan(p[3]).all() and np.allclose(p[:3], apart)
    assert np.allclose(p[4], START) and evidence == pytest.approx(first)


def test_a_gap_that_may_be_crossed_is_crossed_over_true_time_and_a_longer_one_is_not() -> None:
    seen, times = np.log([[0.9, 0.05, 0.05], [0.4, 0.3, 0.3]]), np.array([0, 200_000])
    rows = np.array([seen[0], [np.nan] * 3, seen[1]])
    beside = posterior(seen, times, RATES, START)
    across = posterior(rows, np.array([0, 100_000, 200_000]), RATES, START, across_us=200_000)
    np.testing.assert_allclose(across[0][[0, 2]], beside[0])
    assert across[1] == pytest.approx(beside[1]) and np.isnan(across[0][1]).all()
    apart = posterior(rows, np.array([0, 100_000, 200_001]), RATES, START, across_us=200_000)[0]
    np.testing.assert_allclose(apart[2], posterior(seen[1:], times[:1], RATES, START)[0][0])


def test_chains_one_after_the_other_in_the_same_time_stay_apart() -> None:
    seen = np.log([[0.9, 0.05, 0.05]])
    rows = np.concatenate([seen, [[np.nan] * 3], seen, [[np.nan] * 3]])
    p = posterior(rows, np.array([50, 0, 50, 0]), RATES, START, across_us=300_000)[0]
    np.testing.assert_allclose(p[[0, 2]], np.repeat(posterior(seen, np.array([50]), RATES, START)[0], 2, axis=0))


def test_a_long_gap_in_time_loosens_the_chain() -> None:
    rows = np.log(np.array([[99.0, 1, 1], [1.0, 1, 1]]))
    near, far = (posterior(rows, np.array([0, gap]), RATES, START)[0][1, 0] for gap in (40_000, 5_000_000))
    assert near > 0.9 > 0.4 > far


def test_a_fifth_of_a_second_survives_clear_frames_and_one_doubtful_frame_does_not() -> None:
    times = np.arange(45) * 40_000
    rows = np.zeros((45, 3))
    rows[:, 1] = 2.0
    rows[20:25] = [2.0, 0.0, 0.0]
    assert (posterior(rows, times, RATES, START)[0][20:25, 0] > 0.5).all()
    rows[20:25] = [0.0, 2.0, 0.0]
    rows[22] = [2.0, 0.0, 0.0]
    assert posterior(rows, times, RATES, START)[0][22, 1] > 0.5


@pytest.mark.parametrize(
    "rows, rates, start",
    [(np.zeros((3, 2)), RATES, START), (np.zeros((2, 3)), RATES, START), (np.zeros((3, 3)), RATES[:2], START)],
    ids=["states", "frames", "rates"],
)
def test_shapes_that_do_not_fit_are_refused(rows: FloatArray, rates: FloatArray, start: FloatArray) -> None:
    with pytest.raises(VfeedError):
        posterior(rows, np.arange(3), rates, start)


@pytest.mark.parametrize("seconds", [0.0, -1.0, np.nan])
def test_a_state_without_duration_is_refused(seconds: float) -> None:
    with pytest.raises(VfeedError):
        leaving_rates(np.array([1.0, seconds]), np.ones(2))


def test_no_frames_give_no_states() -> None:
    p, evidence = posterior(np.zeros((0, 3)), np.zeros(0, np.int64), RATES, START)
    assert p.shape == (0, 3) and evidence == 0
