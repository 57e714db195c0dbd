"""Who is where from frame to frame, by motion, size, place and clothing; no face is recognised, no template is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from vfeed.perception.clothing import OTHERS_CLOTHES, clothing_of, unlike
from vfeed.perception.headnet import Correction
from vfeed.perception.heads import DetectedHead, FloatArray, Image, iou

Box = tuple[float, float, float, float]

REACH_SIZES = 1.0
"""A head found again lies within this many of its own sizes of where it was last seen..."""
REACH_SIZES_PER_S = 0.8
"""...and this much more for each second since: a crawling infant covers about one head a second."""
LARGEST_REACH_SIZES = 3.0
LARGEST_SIZE_RATIO = 1.6
"""A head found again is at most this much larger or smaller: profile and front differ by 1.2, leaning in by 1.3."""

FORGET_AFTER_US = 10_000_000
"""A track lost for longer is closed; who comes back then is joined to it when the whole clip is known."""

CLOTHING_EVERY_US = 500_000
CLOTHING_LOOKS = 20
"""The clothing remembered is the mean of about this many looks: ten seconds, so that it follows a turn or a blanket."""

DOUBLE_IOU = 0.5
FORESEEN_S = 0.25
ONE_HEAD_IOU = 0.2
"""A detected face that overlaps a followed one by more is the same: mesh and detector draw boxes a third apart..."""
ONE_HEAD_SIZES = 0.8
"""...as is one of nearly its size within this many sizes: a bowed head's hair passes for a face above the face."""
NEARLY_ITS_SIZE = 1.4


@dataclass
class Track:
    """One head followed through the clip; times in microseconds, lengths in px."""

    number: int
    box_px: Box
    seen_us: int
    mesh: FloatArray | None = None
    correction: Correction | None = None
    """What the mesh last made of the network's pose."""
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    velocity_px_s: tuple[float, float] = (0.0, 0.0)
    alive: bool = True
    ended: bool = False
    """The shot was cut: whoever is seen from now on gets a track of their own."""
    asked_us: int = 0
    confirmed_us: list[int] = field(default_factory=list)
    questions: int = 0
    head: float = 1.0
    """How far the network takes it for a head, smoothed over frames, 0 to 1."""
    certainty: list[float] = field(default_factory=list)
    """A few times at first: how far the network takes it for a head however closely it is cut out, 0 to 1."""
    prove_us: int = 0
    """When that is due again."""
    head_px: Box | None = None
    """The network's own box, which is not the mesh's."""
    detected_us: int = 0
    tried_us: int = 0
    """When the mesh was last tried while there was none."""
    clothing: FloatArray | None = None
    """Mean colours below the head (see clothing.clothing_of), for the time of the analysis only."""
    clothing_looks: int = 0
    clothing_us: int = 0

    @property
    def size_px(self) -> float:
        """The longer side of the box."""
        return max(self.box_px[2:])

    @property
    def centre_px(self) -> tuple[float, float]:
        """Middle of the box."""
        return self.box_px[0] + self.box_px[2] / 2, self.box_px[1] + self.box_px[3] / 2

    def expected_px(self, time_us: int) -> Box:
        """The box moved on at the head's speed, for at most a quarter of a second and half a head."""
        step_s = min(FORESEEN_S, (time_us - self.seen_us) / 1e6)
        most = self.size_px / 2
        across, down = (max(-most, min(most, speed * step_s)) for speed in self.velocity_px_s)
        return self.box_px[0] + across, self.box_px[1] + down, self.box_px[2], self.box_px[3]

    def place(self, box_px: Box, time_us: int) -> None:
        """Move to where the head was seen now and learn its speed, half from this step and half from before."""
        step_s = (time_us - self.seen_us) / 1e6
        if 0 < step_s < 1:
            before, now = self.centre_px, (box_px[0] + box_px[2] / 2, box_px[1] + box_px[3] / 2)
            self.velocity_px_s = (
                0.5 * self.velocity_px_s[0] + 0.5 * (now[0] - before[0]) / step_s,
                0.5 * self.velocity_px_s[1] + 0.5 * (now[1] - before[1]) / step_s,
            )
        elif step_s >= 1:
            self.velocity_px_s = (0.0, 0.0)
        self.box_px, self.seen_us, self.alive = box_px, time_us, True

    def carry(self, by_px: tuple[float, float], time_us: int) -> None:
        """Move box and mesh along with the head in a frame in which no mesh is fitted."""
        if self.mesh is not None:
            self.mesh = self.mesh + np.array([*by_px, 0.0])
        x, y, width, height = self.box_px
        self.place((x + by_px[0], y + by_px[1], width, height), time_us)

    def forgotten(self, time_us: int) -> bool:
        """Whether a head found now is no longer looked for here."""
        return self.ended or time_us - self.seen_us > FORGET_AFTER_US

    def end(self) -> None:
        """Follow no further."""
        self.alive, self.ended, self.mesh = False, True, None

    def note_clothing(self, image_rgb: Image) -> None:
        """Remember what is worn below the head in this frame, in which the head was seen; twice a second is enough."""
        if self.clothing_looks and self.seen_us - self.clothing_us < CLOTHING_EVERY_US:
            return
        now = clothing_of(image_rgb, self.box_px, self.roll_deg)
        if now is None:
            return
        self.clothing_us = self.seen_us
        self.clothing_looks = min(CLOTHING_LOOKS, self.clothing_looks + 1)
        kept = now if self.clothing is None else self.clothing
        self.clothing = kept + (now - kept) / self.clothing_looks

    def confirm(self, time_us: int) -> None:
        """Note that a detector, too, saw a head here."""
        self.vouch(time_us)
        self.asked_us = self.detected_us = time_us

    def vouch(self, time_us: int) -> None:
        """Note that the head network is sure of a head which detectors do not see."""
        self.confirmed_us.append(time_us)


def cost(track: Track, box_px: Box, time_us: int, clothing: FloatArray | None = None) -> float:
    """How badly a head found at `box_px` fits the track: 0 perfect, 1 at the edge of what is possible, inf beyond.

    `clothing` is what is worn below the head found, None where that is not known.
    """
    size = max(box_px[2:])
    ratio = max(size, track.size_px) / max(1e-6, min(size, track.size_px))
    since_s = max(0.0, (time_us - track.seen_us) / 1e6)
    reach = min(LARGEST_REACH_SIZES, REACH_SIZES + REACH_SIZES_PER_S * since_s) * max(size, track.size_px)
    x, y = track.centre_px
    distance = math.hypot(box_px[0] + box_px[2] / 2 - x, box_px[1] + box_px[3] / 2 - y)
    if ratio > LARGEST_SIZE_RATIO or distance > reach:
        return math.inf
    by_place = 0.7 * distance / reach + 0.3 * math.log(ratio) / math.log(LARGEST_SIZE_RATIO)
    if clothing is None or track.clothing is None:
        return by_place
    by_clothing = unlike(track.clothing, clothing) / OTHERS_CLOTHES
    return 0.6 * by_place + 0.4 * by_clothing if by_clothing <= 1 else math.inf


def match(
    tracks: Sequence[Track], found: Sequence[DetectedHead], time_us: int, image_rgb: Image | None = None
) -> list[tuple[int, int]]:
    """Best pairs of (track, head) positions by total cost; impossible pairs are left out.

    With `image_rgb`, the picture in which the heads were found, clothing counts too.
    """
    if not tracks or not found:
        return []
    impossible = 1e3
    worn = [None if image_rgb is None else clothing_of(image_rgb, head.box_px) for head in found]
    costs = np.array(
        [
            [
                min(cost(track, head.box_px, time_us, clothing), impossible)
                for head, clothing in zip(found, worn, strict=True)
            ]
            for track in tracks
        ]
    )
    rows, columns = linear_sum_assignment(costs)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if costs[r, c] < impossible]


def on_one_head(found_px: Box, followed_px: Box) -> bool:
    """Whether a newly detected face belongs to a head that is followed already."""
    sizes = sorted((max(found_px[2:]), max(followed_px[2:])))
    across = found_px[0] + found_px[2] / 2 - followed_px[0] - followed_px[2] / 2
    down = found_px[1] + found_px[3] / 2 - followed_px[1] - followed_px[3] / 2
    near = math.hypot(across, down) < ONE_HEAD_SIZES * sizes[1] and sizes[1] < NEARLY_ITS_SIZE * sizes[0]
    return near or iou(found_px, followed_px) > ONE_HEAD_IOU


def doubles(tracks: Sequence[Track]) -> list[Track]:
    """Of live tracks that have slipped onto one head, all but the one confirmed most often."""
    extra: list[Track] = []
    ranked = sorted(tracks, key=lambda track: -len(track.confirmed_us))
    for index, track in enumerate(ranked):
        if any(iou(track.box_px, other.box_px) > DOUBLE_IOU for other in ranked[:index] if other not in extra):
            extra.append(track)
    return extra
