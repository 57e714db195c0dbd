"""Referrals of a family to others and from others, as short notes beside what left."""

from __future__ import annotations

from collections.abc import Sequence

from vfeed.practice.referral import Referral
from vfeed.services.access import Access, Actor, require
from vfeed.store.referrals import ReferralNote
from vfeed.store.store import Store


class ReferralWork:
    """Each raises VfeedError `not_found`, and `forbidden` for another worker's family."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def note(self, actor: Actor, family_id: str, told: Referral) -> None:
        """Keep a note; raises VfeedError `invalid_input`."""
        require(actor, "evidence.give")
        self._access.open_family(actor, family_id)
        self._store.referrals.note(family_id, told, actor.name)

    def of(self, actor: Actor, family_id: str) -> Sequence[ReferralNote]:
        """Return a family's notes, the latest first."""
        self._access.open_family(actor, family_id)
        return self._store.referrals.of(family_id)
