"""How far the coders of a study agree, on the clips that two of them have handed in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import isfinite, nan

from vfeed.errors import InvalidInput
from vfeed.journal.journal import Folded
from vfeed.research.agreement import FilmGamma, LaneAgreement, Pair, alpha_of_many, compare, gamma_of, match_points
from vfeed.research.alpha import Alpha
from vfeed.research.blind_coding import CodingState, lane_coding
from vfeed.research.differing import Stretch, stretches
from vfeed.research.drift import BLOCK, Block, block_of, drifts
from vfeed.research.marks import Coding, Provenance
from vfeed.research.matching import Matched
from vfeed.research.scheme import Lane, LaneKind
from vfeed.research.study import CoderPaused, Plan, StudyState
from vfeed.services.access import Actor, require
from vfeed.services.studies import FIRSTS, StudyDesk
from vfeed.store.gammas import Kept, Of
from vfeed.store.store import Store
from vfeed.store.tables import StudyClip, StudyCoding

SYSTEM = "vfeed"
NOTHING_KNOWN: Mapping[Of, Kept] = {}


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
class Together:
    """Alpha over all coders of a lane, in units of the study."""

    lane: Lane
    alpha: Alpha
    coders: int
    clips: int


@dataclass(frozen=True)
class Agreement:
    """A study's agreement between people; `alone` films were handed in by one coder only.

    `together` is alpha over all coders by lane, where there are more than two; `again` each coder against themselves.
    """

    plan: Plan
    state: StudyState
    pairs: tuple[PairFigures, ...]
    together: tuple[Together, ...]
    again: tuple[PairFigures, ...]
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
        """Return one lane of it, under the clip's name in the study."""
        blind = "true" if self.row.blind else f"false: {self.row.why}"
        scheme = self.state.scheme
        about = Provenance("human_coding", blind=blind, scheme_id=scheme.id, scheme_version=str(scheme.version))
        return lane_coding(self.state, lane, self.clip.pseudonym, self.row.coder, self.length_us, about)


@dataclass(frozen=True)
class Course:
    """A coder's agreement block by block, and why they should calibrate anew, "" where there is no reason."""

    blocks: tuple[Block, ...]
    why: str


class Agreements:
    """Compares what was handed in."""

    def __init__(self, store: Store, desk: StudyDesk) -> None:
        self._store = store
        self._desk = desk

    def read(self, actor: Actor, study_id: str) -> Agreement:
        """Return every pair of coders with films in common, with gamma of the films of which it is known.

        Raises VfeedError `not_found`.
        """
        require(actor, "study.compare")
        study = self._desk.read(actor, study_id)
        handed = self.handed_in(actor, study_id)
        by_coder: dict[str, dict[str, Handed]] = defaultdict(dict)
        for each in handed:
            if each.row.purpose in FIRSTS:
                by_coder[each.row.coder][each.clip.pseudonym] = each
        plan, known = study.state.plan, self._store.gammas.of(study_id)
        pairs = [
            _pair_of(one, other, by_coder[one], by_coder[other], plan, known)
            for one, other in combinations(sorted(by_coder), 2)
            if by_coder[one].keys() & by_coder[other].keys()
        ]
        counts: dict[str, int] = defaultdict(int)
        for films in by_coder.values():
            for clip in films:
                counts[clip] += 1
        alone = sum(count == 1 for count in counts.values())
        return Agreement(
            plan,
            study.state,
            tuple(pairs),
            _together(by_coder, plan),
            _again(handed, by_coder, plan),
            alone,
            sum(not each.row.blind for each in handed),
        )

    def laid_down(self, study_id: str) -> Plan:
        """Return what the study has laid down, for work in the background."""
        return self._store.studies.read(study_id)[1].state.plan

    def plan(self, actor: Actor, study_id: str) -> Plan:
        """Return what the study has laid down."""
        return self._desk.read(actor, study_id).state.plan

    def clips(self, actor: Actor, study_id: str) -> Sequence[StudyClip]:
        """Return the study's clips that are open today."""
        return self._desk.read(actor, study_id).clips

    def handed_in(self, actor: Actor, study_id: str) -> list[Handed]:
        """Return what was handed in of films that are open today, without those that the actor still has to code."""
        require(actor, "study.compare")
        return [
            each
            for each in self.handed_in_now(study_id)
            if not self._store.studies.taken_by(each.clip.clip_id, actor.name)
        ]

    def drift(self, actor: Actor, study_id: str) -> dict[str, Course]:
        """Return how each coder's agreement went on."""
        require(actor, "study.compare")
        plan = self.plan(actor, study_id)
        handed = self.handed_in(actor, study_id)
        coders = sorted({each.row.coder for each in handed})
        found = {coder: _course(coder, handed, plan) for coder in coders}
        return {coder: course for coder, course in found.items() if course.blocks}

    def watch(self, study_id: str, coder: str) -> str:
        """After a coder has handed in: pause them where their agreement drifts; returns why, "" where it does not."""
        state = self._store.studies.read(study_id)[1].state
        if coder in state.paused or state.closed:
            return ""
        course = _course(coder, self.handed_in_now(study_id), state.plan)
        whole = course.blocks and course.blocks[-1].clips == BLOCK
        if whole and course.why and len(course.blocks) not in _paused_at(self._store.studies.read(study_id)[1], coder):
            payload = {"coder": coder, "why": f"{course.why} (block {len(course.blocks)})"}
            self._store.studies.append(study_id, SYSTEM, "coder_paused", payload)
            return course.why
        return ""

    def handed_in_now(self, study_id: str) -> list[Handed]:
        """Return what was handed in of films that are open today: for work in the background, whoever asked for it."""
        today = {clip.id for clip in self._store.consents.open_to("research")}
        clips = {clip.clip_id: clip for clip in self._store.studies.clips(study_id) if clip.clip_id in today}
        codings = self._store.studies.codings(study_id)
        rows = [row for row in codings if row.handed_in_at is not None and row.clip_id in clips]
        folded = self._store.studies.read_codings([row.id for row in rows])
        return [
            Handed(
                row,
                clips[row.clip_id],
                folded[row.id].state,
                self._store.clips.get(row.clip_id).film.duration_us,
            )
            for row in rows
        ]


def _pair_of(
    one: str,
    other: str,
    firsts: Mapping[str, Handed],
    seconds: Mapping[str, Handed],
    plan: Plan,
    known: Mapping[Of, Kept] = NOTHING_KNOWN,
) -> PairFigures:
    """Two coders' codings by clip, compared lane by lane on the clips that both have."""
    common = sorted(firsts.keys() & seconds.keys())
    both = [(firsts[clip], seconds[clip]) for clip in common]
    families = {first.clip.family_pseudonym for first, _second in both}
    lanes = [_with_gamma(lane_figures(lane, _pairs(lane, both), plan), both, known) for lane in plan.scheme.lanes]
    differs = [each for lane in plan.scheme.lanes for each in _differs(lane, both, plan)]
    differs.sort(key=lambda each: each.stretch.start_us - each.stretch.end_us)
    return PairFigures(one, other, len(common), len(families), tuple(lanes), tuple(differs))


def _again(
    handed: Sequence[Handed], by_coder: Mapping[str, Mapping[str, Handed]], plan: Plan
) -> tuple[PairFigures, ...]:
    """Each coder's first coding of a film against their repeat of it."""
    repeats: dict[str, dict[str, Handed]] = defaultdict(dict)
    for each in handed:
        if each.row.purpose == "repeat":
            repeats[each.row.coder][each.clip.pseudonym] = each
    return tuple(
        _pair_of(coder, coder, by_coder.get(coder, {}), own, plan)
        for coder, own in sorted(repeats.items())
        if by_coder.get(coder, {}).keys() & own.keys()
    )


def _together(by_coder: Mapping[str, Mapping[str, Handed]], plan: Plan) -> tuple[Together, ...]:
    """Alpha over all coders where there are more than two: who did not code a film is missing for it."""
    coders = sorted(by_coder)
    if len(coders) < 3:
        return ()
    clips = sorted({clip for own in by_coder.values() for clip in own})
    found = []
    for lane in plan.scheme.lanes:
        if lane.kind == LaneKind.STATE:
            codings = [
                [by_coder[coder][clip].coding(lane) if clip in by_coder[coder] else None for coder in coders]
                for clip in clips
            ]
            value = alpha_of_many(codings, lane.who, lane.title, plan.rules())
            found.append(Together(lane, value, len(coders), len(clips)))
    return tuple(found)


def _pairs(lane: Lane, both: Sequence[tuple[Handed, Handed]]) -> list[Pair]:
    return [
        Pair(first.clip.pseudonym, first.clip.family_pseudonym, first.coding(lane), second.coding(lane))
        for first, second in both
    ]


def _with_gamma(figures: LaneFigures, both: Sequence[tuple[Handed, Handed]], known: Mapping[Of, Kept]) -> LaneFigures:
    """The same with gamma over the films of which it is known."""
    if figures.states is None or not known:
        return figures
    of = [Of(one.clip.clip_id, one.row.id, other.row.id, figures.lane.id) for one, other in both]
    value, clips = gamma_of(
        FilmGamma(kept.events, nan if kept.disorder is None else kept.disorder, kept.expected or 0.0)
        for kept in (known.get(each) for each in of)
        if kept is not None
    )
    return replace(figures, states=replace(figures.states, gamma=value, gamma_clips=clips))


def lane_figures(lane: Lane, pairs: Sequence[Pair], plan: Plan) -> LaneFigures:
    """Return every figure of a lane but gamma, by the rules of the study."""
    rules = plan.rules(with_gamma=False)
    if lane.kind == LaneKind.POINT:
        return LaneFigures(lane, None, match_points(pairs, lane.who, lane.title, rules), len(pairs))
    try:
        states = compare(pairs, lane.who, lane.title, rules)
    except InvalidInput:
        states = None
    return LaneFigures(lane, states, (), states.clips if states else 0)


def _differs(lane: Lane, both: Sequence[tuple[Handed, Handed]], plan: Plan) -> list[Disagreement]:
    if lane.kind == LaneKind.POINT:
        return []
    least = min((each for each in plan.tolerances_us if each), default=0)
    return [
        Disagreement(pair.clip, stretch)
        for pair in _pairs(lane, both)
        for stretch in stretches(pair, lane.who, lane.title, least, plan.unit_us)
    ]


def _course(coder: str, handed: Sequence[Handed], plan: Plan) -> Course:
    """A coder's films that somebody else coded too, in the order of handing in, in blocks of five."""
    theirs = {each.clip.clip_id: each for each in handed if each.row.coder != coder and each.row.purpose in FIRSTS}
    own = [each for each in handed if each.row.coder == coder and each.row.purpose in FIRSTS]
    own = [each for each in own if each.clip.clip_id in theirs]
    own.sort(key=lambda each: (each.row.handed_in_at is not None, each.row.handed_in_at, each.row.id))
    tested = [each for each in own if each.row.phase == "test"]
    after = [each for each in own if each.row.phase in ("main", "recalibration")]
    blocks = [_block(after[at : at + BLOCK], theirs, plan) for at in range(0, len(after), BLOCK)]
    in_test = _block(tested, theirs, plan).kappa if tested else None
    return Course(tuple(blocks), drifts(blocks, plan.least_kappa, in_test))


def _block(own: Sequence[Handed], theirs: Mapping[str, Handed], plan: Plan) -> Block:
    lanes = [lane for lane in plan.scheme.lanes if lane.kind == LaneKind.STATE]
    rules = plan.rules(with_gamma=False)
    values = []
    for lane in lanes:
        pairs = _pairs(lane, [(each, theirs[each.clip.clip_id]) for each in own])
        values.append(block_of(pairs, [(lane.who, lane.title)], rules))
    known = [each for each in values if isfinite(each.kappa)]
    mean = sum(each.kappa for each in known) / len(known) if known else nan
    lows = [each.lowest for each in known if isfinite(each.lowest)]
    highs = [each.highest for each in known if isfinite(each.highest)]
    return Block(len(own), mean, min(lows, default=nan), max(highs, default=nan))


def _paused_at(folded: Folded[StudyState], coder: str) -> set[int]:
    """The numbers of the blocks at which a coder was paused before: each block pauses once."""
    whys = [
        each.payload.why
        for each in folded.live
        if isinstance(each.payload, CoderPaused) and each.payload.coder == coder and each.actor == SYSTEM
    ]
    return {int(found.group(1)) for why in whys if (found := re.search(r"block (\d+)", why))}
