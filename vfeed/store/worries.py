"""What worries coders: kept beside all coding, for whoever leads the study."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.tables import StudyWorry, User, new_id, utc_now


class Worries:
    """Keeps worries. The audit trail says that there was one, and never what it says."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def add(self, study_id: str, clip_id: str, coder: str, words: str) -> None:
        """Keep a worry."""
        row = StudyWorry(id=new_id(), study_id=study_id, clip_id=clip_id, coder=coder, words=words)
        with self._database.write() as session:
            session.add(row)
            self._audit.append(session, coder, "worry.raised", clip_id, {"study": study_id, "worry": row.id})

    def of_study(self, study_id: str) -> Sequence[StudyWorry]:
        """The worries of a study, those that nobody has seen first, then the newest first."""
        query = select(StudyWorry).where(StudyWorry.study_id == study_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(StudyWorry.seen_at.is_not(None), StudyWorry.made_at.desc())).all()

    def open_ones(self) -> Sequence[str]:
        """The ids of the studies of all worries that nobody has seen."""
        with self._database.read() as session:
            return session.scalars(select(StudyWorry.study_id).where(StudyWorry.seen_at.is_(None))).all()

    def seen(self, study_id: str, worry_id: str, actor: str) -> None:
        """Say that somebody has read it; raises VfeedError `not_found`."""
        with self._database.write() as session:
            row = session.get(StudyWorry, worry_id)
            if row is None or row.study_id != study_id:
                raise VfeedError("not_found", _("There is no such note."), hint=_("Go back to the study."))
            if row.seen_at is None:
                row.seen_at, row.seen_by = utc_now(), actor
                self._audit.append(session, actor, "worry.seen", row.clip_id, {"study": study_id, "worry": row.id})

    def is_open_account(self, name: str) -> bool:
        """Whether somebody can sign in under this name."""
        with self._database.read() as session:
            return session.scalar(select(User.id).where(User.username == name, User.active).limit(1)) is not None
