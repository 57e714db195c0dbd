"""The gaze likelihood: log density of head and eye readings, frame by frame, by what a person may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.gaze_targets import Targets
from vfeed.dyad.held_objects import CLOUD_LOG_WEIGHTS
from vfeed.dyad.observations import Observations
from vfeed.dyad.parameters import DyadParameters
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
    def single(cls, offset: FloatArray, sd: FloatArray) -> Offsets:
        """Return one offset (yaw, pitch) with its standard deviation, for every direction."""
        return cls(*(value[None, None, None] for value in (*offset, *sd)))


class GazeLikelihoodModel:
    """Log densities of one person's readings, by direction of look and offset of the head: arrays (T, N, Y, P).

    `spread_scale` is the share of the stated standard deviation of the head that this clip's readings err by.
    """

    def __init__(
        self, observations: Observations, targets: Targets, rules: DyadParameters, spread_scale: float = 1.0
    ) -> None:
        self.observations, self.targets, self.rules = observations, targets, rules
        self.spread_scale = spread_scale
        self.head_variance = (spread_scale * observations.head_sd) ** 2

    def head(self, target: FloatArray, spread: FloatArray | float, offsets: Offsets) -> FloatArray:
        """Return the log density (T, N, Y, P) of the head for looks in directions (T, N, 2).

        `spread` (T, 1) or a number is how far the direction may be off. The head mostly does its share of the turn;
        in a glance with the eyes alone it may be anywhere near.
        """
        rules = self.rules
        yaw = self._head_axis(0, rules.head_share_yaw, target, spread, offsets.yaw, offsets.yaw_sd)
        pitch = self._head_axis(1, rules.head_share_pitch, target, spread, offsets.pitch, offsets.pitch_sd)
        follows, stays = (one + other for one, other in zip(yaw, pitch, strict=True))
        share = rules.head_stays_share
        return log_add(follows + np.log1p(-share), stays + np.log(share))

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
            self.head_variance[:, None, axis]
            + self.rules.head_idle_sd_deg**2
            + (self.rules.head_share_sd * target[..., axis]) ** 2
            + (share * np.asarray(spread)) ** 2
        )[:, :, None, None] + np.square(offset_sd)
        off = wrapped(self.observations.head[:, None, axis] - share * target[..., axis])[:, :, None, None] - offset
        return log_normal(off, variance), log_normal(off, variance + self.rules.head_stays_sd_deg**2)

    def gaze(self, target: FloatArray, spread: FloatArray | float) -> FloatArray:
        """Return the log density (T, N, 1, 1) of the gaze for directions (T, N, 2); 0 where it was not read."""
        read = self.observations
        variance = read.gaze_sd[:, None] ** 2 + np.expand_dims(np.asarray(spread), -1) ** 2 + self.rules.gaze_sd_deg**2
        fit = np.nan_to_num(log_normal(wrapped(read.gaze[:, None] - target), variance)).sum(axis=-1)
        return np.asarray(read.gaze_weight[:, None] * fit)[:, :, None, None]

    def at(self, target: FloatArray, spread: FloatArray | float, offsets: Offsets) -> FloatArray:
        """Return the log density (T, N, Y, P) of head and gaze for looks in directions (T, N, 2)."""
        return self.head(target, spread, offsets) + self.gaze(target, spread)

    def partner(self, guesses: NDArray[np.int64] | slice, offsets: Offsets) -> FloatArray:
        """Return the log density (T, K, Y, P) of a look at the partner's face where each of K guesses has it."""
        return self.at(self.targets.partner[:, guesses], AT_FACE_SHARE * self.targets.radius[:, None], offsets)

    def object(self, offsets: Offsets) -> FloatArray:
        """Return the log density (T, Y, P) of a look at one of the places where a toy would lie or be held up."""
        fits = self.at(self.targets.objects, self.targets.object_spread, offsets)
        return np.asarray(log_sum(fits, axis=1) - np.log(fits.shape[1]))

    def held(self, offsets: Offsets) -> FloatArray:
        """Return the log density (T, Y, P) of a look at something held in the likeliest of the hands.

        Where no hand is known of, it may be anywhere around the partner's face.
        """
        things, rules = self.targets.held, self.rules
        middle = self.targets.partner[:, [int(np.argmax(self.targets.log_prior))]]
        fits = self.at(middle, rules.held_around_deg, offsets)[:, 0]
        frames = np.flatnonzero(things.there)
        if len(frames):
            model = GazeLikelihoodModel(self.observations.of(frames), self.targets, rules, self.spread_scale)
            fits[frames] = model._in_hands(things.direction[frames], offsets)
        return fits

    def _in_hands(self, direction: FloatArray, offsets: Offsets) -> FloatArray:
        count, hands, cloud, _ = direction.shape
        weights = CLOUD_LOG_WEIGHTS[:cloud, None, None]
        each = self.at(np.nan_to_num(direction).reshape(count, -1, 2), self.rules.held_spread_deg, offsets)
        each = each.reshape(count, hands, cloud, *each.shape[2:])
        each[np.isnan(direction[..., 0])] = -np.inf
        each += weights
        best = each.max(axis=(1, 2), keepdims=True)
        return np.asarray(np.log(np.exp(each - best).sum(axis=2).max(axis=1)) + best[:, 0, 0])

    def uniform(self) -> FloatArray:
        """Return the log density (T,) of readings that are even over all that head and eyes reach."""
        reach = np.log([self.rules.reach_yaw_deg, self.rules.reach_pitch_deg])
        eyes = self.observations.gaze_weight * (np.isfinite(self.observations.gaze) @ reach)
        return np.asarray(-reach.sum() - eyes)

    def away(self, offsets: Offsets) -> FloatArray:
        """Return the log density (T, Y, P) of a look anywhere else: even over what is reached, and the lens itself."""
        lens = np.zeros((len(self.observations.seen), 1, 2))
        camera = self.at(lens, LENS_SPREAD_DEG, offsets)[:, 0]
        share = self.rules.camera_share
        return log_add(self.uniform()[:, None, None] + np.log1p(-share), camera + np.log(share))


def log_normal(off: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the log density of a normal distribution of that `variance` at `off` from its middle."""
    log: FloatArray = -0.5 * (off**2 / variance + np.log(2 * np.pi * variance))
    return log


def wrapped(angle_deg: FloatArray) -> NDArray[Any]:
    """Return the same angle between -180 and 180 degrees."""
    return (angle_deg + 180) % 360 - 180


def log_add(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the log of the sum of what both are the logs of; as numpy's logaddexp, in a third of its time.

    >>> log_add(np.array([0.0, -np.inf, -np.inf]), np.array([0.0, 0.0, -np.inf])).round(3).tolist()
    [0.693, 0.0, -inf]
    """
    higher = np.maximum(one, other)
    with np.errstate(invalid="ignore"):
        less = np.fmin(np.minimum(one, other) - higher, 0)
    np.exp(less, out=less)
    less += 1
    np.log(less, out=less)
    less += higher
    return np.asarray(less)


def log_sum(log: FloatArray, axis: int) -> FloatArray:
    """Return the log of the sum of what `log` are the logs of, along an axis; as scipy's logsumexp, unchecked."""
    highest = log.max(axis=axis, keepdims=True)
    total = np.log(np.exp(log - highest).sum(axis=axis))
    return np.asarray(total + np.squeeze(highest, axis))
