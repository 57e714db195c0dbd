"""Coders against films with a known coding: those that two coded in training, and on which people agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from vfeed.research.agreement import Pair
from vfeed.research.marks import Coding
from vfeed.research.study import Plan
from vfeed.services.access import Actor, require
from vfeed.services.agreements import Agreements, Handed, PairFigures, lane_figures
from vfeed.services.consensus import ConsensusRoom

AGREED = "agreed"
"""What stands in a coder's place for the agreed coding."""


class ReferenceCodings:
    """What comes of the films with a known coding that were put among a coder's films unseen."""

    def __init__(self, agreements: Agreements, consensus: ConsensusRoom) -> None:
        self._agreements = agreements
        self._consensus = consensus

    def read(self, actor: Actor, study_id: str) -> tuple[PairFigures, ...]:
        """Return each coder against the agreed codings, by name; never as a ranking."""
        require(actor, "study.compare")
        handed: dict[str, list[Handed]] = defaultdict(list)
        for each in self._agreements.handed_in(actor, study_id):
            if each.row.purpose == "gold":
                handed[each.row.coder].append(each)
        if not handed:
            return ()
        plan, standing = self._agreements.plan(actor, study_id), self._consensus.standing(actor, study_id)
        found = [_against(coder, own, standing, plan) for coder, own in sorted(handed.items())]
        return tuple(each for each in found if each.clips)


def _against(coder: str, handed: Sequence[Handed], standing: Mapping[str, Sequence[Coding]], plan: Plan) -> PairFigures:
    own = [each for each in handed if each.clip.clip_id in standing]
    lanes = []
    for number, lane in enumerate(plan.scheme.lanes):
        pairs = [
            Pair(
                each.clip.pseudonym,
                each.clip.family_pseudonym,
                standing[each.clip.clip_id][number],
                each.coding(lane),
            )
            for each in own
        ]
        lanes.append(lane_figures(lane, pairs, plan))
    families = len({each.clip.family_pseudonym for each in own})
    return PairFigures(AGREED, coder, len(own), families, tuple(lanes), ())
