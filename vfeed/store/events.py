"""What people did with a clip: events that are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.journal.journal import Added, Folded
from vfeed.practice.events import Span
from vfeed.practice.review import REVIEW, Original, ReviewState, numbers
from vfeed.practice.rules import check
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.journal import REVIEW_STREAM, Journals, Stream, overtaken, refuse_overtaken
from vfeed.store.packs import library_in
from vfeed.store.tables import Analysis, Clip

REVIEWS = Stream(REVIEW_STREAM, REVIEW, Clip)
AddedReview = Added[ReviewState]
FoldedReview = Folded[ReviewState]
MOST_OFFERED = 64
"""Of so many analyses it is kept in memory what they offered."""


class Events:
    """Adds events and tells what holds now."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals
        self._offered: dict[str, Mapping[str, Original]] = {}

    def append(
        self, clip_id: str, actor: str, type: str, payload: Mapping[str, Any], expect_last: int | None = None
    ) -> AddedReview:
        """Add one event after checking that it fits.

        Raises VfeedError `invalid_input` for what does not fit, `not_found` for no such clip, and `conflict` when the
        clip's last event is not `expect_last` (0: none yet) because somebody else was quicker.
        """
        try:
            with self._database.write() as session:
                return self.append_in(session, clip_id, actor, type, payload, expect_last)
        except IntegrityError as error:
            raise overtaken() from error

    def append_all(self, steps: Iterable[tuple[str, str, Mapping[str, Any]]], actor: str) -> None:
        """Add an event to each of several clips (id, type, payload), all of them or none; raises as `append`."""
        try:
            with self._database.write() as session:
                for clip_id, type_, payload in steps:
                    self.append_in(session, clip_id, actor, type_, payload)
        except IntegrityError as error:
            raise overtaken() from error

    def undo(self, clip_id: str, actor: str, expect_last: int | None = None) -> AddedReview:
        """Take back the last step; raises VfeedError `invalid_input` when there is none."""
        return self._take_back(clip_id, actor, expect_last, redo=False)

    def redo(self, clip_id: str, actor: str, expect_last: int | None = None) -> AddedReview:
        """Do again what was taken back last; raises VfeedError `invalid_input` when there is nothing."""
        return self._take_back(clip_id, actor, expect_last, redo=True)

    def read(self, clip_id: str) -> FoldedReview:
        """The clip's events with the state after them."""
        with self._database.read() as session:
            return self.read_in(session, clip_id)

    def state(self, clip_id: str) -> ReviewState:
        """What holds now for a clip."""
        return self.read(clip_id).state

    def states(self, clip_ids: Iterable[str]) -> dict[str, ReviewState]:
        """What holds now for several clips, by clip."""
        with self._database.read() as session:
            found = self._journals.read_all(session, REVIEWS, clip_ids)
        return {clip_id: folded.state for clip_id, folded in found.items()}

    def originals(self, clip_id: str) -> Mapping[str, Original]:
        """How the newest analysis offered each candidate, to tell what was done with it."""
        newest = select(Analysis.id).where(Analysis.clip_id == clip_id).order_by(Analysis.created_at.desc()).limit(1)
        with self._database.read() as session:
            analysis_id = session.scalar(newest)
            if analysis_id is None:
                return {}
            if analysis_id not in self._offered:
                candidates = session.scalar(select(Analysis.candidates).where(Analysis.id == analysis_id)) or []
                if len(self._offered) >= MOST_OFFERED:
                    self._offered.clear()
                self._offered[analysis_id] = _numbered(candidates)
            return self._offered[analysis_id]

    def append_in(
        self,
        session: Session,
        clip_id: str,
        actor: str,
        type: str,
        payload: Mapping[str, Any],
        expect_last: int | None = None,
    ) -> AddedReview:
        """Add one event in the caller's transaction; raises as `append`."""
        parsed = REVIEW.parse(type, payload)
        library = library_in(session)

        def fits(folded: FoldedReview) -> None:
            clip = _living(session, clip_id)
            refuse_overtaken(folded, expect_last)
            check(type, parsed, folded.state, duration_us=clip.film.duration_us, library=library)

        added = self._journals.append(session, REVIEWS, clip_id, actor, type, parsed, check=fits)
        self._record(session, clip_id, added)
        return added

    def read_in(self, session: Session, clip_id: str) -> FoldedReview:
        """The clip's events as the caller's transaction sees them."""
        return self._journals.read(session, REVIEWS, clip_id)

    def _take_back(self, clip_id: str, actor: str, expect_last: int | None, *, redo: bool) -> AddedReview:
        try:
            with self._database.write() as session:
                _living(session, clip_id)
                added = self._journals.take_back(session, REVIEWS, clip_id, actor, redo=redo, expect_last=expect_last)
                self._record(session, clip_id, added)
                return added
        except IntegrityError as error:
            raise overtaken() from error

    def _record(self, session: Session, clip_id: str, added: AddedReview) -> None:
        event = added.event
        self._audit.append(session, event.actor, f"review.{event.type}", clip_id, {"event": event.id})


def _living(session: Session, clip_id: str) -> Clip:
    clip = session.get(Clip, clip_id)
    if clip is None or clip.erased_at is not None:
        raise erased()
    return clip


def _numbered(candidates: Sequence[Mapping[str, Any]]) -> dict[str, Original]:
    return {
        each["id"]: Original(Span(start_us=each["start_us"], end_us=each["end_us"]), number)
        for each, number in zip(candidates, numbers(each["kind"] for each in candidates), strict=True)
    }
