"""Pictures of faces, cut from a film that a job has looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from vfeed.errors import VfeedError
from vfeed.media.frames import frames_at
from vfeed.services.face_pictures import FacePicture

# Frames of a large film that are held in memory together.
AT_ONCE = 4


def cut_from(file: BinaryIO, pictures: Sequence[FacePicture]) -> Iterator[tuple[str, bytes]]:
    """Yield role and JPEG of each picture of a film; those whose frame cannot be read any more are left out."""
    in_order = sorted(pictures, key=lambda each: each.time_us)
    for first in range(0, len(in_order), AT_ONCE):
        some = in_order[first : first + AT_ONCE]
        try:
            frames = frames_at(file, [each.time_us for each in some])
        except VfeedError:
            continue
        for picture, frame in zip(some, frames, strict=True):
            yield picture.role, picture.cut(frame.image_bgr)
