"""How well a head is seen, measured on the picture."""

from __future__ import annotations

import cv2
import numpy as np

from vfeed.perception.heads import FloatArray, Image
from vfeed.perception.sight import Sight

SMALL_BELOW_PX = 24.0
"""Width of the face below which nothing is read: an eye is then 4 px wide, and the detectors find under a third."""

PARTLY_BELOW_PX = 40.0
"""Width below which the face counts as partly seen: where the detectors begin to lose faces (recall .08 to .96)."""

DARK_BELOW = 22.0
"""Mean brightness (0-255) of the face below which it is too dark: a phone's noise in low light is as large."""

BLURRED_BELOW = 0.004
"""Share of the face's contrast in its finest detail below which it is too blurred; see `sharpness`."""

PARTLY_FROM_COVERED, COVERED_FROM = 0.3, 0.6
"""Hidden share of the face from which it is partly seen, and from which too little of it is left to read."""

_STUDY_SIDE_PX = 48


def face_patch(image_rgb: Image, box_px: tuple[float, float, float, float]) -> FloatArray | None:
    """The face as (48, 48) brightness 0-255, or None when less than a few px of it lie inside the picture."""
    height, width = image_rgb.shape[:2]
    left, top = max(0, int(box_px[0])), max(0, int(box_px[1]))
    right, bottom = min(width, int(box_px[0] + box_px[2])), min(height, int(box_px[1] + box_px[3]))
    if right - left < 4 or bottom - top < 4:
        return None
    small = cv2.resize(
        image_rgb[top:bottom, left:right], (_STUDY_SIDE_PX, _STUDY_SIDE_PX), interpolation=cv2.INTER_AREA
    )
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float64)


def sharpness(patch: FloatArray) -> float:
    """Share of the patch's variance that a blur of one patch pixel takes away; 0 for a flat patch.

    A sharp face keeps several hundredths there; one that moves by a tenth of its width during a frame almost none.
    """
    spread = float(patch.var())
    if spread < 1.0:
        return 0.0
    return float((patch - cv2.GaussianBlur(patch, (0, 0), 1.0)).var()) / spread


def sight_of(face_px: float, light: float, sharp: float, covered: float) -> Sight:
    """Judge a head that was found by its width in px, brightness 0-255, sharpness and hidden share."""
    if face_px < SMALL_BELOW_PX:
        return Sight.SMALL
    if light < DARK_BELOW:
        return Sight.DARK
    if sharp < BLURRED_BELOW:
        return Sight.BLURRED
    if covered >= COVERED_FROM:
        return Sight.COVERED
    return Sight.PARTLY if face_px < PARTLY_BELOW_PX or covered >= PARTLY_FROM_COVERED else Sight.SEEN


def sight_of_missing(
    box_px: tuple[float, float, float, float], velocity_px_s: tuple[float, float], yaw_deg: float, size: tuple[int, int]
) -> Sight:
    """Why a head that was there is not found: from its last box, speed and yaw, and the picture's (width, height)."""
    ahead_s = 0.3
    x = box_px[0] + box_px[2] / 2 + velocity_px_s[0] * ahead_s
    y = box_px[1] + box_px[3] / 2 + velocity_px_s[1] * ahead_s
    if not (0.35 * box_px[2] < x < size[0] - 0.35 * box_px[2] and 0.35 * box_px[3] < y < size[1] - 0.35 * box_px[3]):
        return Sight.OUT_OF_FRAME
    return Sight.TURNED_AWAY if abs(yaw_deg) > TURNED_AWAY_FROM_DEG else Sight.NOT_FOUND


TURNED_AWAY_FROM_DEG = 50.0
"""Last yaw from the lens beyond which a lost head is taken to have turned on: the mesh ends near 60."""
