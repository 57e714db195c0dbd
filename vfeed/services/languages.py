"""The languages of the parent's room: whether a person has checked them, and what is needed before one is chosen."""

from __future__ import annotations

from vfeed.practice.caregiver_catalogues import Catalogue
from vfeed.practice.review import ReviewState
from vfeed.services.access import Actor, require
from vfeed.services.reels import Part
from vfeed.store.languages import Check
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Participant


class Languages:
    """The use cases of languages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def is_draft(self, catalogue: Catalogue) -> bool:
        """Return whether nobody has checked a language that a machine drafted."""
        return self._store.languages.is_draft(catalogue)

    def checked(self, catalogue: Catalogue) -> Check | None:
        """Return who checked a language as it reads now, and when; None for nobody."""
        return self._store.languages.checked(catalogue)

    def check(self, actor: Actor, catalogue: Catalogue) -> None:
        """Say that a language reads right."""
        require(actor, "parent.show")
        self._store.languages.check(catalogue, actor.name)

    def uncheck(self, actor: Actor, catalogue: Catalogue) -> None:
        """Take that back."""
        require(actor, "parent.show")
        self._store.languages.uncheck(catalogue, actor.name)

    def state_of(self, part: Part) -> ReviewState:
        """Return the review of a part that the caller has opened: its tagged moments have sentences."""
        return self._store.events.state(part.clip.id)

    def adult_in(self, clip: Clip) -> Participant | None:
        """Return the adult of the pair in a clip; of the whole family's, the only adult there is."""
        adults = [each for each in self._store.families.participants(clip.family_id) if each.kind == "adult"]
        seen = [each for each in adults if each.id in (clip.seen or ())] or adults
        return seen[0] if len(seen) == 1 else None
