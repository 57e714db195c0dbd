"""Code sets: what is offered, a service's own ones made, changed, taken in, left out and brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice import library
from vfeed.practice.protocol import Pack
from vfeed.services.access import Actor, require
from vfeed.store.store import Store
from vfeed.store.tables import OwnPack


@dataclass(frozen=True)
class CodeSets:
    """The service's own code sets, those that come with vfeed, and the newest versions of those left out."""

    own: Sequence[Pack]
    shipped: Sequence[Pack]
    removed: Sequence[OwnPack]


class Codes:
    """The use cases of code sets; each but `known` raises VfeedError `forbidden`, and `not_found` for no such set."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self) -> library.Library:
        """Return every code set with its words, also those that are offered no longer."""
        return self._store.packs.known()

    def list(self, actor: Actor) -> CodeSets:
        """Return what there is."""
        require(actor, "clip.review")
        packs = self._store.packs.known().packs
        newest = {row.pack_id: row for row in self._store.packs.versions()}
        own = [pack for pack in packs if not library.shipped().has_pack(pack.id)]
        return CodeSets(own, library.shipped().packs, [row for row in newest.values() if row.removed])

    def get(self, actor: Actor, pack_id: str) -> Pack:
        """Return a code set."""
        require(actor, "clip.review")
        return self._store.packs.get(pack_id)

    def to_change(self, actor: Actor, pack_id: str) -> Pack:
        """Return an own code set; raises VfeedError `invalid_input` for one that comes with vfeed."""
        pack = self.get(actor, pack_id)
        if library.shipped().has_pack(pack_id):
            raise VfeedError(
                "invalid_input", _("This code set comes with vfeed."), hint=_("Make one of your own beside it.")
            )
        return pack

    def versions(self, actor: Actor, pack_id: str) -> Sequence[OwnPack]:
        """Return every version of an own code set, oldest first; empty for none."""
        require(actor, "clip.review")
        return self._store.packs.versions(pack_id)

    def save(self, actor: Actor, pack: Pack, *, over: int | None = None) -> Pack:
        """Keep the next version over the number given (None: the newest); raises VfeedError `conflict`."""
        rows = self.versions(actor, pack.id) if over is None else ()
        number = over if over is not None else rows[-1].version if rows else 0
        return self._store.packs.save(pack, actor.name, over=number)

    def put_words(self, actor: Actor, pack_id: str, words: Mapping[str, str]) -> Pack:
        """Put the service's own words beside the lines of a form that ships its numbers alone."""
        require(actor, "clip.review")
        return self._store.packs.put_words(pack_id, words, actor.name)

    def remove(self, actor: Actor, pack_id: str) -> None:
        """Offer a code set no longer; tags keep their words."""
        require(actor, "clip.review")
        self._store.packs.remove(pack_id, actor.name)

    def bring_back(self, actor: Actor, pack_id: str, version: int) -> Pack:
        """Offer a removed code set, or an earlier version, again."""
        require(actor, "clip.review")
        return self._store.packs.bring_back(pack_id, version, actor.name)
