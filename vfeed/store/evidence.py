"""What leaves as evidence, in the database: a row for each, with who chose, who confirmed, and when it left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, String, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.evidence import Stand, Terms, check_terms, decide_confirming, decide_open
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.sealed import SealedText
from vfeed.store.tables import ID_LENGTH, Base, Detail, UtcDateTime, new_id, utc_now


class EvidenceExport(Base):
    """Films of moments that were chosen to leave: what for, on which ground, and who confirmed."""

    __tablename__ = "evidence_export"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(SealedText())
    ground: Mapped[str] = mapped_column(SealedText())
    reels: Mapped[list[list[str]]] = mapped_column(JSON)
    with_pictures: Mapped[bool] = mapped_column(Boolean)
    with_words: Mapped[bool] = mapped_column(Boolean)
    faces_hidden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    confirmed_by: Mapped[str | None] = mapped_column(String(255))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Keyed sum of films, moments and words as they were confirmed.
    confirmed_sum: Mapped[str | None] = mapped_column(String(64))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_off_by: Mapped[str | None] = mapped_column(String(255))
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def stand(self) -> Stand:
        """How far it has come."""
        gone, off = self.left_at is not None, self.called_off_at is not None
        return Stand(self.made_by, self.confirmed_by, self.confirmed_at, left=gone, called_off=off)


class Evidence:
    """Keeps them."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def choose(self, family_id: str, terms: Terms, actor: str) -> str:
        """Keep what was chosen; returns its id. Raises VfeedError `invalid_input`."""
        check_terms(terms)
        row = EvidenceExport(
            id=new_id(),
            family_id=family_id,
            purpose=terms.purpose,
            reason=terms.reason.strip(),
            ground=terms.ground.strip(),
            reels=[list(each) for each in dict.fromkeys(terms.reels)],
            with_pictures=terms.with_pictures,
            with_words=terms.with_words,
            faces_hidden=terms.faces_hidden and terms.with_pictures,
            made_by=actor,
        )
        with self._database.write() as session:
            session.add(row)
            detail: dict[str, Detail] = {"export": row.id, "for": terms.purpose}
            self._audit.append(session, actor, "evidence.chosen", family_id, detail)
        return row.id

    def get(self, family_id: str, export_id: str) -> EvidenceExport:
        """One of this family's; raises VfeedError `not_found`."""
        with self._database.read() as session:
            row = session.get(EvidenceExport, export_id)
        if row is None or row.family_id != family_id:
            raise _gone()
        return row

    def find(self, export_id: str) -> EvidenceExport | None:
        """One by its id alone, for work that is done for it; None when it went with its family."""
        with self._database.read() as session:
            return session.get(EvidenceExport, export_id)

    def of(self, family_id: str) -> Sequence[EvidenceExport]:
        """A family's, the newest first."""
        query = select(EvidenceExport).where(EvidenceExport.family_id == family_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(EvidenceExport.made_at.desc())).all()

    def begun(self, family_ids: Collection[str]) -> Sequence[EvidenceExport]:
        """What was chosen of these families and neither left nor was called off, the oldest first."""
        begun = select(EvidenceExport).where(EvidenceExport.left_at.is_(None), EvidenceExport.called_off_at.is_(None))
        with self._database.read() as session:
            query = begun.where(EvidenceExport.family_id.in_(family_ids)).order_by(EvidenceExport.made_at)
            return session.scalars(query).all()

    def confirm(self, family_id: str, export_id: str, actor: str, seen: str) -> None:
        """Confirm what has the sum `seen`, as the second account.

        Raises VfeedError `forbidden` for the first account, `conflict` for a second time.
        """
        with self._database.write() as session:
            row = _open(session, family_id, export_id)
            decision = decide_confirming(row.stand, actor, utc_now())
            if not decision:
                code = "forbidden" if actor == row.made_by and not row.confirmed_by else "conflict"
                raise VfeedError(code, decision.reason, hint=_("Ask a colleague who works with this family."))
            row.confirmed_by, row.confirmed_at, row.confirmed_sum = actor, utc_now(), seen
            self._audit.append(session, actor, "evidence.confirmed", family_id, {"export": export_id})

    def call_off(self, family_id: str, export_id: str, actor: str) -> None:
        """Let it not leave; raises VfeedError `conflict` when it has left, has run out or was called off before."""
        with self._database.write() as session:
            row = _open(session, family_id, export_id)
            row.called_off_by, row.called_off_at = actor, utc_now()
            self._audit.append(session, actor, "evidence.called_off", family_id, {"export": export_id})

    def left(self, family_id: str, export_id: str, actor: str) -> None:
        """Write down that it is taken out, which is done once; raises VfeedError `conflict` for a second time."""
        with self._database.write() as session:
            _open(session, family_id, export_id).left_at = utc_now()
            self._audit.append(session, actor, "evidence.left", family_id, {"export": export_id})


def _open(session: Session, family_id: str, export_id: str) -> EvidenceExport:
    """The row, locked, of what is still to leave."""
    row = session.get(EvidenceExport, export_id, with_for_update=True)
    if row is None or row.family_id != family_id:
        raise _gone()
    still_open = decide_open(row.stand, utc_now())
    if not still_open:
        raise VfeedError("conflict", still_open.reason, hint=_("Choose anew what is to leave."))
    return row


def _gone() -> VfeedError:
    return VfeedError("not_found", _("There is no such export."), hint=_("Go back to what left this service."))
