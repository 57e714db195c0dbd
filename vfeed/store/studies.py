"""Studies: their clips under names of their own, the codings that are to be done, and each coding's journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Payload
from vfeed.journal.journal import Added, Folded
from vfeed.research.blind_coding import CODING, Begun, CodingState, HandedIn, own_offers
from vfeed.research.blind_coding import check as check_coding
from vfeed.research.study import STUDY, Assigning, KeyDestroyed, Plan, StudyBegun, StudyState, TablesDeleted
from vfeed.research.study import check as check_study
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, Stream, drop_from_memory, erase_stream, overtaken
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.tables import (
    Audit,
    Clip,
    Detail,
    Role,
    Study,
    StudyClip,
    StudyCoding,
    StudyConsensus,
    StudyGamma,
    StudyTable,
    User,
    new_id,
    utc_now,
)

STUDIES = Stream("study", STUDY, Study)
CODINGS = Stream("coding", CODING, StudyCoding)
CONSENSUS_STREAM = "consensus"
SAW_MORE = ("clip.viewed", "still.viewed")
"""Lines of the audit trail that say that somebody has had a film's flags before them."""
CODED: tuple[tuple[type[StudyCoding] | type[StudyConsensus], str], ...] = (
    (StudyCoding, CODINGS.name),
    (StudyConsensus, CONSENSUS_STREAM),
)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class ToDo:
    """A coding to be done, as an assignment makes it."""

    clip_id: str
    coder: str
    purpose: str
    place: int
    blind: bool
    why: str = ""
    available_on: date | None = None


@dataclass(frozen=True)
class StudyPart:
    """A clip as a study takes it in: which stretch of it is coded."""

    clip_id: str
    family_id: str
    start_us: int
    end_us: int


class Studies:
    """Keeps studies."""

    def __init__(self, database: Database, keys: KeyStore, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._keys = keys
        self._audit = audit
        self._journals = journals

    def begin(self, plan: Plan, parts: Sequence[StudyPart], actor: str) -> Study:
        """A new study of these clips, each under a random name of this study alone."""
        row = Study(id=new_id(), created_by=actor)
        names = _names(parts)
        with self._database.write() as session:
            session.add(row)
            session.flush()
            self._journals.append(session, STUDIES, row.id, actor, "study_begun", StudyBegun(plan=plan), check=_any)
            for part in parts:
                family, name = names[part.clip_id]
                session.add(
                    StudyClip(
                        study_id=row.id,
                        clip_id=part.clip_id,
                        pseudonym=name,
                        family_pseudonym=family,
                        start_us=part.start_us,
                        end_us=part.end_us,
                    )
                )
                self._audit.append(session, actor, "study.clip_taken_in", part.clip_id, {"study": row.id})
            detail: dict[str, Detail] = {
                "study": row.id,
                "scheme": plan.scheme.id,
                "version": plan.scheme.version,
                "clips": len(parts),
            }
            self._audit.append(session, actor, "study.made", row.id, detail)
        return row

    def all(self) -> list[tuple[Study, StudyState]]:
        """Every study with what holds, newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(Study).order_by(Study.created_at.desc(), Study.id)).all()
            folded = self._journals.read_all(session, STUDIES, [row.id for row in rows])
        return [(row, folded[row.id].state) for row in rows]

    def read(self, study_id: str) -> tuple[Study, Folded[StudyState]]:
        """A study with its journal; raises VfeedError `not_found`."""
        with self._database.read() as session:
            row = session.get(Study, study_id)
            if row is None:
                raise VfeedError("not_found", _("There is no such study."), hint=_("Go back to the list of studies."))
            return row, self._journals.read(session, STUDIES, study_id)

    def clips(self, study_id: str) -> Sequence[StudyClip]:
        """The clips of a study that were not withdrawn, by their names in it."""
        query = select(StudyClip).where(StudyClip.study_id == study_id, StudyClip.withdrawn_at.is_(None))
        with self._database.read() as session:
            return session.scalars(query.order_by(StudyClip.pseudonym)).all()

    def names(self, study_id: str) -> set[str]:
        """The names that a study gave its clips, also those that were withdrawn since."""
        with self._database.read() as session:
            return set(session.scalars(select(StudyClip.pseudonym).where(StudyClip.study_id == study_id)))

    def withdrawn(self, study_id: str) -> int:
        """How many clips were withdrawn from a study."""
        query = select(StudyClip).where(StudyClip.study_id == study_id, StudyClip.withdrawn_at.is_not(None))
        with self._database.read() as session:
            return len(session.scalars(query).all())

    def erased(self, study_id: str) -> int:
        """How many clips of a study were erased, and not withdrawn before."""
        query = select(StudyClip).join(Clip, Clip.id == StudyClip.clip_id)
        left = StudyClip.study_id == study_id, StudyClip.withdrawn_at.is_(None), Clip.erased_at.is_not(None)
        with self._database.read() as session:
            return len(session.scalars(query.where(*left)).all())

    def append(
        self,
        study_id: str,
        actor: str,
        type_: str,
        payload: Mapping[str, Any],
        still: Callable[[StudyState], bool] | None = None,
    ) -> Added[StudyState]:
        """Add one event to a study; raises VfeedError `invalid_input`, `not_found`, `conflict` where `still` fails."""
        parsed = STUDY.parse(type_, payload)
        return self._write(study_id, actor, type_, parsed, still=still)

    def take_back(self, study_id: str, actor: str, *, redo: bool = False) -> Added[StudyState]:
        """Take back the last event of a study, or do it again; raises VfeedError `invalid_input` for none."""
        with self._database.write() as session:
            added = self._journals.take_back(session, STUDIES, study_id, actor, redo=redo)
            self._audit.append(session, actor, f"study.{added.event.type}", study_id, {"event": added.event.id})
        return added

    def assign(self, study_id: str, actor: str, assigning: Assigning, todo: Sequence[ToDo], before: int) -> None:
        """Enter a round of codings to be done; raises VfeedError `conflict` where there were more than `before`."""

        def enter(session: Session) -> None:
            given = select(func.count()).select_from(StudyCoding).where(StudyCoding.study_id == study_id)
            if session.scalar(given) != before:
                raise overtaken()
            for each in todo:
                session.add(
                    StudyCoding(
                        id=new_id(),
                        study_id=study_id,
                        clip_id=each.clip_id,
                        coder=each.coder,
                        phase=assigning.phase,
                        purpose=each.purpose,
                        place=each.place,
                        blind=each.blind,
                        why=each.why,
                        available_on=each.available_on,
                    )
                )

        self._write(study_id, actor, "assigning", assigning, within=enter)

    def _write(
        self,
        study_id: str,
        actor: str,
        type_: str,
        payload: Payload,
        *,
        within: Callable[[Session], None] | None = None,
        still: Callable[[StudyState], bool] | None = None,
    ) -> Added[StudyState]:
        def fits(folded: Folded[StudyState]) -> None:
            if not folded.last_id:
                raise VfeedError("not_found", _("There is no such study."), hint=_("Go back to the list of studies."))
            if still is not None and not still(folded.state):
                raise overtaken()
            check_study(payload, folded.state)

        try:
            with self._database.write() as session:
                added = self._journals.append(session, STUDIES, study_id, actor, type_, payload, check=fits)
                if within is not None:
                    within(session)
                self._audit.append(session, actor, f"study.{type_}", study_id, {"event": added.event.id})
        except IntegrityError as error:
            raise overtaken() from error
        return added

    def codings(self, study_id: str) -> Sequence[StudyCoding]:
        """Every coding of a study, in the order in which they were given out."""
        query = select(StudyCoding).where(StudyCoding.study_id == study_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(StudyCoding.created_at, StudyCoding.coder, StudyCoding.place)).all()

    def for_coder(self, coder: str) -> Sequence[StudyCoding]:
        """A coder's codings, of every study, in the coder's own order."""
        query = select(StudyCoding).where(StudyCoding.coder == coder)
        ordered = query.order_by(StudyCoding.created_at, StudyCoding.study_id, StudyCoding.place)
        with self._database.read() as session:
            return session.scalars(ordered).all()

    def coding_of(self, coding_id: str, coder: str) -> StudyCoding:
        """A coder's own coding; raises VfeedError `not_found`, also for another one's."""
        with self._database.read() as session:
            return _own(session, coding_id, coder)

    def taken_by(self, clip_id: str, coder: str) -> bool:
        """Whether this person still has the clip to code."""
        query = select(StudyCoding.id).where(
            StudyCoding.clip_id == clip_id, StudyCoding.coder == coder, StudyCoding.handed_in_at.is_(None)
        )
        with self._database.read() as session:
            return session.scalar(query.limit(1)) is not None

    def still_to_code(self, coder: str) -> set[str]:
        """The clips that this person still has to code, in any study."""
        query = select(StudyCoding.clip_id).where(StudyCoding.coder == coder, StudyCoding.handed_in_at.is_(None))
        with self._database.read() as session:
            return set(session.scalars(query))

    def read_coding(self, coding_id: str) -> Folded[CodingState]:
        """A coding's events with the state after them."""
        with self._database.read() as session:
            return self._journals.read(session, CODINGS, coding_id)

    def read_codings(self, coding_ids: Sequence[str]) -> dict[str, Folded[CodingState]]:
        """Several codings, by id."""
        with self._database.read() as session:
            return self._journals.read_all(session, CODINGS, coding_ids)

    def open_coding(self, coding_id: str, coder: str, begun: Begun) -> Folded[CodingState]:
        """Begin a coding at its first opening, and write down each."""
        with self._database.write() as session:
            row = _own(session, coding_id, coder)
            if row.opened_at is None:
                row.opened_at = utc_now()
                self._journals.append(session, CODINGS, coding_id, coder, "coding_begun", begun, check=_any)
            detail: dict[str, Detail] = {"study": row.study_id, "coding": coding_id}
            self._audit.append(session, coder, "coding.opened", row.clip_id, detail)
        return self.read_coding(coding_id)

    def append_coding(self, coding_id: str, coder: str, type_: str, payload: Mapping[str, Any]) -> Added[CodingState]:
        """Add one step to a coder's own coding; raises VfeedError `invalid_input`, `not_found`, `conflict`."""
        parsed = CODING.parse(type_, payload)

        def fits(folded: Folded[CodingState]) -> None:
            if not folded.last_id:
                raise VfeedError("invalid_input", _("This coding was not opened yet."), hint=_("Open it first."))
            check_coding(parsed, folded.state)

        try:
            with self._database.write() as session:
                row = _own(session, coding_id, coder)
                if isinstance(parsed, HandedIn):
                    self._refuse_closed(session, row.study_id)
                added = self._journals.append(session, CODINGS, coding_id, coder, type_, parsed, check=fits)
                if isinstance(parsed, HandedIn):
                    row.handed_in_at = utc_now()
                    detail: dict[str, Detail] = {"study": row.study_id, "coding": coding_id}
                    self._audit.append(session, coder, "coding.handed_in", row.clip_id, detail)
        except IntegrityError as error:
            raise overtaken() from error
        return added

    def _refuse_closed(self, session: Session, study_id: str) -> None:
        # Whoever closes it in this moment waits, or has done so: nothing comes in behind their back.
        session.get(Study, study_id, with_for_update=True)
        if self._journals.read(session, STUDIES, study_id).state.closed:
            raise VfeedError("conflict", _("Coding is closed in this study."), hint=_("Ask whoever leads the study."))

    def take_back_coding(
        self, coding_id: str, coder: str, *, redo: bool = False, expect_last: int | None = None
    ) -> Added[CodingState]:
        """Take back a coder's last step, or do it again.

        Raises VfeedError `invalid_input` for none, `conflict` where the last is not `expect_last`.
        """
        with self._database.write() as session:
            _own(session, coding_id, coder)
            return self._journals.take_back(
                session, CODINGS, coding_id, coder, redo=redo, offered=own_offers, expect_last=expect_last
            )

    def destroy_key(self, study_id: str, actor: str, left: Mapping[str, bytes], films: Sequence[str] = ()) -> None:
        """Delete what leads from a study's names to films, codings among it; `left` are the tables that stay.

        `films` are clips that whoever calls destroys next: they are noted, so that a kill in between spares none.
        """

        def destroy(session: Session) -> None:
            for name, data in left.items():
                session.add(StudyTable(study_id=study_id, name=name, data=data))
            for table, stream in CODED:
                ids = list(session.scalars(select(table.id).where(table.study_id == study_id)))
                for each in ids:
                    erase_stream(session, stream, each)
                session.execute(delete(table).where(table.study_id == study_id))
                drop_from_memory((stream, each) for each in ids)
            session.execute(delete(StudyGamma).where(StudyGamma.study_id == study_id))
            session.execute(delete(StudyClip).where(StudyClip.study_id == study_id))
            self._keys.note([(Ended.STUDY_KEY, study_id), *((Ended.CLIP, each) for each in films)])

        self._write(study_id, actor, "key_destroyed", KeyDestroyed(), within=destroy)

    def delete_tables(self, study_id: str, actor: str) -> None:
        """Delete what was left of a study whose key was destroyed."""

        def destroy(session: Session) -> None:
            session.execute(delete(StudyTable).where(StudyTable.study_id == study_id))
            self._keys.note([(Ended.STUDY_TABLES, study_id)])

        self._write(study_id, actor, "tables_deleted", TablesDeleted(), within=destroy)

    def left(self, study_id: str) -> dict[str, bytes]:
        """The tables that are left of a study whose key was destroyed."""
        query = select(StudyTable).where(StudyTable.study_id == study_id).order_by(StudyTable.name)
        with self._database.read() as session:
            return {row.name: row.data for row in session.scalars(query)}

    def coders(self) -> Sequence[str]:
        """The names of the open accounts with the role of coder."""
        query = select(User.username).where(User.active, User.roles.any(Role.name == "coder"))
        with self._database.read() as session:
            return [name for name in session.scalars(query.order_by(User.username)) if name]

    def saw_more(self, coder: str, clip_ids: AbstractSet[str]) -> dict[str, date]:
        """The clips whose flags this person has had on a screen of their own, each with the first day of it."""
        query = select(Audit.object, Audit.at).where(Audit.actor == coder, Audit.action.in_(SAW_MORE))
        with self._database.read() as session:
            rows = session.execute(query.order_by(Audit.at.desc())).all()
        return {clip_id: at.date() for clip_id, at in rows if clip_id in clip_ids}


def withdraw_from_studies(session: Session, audit: AuditTrail, clip_ids: Sequence[str], actor: str) -> None:
    """In the caller's transaction: take clips, with their codings, out of every study, which keeps that it was so."""
    for clip_id in clip_ids:
        for row in session.scalars(
            select(StudyClip).where(StudyClip.clip_id == clip_id, StudyClip.withdrawn_at.is_(None))
        ).all():
            row.withdrawn_at = utc_now()
            audit.append(session, actor, "study.withdrawn", clip_id, {"study": row.study_id})
        erase_codings(session, clip_id)


def erase_codings(session: Session, clip_id: str) -> None:
    """In the caller's transaction: delete every coding of a clip, and what was agreed and reckoned of it."""
    session.execute(delete(StudyGamma).where(StudyGamma.clip_id == clip_id))
    for table, stream in CODED:
        ids = list(session.scalars(select(table.id).where(table.clip_id == clip_id)))
        for each in ids:
            erase_stream(session, stream, each)
        session.execute(delete(table).where(table.clip_id == clip_id))
        drop_from_memory((stream, each) for each in ids)


def _own(session: Session, coding_id: str, coder: str) -> StudyCoding:
    row = session.get(StudyCoding, coding_id)
    if row is None or row.coder != coder:
        raise VfeedError("not_found", _("There is no such film to code."), hint=_("Go back to the list of your films."))
    return row


def _any(_folded: Folded[Any]) -> None:
    """What a stream begins with fits always."""


def _names(parts: Sequence[StudyPart]) -> dict[str, tuple[str, str]]:
    """A random name for each family and each clip of a new study; numbers tell nothing of their order."""
    shuffled = secrets.SystemRandom()
    families = sorted({part.family_id for part in parts})
    shuffled.shuffle(families)
    study = "".join(shuffled.choices(LETTERS, k=3))
    found: dict[str, tuple[str, str]] = {}
    for number, family in enumerate(families, 1):
        name = f"{study}-F{number:02d}"
        own = sorted(part.clip_id for part in parts if part.family_id == family)
        shuffled.shuffle(own)
        found |= {clip_id: (name, f"{name}-C{place}") for place, clip_id in enumerate(own, 1)}
    return found
