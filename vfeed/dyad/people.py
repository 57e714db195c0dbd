"""The people of a clip as arrays over time, and which of them are the infant and the adult."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.perception.metrics import Metrics
from vfeed.perception.sight import Sight

SIZE_RATIO_SD = 0.12
"""Spread of the log of a size ratio from depth and measurement alone: how far two adults' readings may differ."""
HEIGHT_SD_HEADS = 0.8
"""How many head heights an adult's head stands above another's by chance."""
HEIGHT_WEIGHT = 0.5
"""Place says less than size: an infant is held up, a parent lies on the mat."""
PROPORTIONS_WEIGHT, SUREST_P = 0.4, 0.98
"""What the head network says of a head's proportions counts for less than its odds, which were learned from rendered
people; and no single frame is surer than this."""
LEAST_SHARE = 0.02
"""A person seen for less of the clip than this does not become infant or adult while another is there."""
TOGETHER_ENOUGH = 0.7
"""Pairs seen together for this share of the longest are weighed by who they are."""

VAGUEST_DEG = 25.0
"""A head whose direction is read with a larger standard deviation than this is there, but nobody can tell where it
looks: faces half behind a hand or a cloth, as a rule."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Positions of the infant and the adult among the clip's people, None for not in view; `confidence` .5 to 1.

    `others` counts further people. `swapped` tells that a person exchanged the two.
    """

    infant: int | None
    adult: int | None
    confidence: float
    others: int = 0
    swapped: bool = False

    def as_dict(self) -> dict[str, object]:
        """JSON-able."""
        return {
            "infant_track": self.infant,
            "adult_track": self.adult,
            "confidence": round(self.confidence, 3),
            "others": self.others,
            "swapped": self.swapped,
        }


def readable(metrics: Metrics, person: int | None) -> NDArray[np.bool_]:
    """(T,) bool: frames in which `person` is seen well enough to read; none for nobody."""
    if person is None:
        return np.zeros(len(metrics["time_us"]), np.bool_)
    sight = metrics["sight"][:, person]
    told = metrics["head_sd_deg"][:, person].max(axis=1) <= VAGUEST_DEG
    result: NDArray[np.bool_] = (sight <= Sight.PARTLY) & np.isfinite(metrics["forward"][:, person, 0]) & told
    return result


def find_roles(metrics: Metrics, *, swap: bool = False) -> Roles:
    """The infant has the smaller and lower head of an infant's proportions, among the two seen longest together.

    One person alone is taken to be the infant (the adult is at or beside the camera), with the least confidence.
    """
    count = metrics["sight"].shape[1]
    seen = [int(readable(metrics, person).sum()) for person in range(count)]
    there = [person for person in range(count) if seen[person] >= max(1.0, LEAST_SHARE * len(metrics["time_us"]))]
    if not there:
        return Roles(None, None, 0.5, swapped=swap)
    if len(there) == 1:
        roles = Roles(there[0], None, 0.5)
    else:
        first, second = _pair(metrics, there)
        smaller = _infant_evidence(metrics, first, second)
        infant, adult = (first, second) if smaller >= 0 else (second, first)
        roles = Roles(infant, adult, 1 / (1 + math.exp(-abs(smaller))), others=len(there) - 2)
    if swap:
        return Roles(roles.adult, roles.infant, roles.confidence, roles.others, swapped=True)
    return roles


def _pair(metrics: Metrics, there: list[int]) -> tuple[int, int]:
    """Of the pairs seen together about longest, the one whose sizes and places differ most: a child and an adult."""
    masks = {person: readable(metrics, person) for person in there}
    pairs = [(a, b) for index, a in enumerate(there) for b in there[index + 1 :]]
    together = {(a, b): int((masks[a] & masks[b]).sum()) for a, b in pairs}
    longest = max(together.values())
    if longest == 0:
        return max(pairs, key=lambda pair: int(masks[pair[0]].sum() + masks[pair[1]].sum()))
    near = [pair for pair in pairs if together[pair] >= TOGETHER_ENOUGH * longest]
    return max(near, key=lambda pair: abs(_infant_evidence(metrics, *pair)))


def _infant_evidence(metrics: Metrics, first: int, second: int) -> float:
    """Log odds that `first` is the infant."""
    size = [float(np.nanmedian(metrics["px_per_mm"][readable(metrics, person), person])) for person in (first, second)]
    boxes = [metrics["box_px"][readable(metrics, person), person] for person in (first, second)]
    middle = [float(np.nanmedian(box[:, 1] + box[:, 3] / 2)) for box in boxes]
    height = float(np.nanmedian(np.concatenate([box[:, 3] for box in boxes])))
    by_size = math.log(size[1] / size[0]) / SIZE_RATIO_SD
    by_place = HEIGHT_WEIGHT * (middle[0] - middle[1]) / (height * HEIGHT_SD_HEADS)
    by_proportions = PROPORTIONS_WEIGHT * (_proportions(metrics, first) - _proportions(metrics, second))
    return float(np.clip(by_size + by_place + by_proportions, -6, 6))


def _proportions(metrics: Metrics, person: int) -> float:
    """Mean log odds that a head has an infant's proportions; 0 where that was not read."""
    p = metrics["infant"][readable(metrics, person), person].astype(float)
    p = np.clip(p[np.isfinite(p)], 1 - SUREST_P, SUREST_P)
    return float(np.log(p / (1 - p)).mean()) if len(p) else 0.0
