"""Colleagues' comments on films in the database: a journal for each film, gone when the film is."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from vfeed.practice.comments import COMMENTS, check
from vfeed.practice.thread import Thread
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.journal import COMMENTS_STREAM, Journals, Stream
from vfeed.store.own_steps import About, OwnSteps
from vfeed.store.tables import Clip

THREADS = Stream(COMMENTS_STREAM, COMMENTS, Clip)


class Comments(OwnSteps[Thread]):
    """Adds comments and tells which stand, by film."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        super().__init__(database, audit, journals, THREADS, _living)


def _living(session: Session, clip_id: str) -> About:
    clip = session.get(Clip, clip_id)
    if clip is None or clip.erased_at is not None:
        raise erased()
    return About("comments", clip_id, check=partial(check, duration_us=clip.film.duration_us))
