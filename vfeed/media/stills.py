"""Single frames out of a clip, as JPEG bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import cv2
import numpy as np

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.frames import Frame, frame_at, frames_at, open_frames
from vfeed.media.planar_image import Image

JPEG_QUALITY = 85
POSTER_SIDE_PX = 640
POSTER_PLACES = (0.1, 0.3, 0.5)  # Shares of the clip's length; the opening often shows a hand or the floor.
PLAIN_CONTRAST = 12.0  # Spread of grey values (0-255) below which a frame is a covered lens or a fade.
GREY = 128


def still(file: BinaryIO, time_us: int, max_side_px: int | None = None) -> bytes:
    """Return the frame on screen at `time_us` as JPEG. Raises VfeedError with a `clip_*` code."""
    return jpeg(frame_at(file, time_us, max_side_px).image_bgr)


def poster(file: BinaryIO) -> bytes:
    """Return the first of a few frames of the first half that shows anything, as JPEG, longer side at most 640 px.

    Raises VfeedError with a `clip_*` code.
    """
    duration_us = open_frames(file).duration_us
    frames = frames_at(file, [int(share * duration_us) for share in POSTER_PLACES], POSTER_SIDE_PX)
    return jpeg(next((frame for frame in frames if _contrast(frame) >= PLAIN_CONTRAST), frames[0]).image_bgr)


def square_around(image_bgr: Image, box: Sequence[float] | None, side_px: int, margin: float) -> Image:
    """Return a square (`side_px`, `side_px`, 3) around a `box` (left, top, width, height as shares); grey for None.

    `margin` is how much of the frame around the box is shown, as a share of the box.
    """
    if box is None:
        return np.full((side_px, side_px, 3), GREY, np.uint8)
    height, width = image_bgr.shape[:2]
    x, y, w, h = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    half = max(w, h) * (1 + margin) / 2
    left, top = round(x + w / 2 - half), round(y + h / 2 - half)
    side = max(2, round(2 * half))
    pad = max(0, -left, -top, left + side - width, top + side - height)
    framed = cv2.copyMakeBorder(image_bgr, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    cut = framed[top + pad : top + pad + side, left + pad : left + pad + side]
    return np.asarray(cv2.resize(cut, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)


def jpeg(image_bgr: Image) -> bytes:
    """Return a BGR frame as JPEG bytes."""
    done, data = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise VfeedError("media_failed", _("A picture could not be written."), hint=_("Try again."))
    return data.tobytes()


def _contrast(frame: Frame) -> float:
    return float(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2GRAY).std())
