"""How likely a look in a direction makes what is read of head and eyes: log densities, frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.readings import Readings
from vfeed.dyad.targets import Targets
from vfeed.perception.geometry import FloatArray

AT_FACE_SHARE = 0.5
"""A look at a face wanders over it: its spread is this share of the face's radius."""
LENS_SPREAD_DEG = 3.0
"""A look at the camera is a look at the phone or at whoever holds it."""


class Weigher:
    """Log densities of one person's readings; offsets are what the person's head is turned more than its share says."""

    def __init__(self, readings: Readings, targets: Targets, rules: DyadParameters) -> None:
        self.readings, self.targets, self.rules = readings, targets, rules
        self._share = np.array([rules.head_share_yaw, rules.head_share_pitch])

    def head_parts(
        self, target: FloatArray, spread: FloatArray | float, offset: FloatArray, offset_sd: FloatArray
    ) -> FloatArray:
        """Log density of the head's yaw and pitch apart, (T, N, C, 2), for directions (T, N, 2) and offsets (C, 2).

        `spread` (T, 1) or a number is how far the direction may be off, `offset_sd` (C, 2) how far the offset may be.
        """
        read, rules = self.readings, self.rules
        sd = np.sqrt(
            read.head_sd[:, None] ** 2
            + rules.head_idle_sd_deg**2
            + (rules.head_share_sd * target) ** 2
            + (self._share * np.expand_dims(np.asarray(spread), -1)) ** 2
        )[:, :, None]
        off = wrapped(read.head[:, None] - self._share * target)[:, :, None] - offset
        return log_normal(off, np.sqrt(sd**2 + offset_sd**2))

    def gaze(self, target: FloatArray, spread: FloatArray | float) -> FloatArray:
        """Log density (T, N) of the gaze for directions (T, N, 2), times its weight; 0 where it was not read."""
        read = self.readings
        sd = np.sqrt(
            read.gaze_sd[:, None] ** 2 + np.expand_dims(np.asarray(spread), -1) ** 2 + self.rules.gaze_sd_deg**2
        )
        fit = np.nan_to_num(log_normal(wrapped(read.gaze[:, None] - target), sd)).sum(axis=-1)
        return np.asarray(read.gaze_weight[:, None] * fit)

    def partner(self, guess: int, offset: FloatArray, offset_sd: FloatArray) -> FloatArray:
        """Log density (T, C) of a look at the partner's face where guess k has it."""
        towards = self.targets.partner[:, guess : guess + 1]
        spread = AT_FACE_SHARE * self.targets.radius[:, None]
        fit = self.head_parts(towards, spread, offset, offset_sd).sum(axis=-1)[:, 0]
        return np.asarray(fit + self.gaze(towards, spread))

    def thing(self, offset: FloatArray, offset_sd: FloatArray) -> FloatArray:
        """Log density (T, C) of a look at one of the places where a toy would be."""
        places, spread = self.targets.objects, self.targets.object_spread
        fits = self.head_parts(places, spread, offset, offset_sd).sum(axis=-1)
        fits = fits + self.gaze(places, spread)[:, :, None]
        return np.asarray(logsumexp(fits, axis=1) - np.log(fits.shape[1]))

    def even(self) -> FloatArray:
        """Log density (T,) of readings that are even over all that head and eyes reach."""
        reach = np.log([self.rules.reach_yaw_deg, self.rules.reach_pitch_deg])
        eyes = self.readings.gaze_weight * (np.isfinite(self.readings.gaze) @ reach)
        return np.asarray(-reach.sum() - eyes)

    def elsewhere(self, offset: FloatArray, offset_sd: FloatArray) -> FloatArray:
        """Log density (T, C) of a look anywhere else: even over what head and eyes reach, and the lens itself."""
        lens = np.zeros((len(self.readings.seen), 1, 2))
        camera = self.head_parts(lens, 0.0, offset, offset_sd).sum(axis=-1)[:, 0] + self.gaze(lens, LENS_SPREAD_DEG)
        share = self.rules.camera_share
        return np.asarray(np.logaddexp(self.even()[:, None] + np.log1p(-share), camera + np.log(share)))


def log_normal(off: FloatArray, sd: FloatArray) -> FloatArray:
    """Log density of a normal distribution at `off` from its middle."""
    log: FloatArray = -0.5 * (off / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi))
    return log


def wrapped(angle_deg: FloatArray) -> NDArray[Any]:
    """The same angle between -180 and 180 degrees."""
    return (angle_deg + 180) % 360 - 180
