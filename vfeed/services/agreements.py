"""How far the coders of a study agree, on the clips that two of them have handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from vfeed.errors import VfeedError
from vfeed.research.agreement import LaneAgreement, Pair, compare, match_points
from vfeed.research.blind_coding import CodingState, lane_coding
from vfeed.research.differing import Stretch, stretches
from vfeed.research.marks import Coding, Provenance
from vfeed.research.matching import Matched
from vfeed.research.scheme import Lane
from vfeed.research.study import Plan, StudyState
from vfeed.services.access import Actor, require
from vfeed.services.studies import StudyDesk
from vfeed.store.store import Store
from vfeed.store.tables import StudyClip, StudyCoding


@dataclass(frozen=True)
class LaneFigures:
    """One lane of a pair of coders: of states every figure, of points how many match; None where nothing is common."""

    lane: Lane
    states: LaneAgreement | None
    points: tuple[Matched, ...]
    clips: int


@dataclass(frozen=True)
class Disagreement:
    """A stretch in which two coders differ, of a clip under its name in the study."""

    clip: str
    stretch: Stretch


@dataclass(frozen=True)
class PairFigures:
    """Two coders, how many films both have handed in, their lanes, and where they differ."""

    first: str
    second: str
    clips: int
    families: int
    lanes: tuple[LaneFigures, ...]
    differs: tuple[Disagreement, ...]


@dataclass(frozen=True)
class Agreement:
    """A study's agreement between people; `alone` films were handed in by one coder only."""

    plan: Plan
    state: StudyState
    pairs: tuple[PairFigures, ...]
    alone: int
    not_blind: int


@dataclass(frozen=True)
class Handed:
    """A coding that was handed in, with what it holds and the clip that it is of."""

    row: StudyCoding
    clip: StudyClip
    state: CodingState
    length_us: int

    def coding(self, lane: Lane) -> Coding:
        """One lane of it, under the clip's name in the study."""
        blind = "true" if self.row.blind else f"false: {self.row.why}"
        scheme = self.state.scheme
        about = Provenance("human_coding", blind=blind, scheme_id=scheme.id, scheme_version=str(scheme.version))
        return lane_coding(self.state, lane, self.clip.pseudonym, self.row.coder, self.length_us, about)


class Agreements:
    """Compares what was handed in."""

    def __init__(self, store: Store, desk: StudyDesk) -> None:
        self._store = store
        self._desk = desk

    def read(self, actor: Actor, study_id: str, *, with_gamma: bool = False) -> Agreement:
        """Every pair of coders with films in common; raises VfeedError `not_found`."""
        require(actor, "study.compare")
        study = self._desk.read(actor, study_id)
        handed = self.handed_in(actor, study_id)
        by_coder: dict[str, dict[str, Handed]] = defaultdict(dict)
        for each in handed:
            if each.row.purpose in ("first", "second"):
                by_coder[each.row.coder][each.clip.pseudonym] = each
        pairs = [
            self._pair(one, other, by_coder, study.state.plan, with_gamma=with_gamma)
            for one, other in combinations(sorted(by_coder), 2)
            if by_coder[one].keys() & by_coder[other].keys()
        ]
        counts: dict[str, int] = defaultdict(int)
        for films in by_coder.values():
            for clip in films:
                counts[clip] += 1
        alone = sum(count == 1 for count in counts.values())
        return Agreement(study.state.plan, study.state, tuple(pairs), alone, sum(not each.row.blind for each in handed))

    def handed_in(self, actor: Actor, study_id: str) -> list[Handed]:
        """What was handed in of films that are open to research today."""
        study = self._desk.read(actor, study_id)
        clips = {clip.clip_id: clip for clip in study.clips}
        rows = [row for row in study.codings if row.handed_in_at is not None and row.clip_id in clips]
        folded = self._store.studies.read_codings([row.id for row in rows])
        return [
            Handed(
                row,
                clips[row.clip_id],
                folded[row.id].state,
                self._store.clips.get(row.clip_id).facts["duration_us"],
            )
            for row in rows
        ]

    def _pair(
        self, one: str, other: str, by_coder: Mapping[str, Mapping[str, Handed]], plan: Plan, *, with_gamma: bool
    ) -> PairFigures:
        common = sorted(by_coder[one].keys() & by_coder[other].keys())
        both = [(by_coder[one][clip], by_coder[other][clip]) for clip in common]
        families = {first.clip.family_pseudonym for first, _second in both}
        lanes = [_lane(lane, both, plan, with_gamma=with_gamma) for lane in plan.scheme.lanes]
        differs = [each for lane in plan.scheme.lanes for each in _differs(lane, both, plan)]
        differs.sort(key=lambda each: each.stretch.start_us - each.stretch.end_us)
        return PairFigures(one, other, len(common), len(families), tuple(lanes), tuple(differs))


def _pairs(lane: Lane, both: Sequence[tuple[Handed, Handed]]) -> list[Pair]:
    return [
        Pair(first.clip.pseudonym, first.clip.family_pseudonym, first.coding(lane), second.coding(lane))
        for first, second in both
    ]


def _lane(lane: Lane, both: Sequence[tuple[Handed, Handed]], plan: Plan, *, with_gamma: bool) -> LaneFigures:
    pairs = _pairs(lane, both)
    rules = plan.rules(with_gamma=with_gamma)
    if lane.kind == "point":
        return LaneFigures(lane, None, match_points(pairs, lane.who, lane.title, rules), len(pairs))
    try:
        states = compare(pairs, lane.who, lane.title, rules)
    except VfeedError as error:
        if error.code != "invalid_input":
            raise
        states = None
    return LaneFigures(lane, states, (), states.clips if states else 0)


def _differs(lane: Lane, both: Sequence[tuple[Handed, Handed]], plan: Plan) -> list[Disagreement]:
    if lane.kind == "point":
        return []
    least = min((each for each in plan.tolerances_us if each), default=0)
    return [
        Disagreement(pair.clip, stretch)
        for pair in _pairs(lane, both)
        for stretch in stretches(pair, lane.who, lane.title, least, plan.unit_us)
    ]
