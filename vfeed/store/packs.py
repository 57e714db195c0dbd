"""Code sets of a service's own: saved as versions, none of which is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.library import Library, refs, shipped
from vfeed.practice.own_words import with_words, words_in
from vfeed.practice.protocol import Pack
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database, known
from vfeed.store.tables import OwnPack


class Packs:
    """Keeps own code sets beside those that come with vfeed."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def known(self) -> Library:
        """Every pack on offer, and the codes that old tags may carry."""
        with self._database.read() as session:
            return library_in(session)

    def get(self, pack_id: str) -> Pack:
        """A pack on offer, shipped or own; raises VfeedError `not_found`."""
        return self.known().pack(pack_id)

    def versions(self, pack_id: str | None = None) -> Sequence[OwnPack]:
        """Every version of an own code set (None: of all), oldest first; also of words beside the lines of others."""
        with self._database.read() as session:
            return _rows(session, pack_id)

    def save(self, pack: Pack, actor: str, *, over: int) -> Pack:
        """Keep a code set as the version after `over` (0: a new one); returns it with its number.

        Raises VfeedError `invalid_input` for the id of a pack that comes with vfeed, `conflict` when the newest version
        is not `over` because somebody else was quicker, or the id is taken.
        """
        if shipped().has_pack(pack.id):
            raise VfeedError(
                "invalid_input",
                _("The id “%(id)s” belongs to a code set that comes with vfeed."),
                hint=_("Choose another."),
                id=pack.id,
            )
        return self._append(pack, actor, over=over, removed=False)

    def put_words(self, pack_id: str, words: Mapping[str, str], actor: str) -> Pack:
        """Put the service's words beside the lines of a pack that comes with vfeed; returns it as it is now.

        Raises VfeedError `not_found` for no such pack, `invalid_input` for words that are too long.
        """
        worded = with_words(shipped().pack(pack_id), words)
        rows = self.versions(pack_id)
        return self._append(worded, actor, over=rows[-1].version if rows else 0, removed=False)

    def remove(self, pack_id: str, actor: str) -> None:
        """Offer a code set no longer; tags that carry its codes keep their words. Raises VfeedError `not_found`."""
        newest = self._newest(pack_id)
        self._append(newest.pack, actor, over=newest.version, removed=True)

    def bring_back(self, pack_id: str, version: int, actor: str) -> Pack:
        """Offer an earlier version again, as the newest; raises VfeedError `not_found`."""
        newest = self._newest(pack_id)
        row = next((row for row in self.versions(pack_id) if row.version == version), None)
        if row is None:
            raise VfeedError("not_found", _("There is no such version."), hint=_("Go back to the code set."))
        return self._append(row.pack, actor, over=newest.version, removed=False)

    def _newest(self, pack_id: str) -> OwnPack:
        rows = self.versions(pack_id)
        if not rows:
            raise VfeedError(
                "not_found", _("There is no such code set of your own."), hint=_("Go back to the code sets.")
            )
        return rows[-1]

    def _append(self, pack: Pack, actor: str, *, over: int, removed: bool) -> Pack:
        kept = pack.model_copy(update={"version": over + 1})
        try:
            with self._database.write() as session:
                rows = _rows(session, pack.id)
                if over != (rows[-1].version if rows else 0):
                    raise _overtaken()
                session.add(OwnPack(pack_id=pack.id, version=kept.version, pack=kept, removed=removed, actor=actor))
                detail = {"version": kept.version}
                if removed:
                    self._audit.append(session, actor, "code_set.removed", pack.id, detail)
                else:
                    self._audit.append(session, actor, "code_set.saved", pack.id, detail)
        except IntegrityError as error:
            raise _overtaken() from error
        return kept


def library_in(session: Session) -> Library:
    """The library as the caller's transaction sees it."""
    return known(session, "library", lambda: _library(session))


def _library(session: Session) -> Library:
    rows = _rows(session, None)
    if not rows:
        return shipped()
    newest = {row.pack_id: row for row in rows}
    kept = {row.pack_id: row.pack for row in newest.values() if not row.removed}
    # Of a pack that comes with vfeed only the service's words beside its lines are kept here.
    ours = [with_words(pack, words_in(kept.pop(pack.id, pack))) for pack in shipped().packs]
    earlier = refs(row.pack for row in rows)
    return Library((*ours, *sorted(kept.values(), key=lambda pack: pack.title.lower())), earlier)


def _rows(session: Session, pack_id: str | None) -> Sequence[OwnPack]:
    query = select(OwnPack).order_by(OwnPack.version, OwnPack.pack_id)
    return session.scalars(query if pack_id is None else query.where(OwnPack.pack_id == pack_id)).all()


def _overtaken() -> VfeedError:
    return VfeedError(
        "conflict",
        _("A code set with this id is there already, or somebody else has changed it meanwhile."),
        hint=_("Look at it, then save again; a new code set needs an id of its own."),
    )
