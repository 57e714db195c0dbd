"""What there is to do for the families of one worker, and how far each film has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from vfeed.practice import consent as consent_rules
from vfeed.practice.evidence import decide_confirming, decide_open
from vfeed.practice.kept_uncoded import kept_uncoded
from vfeed.practice.plan import Known
from vfeed.practice.review import ReviewState
from vfeed.services.families import FamilyRead
from vfeed.store.consents import fact_of
from vfeed.store.families import SYSTEM
from vfeed.store.overview import KeptFamily
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Consent, Family, JobState, utc_now

DUE_WITHIN = timedelta(days=14)
"""So far ahead a shared review is something to prepare for."""
ENDS_WITHIN = timedelta(days=30)
"""So long before its end a consent is asked for anew."""

TaskKind = Literal[
    "erase", "failed", "due", "evidence", "write_up", "show", "choose", "look", "measure", "consent", "working"
]
WORK: frozenset[TaskKind] = frozenset({"write_up", "show", "choose", "look"})
ORDER: tuple[TaskKind, ...] = (
    "erase",
    "failed",
    "due",
    "evidence",
    "write_up",
    "show",
    "choose",
    "look",
    "measure",
    "consent",
    "working",
)


@dataclass(frozen=True)
class Task:
    """One thing to do: its kind, for whom, about what (a film, a person), and the day it is about, where there is one.

    `about_id` is the id of a clip, a session or a person, `reel_id` that of a reel of the clip, `use` what a consent is
    to, the time in the course that a measure is for, or what is done with evidence: `confirm` it, or `take_out`.
    """

    kind: TaskKind
    family_id: str
    code_name: str
    about_id: str
    about: str = ""
    reel_id: str = ""
    use: str = ""
    on: date | None = None


@dataclass(frozen=True)
class FilmStanding:
    """How far one film has come: looked at by the computer, kept moments, films of moments, and when one was shown."""

    analysed: bool
    touched: bool
    kept: int
    reels: int
    shown_on: date | None


@dataclass(frozen=True)
class FamilyLine:
    """A family in the list; `child_born` is YYYY-MM, `to_look_at` counts films that nobody has looked at."""

    family_id: str
    code_name: str
    has_child: bool
    child_born: str
    last_visit: date | None
    next_review: date | None
    films: int
    to_look_at: int


class Today:
    """Tells one worker what comes next."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, name: str, today: date) -> tuple[list[FamilyLine], list[Task]]:
        """Return the families open to this account by code name, and what there is to do, the most pressing first.

        The demo family asks for nothing.
        """
        kept = self._store.overview.of(self._store.workers.open_to(name))
        own = [each for each in kept if each.family.created_by != SYSTEM]
        tasks = [task for each in own for task in _tasks(each, today)]
        tasks += self._evidence(name, [each.family for each in own])
        erased = self._store.retention.erased_soon([each.family.id for each in kept], today)
        names = {each.family.id: each.family.code_name for each in kept}
        tasks += [Task("erase", family_id, names[family_id], family_id, on=day) for family_id, day in erased.items()]
        in_order = sorted(tasks, key=lambda task: (ORDER.index(task.kind), task.on or date.max, task.code_name))
        return [_line(each) for each in kept], in_order

    def _evidence(self, name: str, families: Iterable[Family]) -> Iterable[Task]:
        """What waits for this account: to be confirmed by it, or, chosen by it and confirmed, to be taken out."""
        names, now = {each.id: each.code_name for each in families}, utc_now()
        for row in self._store.evidence.begun(names):
            stand = row.stand
            if decide_confirming(stand, name, now):
                yield Task("evidence", row.family_id, names[row.family_id], row.id, use="confirm")
            elif stand.open_until and stand.made_by == name and decide_open(stand, now):
                until = stand.open_until.astimezone().date()
                yield Task("evidence", row.family_id, names[row.family_id], row.id, use="take_out", on=until)

    def next_in(self, read: FamilyRead, today: date) -> Task | None:
        """Return what comes next in the work with this family, of `WORK`; None where nothing waits."""
        tasks = [task for task in _tasks(self._kept(read), today) if task.kind in WORK]
        return min(tasks, key=lambda task: ORDER.index(task.kind), default=None)

    def days(self, read: FamilyRead) -> dict[Known, list[date]]:
        """Return the days on which a family was filmed, moments were chosen, and so on."""
        return days_of(self._kept(read))

    def films(self, read: FamilyRead) -> dict[str, FilmStanding]:
        """Return how far each film of a family has come, by clip; `read` is what its page has read already."""
        kept = self._kept(read)
        return {clip.id: _standing(kept, clip) for clip in kept.clips}

    def _kept(self, read: FamilyRead) -> KeptFamily:
        clips = [line.clip for line in read.clips]
        return KeptFamily(
            read.family,
            read.people,
            read.consents,
            read.visits,
            clips,
            frozenset(line.clip.id for line in read.clips if line.is_analysed),
            self._store.events.states([clip.id for clip in clips]),
            sessions=self._store.sessions.for_family(read.family.id),
        )


def days_of(kept: KeptFamily) -> dict[Known, list[date]]:
    """Return the days on which each thing was done with a family that shows a session of a plan to have been held."""
    visited = {visit.id: visit.date for visit in kept.visits}
    filmed = {clip.id: visited.get(clip.visit_id or "", clip.created_at.date()) for clip in kept.clips}
    chosen = [filmed[clip.id] for clip in kept.clips if kept.reviews[clip.id].reels]
    return {
        "question": [visit.date for visit in kept.visits if visit.helping_question],
        "film": sorted(set(filmed.values())),
        "moments": sorted(set(chosen)),
        "review": [record.held_on for _row, record in kept.sessions if record.words.get("working_point")],
        "visit": sorted(set(visited.values())),
    }


def _line(kept: KeptFamily) -> FamilyLine:
    children = [person for person in kept.people if person.kind == "child"]
    born = next((person.birth_month for person in children if person.birth_month), None)
    standings = [_standing(kept, clip) for clip in kept.clips]
    return FamilyLine(
        kept.family.id,
        kept.family.code_name,
        bool(children),
        born or "",
        kept.visits[-1].date if kept.visits else None,
        _next_review(kept),
        len(kept.clips),
        sum(1 for each in standings if each.analysed and not each.touched),
    )


def _standing(kept: KeptFamily, clip: Clip) -> FilmStanding:
    state = kept.reviews[clip.id]
    shown = [
        record.held_on
        for _row, record in kept.sessions
        for named in record.reels
        if named.clip_id == clip.id and named.reel_id in state.reviewed
    ]
    return FilmStanding(
        clip.id in kept.analysed, is_touched(state), kept_in(state), len(state.reels), max(shown, default=None)
    )


def is_touched(state: ReviewState) -> bool:
    """Return whether a person has decided, marked or chosen anything in this film."""
    return bool(state.decisions or state.moments or state.open_moments or state.stills or state.reels)


def kept_in(state: ReviewState) -> int:
    """Return how many moments a person has kept: tagged ones, and candidates kept at other times."""
    return len(state.moments) + len(kept_uncoded(state.decisions, state.moments))


def _next_review(kept: KeptFamily) -> date | None:
    """The date that was agreed on last, unless a shared review was held since."""
    if not kept.sessions:
        return None
    _row, last = kept.sessions[-1]
    return last.next_on


def _tasks(kept: KeptFamily, today: date) -> list[Task]:
    return [*_of_reviews(kept, today), *_of_films(kept, today), *_of_measures(kept), *_of_consents(kept, today)]


def _of_measures(kept: KeptFamily) -> Iterable[Task]:
    """One task for the start of the course and one for its end, each naming what has no number yet."""
    family = kept.family
    for when in ("before", "after"):
        names = [name for name, at in kept.measures_due if at == when]
        if names:
            yield Task("measure", family.id, family.code_name, family.id, ", ".join(names), use=when)


def _of_reviews(kept: KeptFamily, today: date) -> Iterable[Task]:
    family = kept.family
    for row, record in kept.sessions:
        reviewed = [named for named in record.reels if _is_reviewed(kept.reviews.get(named.clip_id), named.reel_id)]
        if reviewed and not record.words.get("working_point"):
            yield Task("write_up", family.id, family.code_name, row.id, on=record.held_on)
    due = _next_review(kept)
    if due is not None and due <= today + DUE_WITHIN:
        yield Task("due", family.id, family.code_name, kept.sessions[-1][0].id, on=due)


def _is_reviewed(state: ReviewState | None, reel_id: str) -> bool:
    return state is not None and reel_id in state.reviewed


def _of_films(kept: KeptFamily, today: date) -> Iterable[Task]:
    family = kept.family
    jobs = {clip.id: [job for job in kept.jobs if job.clip_id == clip.id] for clip in kept.clips}
    for clip in kept.clips:
        state = kept.reviews[clip.id]

        def task(kind: TaskKind, about: str = clip.title, clip_id: str = clip.id, reel_id: str = "") -> Task:
            return Task(kind, family.id, family.code_name, clip_id, about, reel_id)

        # A reel of several films is one thing to show: on the film that it begins with.
        here = [reel for reel in state.reels if not reel.order or reel.order[0].clip_id == clip.id]
        waiting = [reel for reel in here if reel.reel_id not in state.reviewed]
        if any(job.state == JobState.FAILED for job in jobs[clip.id]):
            yield task("failed")
        elif jobs[clip.id]:
            yield task("working")
        elif not _may_open(kept, clip, today):
            continue
        elif waiting:
            yield task("show", waiting[-1].title, reel_id=waiting[-1].reel_id)
        elif not state.reels and kept_in(state):
            yield task("choose")
        elif clip.id in kept.analysed and not state.reels:
            yield task("look")


def _may_open(kept: KeptFamily, clip: Clip, today: date) -> bool:
    people = [consent_rules.Person(person.id, person.label) for person in kept.people]
    people = consent_rules.those_seen(people, clip.seen)
    consents = [fact_of(row) for row in kept.consents]
    return bool(consent_rules.decide("session", clip.id, people=people, consents=consents, today=today))


def _of_consents(kept: KeptFamily, today: date) -> Iterable[Task]:
    family = kept.family
    for person in kept.people:
        for use in consent_rules.USES:
            ends = _ends_on([row for row in kept.consents if row.participant_id == person.id and row.use == use])
            if ends is not None and ends <= today + ENDS_WITHIN:
                yield Task("consent", family.id, family.code_name, person.id, person.label, use=use, on=ends)
                break


def _ends_on(consents: Sequence[Consent]) -> date | None:
    """The last day of what was agreed to for all films; None for nothing, and for what holds until it is withdrawn."""
    live = [row for row in consents if row.withdrawn_at is None and row.clip_id is None]
    if any(row.expires_on is None for row in live):
        return None
    return max((row.expires_on for row in live if row.expires_on is not None), default=None)
