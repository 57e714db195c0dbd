"""The parent looks first: marks own good moments in the whole film, then a worker joins and may take them up."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.own_moments import OwnMarked, OwnMoments, span_around, taken_up_id
from vfeed.practice.protocol import Pack
from vfeed.services.access import Access, Actor
from vfeed.store.store import Store
from vfeed.store.tables import Clip, utc_now

SHOWN_FOR = frozenset({"session"})


def asked_for(pack: Pack | None) -> bool:
    """Return whether a programme asks that the parent looks first."""
    return pack is not None and pack.clip_rules is not None and pack.clip_rules.parent_led


@dataclass(frozen=True)
class OwnMoment:
    """A parent's own moment with their words; `taken_up`: it is a tagged moment of the film's review, too."""

    mark: OwnMarked
    words: str
    taken_up: bool


class ParentLed:
    """Use cases of the parent-led room; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def open(self, actor: Actor, clip_id: str) -> Clip:
        """Return the film, when it may be shown to the family and plays in a browser; raises `not_found` until it
        does.
        """
        clip = self._access.open_clip(actor, clip_id, among=SHOWN_FOR)
        if clip.session_id is not None or not self._store.blobs.has(clip_id, "proxy"):
            raise VfeedError("not_found", _("This film cannot be shown yet."), hint=_("Wait until it is made ready."))
        return clip

    def state(self, actor: Actor, clip_id: str) -> OwnMoments:
        """Return what the parent has marked and said."""
        self._access.open_clip(actor, clip_id, among=SHOWN_FOR)
        return self._store.own_moments.state(clip_id)

    def hand_over(self, actor: Actor, clip_id: str) -> None:
        """The parent is handed the whole film; whatever was looked at together before has ended."""
        self.open(actor, clip_id)
        self.leave(actor, clip_id)

    def leave(self, actor: Actor, clip_id: str) -> None:
        """Looking together has ended."""
        if self._store.own_moments.state(clip_id).joined_at is not None:
            self._store.own_moments.append(clip_id, actor.name, "worker_left", {})

    def mark(self, actor: Actor, clip_id: str, mark_id: str, at_us: int) -> OwnMarked:
        """Mark what is on show at a time of the film; raises VfeedError `invalid_input`."""
        clip = self.open(actor, clip_id)
        span = span_around(at_us, clip.film.duration_us)
        payload = {"mark_id": mark_id, "at_us": max(at_us, 0), **span.model_dump()}
        return self._store.own_moments.append(clip_id, actor.name, "own_marked", payload).by_id[mark_id]

    def unmark(self, actor: Actor, clip_id: str, mark_id: str) -> None:
        """Take a mark away with its words; raises VfeedError `invalid_input`."""
        self.open(actor, clip_id)
        self._store.own_moments.append(clip_id, actor.name, "own_removed", {"mark_id": mark_id})

    def keep_words(self, actor: Actor, clip_id: str, mark_id: str, text: str) -> str:
        """Keep what the parent says of a mark; returns it as kept. Raises VfeedError `invalid_input`."""
        self.open(actor, clip_id)
        payload = {"mark_id": mark_id, "text": text}
        return self._store.own_moments.append(clip_id, actor.name, "own_words", payload).words.get(mark_id, "")

    def join(self, actor: Actor, clip_id: str) -> None:
        """The worker joins: the marks are looked at one by one. Raises VfeedError `invalid_input` without any."""
        self.open(actor, clip_id)
        if not self._store.own_moments.state(clip_id).is_together(utc_now()):
            self._store.own_moments.append(clip_id, actor.name, "worker_joined", {})

    def seen_by_worker(self, actor: Actor, clip_id: str) -> list[OwnMoment]:
        """Return the parent's moments as the worker finds them on the film's page afterwards."""
        own, tagged = self.state(actor, clip_id), self._store.events.state(clip_id).annotations.moments_by_id
        return [
            OwnMoment(mark, own.words.get(mark.mark_id, ""), taken_up_id(mark.mark_id) in tagged) for mark in own.marks
        ]

    def take_up(self, actor: Actor, clip_id: str, mark_id: str, code_ref: str) -> None:
        """Make a parent's moment a tagged one, with their words; raises VfeedError `invalid_input`."""
        own = self.state(actor, clip_id)
        mark = own.by_id.get(mark_id)
        if mark is None:
            raise VfeedError("invalid_input", _("There is no such mark."), hint=_("Load the page again."))
        moment_id = taken_up_id(mark_id)
        moment = {"moment_id": moment_id, "start_us": mark.start_us, "end_us": mark.end_us, "code_ref": code_ref}
        with self._store.database.write() as session:
            self._store.events.append_in(session, clip_id, actor.name, "moment_tagged", {**moment, "note": ""})
            if text := own.words.get(mark_id, ""):
                words = {"moment_id": moment_id, "text": text}
                self._store.events.append_in(session, clip_id, actor.name, "words_written", words)
