"""The documented arrays that perception leaves behind: everything later is computed from them, never from the video."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.perception.sight import Sight

Metrics = dict[str, NDArray[Any]]
MOST_HANDS = 4


class Heard(IntEnum):
    """What is known of a clip's sound; the numbers are stored (array `sound`)."""

    UNKNOWN = 0
    NONE = 1
    SILENT = 2
    SOUND = 3


ARRAYS: dict[str, str] = {
    "time_us": "(T,) int64: clip time of each analysed frame, microseconds, rising",
    "duration_us": "(1,) int64: length of the clip",
    "picture_px": "(2,) int32: width and height of the analysed picture; every px below is one of its pixels",
    "focal_px": "(1,) float64: focal length that lines of sight were reckoned with",
    "view_from": "(1,) uint8: where focal_px was taken from: 0 the default, 1 the file's own note, 2 a person",
    "shot": "(T,) int32: number of the shot, from 0, one more after every cut",
    "moved_px": "(T, 2) float32: px right and down that the whole picture moved since the frame before; NaN untold "
    "and after a cut",
    "sound": "(1,) uint8: 0 not known, 1 no sound track, 2 silent wherever it was listened to, 3 there is sound",
    "sight": "(T, P) uint8: how well person P is seen, the numbers of perception.sight.Sight; 0 and 1 are readable",
    "box_px": "(T, P, 4) float32: face as left, top, width, height in px; NaN where not found",
    "forward": "(T, P, 3) float32: unit vector of the head, camera frame (x right, y up, z to the camera), across the "
    "facial line, which leans 3 degrees in adults and about 8 in infants; NaN unseen",
    "up": "(T, P, 3) float32: unit vector out of the top of the head, same frame; NaN unseen",
    "head_sd_deg": "(T, P, 2) float32: standard deviation of the head's yaw and pitch, degrees; NaN unseen",
    "gaze": "(T, P, 3) float32: unit vector where the eyes point on average, camera frame; NaN where not read",
    "gaze_sd_deg": "(T, P, 2) float32: standard deviation of the gaze's yaw and pitch, degrees; NaN where not read",
    "lids_open": "(T, P) float32: probability that the lids are open; NaN where not read; not sleepiness",
    "infant": "(T, P) float32: probability by the head's proportions that it is an infant's; NaN unseen",
    "covered": "(T, P) float32: share of the face hidden by what is before it, 0 to 1; NaN unseen",
    "px_per_mm": "(T, P) float32: px that 1 mm takes on a head of adult size; NaN unseen; a child's head reads smaller",
    "hand_asked": "(T,) bool: whether hands were looked for around the heads of this frame",
    "hand_px": "(T, 4, 4) float32: up to four hands as left, top, width, height in px; NaN where none is found",
    "hand_score": "(T, 4) float32: the hand detector's own word, 0 to 1, no probability; NaN where none",
    "light": "(T, P) float32: mean brightness of the face, 0 to 255; NaN unseen",
    "sharpness": "(T, P) float32: share of the face's contrast in fine detail; NaN unseen",
}
"""T analysed frames, P people (at most 6, the longest seen first). Nothing here names or recognises a person."""


def _unknown(*more: int) -> Callable[[Metrics], NDArray[Any]]:
    return lambda metrics: np.full((*metrics["sight"].shape, *more), np.nan, np.float32)


ADDED_LATER: dict[str, Callable[[Metrics], NDArray[Any]]] = {
    "sound": lambda _: np.array([Heard.UNKNOWN], np.uint8),
    "view_from": lambda _: np.zeros(1, np.uint8),
    "gaze": _unknown(3),
    "gaze_sd_deg": _unknown(2),
    "lids_open": _unknown(),
    "infant": _unknown(),
    "covered": _unknown(),
    "hand_asked": lambda metrics: np.zeros(len(metrics["time_us"]), np.bool_),
    "hand_px": lambda metrics: np.full((len(metrics["time_us"]), MOST_HANDS, 4), np.nan, np.float32),
    "hand_score": lambda metrics: np.full((len(metrics["time_us"]), MOST_HANDS), np.nan, np.float32),
    "shot": lambda metrics: np.zeros(len(metrics["time_us"]), np.int32),
    "moved_px": lambda metrics: np.full((len(metrics["time_us"]), 2), np.nan, np.float32),
}
"""What stands for an array in an archive from before there was such a one: not known."""


def nobody_seen(
    times: NDArray[np.int64], people: int, picture_px: tuple[int, int], focal_px: float, duration_us: int
) -> Metrics:
    """Return the arrays of `ARRAYS` for `people` who are found in no frame, given the frames' times (T,) in us."""
    shape = (len(times), people)

    def unknown(*more: int) -> NDArray[np.float32]:
        return np.full((*shape, *more), np.nan, np.float32)

    return {
        "time_us": times,
        "duration_us": np.array([duration_us], np.int64),
        "picture_px": np.array(picture_px, np.int32),
        "focal_px": np.array([focal_px]),
        "view_from": np.zeros(1, np.uint8),
        "sound": np.array([Heard.UNKNOWN], np.uint8),
        "shot": np.zeros(len(times), np.int32),
        "moved_px": np.full((len(times), 2), np.nan, np.float32),
        "hand_asked": np.zeros(len(times), np.bool_),
        "hand_px": np.full((len(times), MOST_HANDS, 4), np.nan, np.float32),
        "hand_score": np.full((len(times), MOST_HANDS), np.nan, np.float32),
        "sight": np.full(shape, Sight.NOT_FOUND, np.uint8),
        "box_px": unknown(4),
        "forward": unknown(3),
        "up": unknown(3),
        "head_sd_deg": unknown(2),
        "gaze": unknown(3),
        "gaze_sd_deg": unknown(2),
        "lids_open": unknown(),
        "infant": unknown(),
        "covered": unknown(),
        "px_per_mm": unknown(),
        "light": unknown(),
        "sharpness": unknown(),
    }


def metrics_to_npz(metrics: Metrics) -> bytes:
    """The arrays as a compressed NumPy archive."""
    out = io.BytesIO()
    np.savez_compressed(out, **metrics)
    return out.getvalue()


def metrics_from_npz(data: bytes) -> Metrics:
    """The arrays of an archive that `metrics_to_npz` made.

    Raises VfeedError `invalid_input` for other data, a missing array or arrays of pickled objects. Arrays that were
    `ADDED_LATER` stand as not known in older archives.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            metrics = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, AttributeError) as error:
        raise VfeedError(
            "invalid_input", "The stored metrics cannot be read.", hint="Analyse the clip again."
        ) from error
    metrics |= {name: unknown(metrics) for name, unknown in ADDED_LATER.items() if name not in metrics}
    missing = ARRAYS.keys() - metrics.keys()
    if missing:
        raise VfeedError(
            "invalid_input", f"The stored metrics lack {', '.join(sorted(missing))}.", hint="Analyse the clip again."
        )
    return metrics
