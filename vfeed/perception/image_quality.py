"""What the image of a face says of how well it can be read: its size, light and sharpness, and what follows."""

from __future__ import annotations

import cv2
import numpy as np

from vfeed.media.planar_image import FloatArray, PlanarImage
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters
from vfeed.perception.visibility import Visibility

_STUDY_SIDE_PX = 48


def face_patch(image: PlanarImage, box_px: tuple[float, float, float, float]) -> FloatArray | None:
    """Return the face as (48, 48) brightness 0-255, or None when less than a few px of it lie inside the image."""
    width, height = image.width_px, image.height_px
    left, top = max(0, int(box_px[0])), max(0, int(box_px[1]))
    right, bottom = min(width, int(box_px[0] + box_px[2])), min(height, int(box_px[1] + box_px[3]))
    if right - left < 4 or bottom - top < 4:
        return None
    return image.brightness((_STUDY_SIDE_PX, _STUDY_SIDE_PX), (left, top, right, bottom)).astype(np.float64)


def sharpness(patch: FloatArray) -> float:
    """Return the share of the patch's variance that a blur of one patch pixel takes away; 0 for a flat patch.

    A sharp face keeps several hundredths there; one that moves by a tenth of its width during a frame almost none.
    """
    spread = float(patch.var())
    if spread < 1.0:
        return 0.0
    return float((patch - cv2.GaussianBlur(patch, (0, 0), 1.0)).var()) / spread


def visibility_of(
    face_px: float,
    light: float,
    sharp: float,
    covered: float,
    sd_deg: float,
    parameters: PerceptionParameters = PERCEPTION,
) -> Visibility:
    """Return how well a head that was found is seen.

    Given its size in px, brightness 0-255, sharpness, the share of it that is covered, and the standard deviation of
    its direction.
    """
    if face_px < parameters.small_below_px:
        return Visibility.SMALL
    if light < parameters.dark_below:
        return Visibility.DARK
    if sharp < parameters.blurred_below:
        return Visibility.BLURRED
    undirected = sd_deg >= parameters.no_direction_deg
    if covered >= (parameters.covered_undirected if undirected else parameters.covered_from):
        return Visibility.COVERED
    partly = face_px < parameters.partly_below_px or covered >= parameters.partly_from_covered
    return Visibility.PARTLY if partly else Visibility.SEEN


def visibility_of_missing(
    box_px: tuple[float, float, float, float], velocity_px_s: tuple[float, float], yaw_deg: float, size: tuple[int, int]
) -> Visibility:
    """Return why a head that was there is not found: from its last box, speed and yaw, and the image's (width,
    height).
    """
    ahead_s = 0.3
    x = box_px[0] + box_px[2] / 2 + velocity_px_s[0] * ahead_s
    y = box_px[1] + box_px[3] / 2 + velocity_px_s[1] * ahead_s
    if not (0.35 * box_px[2] < x < size[0] - 0.35 * box_px[2] and 0.35 * box_px[3] < y < size[1] - 0.35 * box_px[3]):
        return Visibility.OUT_OF_FRAME
    return Visibility.TURNED_AWAY if abs(yaw_deg) > TURNED_AWAY_FROM_DEG else Visibility.NOT_FOUND


TURNED_AWAY_FROM_DEG = 50.0
"""Last yaw from the lens beyond which a lost head is taken to have turned on: detectors lose more of the profiles."""
