"""From heads per frame to the documented arrays: what is no head is left out, pieces of one person are joined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.perception.boxes import distance, size
from vfeed.perception.clothing import LIKE_CLOTHES, OTHERS_CLOTHES, SAME_CLOTHES, hellinger_distance
from vfeed.perception.geometry import DEFAULT_VIEW, FieldOfView, focal_length_px, from_sight, rays
from vfeed.perception.hand_detector import HandSeen
from vfeed.perception.head_detector import FloatArray
from vfeed.perception.head_tracker import HeadSeen
from vfeed.perception.metrics import Metrics, nobody_seen
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters
from vfeed.perception.shot_detection import FrameChange
from vfeed.perception.tracks import Track
from vfeed.perception.visibility import Visibility

LEAST_SEEN_US = 1_000_000
"""Whoever is seen for less in all is a mistake and no person; in a short clip a fifth of it is enough."""
MOST_PEOPLE = 6
JOIN_WITHIN_SIZES = 4.0
"""Pieces of track further apart than this many head sizes are two people..."""
JOIN_SIZES_PER_S = 2.0
"""...and this many more for each second between them, since who leaves comes back elsewhere..."""
JOIN_WITHIN_SIZES_AT_MOST = 12.0
"""...up to about the width of the image..."""
JOIN_WORN_SIZE_RATIO = 3.0
"""...unless they wear the same: then place says nothing, and size little, since the camera may have moved."""
SHARED_FRAMES_ALLOWED = 2

READABLE = (Visibility.SEEN, Visibility.PARTLY)


@dataclass(frozen=True, eq=False)
class _Piece:
    """One track's frames: their indices, where it is readable, its usual size in px and what was worn."""

    heads: dict[int, HeadSeen]
    frames: NDArray[np.int64]
    size_px: float
    clothing: FloatArray | None


def assemble_metrics(
    seen: Sequence[tuple[int, Sequence[HeadSeen]]],
    tracks: Sequence[Track],
    frame_px: tuple[int, int],
    duration_us: int,
    view: FieldOfView = DEFAULT_VIEW,
    changes: Sequence[FrameChange] = (),
    hands: Sequence[Sequence[HandSeen] | None] = (),
    parameters: PerceptionParameters = PERCEPTION,
) -> Metrics:
    """Return the arrays of `metrics.ARRAYS` given every frame's heads, in order of time.

    `frame_px` is (width, height) of the analysed frames, `view` the camera's field of view, `changes` what the
    whole image did in each frame (none: one shot, motion not known), `hands` those of each frame, None where they
    were not looked for.
    """
    times = np.array([time_us for time_us, _ in seen], np.int64)
    least = min(LEAST_SEEN_US, duration_us // 5)
    shots = np.cumsum([change.cut for change in changes] or np.zeros(len(times)), dtype=np.int32)
    people = _people(_pieces(seen, tracks, times, parameters), times, shots)
    people = [person for person in people if _seen_us(person, times) >= least]
    metrics = nobody_seen(times, len(people), frame_px, focal_length_px(*frame_px, view.deg), duration_us)
    metrics["view_from"] = np.array([view.source], np.uint8)
    metrics["shot"] = shots
    if changes:
        metrics["moved_px"] = np.array([change.moved_px for change in changes], np.float32)
    for person, pieces in enumerate(people):
        read: set[int] = set()
        for piece in pieces:
            for frame, head in piece.heads.items():
                if head.visibility in READABLE:
                    read.add(frame)
                elif frame in read:
                    continue
                _write(metrics, frame, person, head, parameters)
    for frame, found in enumerate(hands):
        metrics["hand_asked"][frame] = found is not None
        for at, hand in enumerate(found or ()):
            metrics["hand_px"][frame, at], metrics["hand_score"][frame, at] = hand.box_px, hand.score
    _cover_by_hands(metrics, parameters)
    _to_camera_frame(metrics)
    return metrics


def _cover_by_hands(metrics: Metrics, parameters: PerceptionParameters) -> None:
    """Raise `covered` to what hands hide of a face's box around each look for hands, and `sight` with it."""
    times = metrics["time_us"]
    asked = np.flatnonzero(metrics["hand_asked"])
    if not len(asked):
        return
    nearest = asked[np.abs(times[asked][None, :] - times[:, None]).argmin(axis=1)]
    near = np.abs(times[nearest] - times) <= parameters.hands_every_us // 2
    face, hands = metrics["box_px"][:, :, None], metrics["hand_px"][nearest][:, None]
    low, high = np.maximum(face[..., :2], hands[..., :2]), np.minimum(_corner(face), _corner(hands))
    shared = np.prod(np.clip(high - low, 0, None), axis=-1) / np.prod(face[..., 2:], axis=-1)
    hidden = np.nan_to_num(shared).max(axis=2) * near[:, None]
    hidden[hidden < parameters.hands_hide_from] = 0
    metrics["covered"] = np.fmax(metrics["covered"], np.where(np.isnan(metrics["covered"]), np.nan, hidden))
    readable = np.isin(metrics["sight"], READABLE)
    metrics["sight"][readable & (hidden >= parameters.covered_from)] = Visibility.COVERED


def _corner(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The lower right corners of boxes (..., 4)."""
    return np.asarray(boxes[..., :2] + boxes[..., 2:])


def is_head(track: Track, parameters: PerceptionParameters = PERCEPTION) -> bool:
    """Return whether the detector, alone or with the network, takes a track for a head, on average over its frames."""
    score, head_p = float(np.mean(track.scores)), float(np.mean(track.head_p)) if track.head_p else 0.0
    by_both = score >= parameters.least_score and head_p >= parameters.head_least
    return by_both or score >= parameters.trusted_score


def _to_camera_frame(metrics: Metrics) -> None:
    """Turn head directions, measured about each head's line of sight, into the camera's frame."""
    box = metrics["box_px"].astype(float)
    middle: FloatArray = box[..., :2] + box[..., 2:] / 2
    width, height = (int(side) for side in metrics["picture_px"])
    ray = rays(middle, width, height, float(metrics["focal_px"][0]))
    for name in ("forward", "up", "gaze"):
        metrics[name] = from_sight(metrics[name].astype(float), ray).astype(np.float32)


def _pieces(
    seen: Sequence[tuple[int, Sequence[HeadSeen]]],
    tracks: Sequence[Track],
    times: NDArray[np.int64],
    parameters: PerceptionParameters,
) -> list[_Piece]:
    """Tracks of heads that the detector saw often enough."""
    heads: dict[int, dict[int, HeadSeen]] = {}
    for frame, (_, found) in enumerate(seen):
        for head in found:
            heads.setdefault(head.track, {})[frame] = head
    needed = min(parameters.confirm_after, max(1, len(times) // 6))
    pieces = []
    for track in tracks:
        mine = heads.get(track.number, {})
        sizes = [size(head.box_px) for head in mine.values() if head.pose is not None]
        if len(track.confirmed_us) < needed or not sizes or not is_head(track, parameters):
            continue
        frames = np.array([frame for frame, head in mine.items() if _tells(head, parameters)], np.int64)
        pieces.append(_Piece(mine, frames, float(np.median(sizes)), track.clothing))
    return pieces


def _tells(head: HeadSeen, parameters: PerceptionParameters) -> bool:
    """Return whether a head is readable and turned somewhere: a fold or the crown of a head that is told no direction
    makes nobody.
    """
    turned = head.pose is not None and head.pose.sd_deg[0] < parameters.no_turn_deg
    return turned and head.visibility in READABLE


def _seen_us(person: list[_Piece], times: NDArray[np.int64]) -> float:
    """Time in which a person is seen; a lone frame counts as much as frames usually last."""
    usual = float(np.median(np.diff(times))) if len(times) > 1 else math.inf
    return usual * sum(len(piece.frames) for piece in person)


def _people(pieces: list[_Piece], times: NDArray[np.int64], shots: NDArray[np.int32]) -> list[list[_Piece]]:
    """Join pieces that can be one person, the longest first; the longest seen people first in the result."""
    people: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -len(piece.frames)):
        costs = [_cost(person, piece, times, shots) for person in people]
        best = int(np.argmin(costs)) if costs else -1
        if best >= 0 and math.isfinite(costs[best]):
            people[best].append(piece)
        else:
            people.append([piece])
    people.sort(key=lambda person: -sum(len(piece.frames) for piece in person))
    return people[:MOST_PEOPLE]


def _cost(person: list[_Piece], piece: _Piece, times: NDArray[np.int64], shots: NDArray[np.int32]) -> float:
    """0 for the same clothes, size and place, inf when both are seen at once or differ too much."""
    if not len(piece.frames):
        return math.inf
    others = [other for other in person if len(other.frames)]
    if any(len(np.intersect1d(other.frames, piece.frames)) > SHARED_FRAMES_ALLOWED for other in others):
        return math.inf
    return min((_cost_of_one(other, piece, times, shots) for other in others), default=math.inf)


def _cost_of_one(other: _Piece, piece: _Piece, times: NDArray[np.int64], shots: NDArray[np.int32]) -> float:
    ratio = max(other.size_px, piece.size_px) / min(other.size_px, piece.size_px)
    mine, theirs = _nearest(piece.frames, other.frames)
    away = distance(piece.heads[mine].box_px, other.heads[theirs].box_px) / max(other.size_px, piece.size_px)
    gap_s = abs(int(times[mine]) - int(times[theirs])) / 1e6
    reach = min(JOIN_WITHIN_SIZES_AT_MOST, JOIN_WITHIN_SIZES + JOIN_SIZES_PER_S * gap_s)
    by_place = math.log(ratio) / math.log(PERCEPTION.largest_size_ratio) + away / JOIN_WITHIN_SIZES
    worn = SAME_CLOTHES
    if other.clothing is not None and piece.clothing is not None:
        worn = hellinger_distance(other.clothing, piece.clothing)
        alike = LIKE_CLOTHES if shots[mine] != shots[theirs] else SAME_CLOTHES
        if worn < alike and ratio <= JOIN_WORN_SIZE_RATIO:
            return worn / SAME_CLOTHES + min(1.0, by_place)
    possible = ratio <= PERCEPTION.largest_size_ratio and away <= reach and worn <= OTHERS_CLOTHES
    return 2.0 + by_place if possible else math.inf


def _nearest(mine: NDArray[np.int64], theirs: NDArray[np.int64]) -> tuple[int, int]:
    """The two frames, one of each, that are closest in time, by looking at the ends."""
    pairs = [(int(a), int(b)) for a in (mine[0], mine[-1]) for b in (theirs[0], theirs[-1])]
    at = int(np.argmin(np.abs(theirs - mine[0])))
    pairs.append((int(mine[0]), int(theirs[at])))
    return min(pairs, key=lambda pair: abs(pair[0] - pair[1]))


def _write(metrics: Metrics, frame: int, person: int, head: HeadSeen, parameters: PerceptionParameters) -> None:
    at = (frame, person)
    metrics["sight"][at] = head.visibility
    if head.pose is None:
        return
    metrics["box_px"][at] = head.box_px
    metrics["light"][at] = head.light
    metrics["sharpness"][at] = head.sharpness
    metrics["forward"][at] = head.pose.axes[:, 2]
    metrics["up"][at] = head.pose.axes[:, 1]
    metrics["head_sd_deg"][at] = head.pose.sd_deg
    metrics["px_per_mm"][at] = head.pose.px_per_mm
    metrics["infant"][at] = head.infant
    metrics["covered"][at] = head.covered
    if head.occlusion is not None:
        metrics["occlusion"][at] = head.occlusion.in_the_way
        metrics["covered"][at] = max(head.covered, head.occlusion.hidden)
        if head.visibility in READABLE and head.occlusion.hidden >= parameters.covered_from:
            metrics["sight"][at] = Visibility.COVERED
    if head.gaze is not None:
        metrics["lids_open"][at] = head.gaze.lids_open
        if head.gaze.readable:
            metrics["gaze"][at] = head.gaze.direction
            metrics["gaze_sd_deg"][at] = head.gaze.sd_deg
