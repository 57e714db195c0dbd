"""Metrics as a home would give them in which every head is read wrong in the same way: what a reference has to mend."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vfeed.perception.geometry import FloatArray
from vfeed.perception.metrics import Metrics

MISREAD_YAW_DEG, MISREAD_PITCH_DEG = 30.0, 15.0
"""About three and two standard deviations of what `DyadParameters.rest_sd_deg` expects."""


def misread(metrics: Metrics, seed: int) -> Metrics:
    """The same metrics with each person's head and gaze turned to a side and up or down; `seed` draws which way."""
    ways = np.random.default_rng(seed).choice([-1, 1], (metrics["forward"].shape[1], 2))
    turned = metrics.copy()
    names: tuple[Literal["forward"], Literal["gaze"]] = ("forward", "gaze")
    for name in names:
        vectors = metrics[name].astype(float)
        for person, (side, up) in enumerate(ways):
            vectors[:, person] = vectors[:, person] @ _turn(side * MISREAD_YAW_DEG, up * MISREAD_PITCH_DEG).T
        turned[name] = vectors.astype(metrics[name].dtype)
    return turned


def _turn(yaw_deg: float, pitch_deg: float) -> FloatArray:
    """The matrix (3, 3) that turns camera-frame vectors about the vertical and then about the picture's width."""
    (across, along), (rise, level) = (
        (np.sin(np.radians(each)), np.cos(np.radians(each))) for each in (yaw_deg, pitch_deg)
    )
    vertical = np.array([[along, 0, across], [0, 1, 0], [-across, 0, along]])
    width = np.array([[1, 0, 0], [0, level, -rise], [0, rise, level]])
    return np.asarray(vertical @ width)
