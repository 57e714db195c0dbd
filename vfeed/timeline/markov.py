"""A hidden Markov model over true time: states that last, frames that speak for them, gaps that nothing crosses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from vfeed.errors import VfeedError

FloatArray = NDArray[np.floating[Any]]


def leaving_rates(mean_s: FloatArray, share: FloatArray) -> FloatArray:
    """Rates per second (S, S) of states that last `mean_s` (S,) seconds on average.

    A state that is left goes over into each other one in proportion to its `share` (S,). Rows sum to 0, as the
    generator of a continuous-time Markov chain has to (Norris 1997, chapter 2). Raises VfeedError `invalid_input` for
    durations that are not positive.

    >>> leaving_rates(np.array([2.0, 4.0]), np.array([1.0, 1.0])).tolist()
    [[-0.5, 0.5], [0.25, -0.25]]
    """
    if not np.all(np.asarray(mean_s) > 0):
        raise VfeedError("invalid_input", "A state lasts no time.", hint="Give mean durations above 0 seconds.")
    into = np.tile(np.asarray(share, float), (len(mean_s), 1))
    np.fill_diagonal(into, 0.0)
    rates: FloatArray = into / into.sum(axis=1, keepdims=True) / np.asarray(mean_s, float)[:, None]
    np.fill_diagonal(rates, -rates.sum(axis=1))
    return rates


def posterior(
    log_likelihood: FloatArray, time_us: NDArray[np.int64], rates: FloatArray, start: FloatArray
) -> tuple[FloatArray, float]:
    """Probability of each state at each frame given all frames (forward-backward), and the log evidence of them all.

    `log_likelihood` (T, S): log density of what each frame shows, by state; a row with NaN was not seen: its result is
    NaN, and the chain ends before it and begins anew after it from `start` (S,), which sums to 1. `rates` (S, S) per
    second are made into a step for the true time between two frames, so frame gaps loosen the chain by as much as they
    last. After Rabiner (1989), scaled; the step is the matrix exponential of the rates. Raises VfeedError
    `invalid_input` for shapes that do not fit together.

    >>> rates = leaving_rates(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    >>> p, _ = posterior(np.log([[0.9, 0.1]]), np.array([0]), rates, np.array([0.5, 0.5]))
    >>> p.round(3).tolist()
    [[0.9, 0.1]]
    """
    states = len(start)
    if log_likelihood.shape != (len(time_us), states) or rates.shape != (states, states):
        raise VfeedError(
            "invalid_input",
            "Frames, states and rates differ in number.",
            hint="Give one row a frame, one state a column.",
        )
    result = np.full(log_likelihood.shape, np.nan)
    known = np.isfinite(log_likelihood).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    evidence = 0.0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        rows = log_likelihood[first:last]
        highest = rows.max(axis=1, keepdims=True)
        steps = _steps(time_us[first:last], rates)
        result[first:last], log_sum = _forward_backward(np.exp(rows - highest), steps, start)
        evidence += log_sum + float(highest.sum())
    return result, evidence


def _steps(time_us: NDArray[np.int64], rates: FloatArray) -> FloatArray:
    """Transition probabilities (T - 1, S, S) between consecutive frames, whose distance is taken to the millisecond."""
    gaps_ms, which = np.unique(np.maximum(1, np.rint(np.diff(time_us) / 1e3)), return_inverse=True)
    steps: FloatArray = expm(rates * (gaps_ms / 1e3)[:, None, None])[which]
    return steps


def _forward_backward(likelihood: FloatArray, steps: FloatArray, start: FloatArray) -> tuple[FloatArray, float]:
    count = len(likelihood)
    forward, scale = np.empty_like(likelihood), np.empty(count)
    now = start * likelihood[0]
    for frame in range(count):
        if frame:
            now = (now @ steps[frame - 1]) * likelihood[frame]
        scale[frame] = now.sum()
        now = now / scale[frame]
        forward[frame] = now
    behind = np.ones(likelihood.shape[1])
    for frame in range(count - 2, -1, -1):
        behind = steps[frame] @ (behind * likelihood[frame + 1]) / scale[frame + 1]
        forward[frame] *= behind
    return forward / forward.sum(axis=1, keepdims=True), float(np.log(scale).sum())
