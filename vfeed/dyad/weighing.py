"""How likely a look in a direction makes what is read of head and eyes: log densities, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.readings import Readings
from vfeed.dyad.targets import Targets
from vfeed.perception.geometry import FloatArray

AT_FACE_SHARE = 0.5
"""A look at a face wanders over it: its spread is this share of the face's radius."""
LENS_SPREAD_DEG = 3.0
"""A look at the camera is a look at the phone or at whoever holds it."""


@dataclass(frozen=True, eq=False)
class Offsets:
    """By how much a head may be turned beyond its share of a look, degrees: every `yaw` with every `pitch`.

    All broadcast over (N, Y, P): N directions of a look, Y yaws, P pitches. `yaw_sd`, `pitch_sd`: how far each may be
    off.
    """

    yaw: FloatArray
    pitch: FloatArray
    yaw_sd: FloatArray | float = 0.0
    pitch_sd: FloatArray | float = 0.0

    @classmethod
    def each(cls, offset: FloatArray, sd: FloatArray) -> Offsets:
        """One offset (N, 2) with its standard deviation (N, 2) for each of N directions; Y and P are 1."""
        return cls(*(column[:, None, None] for column in (*offset.T, *sd.T)))


class Weigher:
    """Log densities of one person's readings, by direction of look and offset of the head: arrays (T, N, Y, P)."""

    def __init__(self, readings: Readings, targets: Targets, rules: DyadParameters) -> None:
        self.readings, self.targets, self.rules = readings, targets, rules

    def head(self, target: FloatArray, spread: FloatArray | float, offsets: Offsets) -> FloatArray:
        """Log density (T, N, Y, P) of the head for looks in directions (T, N, 2).

        `spread` (T, 1) or a number is how far the direction may be off. The head mostly does its share of the turn;
        in a glance with the eyes alone it may be anywhere near.
        """
        rules = self.rules
        yaw = self._head_axis(0, rules.head_share_yaw, target, spread, offsets.yaw, offsets.yaw_sd)
        pitch = self._head_axis(1, rules.head_share_pitch, target, spread, offsets.pitch, offsets.pitch_sd)
        follows, stays = (one + other for one, other in zip(yaw, pitch, strict=True))
        share = rules.head_stays_share
        return np.asarray(np.logaddexp(follows + np.log1p(-share), stays + np.log(share)))

    def _head_axis(
        self,
        axis: int,
        share: float,
        target: FloatArray,
        spread: FloatArray | float,
        offset: FloatArray,
        offset_sd: FloatArray | float,
    ) -> tuple[FloatArray, FloatArray]:
        """Log densities of one angle when the head follows the look, and when it stays."""
        variance = (
            self.readings.head_sd[:, None, axis] ** 2
            + self.rules.head_idle_sd_deg**2
            + (self.rules.head_share_sd * target[..., axis]) ** 2
            + (share * np.asarray(spread)) ** 2
        )[:, :, None, None] + np.square(offset_sd)
        off = wrapped(self.readings.head[:, None, axis] - share * target[..., axis])[:, :, None, None] - offset
        return log_normal(off, np.sqrt(variance)), log_normal(off, np.sqrt(variance + self.rules.head_stays_sd_deg**2))

    def gaze(self, target: FloatArray, spread: FloatArray | float) -> FloatArray:
        """Log density (T, N, 1, 1) of the gaze for directions (T, N, 2), times its weight; 0 where it was not read."""
        read = self.readings
        sd = np.sqrt(
            read.gaze_sd[:, None] ** 2 + np.expand_dims(np.asarray(spread), -1) ** 2 + self.rules.gaze_sd_deg**2
        )
        fit = np.nan_to_num(log_normal(wrapped(read.gaze[:, None] - target), sd)).sum(axis=-1)
        return np.asarray(read.gaze_weight[:, None] * fit)[:, :, None, None]

    def partner(self, guesses: NDArray[np.int64] | slice, offsets: Offsets) -> FloatArray:
        """Log density (T, K, Y, P) of a look at the partner's face where each of K guesses has it."""
        towards = self.targets.partner[:, guesses]
        spread = AT_FACE_SHARE * self.targets.radius[:, None]
        return self.head(towards, spread, offsets) + self.gaze(towards, spread)

    def thing(self, offsets: Offsets) -> FloatArray:
        """Log density (T, Y, P) of a look at one of the places where a toy would be."""
        places, spread = self.targets.objects, self.targets.object_spread
        fits = self.head(places, spread, offsets) + self.gaze(places, spread)
        return np.asarray(log_sum(fits, axis=1) - np.log(fits.shape[1]))

    def even(self) -> FloatArray:
        """Log density (T,) of readings that are even over all that head and eyes reach."""
        reach = np.log([self.rules.reach_yaw_deg, self.rules.reach_pitch_deg])
        eyes = self.readings.gaze_weight * (np.isfinite(self.readings.gaze) @ reach)
        return np.asarray(-reach.sum() - eyes)

    def elsewhere(self, offsets: Offsets) -> FloatArray:
        """Log density (T, Y, P) of a look anywhere else: even over what head and eyes reach, and the lens itself."""
        lens = np.zeros((len(self.readings.seen), 1, 2))
        camera = (self.head(lens, 0.0, offsets) + self.gaze(lens, LENS_SPREAD_DEG))[:, 0]
        share = self.rules.camera_share
        return np.asarray(np.logaddexp(self.even()[:, None, None] + np.log1p(-share), camera + np.log(share)))


def log_normal(off: FloatArray, sd: FloatArray) -> FloatArray:
    """Log density of a normal distribution at `off` from its middle."""
    log: FloatArray = -0.5 * (off / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi))
    return log


def wrapped(angle_deg: FloatArray) -> NDArray[Any]:
    """The same angle between -180 and 180 degrees."""
    return (angle_deg + 180) % 360 - 180


def log_sum(log: FloatArray, axis: int) -> FloatArray:
    """Log of the sum of what `log` are the logs of, along an axis; as scipy's logsumexp, without its checks."""
    highest = log.max(axis=axis, keepdims=True)
    total = np.log(np.exp(log - highest).sum(axis=axis))
    return np.asarray(total + np.squeeze(highest, axis))
