"""The documented arrays that perception leaves behind: everything later is computed from them, never from the video."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, NotRequired, TypedDict, cast, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.perception.visibility import Visibility

MOST_HANDS = 4


class Heard(IntEnum):
    """What is known of a clip's sound; the numbers are stored (array `sound`)."""

    UNKNOWN = 0
    NONE = 1
    SILENT = 2
    SOUND = 3


@dataclass(frozen=True)
class Column:
    """An array: its shape (T frames, P people), what it holds, and what stands in it where nothing is known.

    `missing` None: it is always known. An array that came `later` is not in archives of earlier versions.
    """

    shape: tuple[str | int, ...]
    words: str
    missing: float | None = None
    later: bool = False


class FrameMetrics(TypedDict):
    """What was measured of a clip: T analysed frames, P people (at most 6, the longest seen first).

    Every array with its type, shape and meaning; all else about arrays is read from here. `panes_px` is what the
    analysis adds of how the screen is laid out. Nothing here names or recognises a person.
    """

    time_us: Annotated[NDArray[np.int64], Column(("T",), "clip time of each analysed frame, microseconds, rising")]
    duration_us: Annotated[NDArray[np.int64], Column((1,), "length of the clip")]
    picture_px: Annotated[
        NDArray[np.int32],
        Column((2,), "width and height of the analysed frame; every px below is one of its pixels"),
    ]
    focal_px: Annotated[NDArray[np.float64], Column((1,), "focal length that lines of sight were reckoned with")]
    view_from: Annotated[
        NDArray[np.uint8],
        Column(
            (1,),
            "where focal_px was taken from: 0 the default, 1 the file's own note, 2 a person",
            missing=0,
            later=True,
        ),
    ]
    shot: Annotated[
        NDArray[np.int32],
        Column(("T",), "number of the shot, from 0, one more after every cut", missing=0, later=True),
    ]
    moved_px: Annotated[
        NDArray[np.float32],
        Column(
            ("T", 2),
            "px right and down that the whole frame moved since the frame before; NaN untold and after a cut",
            missing=np.nan,
            later=True,
        ),
    ]
    sound: Annotated[
        NDArray[np.uint8],
        Column(
            (1,),
            "0 not known, 1 no sound track, 2 silent wherever it was listened to, 3 there is sound",
            missing=Heard.UNKNOWN,
            later=True,
        ),
    ]
    sight: Annotated[
        NDArray[np.uint8],
        Column(
            ("T", "P"),
            "how well person P is seen, the numbers of perception.visibility.Visibility; 0 and 1 are readable",
            missing=Visibility.NOT_FOUND,
        ),
    ]
    box_px: Annotated[
        NDArray[np.float32],
        Column(("T", "P", 4), "face as left, top, width, height in px; NaN where not found", missing=np.nan),
    ]
    forward: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P", 3),
            "unit vector of the head, camera frame (x right, y up, z to the camera), across the facial line, "
            "which leans 3 degrees in adults and about 8 in infants; NaN unseen",
            missing=np.nan,
        ),
    ]
    up: Annotated[
        NDArray[np.float32],
        Column(("T", "P", 3), "unit vector out of the top of the head, same frame; NaN unseen", missing=np.nan),
    ]
    head_sd_deg: Annotated[
        NDArray[np.float32],
        Column(("T", "P", 2), "standard deviation of the head's yaw and pitch, degrees; NaN unseen", missing=np.nan),
    ]
    gaze: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P", 3),
            "unit vector where the eyes point on average, camera frame; NaN where not read",
            missing=np.nan,
            later=True,
        ),
    ]
    gaze_sd_deg: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P", 2),
            "standard deviation of the gaze's yaw and pitch, degrees; NaN where not read",
            missing=np.nan,
            later=True,
        ),
    ]
    lids_open: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P"),
            "probability that the lids are open; NaN where not read; not sleepiness",
            missing=np.nan,
            later=True,
        ),
    ]
    infant: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P"),
            "probability by the head's proportions that it is an infant's; NaN unseen",
            missing=np.nan,
            later=True,
        ),
    ]
    covered: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P"),
            "share of the face hidden by what is before it, 0 to 1; NaN unseen",
            missing=np.nan,
            later=True,
        ),
    ]
    occlusion: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P"),
            "probability that something before the face is in the way of a look along the head's front; NaN unseen",
            missing=np.nan,
            later=True,
        ),
    ]
    px_per_mm: Annotated[
        NDArray[np.float32],
        Column(
            ("T", "P"),
            "px that 1 mm takes on a head of adult size; NaN unseen; a child's head reads smaller",
            missing=np.nan,
        ),
    ]
    hand_asked: Annotated[
        NDArray[np.bool_],
        Column(("T",), "whether hands were looked for around the heads of this frame", missing=False, later=True),
    ]
    hand_px: Annotated[
        NDArray[np.float32],
        Column(
            ("T", MOST_HANDS, 4),
            "up to four hands as left, top, width, height in px; NaN where none is found",
            missing=np.nan,
            later=True,
        ),
    ]
    hand_score: Annotated[
        NDArray[np.float32],
        Column(
            ("T", MOST_HANDS),
            "the hand detector's own word, 0 to 1, no probability; NaN where none",
            missing=np.nan,
            later=True,
        ),
    ]
    light: Annotated[
        NDArray[np.float32],
        Column(("T", "P"), "mean brightness of the face, 0 to 255; NaN unseen", missing=np.nan),
    ]
    sharpness: Annotated[
        NDArray[np.float32],
        Column(("T", "P"), "share of the face's contrast in fine detail; NaN unseen", missing=np.nan),
    ]
    panes_px: NotRequired[NDArray[np.int32]]


Metrics = FrameMetrics
COLUMNS: Mapping[str, Column] = {
    name: column
    for name, hint in get_type_hints(FrameMetrics, include_extras=True).items()
    for column in get_args(hint)
    if isinstance(column, Column)
}
_TYPES: Mapping[str, type[np.generic]] = {
    name: get_args(get_args(hint)[1])[0] for name, hint in get_type_hints(FrameMetrics).items() if name in COLUMNS
}


def _described(name: str, column: Column) -> str:
    shape = ", ".join(map(str, column.shape)) + ("," if len(column.shape) == 1 else "")
    return f"({shape}) {np.dtype(_TYPES[name])}: {column.words}"


ARRAYS: Mapping[str, str] = {name: _described(name, column) for name, column in COLUMNS.items()}
"""Each array in words, as docs/metrics.md has them."""
ADDED_LATER = frozenset(name for name, column in COLUMNS.items() if column.later)


def nobody_seen(
    times: NDArray[np.int64], people: int, frame_px: tuple[int, int], focal_px: float, duration_us: int
) -> FrameMetrics:
    """Return the measurements of `people` who are found in no frame, given the frames' times (T,) in us."""
    known = {
        "time_us": times,
        "duration_us": np.array([duration_us], np.int64),
        "picture_px": np.array(frame_px, np.int32),
        "focal_px": np.array([focal_px]),
    }
    unknown = {name: _unknown(name, len(times), people) for name in COLUMNS if name not in known}
    return cast(FrameMetrics, known | unknown)


def _unknown(name: str, frames: int, people: int) -> NDArray[Any]:
    column, sides = COLUMNS[name], {"T": frames, "P": people}
    shape = [sides[side] if isinstance(side, str) else side for side in column.shape]
    return np.full(shape, column.missing, _TYPES[name])


def metrics_to_npz(metrics: FrameMetrics) -> bytes:
    """Return the arrays as a compressed NumPy archive."""
    out = io.BytesIO()
    np.savez_compressed(out, **cast(dict[str, NDArray[Any]], metrics))
    return out.getvalue()


def metrics_from_npz(data: bytes) -> FrameMetrics:
    """Return the arrays of an archive that `metrics_to_npz` made.

    Raises VfeedError `invalid_input` for other data, a missing array or arrays of pickled objects. Arrays that were
    `ADDED_LATER` stand as not known in older archives.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            metrics = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, AttributeError) as error:
        raise VfeedError(
            "invalid_input", _("The stored metrics cannot be read."), hint=_("Analyse the clip again.")
        ) from error
    missing = COLUMNS.keys() - metrics.keys() - ADDED_LATER
    if missing:
        raise VfeedError(
            "invalid_input",
            _("The stored metrics lack %(names)s."),
            hint=_("Analyse the clip again."),
            names=", ".join(sorted(missing)),
        )
    if metrics["sight"].ndim != len(COLUMNS["sight"].shape):
        raise VfeedError("invalid_input", _("The stored metrics do not fit."), hint=_("Analyse the clip again."))
    frames, people = metrics["sight"].shape
    unknown = {name: _unknown(name, frames, people) for name in ADDED_LATER if name not in metrics}
    return cast(FrameMetrics, metrics | unknown)
