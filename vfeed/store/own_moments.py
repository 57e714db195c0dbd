"""A parent's own moments in the database: a journal for each film, gone when the film is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from vfeed.journal.journal import Folded
from vfeed.practice.own_moments import OWN_MOMENTS, OwnMoments, check
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.events import REVIEWS
from vfeed.store.journal import OWN_STREAM, Journals, Stream, overtaken
from vfeed.store.tables import Clip

OWN = Stream(OWN_STREAM, OWN_MOMENTS, Clip)


class OwnMomentsOf:
    """Adds steps and tells what holds now."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def state(self, clip_id: str) -> OwnMoments:
        """What holds now; the film's review, which its page needs too, is asked for with it."""
        with self._database.read() as session:
            found = self._journals.read_streams(session, [(OWN, [clip_id]), (REVIEWS, [clip_id])])
        own: OwnMoments = found[OWN.name, clip_id].state
        return own

    def append(self, clip_id: str, actor: str, type: str, payload: Mapping[str, Any]) -> OwnMoments:
        """Add one step; returns what holds after it. Raises VfeedError `invalid_input`, `not_found`, `conflict`."""
        parsed = OWN_MOMENTS.parse(type, payload)
        try:
            with self._database.write() as session:
                clip = session.get(Clip, clip_id)
                if clip is None or clip.erased_at is not None:
                    raise erased()
                duration_us = clip.film.duration_us

                def fits(folded: Folded[OwnMoments]) -> None:
                    check(parsed, folded.state, duration_us)

                added = self._journals.append(session, OWN, clip_id, actor, type, parsed, check=fits)
                self._audit.append(session, actor, f"parent.{type}", clip_id, {"event": added.event.id})
                return added.after.state
        except IntegrityError as error:
            raise overtaken() from error
