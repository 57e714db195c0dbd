"""Candidates in the light of a person's decisions: what was offered keeps its name and times, its confidence moves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from vfeed.dyad.candidates import Candidate

SAME_IOU = 0.3
"""Two of a kind that share at least this much of the time that both cover are one moment."""
DOUBTED = 0.3
"""An offered moment that is not found again is believed by this much less."""


def rerank(offered: Sequence[Candidate], found: Sequence[Candidate], decided: Collection[str]) -> list[Candidate]:
    """Return the candidates to show after a refit; those `offered` and their ids stay, in their order, new ones follow.

    `found` are those of the refit. What is among `decided` (ids) stays as it was offered. An open one takes the
    confidence of the same moment in `found`, or is doubted when there is none, so that nothing vanishes under a hand.
    """
    shown = [each if each.id in decided else _weighed(each, found) for each in offered]
    return shown + [each for each in found if not any(_same(candidate, each) for candidate in offered)]


def _weighed(offered: Candidate, found: Sequence[Candidate]) -> Candidate:
    same = [each.confidence for each in found if _same(offered, each)]
    return replace(offered, confidence=round(max(same, default=DOUBTED * offered.confidence), 3))


def _same(offered: Candidate, found: Candidate) -> bool:
    return offered.kind == found.kind and offered.interval.iou(found.interval) >= SAME_IOU
