"""Candidates in the light of a person's decisions: what was offered keeps its name and times, its confidence moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from vfeed.dyad.candidates import Candidate
from vfeed.timeline.interval import Interval

SAME_IOU = 0.3
"""Two of a kind that share at least this much of the time that both cover are one moment."""
DOUBTED = 0.3
"""An offered moment that is not found again is believed by this much less."""


def relit(
    offered: Sequence[Mapping[str, Any]], found: Sequence[Candidate], decided: Collection[str]
) -> list[dict[str, Any]]:
    """The candidates to show after a refit, as dicts; `offered` and their ids stay, in their order, new ones follow.

    `found` are those of the refit. What is among `decided` (ids) stays as it was offered. An open one takes the
    confidence of the same moment in `found`, or is doubted when there is none, so that nothing vanishes under a hand.
    """
    shown = [dict(each) for each in offered]
    for candidate in shown:
        if candidate["id"] not in decided:
            same = [each for each in found if _same(candidate, each)]
            sure = max((each.confidence for each in same), default=DOUBTED * candidate["confidence"])
            candidate["confidence"] = round(sure, 3)
    new = [each for each in found if not any(_same(candidate, each) for candidate in offered)]
    return shown + [each.as_dict() for each in new]


def _same(offered: Mapping[str, Any], found: Candidate) -> bool:
    if offered["kind"] != found.kind:
        return False
    return Interval(offered["start_us"], offered["end_us"]).iou(found.interval) >= SAME_IOU
