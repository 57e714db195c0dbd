"""The machine beside people: only once blind coding is closed, and never mixed with agreement between people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vfeed.errors import InvalidInput, VfeedError
from vfeed.errors import marked as _
from vfeed.research.agreement import LaneAgreement, Pair, compare
from vfeed.research.blind_coding import UNSEEN
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.research.rules import Rules
from vfeed.research.scheme import LOOKING, Lane
from vfeed.services.access import Actor, require
from vfeed.services.agreements import Agreements, Handed
from vfeed.services.studies import StudyDesk
from vfeed.store.store import Store
from vfeed.timeline.interval import Interval

STATES = {"partner": "partner", "object": "object", "away": "away", "unseen": UNSEEN}
"""The machine's looking states as codes of the scheme `LOOKING`."""


@dataclass(frozen=True)
class Beside:
    """The machine's looks beside the coders', lane by lane; `films` counts those that were analysed."""

    lanes: tuple[tuple[Lane, LaneAgreement | None], ...]
    films: int
    not_analysed: int
    versions: tuple[str, ...]


class MachineComparison:
    """Sets the machine's looking states beside what people coded."""

    def __init__(self, store: Store, desk: StudyDesk, agreements: Agreements) -> None:
        self._store = store
        self._desk = desk
        self._agreements = agreements

    def read(self, actor: Actor, study_id: str) -> Beside:
        """Return the figures; raises VfeedError `conflict` before coding is closed, or for another scheme."""
        require(actor, "study.compare")
        study = self._desk.read(actor, study_id)
        if not study.state.closed:
            raise VfeedError(
                "conflict",
                _("Blind coding is not closed yet."),
                hint=_(
                    "Close coding on the study’s page first: until then nobody sets the computer beside the coders."
                ),
            )
        scheme = study.state.plan.scheme
        if scheme.id != LOOKING.id:
            raise VfeedError(
                "conflict",
                _("The computer codes nothing of this scheme."),
                hint=_("It can be set beside studies of “%(title)s”."),
                title=LOOKING.title,
            )
        first: dict[str, Handed] = {}
        for each in self._agreements.handed_in(actor, study_id):
            if each.row.purpose == "first" or (each.row.purpose == "second" and each.clip.clip_id not in first):
                first[each.clip.clip_id] = each
        analysed = {clip_id: self._store.analyses.latest(clip_id) for clip_id in first}
        known = {clip_id: analysis for clip_id, analysis in analysed.items() if analysis is not None}
        lanes = []
        for lane in scheme.lanes:
            pairs = [
                Pair(
                    first[clip_id].clip.pseudonym,
                    first[clip_id].clip.family_pseudonym,
                    first[clip_id].coding(lane),
                    _machine(first[clip_id], lane, analysis.states_display.get(lane.who, [])),
                )
                for clip_id, analysis in known.items()
            ]
            lanes.append((lane, _compared(pairs, lane, study.state.plan.rules(with_gamma=False))))
        versions = sorted({str(analysis.version.get("code", "")) for analysis in known.values()} - {""})
        return Beside(tuple(lanes), len(known), len(first) - len(known), tuple(versions))


def _compared(pairs: Sequence[Pair], lane: Lane, rules: Rules) -> LaneAgreement | None:
    try:
        return compare(pairs, lane.who, lane.title, rules)
    except InvalidInput:
        return None


def _machine(handed: Handed, lane: Lane, states: Sequence[Sequence[Any]]) -> Coding:
    marks = []
    for start_us, end_us, state, *_rest in states:
        code = STATES.get(str(state), "")
        if code and end_us > start_us:
            marks.append(Mark(int(start_us), int(end_us), lane.who, lane.title, code))
    window = (Interval(0, handed.length_us),)
    about = Provenance("candidate_unconfirmed")
    return Coding(handed.clip.pseudonym, "the computer", tuple(marks), window, handed.length_us, provenance=about)
