"""Where each of the two looks: the probability per frame of the partner's face, a shared object, or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import Roles, readable
from vfeed.dyad.place import Places, places
from vfeed.perception.geometry import FloatArray, to_sight, yaw_pitch_deg
from vfeed.perception.metrics import Metrics

PARTNER, OBJECT, AWAY = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Looking:
    """One person's looking, per frame; NaN where the person is not seen or where the partner is not known.

    `p` (T, 3): probability of partner's face, object, elsewhere; rows sum to 1. `off_partner_deg` (T,): angle between
    the head's forward vector and the direction to the partner's face. `partner_radius_deg` (T,): angular radius of
    that face. `uncertainty_deg` (T,): standard deviation of that angle. `eye_weight` (T,): 0 judged from the head
    alone, 1 eyes read.
    """

    p: FloatArray
    off_partner_deg: FloatArray
    partner_radius_deg: FloatArray
    uncertainty_deg: FloatArray
    eye_weight: FloatArray
    seen: NDArray[np.bool_]

    @property
    def known(self) -> NDArray[np.bool_]:
        """(T,) bool: frames in which something can be said."""
        known: NDArray[np.bool_] = np.isfinite(self.p[:, 0])
        return known


def looking(metrics: Metrics, roles: Roles, parameters: DyadParameters) -> tuple[Looking, Looking]:
    """The infant's and the adult's looking."""
    where = places(metrics, roles, parameters)
    lean = (0.0, -parameters.infant_facial_line_deg), (0.0, -parameters.adult_facial_line_deg)
    offsets = np.array([parameters.infant_offset_deg, parameters.adult_offset_deg]) + lean
    infant = _Person(metrics, roles.infant, where.infant_mm, where.infant_ray, offsets[0], parameters)
    adult = _Person(metrics, roles.adult, where.adult_mm, where.adult_ray, offsets[1], parameters)
    lower = np.minimum(where.infant_mm[:, 1], where.adult_mm[:, 1])
    return (
        infant.looking(where.adult_mm, 1.0, lower, where),
        adult.looking(where.infant_mm, parameters.infant_face_scale, lower, where),
    )


class _Person:
    """One person's readings about the line of sight to them, and how likely a target makes them."""

    def __init__(
        self,
        metrics: Metrics,
        person: int | None,
        place_mm: FloatArray,
        ray: FloatArray,
        offset_deg: FloatArray,
        parameters: DyadParameters,
    ) -> None:
        count = len(metrics["time_us"])
        self.parameters, self.place_mm, self.ray = parameters, place_mm, ray
        self.seen = readable(metrics, person)
        self.eye_weight: FloatArray = np.zeros(count)
        self.head_now: FloatArray = np.full((count, 2), np.nan)
        self.head: FloatArray = self.head_now
        self.forward: FloatArray = np.full((count, 3), np.nan)
        self.head_sd: FloatArray = np.full((count, 2), np.nan)
        self.eye: FloatArray = np.zeros(count)
        if person is not None:
            self.forward = np.where(self.seen[:, None], metrics["forward"][:, person].astype(float), np.nan)
            self.head_now = yaw_pitch_deg(to_sight(self.forward, ray)) - offset_deg
            self.head = self.head_now[_ahead(metrics["time_us"], self.seen, parameters.head_lag_us)]
            self.head_sd = metrics["head_sd_deg"][:, person].astype(float)
            self.eye_weight = np.where(self.seen, metrics["eye_weight"][:, person], 0.0)
            self.eye = np.where(self.eye_weight > 0, np.nan_to_num(metrics["eye_yaw_deg"][:, person]), 0.0)

    def looking(self, partner_mm: FloatArray, partner_scale: float, lower_mm: FloatArray, where: Places) -> Looking:
        """Weigh partner, object and elsewhere against each other (Bayes), frame by frame."""
        rules = self.parameters
        to_partner = partner_mm - self.place_mm
        distance = np.linalg.norm(to_partner, axis=1)
        radius = np.degrees(np.arctan2(rules.face_radius_mm * partner_scale, distance))
        across = np.hypot(to_partner[:, 0], to_partner[:, 1])
        depth_sd = np.degrees(np.arctan2(where.depth_sd_mm * across, distance**2))
        spread = np.hypot(depth_sd, radius / 2)
        partner = self._fit(to_partner, spread, radius / 2) + np.log(rules.prior_partner)
        thing = self._object_fit(to_partner, lower_mm) + np.log(rules.prior_object)
        elsewhere = self._elsewhere() + np.log(rules.prior_away)
        logs = np.stack([partner, thing, elsewhere], axis=1)
        p = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
        unit = to_partner / distance[:, None]
        off = np.degrees(np.arccos(np.clip((self.forward * unit).sum(axis=1), -1, 1)))
        known = self.seen & np.isfinite(p[:, 0])
        return Looking(
            np.where(known[:, None], p, np.nan),
            np.where(known, off, np.nan),
            np.where(known, radius, np.nan),
            np.where(known, np.hypot(self.head_sd[:, 0], depth_sd), np.nan),
            np.where(known, self.eye_weight, 0.0),
            self.seen,
        )

    def _fit(
        self, towards: FloatArray, yaw_spread_deg: FloatArray | float, pitch_spread_deg: FloatArray | float
    ) -> FloatArray:
        """Log density (T,) of the readings when the person looks in direction `towards` (T, 3)."""
        rules = self.parameters
        target = yaw_pitch_deg(to_sight(towards, self.ray))
        share = np.array([rules.head_share_yaw, rules.head_share_pitch])
        spread = np.stack(np.broadcast_arrays(yaw_spread_deg, pitch_spread_deg, target[:, 0])[:2], axis=1)
        sd = np.sqrt(
            self.head_sd**2 + rules.head_idle_sd_deg**2 + (rules.head_share_sd * target) ** 2 + (share * spread) ** 2
        )
        fit: FloatArray = _log_normal(_wrapped(self.head - share * target), sd).sum(axis=1)
        gaze = self.head_now[:, 0] + self.eye
        gaze_sd = np.sqrt(self.head_sd[:, 0] ** 2 + rules.eye_sd_deg**2 + spread[:, 0] ** 2)
        fit += self.eye_weight * _log_normal(_wrapped(gaze - target[:, 0]), gaze_sd)
        return fit

    def _object_fit(self, to_partner: FloatArray, lower_mm: FloatArray) -> FloatArray:
        """Log density (T,) when the person looks at one of the places between the two where a toy would be."""
        rules = self.parameters
        fits = []
        for way in rules.object_ways:
            for drop in rules.object_drops_mm:
                for nearer in rules.object_nearer_mm:
                    point = self.place_mm + way * to_partner
                    point[:, 1] = lower_mm - drop
                    point[:, 2] += nearer
                    fits.append(self._fit(point - self.place_mm, 0.0, 0.0))
        joined: FloatArray = logsumexp(np.stack(fits), axis=0) - np.log(len(fits))
        return joined

    def _elsewhere(self) -> FloatArray:
        rules = self.parameters
        even: FloatArray = -np.log(rules.away_area_deg2) - self.eye_weight * np.log(rules.reach_yaw_deg)
        return even


def _ahead(time_us: NDArray[np.int64], seen: NDArray[np.bool_], lag_us: int) -> NDArray[np.int64]:
    """For each frame the one `lag_us` later, or the last before that up to which the person is seen without a gap."""
    later = np.searchsorted(time_us, time_us + lag_us, side="right") - 1
    gaps = np.append(np.flatnonzero(~seen), len(seen))
    until = gaps[np.searchsorted(gaps, np.arange(len(seen)))] - 1
    ahead: NDArray[np.int64] = np.maximum(np.minimum(later, until), np.arange(len(seen)))
    return ahead


def _log_normal(off: FloatArray, sd: FloatArray) -> FloatArray:
    log: FloatArray = -0.5 * (off / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi))
    return log


def _wrapped(angle_deg: FloatArray) -> FloatArray:
    """The same angle between -180 and 180 degrees."""
    wrapped: FloatArray = (angle_deg + 180) % 360 - 180
    return wrapped
