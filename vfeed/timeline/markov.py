"""A hidden Markov model over true time: states that last, frames that speak for them, gaps that nothing crosses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

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
        raise VfeedError("invalid_input", _("A state lasts no time."), hint=_("Give mean durations above 0 seconds."))
    into = np.tile(np.asarray(share, float), (len(mean_s), 1))
    np.fill_diagonal(into, 0.0)
    rates: FloatArray = into / into.sum(axis=1, keepdims=True) / np.asarray(mean_s, float)[:, None]
    np.fill_diagonal(rates, -rates.sum(axis=1))
    return rates


def posterior(
    log_likelihood: FloatArray,
    time_us: NDArray[np.int64],
    rates: FloatArray,
    start: FloatArray,
    *,
    across_us: int = 0,
) -> tuple[FloatArray, float]:
    """Return the probability of each state at each frame given all frames (forward-backward), and the log evidence of
    them
    all.

    `log_likelihood` (T, S): log density of what each frame shows, by state; a row with NaN was not seen: its result
    is NaN, and the chain ends before it and begins anew after it from `start` (S,), which sums to 1, unless the next
    frame that was seen comes within `across_us` of the last. `rates` (S, S) per second are made into a step for the
    true time between two frames, so frame gaps loosen the chain by as much as they last. After Rabiner (1989),
    scaled; the step is the matrix exponential of the rates. Raises VfeedError `invalid_input` for shapes that do not
    fit together.

    >>> rates = leaving_rates(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    >>> p, _ = posterior(np.log([[0.9, 0.1]]), np.array([0]), rates, np.array([0.5, 0.5]))
    >>> p.round(3).tolist()
    [[0.9, 0.1]]
    """
    states = len(start)
    if log_likelihood.shape != (len(time_us), states) or rates.shape != (states, states):
        raise VfeedError(
            "invalid_input",
            _("Frames, states and rates differ in number."),
            hint=_("Give one row a frame, one state a column."),
        )
    result = np.full(log_likelihood.shape, np.nan)
    seen = np.flatnonzero(np.isfinite(log_likelihood).all(axis=1))
    if not len(seen):
        return result, 0.0
    rows = log_likelihood[seen]
    highest = rows.max(axis=1, keepdims=True)
    steps = _steps(time_us[seen], rates)
    apart_us = np.diff(time_us[seen])
    crossed = (apart_us > 0) & (apart_us <= across_us)
    steps[(np.diff(seen) > 1) & ~crossed] = start  # whatever came before such a gap, the chain begins anew after it
    result[seen], log_sum = _forward_backward(np.exp(rows - highest), steps, start)
    return result, log_sum + float(highest.sum())


def _steps(time_us: NDArray[np.int64], rates: FloatArray) -> FloatArray:
    """Transition probabilities (T - 1, S, S) between consecutive frames, whose distance is taken to the millisecond."""
    gaps_ms, which = np.unique(np.maximum(1, np.rint(np.diff(time_us) / 1e3)).astype(int), return_inverse=True)
    one_ms = scipy.linalg.expm(rates * 1e-3)
    steps = [np.linalg.matrix_power(one_ms, int(gap)) for gap in gaps_ms]
    return np.array(steps).reshape(-1, *rates.shape)[which]


def _forward_backward(likelihood: FloatArray, steps: FloatArray, start: FloatArray) -> tuple[FloatArray, float]:
    first = start * likelihood[0]
    moves = steps * likelihood[1:, None]
    forward, log_scale = _along(first / first.sum(), moves)
    behind, _ = _along(np.ones(len(start)), moves[::-1].transpose(0, 2, 1))
    p = forward * behind[::-1]
    return p / p.sum(axis=1, keepdims=True), log_scale + math.log(first.sum())


def _along(first: FloatArray, moves: FloatArray) -> tuple[FloatArray, float]:
    """`first` (S,) and what the matrices (N, S, S) make of it one after the other: (N + 1, S), and their log scale.

    All but the first row are scaled to sum to 1. The matrices are cut into about root N blocks that are multiplied up
    side by side, so that Python takes twice root N steps in the place of N.
    """
    count, states = len(moves), len(first)
    size = max(1, math.isqrt(count))
    blocks = -(-count // size)
    products = np.tile(np.eye(states), (blocks * size, 1, 1))
    products[:count] = moves
    products = products.reshape(blocks, size, states, states)
    scales = np.empty((blocks, size, 1, 1))
    for step in range(size):
        if step:
            products[:, step] = products[:, step - 1] @ products[:, step]
        scales[:, step] = products[:, step].sum(axis=(1, 2), keepdims=True)
        products[:, step] /= scales[:, step]
    log_scale, entering = float(np.log(scales).sum()), np.empty((blocks, states))
    now = first
    for block in range(blocks):
        entering[block] = now
        now = now @ products[block, -1]
        log_scale += math.log(now.sum())
        now = now / now.sum()
    rows = np.einsum("bs,bkst->bkt", entering, products).reshape(-1, states)[:count]
    return np.vstack([first, rows / rows.sum(axis=1, keepdims=True)]), log_scale
