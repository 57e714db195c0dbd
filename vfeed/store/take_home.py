"""Links to take home: made for a time, revoked at once, opened only with their passphrase. Default: closed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.take_home import LINK_DAYS, as_typed, new_passphrase
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.tables import Detail, FeedbackSession, TakeHomeLink, new_id, utc_now

VISITOR = "take-home link"


@dataclass(frozen=True)
class Offer:
    """A new link with its two secrets, which are shown once and kept nowhere."""

    link_id: str
    token: str
    passphrase: str


class TakeHome:
    """Keeps links; whether the films behind one may be shown is the consents' to decide, at each opening."""

    def __init__(self, database: Database, keys: KeyStore, audit: AuditTrail) -> None:
        self._database = database
        self._keys = keys
        self._audit = audit
        self._hasher = PasswordHasher()

    def offer(self, session_id: str, days: int, actor: str) -> Offer:
        """A new link for a session; raises VfeedError `invalid_input` for a time that is not offered, `not_found`."""
        if days not in LINK_DAYS:
            raise VfeedError(
                "invalid_input", _("A link does not hold that long."), hint=_("Choose one of the times offered.")
            )
        made = Offer(new_id(), secrets.token_urlsafe(24), new_passphrase())
        row = TakeHomeLink(
            id=made.link_id,
            session_id=session_id,
            token_hash=_digest(made.token),
            passphrase_hash=self._hasher.hash(made.passphrase),
            expires_at=utc_now() + timedelta(days=days),
            created_by=actor,
        )
        with self._database.write() as session:
            found = session.get(FeedbackSession, session_id)
            if found is None:
                raise link_gone()
            session.add(row)
            detail: dict[str, Detail] = {"session": session_id, "link": made.link_id, "days": days}
            self._audit.append(session, actor, "take_home.offered", found.family_id, detail)
        return made

    def find(self, token: str) -> tuple[TakeHomeLink, str]:
        """The living link behind an address, and its family's id; raises VfeedError `not_found` for every other."""
        query = select(TakeHomeLink, FeedbackSession.family_id).join(
            FeedbackSession, FeedbackSession.id == TakeHomeLink.session_id
        )
        with self._database.read() as session:
            found = session.execute(query.where(TakeHomeLink.token_hash == _digest(token))).one_or_none()
        if found is None or not found[0].is_open:
            raise link_gone()
        return found[0], found[1]

    def open(self, token: str, passphrase: str) -> TakeHomeLink | None:
        """The link, when the passphrase is its own; None for a wrong one. Both are written down.

        Raises VfeedError `not_found` as `find`.
        """
        link, family_id = self.find(token)
        try:
            self._hasher.verify(link.passphrase_hash, as_typed(passphrase))
        except VerifyMismatchError:
            self._audit.record(VISITOR, "take_home.refused", family_id, {"link": link.id})
            return None
        with self._database.write() as session:
            row = session.get_one(TakeHomeLink, link.id)
            row.last_opened_at = utc_now()
            self._audit.append(session, VISITOR, "take_home.opened", family_id, {"link": link.id})
        return link

    def for_session(self, session_id: str) -> Sequence[TakeHomeLink]:
        """A session's links, newest first."""
        query = select(TakeHomeLink).where(TakeHomeLink.session_id == session_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(TakeHomeLink.created_at.desc())).all()

    def revoke(self, session_id: str, link_id: str, actor: str) -> None:
        """Close a link for good, at once; raises VfeedError `not_found`."""
        with self._database.write() as session:
            link = session.get(TakeHomeLink, link_id)
            if link is None or link.session_id != session_id:
                raise link_gone()
            if link.revoked_at is None:
                link.revoked_at, link.revoked_by = utc_now(), actor
                family_id = session.get_one(FeedbackSession, session_id).family_id
                self._audit.append(session, actor, "take_home.revoked", family_id, {"link": link_id})
                self._keys.note([(Ended.LINK, link_id)])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_gone() -> VfeedError:
    """Return the refusal of every link that shows nothing: nobody learns why."""
    return VfeedError(
        "not_found",
        _("This link has ended, or it was closed."),
        hint=_("Look whether the whole address is there. If it is, ask the person who gave it to you for a new one."),
    )
