"""Erasing a whole family: how much goes with it, and the certificate that is left."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.services.access import Access, Actor, require
from vfeed.store.erasure import Certificate
from vfeed.store.store import Store
from vfeed.store.tables import Family


@dataclass(frozen=True)
class ToErase:
    """A family, and how many clips, people and visits go with it."""

    family: Family
    films: int
    people: int
    visits: int


class Erasing:
    """The use cases of erasing a family; each raises VfeedError `not_found` and `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def read(self, actor: Actor, family_id: str) -> ToErase:
        """Return what would go."""
        family = self._open(actor, family_id)
        clips, families = self._store.clips, self._store.families
        return ToErase(
            family,
            len(clips.for_family(family_id)) + len(clips.session_films(family_id)),
            len(families.participants(family_id)),
            len(families.visits(family_id)),
        )

    def family(self, actor: Actor, family_id: str) -> Certificate:
        """Erase a family with all that is kept of it."""
        self._open(actor, family_id)
        return self._store.erasure.family(family_id, actor.name)

    def _open(self, actor: Actor, family_id: str) -> Family:
        require(actor, "clip.erase")
        return self._access.open_family(actor, family_id)
