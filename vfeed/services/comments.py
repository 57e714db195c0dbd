"""What colleagues say to each other about a film: open to the family's own workers alone."""

from __future__ import annotations

from vfeed.journal.journal import Folded
from vfeed.practice.thread import Thread
from vfeed.services.access import Access, Actor
from vfeed.store.store import Store

AMONG = frozenset({"session"})
"""Comments belong to the work with the family: neither research nor supervision opens them."""


class FilmComments:
    """Use cases of the thread; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def read(self, actor: Actor, clip_id: str) -> Folded[Thread]:
        """Return everything that was said about a film."""
        self._access.open_clip(actor, clip_id, among=AMONG)
        return self._store.comments.read(clip_id)

    def comment(self, actor: Actor, clip_id: str, at_us: int | None, text: str) -> Folded[Thread]:
        """Say something about a place of the film; raises VfeedError `invalid_input`."""
        self._access.open_clip(actor, clip_id, among=AMONG)
        return self._store.comments.append(clip_id, actor.name, "commented", {"at_us": at_us, "text": text})

    def take_back(self, actor: Actor, clip_id: str, *, redo: bool) -> Folded[Thread]:
        """Take back this person's own last comment, or say it again; raises VfeedError `invalid_input` for none."""
        self._access.open_clip(actor, clip_id, among=AMONG)
        return self._store.comments.take_back(clip_id, actor.name, redo=redo)
