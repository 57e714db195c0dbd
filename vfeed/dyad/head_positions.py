"""Where the two heads are in front of the camera, and in which direction each would see the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import Roles, placed
from vfeed.perception.geometry import FloatArray, rays
from vfeed.perception.metrics import Metrics
from vfeed.timeline.smoothing import median


@dataclass(frozen=True, eq=False)
class HeadPositions:
    """Where both heads are, per frame.

    `infant_mm`, `adult_mm` are (T, 3) in the camera frame (x right, y up, z to the camera), NaN where not known.
    `infant_ray`, `caregiver_ray` are the unit lines of sight from the lens (T, 3). `depth_sd_mm` (T,) is the standard
    deviation of the difference in depth, which the sizes leave open.
    """

    infant_mm: FloatArray
    adult_mm: FloatArray
    infant_ray: FloatArray
    caregiver_ray: FloatArray
    depth_sd_mm: FloatArray


def head_positions(metrics: Metrics, roles: Roles, parameters: DyadParameters) -> HeadPositions:
    """Return the depth from face size by age, shrunk towards equal depth by how little one size says.

    A head that is not seen is held where it was for `hold_place_us`, for the direction of the other's look only.
    """
    infant_z, infant_ray = head_position_of(metrics, roles.infant, parameters.infant_face_scale, parameters)
    caregiver_z, caregiver_ray = head_position_of(metrics, roles.caregiver, 1.0, parameters)
    middle = (infant_z + caregiver_z) / 2
    error = np.sqrt(2) * parameters.size_error * middle
    believed = parameters.depth_spread_mm**2 / (parameters.depth_spread_mm**2 + error**2)
    half = believed * (caregiver_z - infant_z) / 2
    return HeadPositions(
        _point(infant_ray, middle - half),
        _point(caregiver_ray, middle + half),
        infant_ray,
        caregiver_ray,
        parameters.depth_spread_mm * np.sqrt(1 - believed),
    )


def _point(ray: FloatArray, depth_mm: FloatArray) -> FloatArray:
    point: FloatArray = ray * (depth_mm / -ray[:, 2])[:, None]
    return point


def head_position_of(
    metrics: Metrics, person: int | None, scale: float, parameters: DyadParameters
) -> tuple[FloatArray, FloatArray]:
    """Return the depth (T,) in mm by a face `scale` times an adult's, and line of sight (T, 3), held over gaps; NaN for
    nobody.
    """
    times = metrics["time_us"]
    if person is None:
        return np.full(len(times), np.nan), np.full((len(times), 3), np.nan)
    seen = placed(metrics, person)
    size = np.where(seen, metrics["px_per_mm"][:, person].astype(float), np.nan)
    focal = float(metrics["focal_px"][0])
    depth = focal * scale / median(size, times, parameters.depth_window_us, step_us=parameters.depth_window_us // 6)
    box = metrics["box_px"][:, person].astype(float)
    middle = np.where(seen[:, None], box[:, :2] + box[:, 2:] / 2, np.nan)
    width, height = (int(side) for side in metrics["picture_px"])
    ray = rays(middle, width, height, focal)
    held = _held(np.column_stack([depth, ray]), times, parameters.hold_place_us)
    return held[:, 0], held[:, 1:]


def _held(values: FloatArray, times: NDArray[np.int64], at_most_us: int) -> FloatArray:
    """Fill frames without values from the nearest frame with, up to `at_most_us` away."""
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(known):
        return values
    after = np.clip(np.searchsorted(known, np.arange(len(values))), 0, len(known) - 1)
    before = np.clip(after - 1, 0, None)
    nearer_before = np.abs(times[known[before]] - times) < np.abs(times[known[after]] - times)
    nearest = np.where(nearer_before, known[before], known[after])
    filled: FloatArray = np.where((np.abs(times[nearest] - times) <= at_most_us)[:, None], values[nearest], np.nan)
    return filled
