"""Sign-ins: each one a row that a person sees and can end; the parent lock and the time of the last request are in it.

The browser's cookie names the row by a secret, of which only a hash is kept. A row that was ended opens nothing,
however many copies of its cookie there are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from vfeed.practice.kiosk_mode import KioskMode
from vfeed.store.database import Database
from vfeed.store.tables import SignIn, utc_now

MOST_DEVICE = 120
# How exactly the last request is kept: not every request is worth a write.
SEEN_EVERY = timedelta(minutes=1)
LONGEST_DUE = timedelta(minutes=10)
"""So long a right password waits for its second step."""


class SignIns:
    """Begins, finds, locks and ends sign-ins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, name: str, device: str, *, due: bool = False) -> str:
        """A new sign-in of an account; returns the secret that names it. `due`: its second step is still to come."""
        secret = secrets.token_urlsafe(32)
        with self._database.write() as session:
            session.add(SignIn(id=hashed(secret), username=name, device=device[:MOST_DEVICE], due=due))
        return secret

    def find(self, secret: str, name: str, *, idle: timedelta, longest: timedelta) -> SignIn | None:
        """The sign-in behind a secret, or None when it was ended, is another account's, or has run out."""
        now = utc_now()
        with self._database.read() as session:
            found = session.get(SignIn, hashed(secret))
        if found is None or found.username != name:
            return None
        if now - found.seen_at > idle or now - found.begun_at > (LONGEST_DUE if found.due else longest):
            self.end(found.id)
            return None
        if now - found.seen_at > SEEN_EVERY:
            with self._database.write() as session:
                session.execute(update(SignIn).where(SignIn.id == found.id).values(seen_at=now))
        return found

    def confirm(self, id_: str) -> None:
        """Keep that the person has shown once more who they are."""
        with self._database.write() as session:
            session.execute(update(SignIn).where(SignIn.id == id_).values(confirmed_at=utc_now()))

    def lock(self, id_: str, held: KioskMode | None) -> None:
        """Lock a sign-in to what a parent may see, or (None) open it: in every tab, for every copy of its cookie."""
        with self._database.write() as session:
            found = session.get(SignIn, id_)
            if found is not None:
                found.lock = held

    def of(self, name: str) -> Sequence[SignIn]:
        """An account's sign-ins, the last used first; not those whose second step never came."""
        query = select(SignIn).where(SignIn.username == name, SignIn.due.is_(False)).order_by(SignIn.seen_at.desc())
        with self._database.read() as session:
            return session.scalars(query).all()

    def end(self, id_: str) -> None:
        """End one; one that is not there is no error."""
        with self._database.write() as session:
            session.execute(delete(SignIn).where(SignIn.id == id_))

    def end_all(self, name: str, *, but: str = "") -> int:
        """End an account's sign-ins, all or all but one; returns how many."""
        with self._database.write() as session:
            return end_sign_ins(session, name, but=but)

    def clear(self, longest: timedelta) -> int:
        """Remove those that have run out; returns how many."""
        with self._database.write() as session:
            gone = session.execute(delete(SignIn).where(SignIn.begun_at < utc_now() - longest))
            return int(gone.rowcount)  # type: ignore[attr-defined]


def end_sign_ins(session: Session, name: str, *, but: str = "") -> int:
    """In the caller's transaction: end an account's sign-ins, all or all but one; returns how many."""
    gone = session.execute(delete(SignIn).where(SignIn.username == name, SignIn.id != but))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
