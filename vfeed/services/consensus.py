"""Agreeing on one coding: where two coders differ is looked at together, and each stretch is settled by people."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.research.agreement import Pair
from vfeed.research.consensus import ConsensusState, agreed, agreed_points, check, open_ones
from vfeed.research.differing import PointDiffers, Stretch, point_differences, stretches
from vfeed.research.marks import Coding, Provenance
from vfeed.research.scheme import Lane, LaneKind
from vfeed.research.study import Plan
from vfeed.research.units import watched
from vfeed.services.access import Actor, require
from vfeed.services.agreements import Agreements, Handed
from vfeed.services.studies import FIRSTS
from vfeed.store.store import Store
from vfeed.store.tables import StudyConsensus


@dataclass(frozen=True)
class Both:
    """Two codings of a clip in an order drawn by lot, so that nobody knows whose is whose; and where they differ."""

    clip_id: str
    name: str
    first: Handed
    second: Handed
    plan: Plan
    differs: Mapping[str, Sequence[Stretch]]
    points: Mapping[str, Sequence[PointDiffers]]

    @property
    def count(self) -> int:
        """How many stretches differ."""
        return sum(len(each) for each in self.differs.values())


@dataclass(frozen=True)
class EndCheck:
    """What to look at before an agreed coding is finished: open differences, those left out, time only one watched."""

    open: int
    left_out: int
    one_alone_us: int


@dataclass(frozen=True)
class Meeting:
    """A clip's differences with what was agreed so far."""

    both: Both
    row: StudyConsensus
    folded: Folded[ConsensusState]


class ConsensusRoom:
    """What people do who agree on a coding."""

    def __init__(self, store: Store, agreements: Agreements) -> None:
        self._store = store
        self._agreements = agreements

    def clips(self, actor: Actor, study_id: str) -> list[tuple[Both, ConsensusState]]:
        """Return the clips that two coders have handed in, by name, with what was agreed."""
        require(actor, "study.compare")
        states = self._store.agreed.states(study_id)
        return [(both, states.get(both.clip_id, ConsensusState())) for both in self._both(actor, study_id)]

    def open(self, actor: Actor, study_id: str, name: str) -> Meeting:
        """Return a clip's differences.

        Raises VfeedError `not_found` where two codings are not in yet, `consent_missing` for one that is open no more.
        """
        require(actor, "study.compare")
        found = next(iter(self._both(actor, study_id, name)), None)
        if found is None:
            self._refuse_gone(actor, study_id, name)
            raise VfeedError(
                "not_found", _("Two coders have not handed this film in."), hint=_("Go back to the study’s agreement.")
            )
        row = self._store.agreed.of(study_id, found.clip_id, actor.name)
        return Meeting(found, row, self._store.agreed.read(row.id))

    def _refuse_gone(self, actor: Actor, study_id: str, name: str) -> None:
        """Raise VfeedError `consent_missing` for a film that the study had and that is not open any more."""
        if name not in {
            clip.pseudonym for clip in self._agreements.clips(actor, study_id)
        } and name in self._store.studies.names(study_id):
            raise VfeedError(
                "consent_missing",
                _("This film is not open to research any more."),
                hint=_("Go back to the study."),
            )

    def finished(self, study_id: str) -> set[str]:
        """Return the ids of the clips whose agreed coding stands."""
        return {clip_id for clip_id, state in self._store.agreed.states(study_id).items() if state.finished}

    def append(
        self,
        actor: Actor,
        study_id: str,
        name: str,
        type_: str,
        payload: Mapping[str, Any],
        expect: int | None = None,
    ) -> Added[ConsensusState]:
        """Settle a stretch; raises VfeedError `conflict` unless `expect` is the step that settled it last (0: none)."""
        meeting = self.open(actor, study_id, name)
        both = meeting.both
        return self._store.agreed.append(
            meeting.row,
            actor.name,
            type_,
            payload,
            lambda parsed, state: check(parsed, state, both.differs, both.plan.scheme.lanes),
            expect,
        )

    def take_back(
        self, actor: Actor, study_id: str, name: str, expect_last: int | None = None, *, redo: bool = False
    ) -> Added[ConsensusState]:
        """Take the last step back, or do it again; raises VfeedError `conflict` where it is not `expect_last`."""
        row = self.open(actor, study_id, name).row
        return self._store.agreed.take_back(row, actor.name, redo=redo, expect_last=expect_last)

    def codings(self, actor: Actor, study_id: str, name: str) -> list[Coding]:
        """Return the agreed coding of a clip, lane by lane, as it is so far."""
        meeting = self.open(actor, study_id, name)
        return codings_of(meeting.both, meeting.folded.state)

    def standing(self, actor: Actor, study_id: str) -> dict[str, list[Coding]]:
        """Return the agreed codings that are finished, lane by lane, by the id of their clip."""
        require(actor, "study.compare")
        states = self._store.agreed.states(study_id)
        return {
            both.clip_id: codings_of(both, states[both.clip_id])
            for both in self._both(actor, study_id, finished=self.finished(study_id))
        }

    def _both(
        self, actor: Actor, study_id: str, name: str | None = None, *, finished: set[str] | None = None
    ) -> list[Both]:
        """The clips that two coders have handed in: all, the one of a name, or those that are finished."""
        plan = self._agreements.plan(actor, study_id)
        of_clip: dict[str, list[Handed]] = {}
        for each in self._agreements.handed_in(actor, study_id):
            wanted = name is None or each.clip.pseudonym == name
            if each.row.purpose in FIRSTS and wanted and (finished is None or each.clip.clip_id in finished):
                of_clip.setdefault(each.clip.clip_id, []).append(each)
        found = []
        for clip_id, own in of_clip.items():
            if len(own) < 2:
                continue
            pair = sorted(own, key=lambda each: (each.row.purpose, each.row.coder))[:2]
            if hashlib.sha256(f"{study_id}:{clip_id}".encode()).digest()[0] % 2:
                pair.reverse()
            found.append(_differing(clip_id, pair[0], pair[1], plan))
        return sorted(found, key=lambda each: each.name)


def pair_of(both: Both, lane: Lane) -> Pair:
    """Return a lane of both codings."""
    clip = both.first.clip
    return Pair(clip.pseudonym, clip.family_pseudonym, both.first.coding(lane), both.second.coding(lane))


def codings_of(both: Both, state: ConsensusState) -> list[Coding]:
    """Return what was agreed of a clip, lane by lane."""
    scheme = both.plan.scheme
    about = Provenance("consensus", scheme_id=scheme.id, scheme_version=str(scheme.version))
    return [
        agreed_points(pair_of(both, lane), lane, both.points[lane.id], state.of(lane), about)
        if lane.kind == LaneKind.POINT
        else agreed(pair_of(both, lane), lane, state.of(lane), about)
        for lane in scheme.lanes
    ]


def end_check(both: Both, state: ConsensusState) -> EndCheck:
    """Return what to look at before finishing; only open differences keep anybody from it."""
    left_out = sum(each.choice == "leave" for each in state.settled.values())
    alone = 0
    for lane in both.plan.scheme.lanes:
        pair = pair_of(both, lane)
        ours, theirs = (watched(each, *lane.name) for each in (pair.first, pair.second))
        alone += ours.duration_us + theirs.duration_us - 2 * ours.intersection(theirs).duration_us
    return EndCheck(len(open_ones(state, both.differs)), left_out, alone)


def _differing(clip_id: str, first: Handed, second: Handed, plan: Plan) -> Both:
    both = Both(clip_id, first.clip.pseudonym, first, second, plan, {}, {})
    least = min((each for each in plan.tolerances_us if each), default=0)
    points: dict[str, list[PointDiffers]] = {}
    differs: dict[str, Sequence[Stretch]] = {}
    for lane in plan.scheme.lanes:
        pair = pair_of(both, lane)
        if lane.kind == LaneKind.POINT:
            points[lane.id] = point_differences(pair, lane.who, lane.title, least)
            differs[lane.id] = [each.stretch for each in points[lane.id]]
        else:
            differs[lane.id] = stretches(pair, lane.who, lane.title, least, plan.unit_us)
    return replace(both, differs=differs, points=points)
