"""A contact sheet of finished clips: three stills of each in a row, named, to be looked at before anybody else does."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

CELL_PX = (320, 180)
AT_SHARES = (0.15, 0.5, 0.85)
JPEG_QUALITY = 82
INK_RGB = (245, 245, 245)


def write_sheet(clips: list[Path], path: Path) -> None:
    """Write a JPEG with one row for each clip."""
    rows = [_row(clip) for clip in clips]
    image = cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def _row(clip: Path) -> NDArray[np.uint8]:
    row = np.hstack([_fitted(_still(clip, share)) for share in AT_SHARES])
    cv2.putText(row, clip.stem, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 3, cv2.LINE_AA)
    cv2.putText(row, clip.stem, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK_RGB, 1, cv2.LINE_AA)
    return row


def _still(clip: Path, share: float) -> NDArray[np.uint8]:
    """The first frame at or after a share of the clip's length."""
    with av.open(str(clip)) as film:
        stream = film.streams.video[0]
        if stream.duration is None or stream.time_base is None:
            raise ValueError(f"{clip.name} does not say how long it is")
        wanted = int(share * stream.duration)
        film.seek(wanted, stream=stream)
        for frame in film.decode(stream):
            if frame.pts is not None and frame.pts >= wanted:
                return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    raise ValueError(f"{clip.name} ends before its length")


def _fitted(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture made to fit a cell, with grey beside an upright one."""
    wide, high = CELL_PX
    scale = min(wide / frame.shape[1], high / frame.shape[0])
    size = (round(frame.shape[1] * scale), round(frame.shape[0] * scale))
    cell = np.full((high, wide, 3), 60, np.uint8)
    left, top = (wide - size[0]) // 2, (high - size[1]) // 2
    cell[top : top + size[1], left : left + size[0]] = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return cell
