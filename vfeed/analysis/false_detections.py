"""What a detector takes for a face and is none: found out by two signs, so that less of the scene is hidden for it.

A missed face is worse than a hidden hand. One sign alone, however strong, leaves nothing open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import BinaryIO, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from vfeed.media.frames import open_frames
from vfeed.media.opening import View
from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import iou
from vfeed.perception.head_pose_network import HeadPoseNetwork

FOLLOWED_WITHIN_US = 400_000
"""What is found again at its place within this is one thing."""
SAME_PLACE_IOU = 0.3
TOO_LARGE = 2.0
"""A face this many times as large as the largest that is followed in the same image is none."""
NO_HEAD = 0.5
"""Below this, in the middle of its images, the head network takes something for no head. Of 146 heads that detectors
found in seven sample clips it said 0.56 at least, and 0.92 or more of ninety-nine in a hundred; of 14 in film of real
adults 0.96 at least."""


@dataclass(frozen=True)
class Sighting:
    """A face that a detector found at a time; `box` is left, top, width, height in shares of the image.

    The image is `aspect` times as wide as high. `likely` is what the head network says that this is a head, 0 to 1,
    of the image as it was filmed. `followed` is the side of the largest face's box followed in that image, in
    shares of its height; 0 for none.
    """

    time_us: int
    box: tuple[float, ...]
    aspect: float
    likely: float
    followed: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, in shares of the image."""
        left, top, width, height = self.box
        return left + width / 2, top + height / 2

    @property
    def side(self) -> float:
        """The longer side of its box, in shares of the image's height."""
        return max(self.box[2] * self.aspect, self.box[3])


class Asked:
    """The head network, asked of places in the images of a film; times are asked in rising order."""

    def __init__(self, film: BinaryIO) -> None:
        self._frames = iter(open_frames(cast(BinaryIO, View(film))))
        self._net = HeadPoseNetwork()
        self._time_us = -1
        self._image: PlanarImage | None = None

    def is_head(self, time_us: int, box: NDArray[np.float64], turned_deg: float) -> float:
        """Return the probability that a head is at `box` (shares) in the image at `time_us`; 1 past the last one."""
        while self._time_us < time_us:
            frame = next(self._frames, None)
            if frame is None:
                return 1.0
            self._time_us = frame.time_us
            if frame.time_us >= time_us:
                self._image = PlanarImage.of(np.asarray(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB), np.uint8))
        if self._image is None:
            return 1.0
        width, height = self._image.width_px, self._image.height_px
        left, top, across, down = (float(share) for share in box * [width, height, width, height])
        [reading] = self._net.read(self._image, [(left, top, across, down)], [turned_deg])
        return reading.head


def sorted_out(found: Sequence[Sighting]) -> tuple[list[Sighting], list[Sighting]]:
    """Return what is no face by two signs, and the rest, each in the order of time.

    The first sign is its size, far beyond that of everybody who is followed; the second the head network's word on
    the image as it was filmed. What only flickers up stays hidden: a face may be seen for one image alone.
    """
    no_faces: list[Sighting] = []
    faces: list[Sighting] = []
    for thing in things(found):
        (no_faces if is_no_face(thing) else faces).extend(thing)
    return sorted(no_faces, key=lambda each: each.time_us), sorted(faces, key=lambda each: each.time_us)


def is_no_face(thing: Sequence[Sighting]) -> bool:
    """Return whether two signs say that one thing, in all images in which it was found, is no face."""
    likely = median(each.likely for each in thing)
    return likely < NO_HEAD and all(0 < TOO_LARGE * each.followed < each.side for each in thing)


def things(found: Sequence[Sighting]) -> list[list[Sighting]]:
    """Return what was found, in the order of time, as things: each is found again at its place, not long after."""
    known: list[list[Sighting]] = []
    for each in sorted(found, key=lambda each: each.time_us):
        near = [
            thing
            for thing in known
            if 0 < each.time_us - thing[-1].time_us <= FOLLOWED_WITHIN_US
            and iou(_box(each), _box(thing[-1])) >= SAME_PLACE_IOU
        ]
        if near:
            max(near, key=lambda thing: iou(_box(each), _box(thing[-1]))).append(each)
        else:
            known.append([each])
    return known


def _box(each: Sighting) -> tuple[float, float, float, float]:
    left, top, width, height = each.box
    return left * each.aspect, top, width * each.aspect, height
