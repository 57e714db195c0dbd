"""Heads against truth: found or not, whose track it is, and how far rotation and gaze are off, as a table of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.truth import PEOPLE, ClipTruth
from vfeed.analysis.result import ClipAnalysis
from vfeed.dyad.gaze_likelihood import wrapped
from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import rays, to_sight, yaw_pitch_deg
from vfeed.perception.visibility import Visibility

FloatArray = NDArray[np.floating[Any]]
NEAR = 0.15
"""A found face belongs to a head when its middle lies in the head's box, made larger by this share of its width."""


@dataclass(frozen=True, eq=False)
class Rows:
    """One person of one clip, a value per analysed frame; angles in degrees, NaN where nothing was read.

    `off` (T, 2) estimate less truth of head yaw and pitch; `sd` (T, 2) as stated. `gaze_off` (T, 2) and `gaze_sd` are
    the same of the gaze, from the eyes where they were read (`eyes_read`) and from the head alone elsewhere. `infant`
    (T,) is the stated probability of an infant. `track` (T,) is the track that was found at the head, -1 for none.
    """

    clip: str
    who: str
    age: str
    tone: str
    light: str
    kind: str
    seen: NDArray[np.bool_]
    cover: FloatArray
    width_px: FloatArray
    yaw: FloatArray
    track: NDArray[np.int64]
    off: FloatArray
    sd: FloatArray
    gaze_off: FloatArray
    gaze_sd: FloatArray
    eyes_read: NDArray[np.bool_]
    infant: FloatArray

    @property
    def found(self) -> NDArray[np.bool_]:
        """(T,): the head was found and read."""
        found: NDArray[np.bool_] = self.track >= 0
        return found


@dataclass(frozen=True, slots=True)
class Following:
    """How tracks held on to people: swaps, breaks, readings of nobody, and analysed frames.

    A swap is a track that goes over from one person to the other; a break is a person who goes on under another track.
    """

    swaps: int
    breaks: int
    false_heads: int
    frames: int


def rows_of(truth: ClipTruth, result: ClipAnalysis) -> tuple[list[Rows], Following]:
    """Compare a clip's metrics with its truth; the lean of the facial line is taken off by true age, as in the dyad."""
    nearest = truth.nearest(result.metrics["time_us"])
    scale = max(int(side) for side in result.metrics["picture_px"]) / truth.width_px
    boxes = {who: truth.people[who].head_px[nearest] * scale for who in PEOPLE}
    tracks, false_heads = _tracks_at(result, boxes)
    rows = [_rows(truth, result, who, nearest, boxes[who], tracks[who]) for who in PEOPLE]
    return rows, _following(tracks, false_heads)


def _tracks_at(result: ClipAnalysis, boxes: dict[str, FloatArray]) -> tuple[dict[str, NDArray[np.int64]], int]:
    """For each person the readable track whose middle lies in the head, nearest first; and readings of nobody."""
    metrics = result.metrics
    readable = (metrics["sight"] <= Visibility.PARTLY) & np.isfinite(metrics["forward"][..., 0])
    box = metrics["box_px"].astype(float)
    middle = box[..., :2] + box[..., 2:] / 2
    tracks = {who: np.full(len(middle), -1, np.int64) for who in PEOPLE}
    if not middle.shape[1]:
        return tracks, 0
    claimed = np.zeros(readable.shape, bool)
    for who in PEOPLE:
        heads = boxes[who]
        margin = NEAR * (heads[:, 2] - heads[:, 0])[:, None, None]
        low, high = heads[:, None, :2] - margin, heads[:, None, 2:] + margin
        inside = readable & ((middle > low) & (middle < high)).all(axis=2)
        away = np.linalg.norm(middle - (heads[:, None, :2] + heads[:, None, 2:]) / 2, axis=2)
        best = np.where(inside, away, np.inf).argmin(axis=1)
        tracks[who] = np.where(inside.any(axis=1), best, -1)
        claimed |= inside
    return tracks, int((readable & ~claimed).sum())


def _following(tracks: dict[str, NDArray[np.int64]], false_heads: int) -> Following:
    infant, parent = (tracks[who] for who in PEOPLE)
    swaps = breaks = 0
    owner: dict[int, str] = {}
    held: dict[str, int] = {}
    for pair in zip(infant.tolist(), parent.tolist(), strict=True):
        if pair[0] == pair[1]:
            continue
        for who, track in zip(PEOPLE, pair, strict=True):
            if track < 0:
                continue
            swaps += owner.get(track, who) != who
            breaks += held.get(who, track) != track
            owner[track], held[who] = who, track
    return Following(swaps, breaks, false_heads, len(infant))


def _rows(
    truth: ClipTruth,
    result: ClipAnalysis,
    who: str,
    nearest: NDArray[np.int64],
    heads: FloatArray,
    track: NDArray[np.int64],
) -> Rows:
    person, metrics = truth.people[who], result.metrics
    frames, found = np.arange(len(nearest)), track >= 0
    mine: dict[str, FloatArray] = {}
    for name in ("forward", "box_px", "head_sd_deg", "gaze", "gaze_sd_deg", "infant"):
        mine[name] = np.full((len(nearest), *metrics[name].shape[2:]), np.nan)
        mine[name][found] = metrics[name][frames[found], track[found]]
    width, height = (int(side) for side in metrics["picture_px"])
    box = mine["box_px"]
    ray = rays(box[:, :2] + box[:, 2:] / 2, width, height, float(metrics["focal_px"][0]))
    read = yaw_pitch_deg(to_sight(mine["forward"], ray))
    rules = DyadParameters()
    read[:, 1] += rules.infant_facial_line_deg if who == "infant" else rules.caregiver_facial_line_deg
    eyes_read = np.isfinite(mine["gaze"][:, 0])
    gaze = np.where(eyes_read[:, None], yaw_pitch_deg(to_sight(mine["gaze"], ray)), read)
    return Rows(
        truth.name,
        who,
        person.age,
        person.tone,
        truth.light,
        truth.kind,
        person.seen[nearest],
        person.cover[nearest],
        heads[:, 2] - heads[:, 0],
        np.abs(person.angles[nearest, 0]),
        track,
        wrapped(read - person.angles[nearest]),
        mine["head_sd_deg"],
        wrapped(gaze - person.gaze[nearest]),
        mine["gaze_sd_deg"],
        eyes_read,
        mine["infant"],
    )
