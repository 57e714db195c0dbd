"""Codings that were taken in from files beside those made here, and beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from vfeed.research.agreement import Pair
from vfeed.research.kept_codings import CodingImported, unpacked
from vfeed.research.marks import Coding
from vfeed.research.scheme import Lane
from vfeed.research.study import Plan
from vfeed.research.units import watched
from vfeed.services.access import Actor, require
from vfeed.services.agreements import FIRSTS, Agreements, PairFigures, lane_figures
from vfeed.services.taking_in import TakingIn
from vfeed.store.store import Store
from vfeed.store.tables import StudyClip
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline


@dataclass(frozen=True)
class FilePair:
    """A coder of files, first, against a coder here, or against another of files (`both`)."""

    figures: PairFigures
    both: bool


@dataclass(frozen=True)
class Beside:
    """The pairs, the coders of files by name, codings in other words than the study's, and how many were not blind."""

    pairs: tuple[FilePair, ...] = ()
    coders: tuple[str, ...] = ()
    other_words: int = 0
    not_blind: int = 0


Lanes = Mapping[str, Coding]
"""A film's coding lane by lane, by the lane's id."""


class ImportedCodings:
    """Compares what was taken in; never counted among the study's own pairs."""

    def __init__(self, store: Store, agreements: Agreements, taking_in: TakingIn) -> None:
        self._store = store
        self._agreements = agreements
        self._taking_in = taking_in

    def read(self, actor: Actor, study_id: str) -> Beside:
        """Return each coder of files against everybody with films in common; of two codings of one film the later
        counts.

        Films that the actor still has to code, and those that are not open to research today, are left out.
        """
        require(actor, "study.compare")
        plan = self._agreements.plan(actor, study_id)
        clips = {each.clip_id: each for each in self._store.studies.clips(study_id)}
        kept = self._kept(actor, study_id)
        if not kept:
            return Beside()
        ours: dict[str, dict[str, Lanes]] = defaultdict(dict)
        for each in self._agreements.handed_in(actor, study_id):
            if each.row.purpose in FIRSTS:
                lanes = {lane.id: each.coding(lane) for lane in plan.scheme.lanes}
                ours[each.row.coder][each.clip.clip_id] = lanes
        theirs: dict[str, dict[str, Lanes]] = defaultdict(dict)
        for (coder, clip_id), coding in kept.items():
            lanes = _by_lane(coding, clips[clip_id], plan)
            if lanes:
                theirs[coder][clip_id] = lanes
        readable = {(coder, clip_id) for coder, films in theirs.items() for clip_id in films}
        return Beside(
            tuple(_pairs(theirs, ours, clips, plan)),
            tuple(sorted(theirs)),
            other_words=len(kept.keys() - readable),
            not_blind=sum(kept[each].blind != "true" for each in readable),
        )

    def _kept(self, actor: Actor, study_id: str) -> dict[tuple[str, str], CodingImported]:
        """By coder and film, the later one of two."""
        open_films = [film.clip_id for film in self._taking_in.films(actor, study_id)]
        return {
            (kept.coder, clip_id): kept
            for clip_id, folded in self._store.codings.of_all(open_films).items()
            for kept in folded.state.codings.values()
        }


def _by_lane(kept: CodingImported, clip: StudyClip, plan: Plan) -> dict[str, Coding]:
    """What of a kept coding is in the words of the study, cut to the part of the film that the study codes."""
    coding = unpacked(kept, clip.pseudonym, kept.coder, notes=False)
    part = watched(coding).intersection(Timeline([Interval(clip.start_us, clip.end_us)]))
    codes = set(plan.rules().codes)
    lanes = {}
    for lane in plan.scheme.lanes:
        marks = tuple(
            mark for mark in coding.marks if (mark.who, mark.lane) == (lane.who, lane.title) and mark.code in codes
        )
        if marks:
            lanes[lane.id] = replace(coding, marks=marks, window=tuple(part))
    return lanes if part else {}


def _pairs(
    theirs: Mapping[str, Mapping[str, Lanes]],
    ours: Mapping[str, Mapping[str, Lanes]],
    clips: Mapping[str, StudyClip],
    plan: Plan,
) -> list[FilePair]:
    found = [
        FilePair(_pair(one, theirs[one], other, ours[other], clips, plan), both=False)
        for one in sorted(theirs)
        for other in sorted(ours)
    ]
    found += [
        FilePair(_pair(one, theirs[one], other, theirs[other], clips, plan), both=True)
        for one, other in combinations(sorted(theirs), 2)
    ]
    return [each for each in found if each.figures.clips]


def _pair(
    first: str,
    firsts: Mapping[str, Lanes],
    second: str,
    seconds: Mapping[str, Lanes],
    clips: Mapping[str, StudyClip],
    plan: Plan,
) -> PairFigures:
    common = sorted(firsts.keys() & seconds.keys(), key=lambda clip_id: clips[clip_id].pseudonym)
    lanes = []
    for lane in plan.scheme.lanes:
        # Somebody who set no mark of a lane in any film did not code it: that is no finding of nothing.
        coded = all(any(lane.id in films[clip_id] for clip_id in common) for films in (firsts, seconds))
        if common and coded:
            pairs = [
                Pair(
                    clips[clip_id].pseudonym,
                    clips[clip_id].family_pseudonym,
                    _of(firsts[clip_id], lane),
                    _of(seconds[clip_id], lane),
                )
                for clip_id in common
            ]
            lanes.append(lane_figures(lane, pairs, plan))
    families = len({clips[clip_id].family_pseudonym for clip_id in common})
    return PairFigures(first, second, len(common) if lanes else 0, families, tuple(lanes), ())


def _of(lanes: Lanes, lane: Lane) -> Coding:
    """A lane of a film; where it has no mark in it, the film watched and nothing marked."""
    other = next(iter(lanes.values()))
    return lanes.get(lane.id) or replace(other, marks=())
