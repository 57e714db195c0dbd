"""Gamma of a study in the background: film by film, each kept when it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

from vfeed.research.agreement import FilmGamma, Pair, film_gamma
from vfeed.research.scheme import LaneKind
from vfeed.research.study import Plan
from vfeed.services.access import Actor, require
from vfeed.services.agreements import Agreements, Handed
from vfeed.services.studies import FIRSTS
from vfeed.store.gammas import Kept, Of
from vfeed.store.store import Store
from vfeed.store.tables import JobState

MOST_EVENTS_APART = 3_000
"""Events of two coders in one film above which gamma would take hours, in the background too."""
JOB = "gamma"


@dataclass(frozen=True)
class GammaProgress:
    """How far it is: films that two coders handed in, those that are known, under way, and went wrong."""

    films: int
    done: int
    under_way: int
    failed: int
    progress: float

    @property
    def whole(self) -> bool:
        """Whether every film is known."""
        return self.done == self.films


class GammaWork:
    """What a researcher asks for, and what the worker does for it."""

    def __init__(self, store: Store, agreements: Agreements) -> None:
        self._store = store
        self._agreements = agreements

    def missing(self, actor: Actor, study_id: str) -> list[str]:
        """Return the films of a study whose gamma is not known; raises VfeedError `not_found`."""
        known = self._store.gammas.of(study_id)
        return sorted({of.clip_id for of, _ in self._wanted(actor, study_id) if of not in known})

    def standing(self, actor: Actor, study_id: str) -> GammaProgress:
        """Return how far it is."""
        known = self._store.gammas.of(study_id)
        films: dict[str, bool] = defaultdict(lambda: True)
        for of, _ in self._wanted(actor, study_id):
            films[of.clip_id] &= of in known
        missing = [clip_id for clip_id, done in films.items() if not done]
        jobs = self._store.jobs.newest(JOB, missing, study_id)
        open_jobs = [job for job in jobs.values() if job.state.is_active]
        done = len(films) - len(missing)
        share = (done + sum(job.progress for job in open_jobs)) / len(films) if films else 1.0
        failed = sum(job.state == JobState.FAILED for job in jobs.values())
        return GammaProgress(len(films), done, len(open_jobs), failed, share)

    def under_way(self, actor: Actor, study_id: str) -> list[str]:
        """Return the ids of the jobs that work it out."""
        jobs = self._store.jobs.newest(JOB, self.missing(actor, study_id), study_id)
        return [job.id for job in jobs.values() if job.state.is_active]

    def work_out(self, study_id: str, clip_id: str, on_progress: Callable[[float], None]) -> list[tuple[Of, Kept]]:
        """Gamma of one film for every two coders and lane; `on_progress` may raise to stop it."""
        known = self._store.gammas.of(study_id)
        plan = self._agreements.laid_down(study_id)
        todo = [
            each
            for each in pairs_of(self._agreements.handed_in_now(study_id), plan)
            if each[0].clip_id == clip_id and each[0] not in known
        ]
        found = []
        for number, (of, pair, who, lane) in enumerate(todo):

            def sampled(share: float, before: int = number) -> None:
                on_progress((before + share) / len(todo))

            rules = plan.rules(with_gamma=False)
            value = film_gamma(pair, who, lane, rules, most_events=MOST_EVENTS_APART, on_sample=sampled)
            found.append((of, kept_as(value)))
        return found

    def _wanted(self, actor: Actor, study_id: str) -> list[tuple[Of, Pair]]:
        require(actor, "study.compare")
        plan = self._agreements.plan(actor, study_id)
        return [(of, pair) for of, pair, _, _ in pairs_of(self._agreements.handed_in(actor, study_id), plan)]


def pairs_of(handed: Sequence[Handed], plan: Plan) -> Iterator[tuple[Of, Pair, str, str]]:
    """Yield every two codings of one film, lane of states by lane, with whom the lane is about and its title."""
    by_clip: dict[str, list[Handed]] = defaultdict(list)
    for each in handed:
        if each.row.purpose in FIRSTS:
            by_clip[each.clip.clip_id].append(each)
    for clip_id, codings in sorted(by_clip.items()):
        for one, other in combinations(sorted(codings, key=lambda each: each.row.coder), 2):
            for lane in plan.scheme.lanes:
                if lane.kind == LaneKind.STATE:
                    clip = one.clip
                    pair = Pair(clip.pseudonym, clip.family_pseudonym, one.coding(lane), other.coding(lane))
                    yield Of(clip_id, one.row.id, other.row.id, lane.id), pair, lane.who, lane.title


def kept_as(found: FilmGamma) -> Kept:
    """Return a film's gamma as it is kept: numbers, or nothing where there are none."""
    if not isfinite(found.disorder) or not isfinite(found.expected):
        return Kept(found.events, None, None)
    return Kept(found.events, found.disorder, found.expected)
