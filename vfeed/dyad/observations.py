"""What is read of one person, about the line of sight to them: head, gaze, and how far either may be believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import placed, readable
from vfeed.perception.geometry import FloatArray, rays, to_sight, yaw_pitch_deg
from vfeed.perception.metrics import Metrics


@dataclass(frozen=True, eq=False)
class Observations:
    """One person's head and gaze per frame, as a viewer sees them who looks straight at the head.

    `head` (T, 2): yaw and pitch in degrees of the head about now (0, 0 faces the lens; +yaw to the frame's right),
    the lean of the facial line taken off; `head_sd` (T, 2) its standard deviation. `gaze`, `gaze_sd` (T, 2): the same
    of the eyes, NaN where not read. `gaze_weight` (T,): 0 unread, 1 read.
    `forward` (T, 3): the head's unit vector in the camera's frame. `ray` (T, 3): unit line of sight from the lens.
    NaN where the head is not `read` (T,). `seen` (T,): the face can be seen, too; a head of which only the back is
    tells how the person moves, but no look is stated of it.
    """

    head: FloatArray
    head_sd: FloatArray
    gaze: FloatArray
    gaze_sd: FloatArray
    gaze_weight: FloatArray
    forward: FloatArray
    ray: FloatArray
    read: NDArray[np.bool_]
    seen: NDArray[np.bool_]

    def of(self, frames: NDArray[np.int64]) -> Observations:
        """Return the same for some frames only."""
        return Observations(*(getattr(self, name)[frames] for name in self.__dataclass_fields__))


def observe_person(metrics: Metrics, person: int | None, facial_line_deg: float, rules: DyadParameters) -> Observations:
    """Readings of one of the clip's people; all NaN and nothing seen for nobody."""
    times = metrics["time_us"]
    count = len(times)
    if person is None:
        two, three = np.full((count, 2), np.nan), np.full((count, 3), np.nan)
        nothing = np.zeros(count)
        nobody = np.zeros(count, np.bool_)
        return Observations(two, two, two, two, nothing, three, three, nobody, nobody)
    read = placed(metrics, person)
    box = metrics["box_px"][:, person].astype(float)
    middle = np.where(read[:, None], box[:, :2] + box[:, 2:] / 2, np.nan)
    width, height = (int(side) for side in metrics["picture_px"])
    ray = rays(middle, width, height, float(metrics["focal_px"][0]))
    forward = np.where(read[:, None], metrics["forward"][:, person].astype(float), np.nan)
    head = yaw_pitch_deg(to_sight(forward, ray)) + np.array([0.0, facial_line_deg])
    gaze = yaw_pitch_deg(to_sight(np.where(read[:, None], metrics["gaze"][:, person].astype(float), np.nan), ray))
    return Observations(
        head[_ahead(times, read, rules.head_lag_us)],
        np.where(read[:, None], metrics["head_sd_deg"][:, person].astype(float), np.nan),
        gaze,
        np.where(read[:, None], metrics["gaze_sd_deg"][:, person].astype(float), np.nan),
        np.isfinite(gaze[:, 0]).astype(float),
        forward,
        ray,
        read,
        readable(metrics, person),
    )


def _ahead(time_us: NDArray[np.int64], seen: NDArray[np.bool_], lag_us: int) -> NDArray[np.int64]:
    """For each frame the one `lag_us` later, or itself where the person is not seen all the while until then.

    The last frames before somebody is out of sight are read worst, and must not speak for those before them.
    """
    now = np.arange(len(seen))
    later = np.searchsorted(time_us, time_us + lag_us, side="right") - 1
    gaps = np.append(np.flatnonzero(~seen), len(seen))
    ahead: NDArray[np.int64] = np.where(later < gaps[np.searchsorted(gaps, now)], later, now)
    return ahead
