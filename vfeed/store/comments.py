"""Colleagues' comments on films in the database: a journal for each film, gone when the film is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.journal.journal import AvailableUndo, Folded
from vfeed.practice.comments import COMMENTS, Thread, check, own_steps
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.journal import COMMENTS_STREAM, Added, Journals, Stream, overtaken
from vfeed.store.tables import Clip

THREADS = Stream(COMMENTS_STREAM, COMMENTS, Clip)


class Comments:
    """Adds comments and tells which stand."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def read(self, clip_id: str) -> Folded[Thread]:
        """Everything that was said about a film, with what stands of it."""
        with self._database.read() as session:
            return self._journals.read(session, THREADS, clip_id)

    def append(self, clip_id: str, actor: str, type: str, payload: Mapping[str, Any]) -> Folded[Thread]:
        """Add one step; returns the thread after it. Raises VfeedError `invalid_input`, `not_found`, `conflict`."""
        parsed = COMMENTS.parse(type, payload)
        try:
            with self._database.write() as session:
                duration_us = int(_living(session, clip_id).facts["duration_us"])

                def fits(_folded: Folded[Thread]) -> None:
                    check(parsed, duration_us)

                added = self._journals.append(session, THREADS, clip_id, actor, type, parsed, check=fits)
                return self._recorded(session, clip_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def take_back(self, clip_id: str, actor: str, *, redo: bool) -> Folded[Thread]:
        """Take back this person's own last comment, or say it again; raises VfeedError `invalid_input` for none."""

        def own(folded: Folded[Thread]) -> AvailableUndo:
            return own_steps(folded, actor)

        try:
            with self._database.write() as session:
                _living(session, clip_id)
                added = self._journals.take_back(session, THREADS, clip_id, actor, redo=redo, offered=own)
                return self._recorded(session, clip_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def _recorded(self, session: Session, clip_id: str, added: Added[Thread]) -> Folded[Thread]:
        event = added.event
        self._audit.append(session, event.actor, f"comments.{event.type}", clip_id, {"event": event.id})
        return added.after


def _living(session: Session, clip_id: str) -> Clip:
    clip = session.get(Clip, clip_id)
    if clip is None or clip.erased_at is not None:
        raise erased()
    return clip
