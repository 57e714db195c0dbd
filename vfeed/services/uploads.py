"""Films that come in by parts: begun for a visit, continued, dropped, and taken in once the whole is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from vfeed.errors import VfeedError, within
from vfeed.errors import marked as _
from vfeed.practice.events import MAX_TITLE
from vfeed.services.access import Access, Actor
from vfeed.services.intake import take_in
from vfeed.services.sessions import Sessions
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Upload, Visit


class Uploads:
    """The use cases of a person's own uploads; everybody else's are not there for them."""

    def __init__(self, store: Store, access: Access, sessions: Sessions) -> None:
        self._store = store
        self._access = access
        self._sessions = sessions

    def begin(self, actor: Actor, length: int, details: Mapping[str, str]) -> Upload:
        """Begin an upload of so many bytes for the visit in `details`, or for its shared review.

        Raises VfeedError `not_found`, `forbidden` for another worker's family, `invalid_input` for a title that would
        not fit in the end, and what `uploads.create` raises.
        """
        visit = self._visit(actor, details)
        within(details.get("title", ""), MAX_TITLE)
        if "session_id" in details:
            self._sessions.require_may_be_filmed(visit.family_id, details["session_id"])
        return self._store.uploads.create(actor.name, length, details)

    def one(self, actor: Actor, upload_id: str) -> Upload:
        """Return the upload, when it is this person's own; raises VfeedError `not_found`."""
        upload = self._store.uploads.get(upload_id)
        if upload.owner != actor.name:
            raise VfeedError("not_found", _("There is no such upload."), hint=_("Choose the file again."))
        return upload

    def arrived(self, upload: Upload) -> int:
        """Return how many bytes have arrived."""
        return self._store.uploads.offset(upload.id)

    def go_on(self, upload: Upload, part: BinaryIO, offset: int) -> int:
        """Keep the next part, which begins at `offset`; returns how many bytes have arrived then."""
        return self._store.uploads.append(upload.id, part, offset)

    def drop(self, upload: Upload) -> None:
        """Drop an upload and what has arrived of it."""
        self._store.uploads.remove(upload.id)

    def finish(self, actor: Actor, upload: Upload, title: str) -> Clip:
        """Look at the whole film and take it in; one that would be refused again is dropped.

        Raises `ClipKnown`, the `clip_*` errors of `media.isolated_process`, VfeedError `not_found`, `forbidden`,
        `disk_full`.
        """
        visit = self._visit(actor, upload.details)
        session_id = upload.details.get("session_id")
        try:
            with self._store.uploads.open(upload.id) as file:
                clip = take_in(self._store, file, visit=visit, title=title, actor=actor.name, session_id=session_id)
        except VfeedError as error:
            if error.permanent:
                self.drop(upload)
            raise
        self.drop(upload)
        return clip

    def known(self, actor: Actor, clip_id: str) -> Clip | None:
        """Return the clip that is here already, or None where it is another worker's: not even its name is told."""
        clip = self._store.clips.get(clip_id)
        return clip if self._store.workers.decide(clip.family_id, actor.name) else None

    def _visit(self, actor: Actor, details: Mapping[str, str]) -> Visit:
        visit = self._store.families.visit(details.get("visit_id", ""))
        self._access.open_family(actor, visit.family_id)
        return visit
