"""Fits what a confidence is worth on the *tune* set: `python -m bench.fit`. Never to be run on *test*."""

from __future__ import annotations

import sys
from itertools import chain

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from bench.__main__ import SETS
from bench.looks import Looks
from bench.measure import clips_in, measured
from bench.scores import reliability

TUNED_ON = ("tune", "long_tune")
LEAST, MOST = 0.01, 0.99
PULL = 0.1
"""Weight of a prior that leaves the confidence as it is: few candidates must not move it far."""


def fitted(stated: list[tuple[float, bool]]) -> tuple[float, float]:
    """Return (slope, shift) so that expit(slope * logit(stated) + shift) is the share that is true."""
    at = logit(np.clip([value for value, _ in stated], LEAST, MOST))
    true = np.array([each for _, each in stated], float)

    def loss(line: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        p = np.clip(expit(line[0] * at + line[1]), 1e-9, 1 - 1e-9)
        off = -(true * np.log(p) + (1 - true) * np.log(1 - p)).sum()
        return float(off + PULL * ((line[0] - 1) ** 2 + line[1] ** 2))

    slope, shift = minimize(loss, [1.0, 0.0]).x
    return round(float(slope), 2), round(float(shift), 2)


def main() -> None:
    """Print the line that DyadParameters ought to hold, and what it would change on the set it was fitted on."""
    looks: list[Looks] = [measured(clip).looks for name in TUNED_ON for clip in clips_in(SETS[name])]
    for name in ("stated", "stated_away"):
        stated = list(chain.from_iterable(getattr(each, name) for each in looks))
        slope, shift = fitted(stated)
        values, true = (np.array(each) for each in zip(*stated, strict=True))
        after = expit(slope * logit(np.clip(values, LEAST, MOST)) + shift)
        gaps = [reliability(each, true.astype(bool), 5)[1] for each in (values, after)]
        sys.stdout.write(
            f"{name}: {len(stated)} candidates, slope {slope}, shift {shift}; gap {gaps[0]} -> {gaps[1]}\n"
        )


if __name__ == "__main__":
    main()
