"""The gate before every page: whose family an address leads to, what is on show, and what is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vfeed.practice.kiosk_mode import KioskMode
from vfeed.practice.permission import PermissionDecision
from vfeed.store.database import get
from vfeed.store.store import Store
from vfeed.store.tables import Clip, FeedbackSession, Job, Sheet, SupervisionShare, Visit

OWNED: Mapping[str, Any] = {"clip_id": Clip, "visit_id": Visit, "session_id": FeedbackSession, "sheet_id": Sheet}
"""What an address names, and the table that says whose it is."""


class Gate:
    """What is asked of every request before a page is made."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def family_behind(self, asked: Mapping[str, Any]) -> str | None:
        """Return the family that an address leads to, given what it names, or None when it leads to none."""
        if "family_id" in asked:
            return str(asked["family_id"])
        with self._store.database.read() as session:
            for name, table in OWNED.items():
                if name in asked:
                    return _owner(get(session, table, asked[name]))
            if "job_id" in asked:
                job = session.get(Job, asked["job_id"])
                return _owner(get(session, Clip, job.clip_id)) if job else None
            if "share_id" in asked:
                share = session.get(SupervisionShare, asked["share_id"])
                return _owner(get(session, FeedbackSession, share.session_id)) if share else None
        return None

    def works_with(self, name: str, family_id: str) -> PermissionDecision:
        """Return whether an account works with a family, with the reason."""
        return self._store.workers.decide(family_id, name)

    def must_code_blind(self, name: str, clip_id: str) -> bool:
        """Return whether an account still has to code a clip, so that it opens nowhere else for them."""
        return self._store.studies.taken_by(clip_id, name)

    def hold(self, sign_in_id: str, shown: KioskMode | None) -> None:
        """Keep what a sign-in is held to while a parent has the tablet; None lets it go."""
        self._store.sign_ins.lock(sign_in_id, shown)

    def shown(self, name: str, action: str, subject: str, path: str) -> None:
        """Write down that something was shown or taken out."""
        self._store.audit.record(name, action, subject, {"path": path})

    def refused(self, name: str, subject: str, page: str, why: str) -> None:
        """Write down that somebody who is signed in was refused: where, about what, and by which rule."""
        self._store.audit.record(name, "access.refused", subject, {"page": page, "why": why})


def _owner(found: Any) -> str | None:
    return None if found is None else str(found.family_id)
