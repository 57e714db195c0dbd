"""Who a person said each followed face is, kept by where the faces were: it outlives the numbers of an analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.people import NamedRoles, readable
from vfeed.perception.geometry import FloatArray
from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility

SIGHTINGS = 3
"""Places remembered of each person: one may fall on a frame that another analysis reads otherwise."""
NEAR_US = 400_000
"""A face is looked for in the analysed frames this near in time: the rate may have changed, and a head moves little."""
SAME_FACE_IOU = 0.25
"""Boxes of one face by two detectors share at least this much of what both cover; faces side by side share nothing."""


class Part(StrEnum):
    """What a followed face can be said to be; the words are stored. OTHER: a third person, or no person at all."""

    INFANT = "infant"
    CAREGIVER = "parent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face at one time: left, top, width and height as shares of the frame, 0 to 1."""

    time_us: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A person's word that the face of these sightings is the infant, the parent or somebody else."""

    part: Part
    seen: tuple[Sighting, ...]


def sightings(metrics: Metrics, person: int) -> list[Sighting]:
    """Up to three clear sightings of a person across the clip, the clearest first; none when they are never readable.

    Clear is a face turned to the camera, seen in full, with no other face on it.
    """
    frames = np.flatnonzero(readable(metrics, person))
    if not len(frames):
        return []
    clear = _clear(metrics, person, frames)
    parts = [part for part in np.array_split(np.arange(len(frames)), SIGHTINGS) if len(part)]
    best = sorted((int(part[np.argmax(clear[part])]) for part in parts), key=lambda at: -clear[at])
    return [Sighting(int(metrics["time_us"][frames[at]]), _shares(metrics, frames[at], person)) for at in best]


def found_again(metrics: Metrics, named: Sequence[Named]) -> NamedRoles:
    """Return the positions of the named among the clip's people, by where their faces were.

    Most of a person's sightings decide. Whoever is not found, or claims a face that another has a better claim to, is
    left out; infant and parent are then told in `lost`.
    """
    found: dict[int, Part] = {}
    lost = []
    claims = [(each.part, _votes(metrics, each.seen)) for each in named]
    for part, (person, votes) in sorted(claims, key=lambda claim: -claim[1][1]):
        if votes and person not in found:
            found[person] = part
        elif part is not Part.OTHER:
            lost.append(part.value)
    who = {part: person for person, part in found.items()}
    return NamedRoles(
        infant=who.get(Part.INFANT),
        caregiver=who.get(Part.CAREGIVER),
        others=frozenset(person for person, part in found.items() if part is Part.OTHER),
        lost=tuple(sorted(lost)),
    )


def seen_share(metrics: Metrics, person: int) -> float:
    """Return the share of the analysed frames in which a person can be read."""
    return float(readable(metrics, person).mean()) if len(metrics["time_us"]) else 0.0


def _votes(metrics: Metrics, seen: Sequence[Sighting]) -> tuple[int, int]:
    """The person that most sightings show, and by how many; of equals none."""
    votes = Counter(person for each in seen if (person := _whose(metrics, each)) is not None)
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return -1, 0
    return ranked[0]


def _whose(metrics: Metrics, sighting: Sighting) -> int | None:
    times = metrics["time_us"]
    near = np.flatnonzero(np.abs(times - sighting.time_us) <= NEAR_US)
    best, whose = SAME_FACE_IOU, None
    for frame in near[np.argsort(np.abs(times[near] - sighting.time_us), kind="stable")]:
        people = np.flatnonzero(np.isfinite(metrics["forward"][frame, :, 0]))
        if not len(people):
            continue
        boxes = np.array([_shares(metrics, frame, int(person)) for person in people])
        shared = _iou(np.array(sighting.box), boxes)
        if shared.max() > best:
            best, whose = float(shared.max()), int(people[int(np.argmax(shared))])
    return whose


def _clear(metrics: Metrics, person: int, frames: NDArray[np.int64]) -> FloatArray:
    """(N,) the higher the clearer: -1 to 1 for the turn to the camera, less for what is covered or lies on another."""
    clear: FloatArray = metrics["forward"][frames, person, 2].astype(float)
    clear = clear - (metrics["sight"][frames, person] != Visibility.SEEN)
    for other in range(metrics["sight"].shape[1]):
        boxes = metrics["box_px"][frames, other].astype(float)
        if other != person:
            clear -= 2 * np.nan_to_num(_iou(metrics["box_px"][frames, person].astype(float), boxes))
    return clear


def _shares(metrics: Metrics, frame: int, person: int) -> tuple[float, float, float, float]:
    width, height = (float(side) for side in metrics["picture_px"])
    left, top, wide, high = metrics["box_px"][frame, person].astype(float) / [width, height, width, height]
    return round(float(left), 5), round(float(top), 5), round(float(wide), 5), round(float(high), 5)


def _iou(one: FloatArray, two: FloatArray) -> FloatArray:
    """Shared part of boxes (..., 4) as left, top, width, height: 0 to 1; NaN where a box is."""
    low = np.maximum(one[..., :2], two[..., :2])
    high = np.minimum(one[..., :2] + one[..., 2:], two[..., :2] + two[..., 2:])
    shared = np.clip(high - low, 0, None).prod(axis=-1)
    whole: FloatArray = one[..., 2:].prod(axis=-1) + two[..., 2:].prod(axis=-1) - shared
    share: FloatArray = shared / np.maximum(whole, 1e-12)
    return share
