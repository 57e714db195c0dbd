"""What is kept about several families at once, read in a handful of statements however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from vfeed.practice.measures import When, due_in_course
from vfeed.practice.review import ReviewState
from vfeed.practice.sessions import SessionState
from vfeed.store.database import Database
from vfeed.store.events import REVIEWS
from vfeed.store.journal import Journals, Stream
from vfeed.store.measures import MEASURES_OF
from vfeed.store.packs import library_in
from vfeed.store.programmes import PROGRAMMES
from vfeed.store.sessions import SESSIONS
from vfeed.store.tables import Analysis, Clip, Consent, Family, FeedbackSession, Job, JobState, Participant, Visit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ANSWERED = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
"""The states of work that somebody waits for, or has to look at."""


@dataclass(frozen=True)
class KeptFamily:
    """A family with what is kept about it: people, visits (oldest first), films of play (oldest first), and the rest.

    `analysed` names the films that were looked at by the computer, `reviews` what holds for each film, `jobs` the
    newest piece of work of each kind for each film, `sessions` the shared reviews by their day, oldest first,
    `measures_due` the measures that lack their number for the start or the end of the course.
    """

    family: Family
    people: Sequence[Participant] = ()
    consents: Sequence[Consent] = ()
    visits: Sequence[Visit] = ()
    clips: Sequence[Clip] = ()
    analysed: frozenset[str] = frozenset()
    reviews: Mapping[str, ReviewState] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    sessions: Sequence[tuple[FeedbackSession, SessionState]] = ()
    measures_due: Sequence[tuple[str, When]] = ()


class Overview:
    """Reads several families whole."""

    def __init__(self, database: Database, journals: Journals) -> None:
        self._database = database
        self._journals = journals

    def of(self, families: Sequence[Family]) -> list[KeptFamily]:
        """The same families in the same order, with what is kept about each."""
        ids = [family.id for family in families]
        with self._database.read() as session:
            people = _by(session, select(Participant).order_by(Participant.created_at), Participant.family_id, ids)
            owner = {person.id: person.family_id for group in people.values() for person in group}
            consents = _by(session, select(Consent), Consent.participant_id, owner)
            visits = _by(session, select(Visit).order_by(Visit.date, Visit.created_at), Visit.family_id, ids)
            clips, analysed = _films(session, ids)
            clip_ids = [clip.id for group in clips.values() for clip in group]
            jobs = _by(session, select(Job).order_by(Job.created_at), Job.clip_id, clip_ids)
            held = _by(session, select(FeedbackSession), FeedbackSession.family_id, ids)
            held_ids = [row.id for group in held.values() for row in group]
            streams: list[tuple[Stream[Any], Sequence[str]]] = [
                (REVIEWS, clip_ids),
                (SESSIONS, held_ids),
                (MEASURES_OF, ids),
                (PROGRAMMES, ids),
            ]
            states = {key: found.state for key, found in self._journals.read_streams(session, streams).items()}
            due = _measures_due(session, ids, states)
        return [
            KeptFamily(
                family,
                people.get(family.id, ()),
                [row for person in people.get(family.id, ()) for row in consents.get(person.id, ())],
                visits.get(family.id, ()),
                own := clips.get(family.id, ()),
                analysed & {clip.id for clip in own},
                {clip.id: states[REVIEWS.name, clip.id] for clip in own},
                [job for clip in own for job in _newest(jobs.get(clip.id, ()))],
                sorted(
                    ((row, states[SESSIONS.name, row.id]) for row in held.get(family.id, ())),
                    key=lambda each: (each[1].held_on, each[0].created_at),
                ),
                due[family.id],
            )
            for family in families
        ]


def _measures_due(
    session: Session, family_ids: Sequence[str], states: Mapping[tuple[str, str], Any]
) -> dict[str, list[tuple[str, When]]]:
    due: dict[str, list[tuple[str, When]]] = {each: [] for each in family_ids}
    asked = [
        each for each in family_ids if states[MEASURES_OF.name, each].measures and states[PROGRAMMES.name, each].pack
    ]
    if not asked:
        return due
    library = library_in(session)
    for each in asked:
        held = states[PROGRAMMES.name, each]
        pack = library.pack(held.pack) if library.has_pack(held.pack) else None
        due[each] = due_in_course(states[MEASURES_OF.name, each], pack, held)
    return due


def _by(session: Session, query: Any, column: Any, ids: Collection[str]) -> dict[str, list[Any]]:
    """The rows whose column names one of these, by that name."""
    found: dict[str, list[Any]] = {}
    for row in session.scalars(query.where(column.in_(list(ids)))):
        found.setdefault(getattr(row, column.key), []).append(row)
    return found


def _films(session: Session, family_ids: Collection[str]) -> tuple[dict[str, list[Clip]], frozenset[str]]:
    """The films of play by family, oldest first, and the ids of those that were looked at by the computer."""
    query = select(Clip, exists().where(Analysis.clip_id == Clip.id)).order_by(Clip.created_at, Clip.id)
    living = query.where(Clip.family_id.in_(family_ids), Clip.erased_at.is_(None), Clip.session_id.is_(None))
    clips: dict[str, list[Clip]] = {}
    analysed = set()
    for clip, is_analysed in session.execute(living):
        clips.setdefault(clip.family_id, []).append(clip)
        if is_analysed:
            analysed.add(clip.id)
    return clips, frozenset(analysed)


def _newest(jobs: Sequence[Job]) -> list[Job]:
    """Of each kind of work the newest, where it is still waited for or went wrong."""
    newest = {job.kind: job for job in jobs}
    return [job for job in newest.values() if job.state in ANSWERED]
