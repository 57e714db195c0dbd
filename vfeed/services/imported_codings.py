"""Codings that were taken in from files beside those made here, and beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from vfeed.research.agreement import Pair
from vfeed.research.kept_codings import unpacked
from vfeed.research.marks import Coding
from vfeed.research.study import Plan
from vfeed.research.units import watched
from vfeed.services.access import Actor, require
from vfeed.services.agreements import Agreements, PairFigures, lane_figures
from vfeed.services.studies import AGAIN, FIRSTS
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
        """Return each coder of files against everybody with films in common; of two codings of one lane the later
        counts: the infant may lie in one file and the parent in another.

        Films that the actor still has to code, and those that are not open to research today, are left out.
        """
        require(actor, "study.compare")
        plan = self._agreements.plan(actor, study_id)
        clips = {each.clip_id: each for each in self._store.studies.clips(study_id)}
        kept = self._kept(actor, study_id, clips)
        if not kept:
            return Beside()
        ours: dict[str, dict[str, Lanes]] = defaultdict(dict)
        for each in self._agreements.handed_in(actor, study_id):
            if each.row.purpose in FIRSTS:
                lanes = {lane.id: each.coding(lane) for lane in plan.scheme.lanes}
                ours[each.row.coder][each.clip.clip_id] = lanes
        theirs: dict[str, dict[str, Lanes]] = defaultdict(dict)
        blind: dict[tuple[str, str], bool] = {}
        for (coder, clip_id), codings in kept.items():
            used = [(lanes, each) for each in codings if (lanes := _by_lane(each, clips[clip_id], plan))]
            if used:
                theirs[coder][clip_id] = _latest([lanes for lanes, _coding in used])
                blind[coder, clip_id] = all(each.provenance.blind == "true" for _lanes, each in used)
        return Beside(
            tuple(_pairs(theirs, ours, clips, plan)),
            tuple(sorted(theirs)),
            other_words=len(kept.keys() - blind.keys()),
            not_blind=sum(not each for each in blind.values()),
        )

    def _kept(self, actor: Actor, study_id: str, clips: Mapping[str, StudyClip]) -> dict[tuple[str, str], list[Coding]]:
        """By coder and film in their order; what a study had coded again is no coder's first word, as there."""
        open_films = [film.clip_id for film in self._taking_in.films(actor, study_id)]
        found: dict[tuple[str, str], list[Coding]] = defaultdict(list)
        for clip_id, folded in self._store.codings.of_all(open_films).items():
            for each in folded.state.codings.values():
                coding = unpacked(each, clips[clip_id].pseudonym, each.coder, notes=False)
                if coding.provenance.coding_pass.rpartition(":")[2] not in AGAIN:
                    found[each.coder, clip_id].append(coding)
        return found


def _by_lane(coding: Coding, clip: StudyClip, plan: Plan) -> dict[str, Coding]:
    """What of a kept coding is in the words of the study, cut to the part of the film that the study codes."""
    coded = Timeline([Interval(clip.start_us, clip.end_us)])
    codes = set(plan.rules().codes)
    found = {}
    for lane in plan.scheme.lanes:
        part = watched(coding, *lane.name).intersection(coded).intervals
        marks = tuple(mark for mark in coding.marks if (mark.who, mark.lane) == lane.name)
        said = lane.name in coding.lanes or not part
        found[lane.id] = replace(
            coding, marks=marks, window=() if said else part, lanes={lane.name: part} if said else {}
        )
    used = {mark.code for each in found.values() if each.stretches for mark in each.marks}
    return found if used & codes else {}


def _latest(found: Sequence[Lanes]) -> Lanes:
    """Each lane as the last of these codings has it that coded it."""
    lanes = dict(found[-1])
    for each in found:
        lanes |= {lane: coding for lane, coding in each.items() if _coded(coding)}
    return lanes


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
        coded = all(any(_coded(films[clip_id][lane.id]) for clip_id in common) for films in (firsts, seconds))
        if common and coded:
            pairs = [
                Pair(
                    clips[clip_id].pseudonym,
                    clips[clip_id].family_pseudonym,
                    firsts[clip_id][lane.id],
                    seconds[clip_id][lane.id],
                )
                for clip_id in common
            ]
            lanes.append(lane_figures(lane, pairs, plan))
    families = len({clips[clip_id].family_pseudonym for clip_id in common})
    return PairFigures(first, second, len(common) if lanes else 0, families, tuple(lanes), ())


def _coded(of_lane: Coding) -> bool:
    """Whether a lane was coded: somebody who set no mark of it and does not say that they watched it did not."""
    return bool(of_lane.marks or any(of_lane.lanes.values()))
