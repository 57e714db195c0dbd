"""The people of a clip as arrays over time, and which of them are the infant and the adult."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility

INFANT_FACE_LOG = 0.26
"""Log of how much larger an adult's face is than an infant's (.77 of it)."""
SIZE_LOG_SD = 0.28
"""Spread of the log of a size ratio: two people who play sit up to a third of their distance nearer or further than
each other (.2), and a reading of size is wrong by .12 on each (age, expression, a head in profile)."""
HEIGHT_SD_HEADS = 0.8
"""How many head heights an adult's head stands above another's by chance."""
HEIGHT_WEIGHT = 0.5
"""Place says less than size: an infant is held up, a parent lies on the mat."""
PROPORTIONS_WEIGHT, SUREST_P, VAGUE_FROM_DEG = 0.4, 0.98, 10.0
"""What the head network says of a head's proportions counts for less than its odds, which were learned from rendered
people; no single frame is surer than this; and where the direction is read vaguely, proportions are too."""
LEAVES_WEIGHT, EDGE_SHARE = 2.0, 0.02
"""Films are aimed at the infant: whoever is cut off by the frame's edge, or out of it, for more of the time is rather
the adult. A box is at the edge within this share of the frame's longer side."""
MOST_BY_ONE = 2.0
"""Log odds that any one of size, place, proportions and leaving may give: none of them is sure by itself."""
LEAST_SHARE = 0.02
"""A person seen for less of the clip than this does not become infant or adult while another is there."""
TOGETHER_ENOUGH = 0.7
"""Pairs seen together for this share of the longest are weighed by who they are."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Positions of the infant and the adult among the clip's people, None for not in view; `confidence` .5 to 1.

    `others` counts further people. `swapped` tells that a person exchanged the two, `given` that a person said who
    somebody is, `lost` which of the two they named and is not found again in this analysis.
    """

    infant: int | None
    caregiver: int | None
    confidence: float
    others: int = 0
    swapped: bool = False
    given: bool = False
    lost: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "infant_track": self.infant,
            "adult_track": self.caregiver,
            "confidence": round(self.confidence, 3),
            "others": self.others,
            "swapped": self.swapped,
            "given": self.given,
            "lost": list(self.lost),
        }


@dataclass(frozen=True, slots=True)
class NamedRoles:
    """Positions among the clip's people as a person has named them; None or not in `others`: not said.

    `others` are neither of the pair. `lost` holds which of infant and parent was named and is not found again.
    """

    infant: int | None = None
    caregiver: int | None = None
    others: frozenset[int] = frozenset()
    lost: tuple[str, ...] = ()


NOBODY_NAMED = NamedRoles()


def readable(metrics: Metrics, person: int | None) -> NDArray[np.bool_]:
    """Return (T,) bool: frames in which `person` is seen well enough to read; none for nobody."""
    if person is None:
        return np.zeros(len(metrics["time_us"]), np.bool_)
    visibility = metrics["sight"][:, person]
    result: NDArray[np.bool_] = (visibility <= Visibility.PARTLY) & np.isfinite(metrics["forward"][:, person, 0])
    return result


def placed(metrics: Metrics, person: int | None) -> NDArray[np.bool_]:
    """Return (T,) bool: frames in which `person`'s head is found, if only its back: where it is can be told."""
    if person is None:
        return np.zeros(len(metrics["time_us"]), np.bool_)
    found = np.isin(metrics["sight"][:, person], (Visibility.SEEN, Visibility.PARTLY, Visibility.TURNED_AWAY))
    result: NDArray[np.bool_] = found & np.isfinite(metrics["forward"][:, person, 0])
    return result


def find_roles(
    metrics: Metrics, *, swap: bool = False, named: NamedRoles = NOBODY_NAMED, caregiver_at_camera: bool = False
) -> Roles:
    """Return who is who: the infant has the smaller and lower head of an infant's proportions, among the two seen
    longest together.

    One person alone is taken to be the infant (the adult is at or beside the camera), with the least confidence. What a
    person said goes before: whom they `named` is not weighed, and with the `caregiver_at_camera` nobody in view is the
    parent. `swap` exchanges the two that come of it.
    """
    there = _there(metrics)
    free = [person for person in there if person not in named.others]
    infant, caregiver, confidence = _chosen(metrics, free, named)
    if caregiver_at_camera:
        infant, caregiver = (infant if infant is not None else caregiver), None
        confidence = SUREST_P if len(free) < 2 else confidence
    pair = {infant, caregiver}
    roles = Roles(
        infant,
        caregiver,
        confidence,
        others=sum(person not in pair for person in there),
        given=named != NamedRoles(lost=named.lost),
        lost=named.lost,
    )
    return replace(roles, infant=caregiver, caregiver=infant, swapped=True) if swap else roles


def _there(metrics: Metrics) -> list[int]:
    """Who is seen for long enough to take a part."""
    count = metrics["sight"].shape[1]
    seen = [int(placed(metrics, person).sum()) for person in range(count)]
    return [person for person in range(count) if seen[person] >= max(1.0, LEAST_SHARE * len(metrics["time_us"]))]


def _chosen(metrics: Metrics, free: list[int], named: NamedRoles) -> tuple[int | None, int | None, float]:
    """Infant, adult and how sure, .5 to 1: whoever is named, and the likeliest of the `free` for who is not."""
    infant, caregiver = named.infant, named.caregiver
    if infant is not None and caregiver is not None:
        return infant, caregiver, 1.0
    rest = [person for person in free if person not in (infant, caregiver)]
    if infant is not None:
        return infant, _beside(metrics, [(infant, person) for person in rest], 1), 1.0
    if caregiver is not None:
        return _beside(metrics, [(person, caregiver) for person in rest], 0), caregiver, 1.0
    if len(free) < 2:
        return (free[0] if free else None), None, 0.5
    pairs = [(a, b) for index, a in enumerate(free) for b in free[index + 1 :]]
    likeliest = _together(metrics, pairs)
    first, second = max(likeliest, key=lambda pair: abs(_infant_evidence(metrics, *pair, leaving=False)))
    smaller = _infant_evidence(metrics, first, second)
    first, second = (first, second) if smaller >= 0 else (second, first)
    return first, second, 1 / (1 + math.exp(-abs(smaller)))


def _beside(metrics: Metrics, pairs: list[tuple[int, int]], side: int) -> int | None:
    """Who makes the likeliest (infant, adult) of `pairs` that have one person in common: the one on `side`, 0 or 1."""
    if not pairs:
        return None
    return max(_together(metrics, pairs), key=lambda pair: _infant_evidence(metrics, *pair))[side]


def _together(metrics: Metrics, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs seen together about longest; when no two are ever seen at once, the one seen longest in all."""
    masks = {person: placed(metrics, person) for pair in pairs for person in pair}
    together = {(a, b): int((masks[a] & masks[b]).sum()) for a, b in pairs}
    longest = max(together.values())
    if longest == 0:
        return [max(pairs, key=lambda pair: int(masks[pair[0]].sum() + masks[pair[1]].sum()))]
    return [pair for pair in pairs if together[pair] >= TOGETHER_ENOUGH * longest]


def _infant_evidence(metrics: Metrics, first: int, second: int, *, leaving: bool = True) -> float:
    """Log odds that `first` is the infant.

    Without `leaving`, who leaves the frame tells nothing: of two adults the one at its edge is no likelier partner.
    """
    size = [float(np.nanmedian(metrics["px_per_mm"][placed(metrics, person), person])) for person in (first, second)]
    boxes = [metrics["box_px"][placed(metrics, person), person] for person in (first, second)]
    middle = [float(np.nanmedian(box[:, 1] + box[:, 3] / 2)) for box in boxes]
    height = float(np.nanmedian(np.concatenate([box[:, 3] for box in boxes])))
    cues = (
        2 * INFANT_FACE_LOG * math.log(size[1] / size[0]) / SIZE_LOG_SD**2,
        HEIGHT_WEIGHT * (middle[0] - middle[1]) / (height * HEIGHT_SD_HEADS),
        PROPORTIONS_WEIGHT * (_proportions(metrics, first) - _proportions(metrics, second)),
        LEAVES_WEIGHT * (_leaves(metrics, second) - _leaves(metrics, first)) * leaving,
    )
    return float(sum(np.clip(cues, -MOST_BY_ONE, MOST_BY_ONE)))


def _leaves(metrics: Metrics, person: int) -> float:
    """Share of the frames in which a person is at the frame's edge or out of it."""
    box = metrics["box_px"][:, person].astype(float)
    width, height = (float(side) for side in metrics["picture_px"])
    least = EDGE_SHARE * max(width, height)
    far = box[:, :2] + box[:, 2:] - [width, height]
    with np.errstate(invalid="ignore"):
        cut = (box[:, :2] < least).any(axis=1) | (far > -least).any(axis=1)
    return float((cut | (metrics["sight"][:, person] == Visibility.OUT_OF_FRAME)).mean())


def _proportions(metrics: Metrics, person: int) -> float:
    """Mean log odds that a head has an infant's proportions; 0 where that was not read."""
    read = readable(metrics, person)
    p = np.clip(metrics["infant"][read, person].astype(float), 1 - SUREST_P, SUREST_P)
    sd = np.nan_to_num(metrics["head_sd_deg"][read, person].astype(float).max(axis=1), nan=VAGUE_FROM_DEG)
    weight = np.where(np.isfinite(p), 1 / (1 + (sd / VAGUE_FROM_DEG) ** 2), 0.0)
    if not weight.sum():
        return 0.0
    # The mean of what the frames say, with their weights as shares of what clear ones would have.
    return float(weight @ np.nan_to_num(np.log(p / (1 - p))) / max(1, np.isfinite(p).sum()))
