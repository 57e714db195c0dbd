"""Who is where from detection to detection, by place and size; no face is recognised, no template is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from scipy.optimize import linear_sum_assignment

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import Box, centre, distance, iou, moved, size, size_ratio
from vfeed.perception.clothing import clothing_of
from vfeed.perception.head_detector import DetectedHead, FloatArray
from vfeed.perception.head_roll import roll_of_deg
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters

ONE_HEAD_IOU = 0.3
"""A detection that overlaps a followed box by more is no second head..."""
ONE_HEAD_SIZES = 0.6
"""...nor is one of nearly its size within this many sizes: hair above a face passes for a face now and then."""
NEARLY_ITS_SIZE = 1.4
IMPOSSIBLE = 1e3
CLOTHING_LOOKS = 40
"""The clothing remembered is the mean of about this many looks: ten seconds, so that it follows a turn or a blanket."""


class TrackState(StrEnum):
    """Where a track stands: seen too seldom to be believed, believed, out of sight, or followed no more."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    LOST = "lost"
    ENDED = "ended"


@dataclass
class Track:
    """One head followed through a clip; times in microseconds, lengths in px.

    Only its own methods change it. `box_px` is where the head is taken to be now; `detected_px` where the detector last
    saw it, at `detected_us`, leaning by `roll_deg` to the image's right. `scores` are the detector's words, `head_p`
    the head network's probabilities that this is a head, one a frame read. `clothing` are the mean colours
    below the head (clothing.clothing_of), for the time of the analysis only.
    """

    number: int
    box_px: Box
    detected_us: int
    score: float = 1.0
    roll_deg: float = 0.0
    state: TrackState = TrackState.TENTATIVE
    detected_px: Box = field(init=False)
    velocity_px_s: tuple[float, float] = (0.0, 0.0)
    yaw_deg: float = 0.0
    misses: int = 0
    scores: list[float] = field(default_factory=list)
    confirmed_us: list[int] = field(default_factory=list)
    head_p: list[float] = field(default_factory=list)
    clothing: FloatArray | None = None
    clothing_looks: int = 0
    _carried_from: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        self.detected_px = self.box_px
        self._note_detection(self.score, self.detected_us)

    @property
    def followed(self) -> bool:
        """Whether it has a place in the present frame."""
        return self.state in (TrackState.TENTATIVE, TrackState.CONFIRMED)

    def detected(self, box_px: Box, score: float, roll_deg: float, time_us: int, confirm_after: int) -> None:
        """Move to where the detector sees the head now."""
        step_s = (time_us - self.detected_us) / 1e6
        if 0 < step_s < 1:
            (x, y), (x0, y0) = centre(box_px), centre(self.detected_px)
            self.velocity_px_s = (
                (self.velocity_px_s[0] + (x - x0) / step_s) / 2,
                (self.velocity_px_s[1] + (y - y0) / step_s) / 2,
            )
        elif step_s >= 1:
            self.velocity_px_s = (0.0, 0.0)
        self.box_px = self.detected_px = box_px
        self.detected_us, self.roll_deg, self.misses, self._carried_from = time_us, roll_deg, 0, None
        self._note_detection(score, time_us)
        if self.state is not TrackState.TENTATIVE or len(self.confirmed_us) >= confirm_after:
            self.state = TrackState.CONFIRMED

    def read(self, network_px: Box, head_p: float, yaw_deg: float) -> None:
        """Take in what the head network says of this frame: its own box carries the detector's to the next frames.

        Only how far the network's box moved since the detection counts, not its size: that drifts on real profiles.
        """
        self.head_p.append(head_p)
        self.yaw_deg = yaw_deg
        now = centre(network_px)
        if self._carried_from is None:
            self._carried_from = now
            return
        across, down = now[0] - self._carried_from[0], now[1] - self._carried_from[1]
        if math.hypot(across, down) < size(self.detected_px):
            self.box_px = moved(self.detected_px, across, down)

    def note_clothing(self, image: PlanarImage) -> None:
        """Remember what is worn below the head in this frame, in which it was detected."""
        now = clothing_of(image, self.detected_px, self.roll_deg)
        if now is None:
            return
        self.clothing_looks = min(CLOTHING_LOOKS, self.clothing_looks + 1)
        kept = now if self.clothing is None else self.clothing
        self.clothing = kept + (now - kept) / self.clothing_looks

    def missed(self, time_us: int, parameters: PerceptionParameters = PERCEPTION) -> None:
        """The detector looked and did not see it: a tentative track soon ends, a confirmed one is soon lost."""
        self.misses += 1
        if self.state is TrackState.TENTATIVE and self.misses >= parameters.tentative_misses:
            self.end()
        self.age(time_us, parameters)

    def age(self, time_us: int, parameters: PerceptionParameters = PERCEPTION) -> None:
        """Lose a track that was carried for too long without a detection, and end one that was lost for too long."""
        if self.followed and time_us - self.detected_us > parameters.carry_at_most_us:
            self.state = TrackState.LOST
        if time_us - self.detected_us > parameters.forget_after_us:
            self.end()

    def end(self) -> None:
        """Follow no further: who is seen here from now on gets a track of their own."""
        self.state = TrackState.ENDED

    def _note_detection(self, score: float, time_us: int) -> None:
        self.scores.append(score)
        self.confirmed_us.append(time_us)


def cost(track: Track, head: DetectedHead, time_us: int, parameters: PerceptionParameters = PERCEPTION) -> float:
    """Return how badly a detection fits a track: 0 perfect, 1 at the edge of what is possible, inf beyond."""
    ratio = size_ratio(track.box_px, head.box_px)
    since_s = max(0.0, (time_us - track.detected_us) / 1e6)
    reach = parameters.reach_sizes + parameters.reach_sizes_per_s * since_s
    away = distance(track.box_px, head.box_px) / max(size(track.box_px), size(head.box_px))
    share = away / min(parameters.largest_reach_sizes, reach)
    rolled = abs(roll_of_deg(head, parameters) - track.roll_deg) % 360
    rolls = parameters.reach_roll_deg + parameters.reach_roll_deg_per_s * since_s
    if ratio > parameters.largest_size_ratio or share > 1 or min(rolled, 360 - rolled) > rolls:
        return math.inf
    return 0.7 * share + 0.3 * math.log(ratio) / math.log(parameters.largest_size_ratio)


def associate(
    tracks: Sequence[Track],
    found: Sequence[DetectedHead],
    time_us: int,
    parameters: PerceptionParameters = PERCEPTION,
) -> list[tuple[int, int]]:
    """Return the best pairs of (track, detection) positions by total cost; impossible pairs are left out."""
    if not tracks or not found:
        return []
    costs = np.array([[min(cost(track, head, time_us, parameters), IMPOSSIBLE) for head in found] for track in tracks])
    rows, columns = linear_sum_assignment(costs)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if costs[r, c] < IMPOSSIBLE]


def on_one_head(found_px: Box, followed_px: Box) -> bool:
    """Return whether a newly detected face belongs to a head that is followed already."""
    larger = max(size(found_px), size(followed_px))
    near = distance(found_px, followed_px) < ONE_HEAD_SIZES * larger
    return (near and size_ratio(found_px, followed_px) < NEARLY_ITS_SIZE) or iou(found_px, followed_px) > ONE_HEAD_IOU
