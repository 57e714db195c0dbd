"""What a family may take home: asked anew at every making and every opening."""

from __future__ import annotations

from vfeed.practice.decision import Decision
from vfeed.store.store import Store

# Both: what is taken home was shown in a session first.
NEEDED = ("session", "take_home")


class TakeHome:
    """The use cases of what goes home."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self, clip_id: str) -> Decision:
        """Return whether moments of a clip may be taken home today, with the first reason against it."""
        refusals = (refused for use in NEEDED if not (refused := self._store.consents.decide(clip_id, use)))
        return next(refusals, Decision(True, ""))

    def require(self, clip_id: str) -> None:
        """Raise VfeedError `consent_missing` unless moments of a clip may be taken home today."""
        for use in NEEDED:
            self._store.consents.require(clip_id, use)
