"""The image as a whole, from frame to frame: how far the camera moved, and where the film was cut."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from vfeed.media.planar_image import FloatArray, PlanarImage

THUMB_SIDE_PX = 64
"""Longer side of the image that is compared: people are then small beside the room, and a comparison takes 0.2 ms."""
LEAST_SIDE_PX = 8

CUT_BELOW = 0.55
"""Correlation of two images below which they may be two shots: a cut gave at most .47, somebody who walks past the
lens .51 to .6, everything else .8 and more..."""
CUT_CHANGED_SHARE = 0.4
"""...if this share of the image changed as well (cuts .56 and more, somebody close to the lens up to .59)..."""
CALM_BEFORE_US = 400_000
"""...and it changed less than half as much for so long before: who walks past fills the image in several steps."""
CHANGED_BY = 0.3
"""Change of brightness, in standard deviations of the image, that counts as changed."""

BELIEVED_PEAK = 0.3
"""Sharpness of the correlation's peak from which a shift is believed."""
LARGEST_SHIFT = 0.2
"""Share of the shorter side: a larger shift between two frames is a mistake."""


@dataclass(frozen=True, slots=True)
class FrameChange:
    """What happened since the frame before: a cut or none, and how far the image moved, px right and down.

    `moved_px` is NaN in the first frame, after a cut and where it cannot be told.
    """

    cut: bool
    moved_px: tuple[float, float]


UNKNOWN = (float("nan"), float("nan"))


class ShotDetector:
    """Compares each frame of a clip with the one before; one ShotDetector for one clip."""

    def __init__(self) -> None:
        self._before: FloatArray | None = None
        self._changed: list[tuple[int, float]] = []

    def update(self, image: PlanarImage, time_us: int) -> FrameChange:
        """Return the next frame at `time_us`."""
        now, scale = _thumbnail(image)
        before, self._before = self._before, now
        if before is None:
            return FrameChange(False, UNKNOWN)
        self._changed = [each for each in self._changed if time_us - each[0] <= CALM_BEFORE_US]
        restless = max((share for _, share in self._changed), default=0.0)
        moved = _moved(before, now)
        before, now = _overlap(before, now, moved)
        share = _changed_share(before, now)
        self._changed.append((time_us, share))
        if share > max(CUT_CHANGED_SHARE, 2 * restless) and _correlation(before, now) < CUT_BELOW:
            self._changed.clear()
            return FrameChange(True, UNKNOWN)
        return FrameChange(False, (moved[0] * scale, moved[1] * scale))


def _thumbnail(image: PlanarImage) -> tuple[FloatArray, float]:
    """The image in grey, small, and how many of its px one px of that is."""
    width, height = image.width_px, image.height_px
    scale = max(height, width) / THUMB_SIDE_PX
    size = (max(LEAST_SIDE_PX, round(width / scale)), max(LEAST_SIDE_PX, round(height / scale)))
    return image.brightness(size), scale


def _changed_share(before: FloatArray, now: FloatArray) -> float:
    """Share of the image that got brighter or darker than the rest of it did."""
    by = (now - now.mean()) - (before - before.mean())
    return float((np.abs(by) > CHANGED_BY * max(1.0, float(before.std()))).mean())


def _correlation(before: FloatArray, now: FloatArray) -> float:
    """-1 to 1; 1 for flat images, of which nothing can be said."""
    spread = float(before.std() * now.std())
    if spread < 1.0:
        return 1.0
    return float(((before - before.mean()) * (now - now.mean())).mean()) / spread


def _overlap(before: FloatArray, now: FloatArray, moved: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """What both images show, in the same place: a jerk of the hand is no cut."""
    height, width = now.shape
    right, down = (0 if np.isnan(each) else round(each) for each in moved)
    rows, columns = slice(max(0, down), min(height, height + down)), slice(max(0, right), min(width, width + right))
    rows_before = slice(max(0, -down), min(height, height - down))
    columns_before = slice(max(0, -right), min(width, width - right))
    return before[rows_before, columns_before], now[rows, columns]


def _moved(before: FloatArray, now: FloatArray) -> tuple[float, float]:
    """Shift in px of the thumbnail, NaN where it cannot be told."""
    height, width = now.shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    # phaseCorrelate writes the window into the images that it is given.
    (right, down), peak = cv2.phaseCorrelate(before.copy(), now.copy(), window)
    if not peak > BELIEVED_PEAK or max(abs(right), abs(down)) > LARGEST_SHIFT * min(width, height):
        return UNKNOWN
    return right, down
