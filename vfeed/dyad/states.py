"""From probabilities to one state per person and frame, with hysteresis; what was not seen stays unseen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.looking import AWAY, OBJECT, PARTNER, Looking
from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import FloatArray
from vfeed.timeline.smoothing import absorb_short, hysteresis

STATES = ("partner", "object", "away", "unseen")
UNSEEN = "unseen"


@dataclass(frozen=True, eq=False)
class States:
    """Both people's states, per frame.

    `infant`, `adult`: one of STATES a frame. `p_infant`, `p_adult` (T, 3): smoothed probabilities of partner, object,
    away. `p_mutual` (T,): probability that both look at each other's face. NaN where either cannot be told.
    """

    time_us: NDArray[np.int64]
    end_us: int
    infant: list[str]
    adult: list[str]
    p_infant: FloatArray
    p_adult: FloatArray
    p_mutual: FloatArray


def states_of(
    time_us: NDArray[np.int64], end_us: int, infant: Looking, adult: Looking, parameters: DyadParameters
) -> States:
    """Smooth both people's probabilities over true time and settle on states.

    The two are taken as independent given what is seen, so `p_mutual` is the product.
    """
    p_infant = _smooth(infant.p, time_us, parameters.smooth_us)
    p_adult = _smooth(adult.p, time_us, parameters.smooth_us)
    return States(
        time_us,
        end_us,
        _settle(p_infant, time_us, end_us, parameters),
        _settle(p_adult, time_us, end_us, parameters),
        p_infant,
        p_adult,
        p_infant[:, PARTNER] * p_adult[:, PARTNER],
    )


def _smooth(p: FloatArray, time_us: NDArray[np.int64], window_us: int) -> FloatArray:
    """Mean of the probabilities over a centred window of true time that does not reach across unseen frames."""
    known = np.isfinite(p[:, 0])
    frames = np.arange(len(p))
    gaps = np.concatenate([[-1], np.flatnonzero(~known), [len(p)]])
    after = np.searchsorted(gaps, frames, side="right")
    first = np.searchsorted(time_us, time_us - window_us // 2, side="left")
    last = np.searchsorted(time_us, time_us + window_us // 2, side="right")
    first = np.maximum(first, gaps[after - 1] + 1)
    last = np.minimum(last, gaps[np.minimum(after, len(gaps) - 1)])
    total = np.concatenate([np.zeros((1, p.shape[1])), np.cumsum(np.nan_to_num(p), axis=0)])
    mean = (total[last] - total[first]) / np.maximum(1, last - first)[:, None]
    smooth: FloatArray = np.where(known[:, None], mean, np.nan)
    return smooth


def _settle(p: FloatArray, time_us: NDArray[np.int64], end_us: int, parameters: DyadParameters) -> list[str]:
    at_partner = hysteresis(p[:, PARTNER], parameters.enter_partner, parameters.leave_partner)
    states = []
    for held, row in zip(at_partner, p, strict=True):
        if not np.isfinite(row[PARTNER]):
            states.append(UNSEEN)
        elif held:
            states.append("partner")
        else:
            states.append("object" if row[OBJECT] >= row[AWAY] else "away")
    shortest = parameters.shortest_state_us
    return absorb_short(states, time_us, end_us, shorter_than_us=shortest, keep=frozenset({UNSEEN}))
