"""Who works with which family, and who opened another worker's family with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError, within
from vfeed.errors import marked as _
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.roles import ASKED_DAYS
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.families import SYSTEM
from vfeed.store.family_reads import by_code_name, family_in, workers_in
from vfeed.store.tables import Family, FamilyWorker, User, utc_now

LEAST_REASON = 10
MOST_REASON = 500


class Workers:
    """Decides who may open a family: whoever made it, whom a worker added, and for a week whoever gave a reason."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def decide(self, family_id: str, name: str) -> PermissionDecision:
        """Whether this account may open the family now, with the reason. The demo family is everybody's."""
        with self._database.read() as session:
            family = family_in(session, family_id)
            row = next((each for each in workers_in(session, family_id) if each.username == name), None)
        if family is None:
            return PermissionDecision(True, _("There is no such family."))
        if family.created_by in {name, SYSTEM}:
            return PermissionDecision(True, _("This family is yours."))
        if row is not None and (row.until is None or row.until > utc_now()):
            return PermissionDecision(
                True, _("You work with this family.") if row.until is None else _("You asked, with a reason.")
            )
        return PermissionDecision(False, _("Another worker works with this family."))

    def open_to(self, name: str) -> Sequence[Family]:
        """The families that this account may open now, by code name."""
        theirs = select(FamilyWorker.family_id).where(
            FamilyWorker.username == name, or_(FamilyWorker.until.is_(None), FamilyWorker.until > utc_now())
        )
        query = select(Family).where(or_(Family.created_by.in_([name, SYSTEM]), Family.id.in_(theirs)))
        with self._database.read() as session:
            return by_code_name(session.scalars(query))

    def of(self, family_id: str) -> Sequence[FamilyWorker]:
        """Who was added to a family and who asked for it, the newest first."""
        with self._database.read() as session:
            return workers_in(session, family_id)

    def add(self, family_id: str, name: str, actor: str) -> None:
        """Let a colleague work with a family from now on; raises VfeedError `not_found` for no such practitioner."""
        with self._database.write() as session:
            account = practitioner_in(session, name)
            session.merge(FamilyWorker(family_id=family_id, username=account.username, since=utc_now(), added_by=actor))
            self._audit.append(session, actor, "family.worker_added", family_id, {"worker": account.username})

    def remove(self, family_id: str, name: str, actor: str) -> None:
        """Let a colleague open a family no longer; one who could not is no error."""
        with self._database.write() as session:
            row = session.get(FamilyWorker, (family_id, name))
            if row is not None:
                session.delete(row)
                self._audit.append(session, actor, "family.worker_removed", family_id, {"worker": name})

    def ask(self, code_name: str, name: str, reason: str) -> Family:
        """Open another worker's family for a week, with a reason that its workers are shown.

        Raises VfeedError `invalid_input` for no real reason or a too long one, `not_found` for no such family.
        """
        said = within(reason, MOST_REASON)
        if len(said) < LEAST_REASON:
            raise VfeedError(
                "invalid_input", _("Say in a few words why."), hint=_("The family’s own worker will read it.")
            )
        now = utc_now()
        with self._database.write() as session:
            family = session.scalar(select(Family).where(Family.code_name == code_name.strip()))
            if family is None:
                raise VfeedError(
                    "not_found", _("There is no such family."), hint=_("Look at how its code name is written.")
                )
            row = session.get(FamilyWorker, (family.id, name))
            if family.created_by != name and (row is None or row.until is not None):
                until = now + timedelta(days=ASKED_DAYS)
                row = FamilyWorker(
                    family_id=family.id, username=name, since=now, until=until, reason=said, added_by=name
                )
                session.merge(row)
                # The reason itself may name people: it is kept with the family, and goes with it.
                self._audit.append(session, name, "family.asked_for", family.id, {"until": until.date().isoformat()})
        return family


def practitioner_in(session: Session, name: str) -> User:
    """The practitioner who signs in by this name; raises VfeedError `not_found` for none."""
    account = session.scalar(select(User).where(User.username == name.strip().casefold(), User.active))
    if account is None or "practitioner" not in {role.name for role in account.roles}:
        raise VfeedError(
            "not_found", _("There is no practitioner of that name."), hint=_("Ask your administrator for the name.")
        )
    return account
