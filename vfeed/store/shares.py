"""Shares for supervision or training: for one account and a time, stopped at once, with a journal of comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.sharing import SHARE, ShareState, Terms, check_terms
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, Stream
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.own_steps import About, OwnSteps
from vfeed.store.tables import FeedbackSession, Role, SupervisionShare, User, new_id, utc_now


@dataclass(frozen=True)
class Share:
    """A feedback session that is shared, on which terms and by whom."""

    id: str
    session: FeedbackSession
    terms: Terms
    made_by: str


SHARES = Stream("share", SHARE, SupervisionShare)


class Shares(OwnSteps[ShareState]):
    """Keeps shares and what is said and done about each.

    Whether one opens today is for its terms, the consents and the copies to say, each time.
    """

    def __init__(self, database: Database, keys: KeyStore, audit: AuditTrail, journals: Journals) -> None:
        super().__init__(database, audit, journals, SHARES, _about)
        self._keys = keys

    def make(self, session_id: str, terms: Terms, actor: str, today: date) -> Share:
        """Share a session on these terms.

        Raises VfeedError `invalid_input` for terms that do not fit and for a name that is no open supervisor's account,
        `not_found` for no such session.
        """
        check_terms(terms, today)
        row = SupervisionShare(id=new_id(), session_id=session_id, terms=terms, created_by=actor)
        with self._database.write() as session:
            found = session.get(FeedbackSession, session_id)
            if found is None:
                raise _gone()
            if terms.supervisor not in _supervisors(session):
                raise VfeedError(
                    "invalid_input", _("There is no such supervisor."), hint=_("Choose one of the names in the list.")
                )
            session.add(row)
            detail = {"share": row.id, "session": session_id, "supervisor": terms.supervisor, "for": terms.purpose}
            self._audit.append(session, actor, "supervision.shared", found.family_id, detail)
        return _share(row, found)

    def get(self, share_id: str) -> Share:
        """The share and its session; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _share(*_found(session, share_id))

    def of_family(self, family_id: str) -> Sequence[str]:
        """The ids of everything that was ever shared of a family."""
        query = select(SupervisionShare.id).join(FeedbackSession, FeedbackSession.id == SupervisionShare.session_id)
        with self._database.read() as session:
            return session.scalars(query.where(FeedbackSession.family_id == family_id)).all()

    def owners(self) -> Mapping[str, str]:
        """Whose family each share is of: a family's id by the share's."""
        query = select(SupervisionShare.id, FeedbackSession.family_id).join(
            FeedbackSession, FeedbackSession.id == SupervisionShare.session_id
        )
        with self._database.read() as session:
            return {id_: family_id for id_, family_id in session.execute(query)}

    def for_session(self, session_id: str) -> Sequence[Share]:
        """A session's shares, newest first."""
        return self._of(SupervisionShare.session_id == session_id)

    def for_supervisor(self, account: str) -> Sequence[Share]:
        """What was ever shared with this account, newest first."""
        return self._of(SupervisionShare.supervisor == account)

    def supervisors(self) -> Sequence[str]:
        """The names of the open accounts with the role of supervisor."""
        with self._database.read() as session:
            return _supervisors(session)

    def revoke(self, share_id: str, actor: str) -> None:
        """Stop a share for good, at once; raises VfeedError `not_found`."""
        with self._database.write() as session:
            row, found = _found(session, share_id)
            if row.revoked_at is None:
                row.revoked_at, row.revoked_by = utc_now(), actor
                self._audit.append(session, actor, "supervision.stopped", found.family_id, {"share": share_id})
                self._keys.note([(Ended.SHARE, share_id)])

    def _of(self, which: ColumnElement[bool]) -> list[Share]:
        query = select(SupervisionShare, FeedbackSession).join(
            FeedbackSession, FeedbackSession.id == SupervisionShare.session_id
        )
        with self._database.read() as session:
            rows = session.execute(query.where(which).order_by(SupervisionShare.created_at.desc()))
            return [_share(row, found) for row, found in rows]


def _share(row: SupervisionShare, found: FeedbackSession) -> Share:
    return Share(row.id, found, row.terms, row.created_by)


def _supervisors(session: Session) -> Sequence[str]:
    query = select(User.username).where(User.active, User.roles.any(Role.name == "supervisor"))
    return [name for name in session.scalars(query.order_by(User.username)) if name]


def _found(session: Session, share_id: str) -> tuple[SupervisionShare, FeedbackSession]:
    row = session.get(SupervisionShare, share_id)
    if row is None:
        raise _gone()
    return row, session.get_one(FeedbackSession, row.session_id)


def _about(session: Session, share_id: str) -> About:
    _row, found = _found(session, share_id)
    return About("supervision", found.family_id, {"share": share_id})


def _gone() -> VfeedError:
    return VfeedError("not_found", _("Nothing is shared here."), hint=_("Go back to what is shared with you."))
