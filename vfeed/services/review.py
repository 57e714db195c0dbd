"""Reviewing a clip: what holds, one step more, one step back, and what the analysis offers in that light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.practice.library import Library
from vfeed.practice.overrides import ManualOverrides
from vfeed.practice.protocol import Code
from vfeed.practice.review import Original, ReviewState
from vfeed.services.access import FAMILY_WORK, Access, Actor
from vfeed.services.offer_types import Offer
from vfeed.services.offers import Offers
from vfeed.store.store import Store

ELSEWHERE = frozenset(
    {
        "reel_saved",
        "reel_removed",
        "review_started",
        "review_stopped",
        "talk_marked",
        "talk_unmarked",
        "voice_recorded",
        "voice_removed",
        "undone",
    }
)
"""Reels have their own use case, which also starts the making; the shared review begins and ends with the lock, and
what the parent marks is the parent's."""


@dataclass(frozen=True)
class Naming:
    """What is needed to put the steps of a clip's review into words."""

    originals: Mapping[str, Original]
    library: Library


@dataclass(frozen=True)
class ReviewRead:
    """A review with everything that its page shows."""

    folded: Folded[ReviewState]
    offer: Offer
    has_heads: bool
    naming: Naming
    codes: Mapping[str, Code]


@dataclass(frozen=True)
class ReviewAnswer:
    """A step that was added: the review before and after it, and whether the offer is another one since."""

    added: Added[ReviewState]
    offer_changed: bool
    naming: Naming
    codes: Mapping[str, Code]


class Reviews:
    """The use cases of the review room; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access, offers: Offers) -> None:
        self._store = store
        self._access = access
        self._offers = offers

    def read(self, actor: Actor, clip_id: str) -> ReviewRead:
        """Return what holds, with the offer."""
        self._access.open_clip(actor, clip_id)
        folded = self._store.events.read(clip_id)
        naming = self._naming(clip_id)
        return ReviewRead(
            folded,
            self._offers.after(clip_id, folded.state),
            self._store.blobs.has(clip_id, "heads"),
            naming,
            _codes(naming.library, _references(folded.state)),
        )

    def history(self, actor: Actor, clip_id: str) -> tuple[Folded[ReviewState], Naming]:
        """Return every step so far; raises VfeedError `consent_missing` for those who do not see the family's work."""
        self._access.open_clip(actor, clip_id, among=FAMILY_WORK)
        return self._store.events.read(clip_id), self._naming(clip_id)

    def offer_key(self, actor: Actor, clip_id: str) -> str:
        """Return a short name of the offer as it would be now; as long as it stays the same, so does the offer."""
        self._access.open_clip(actor, clip_id)
        return self._offers.key(clip_id, self._store.events.state(clip_id))

    def offer(self, actor: Actor, clip_id: str) -> tuple[Offer, ManualOverrides, bool]:
        """Return what the analysis offers now, what was said of people, and whether faces were kept to show beside."""
        self._access.open_clip(actor, clip_id)
        state = self._store.events.state(clip_id)
        return self._offers.after(clip_id, state), state.overrides, self._store.blobs.has(clip_id, "heads")

    def append(
        self, actor: Actor, clip_id: str, type_: str, payload: Mapping[str, Any], expect_last: int | None = None
    ) -> ReviewAnswer:
        """Add one event; raises VfeedError `invalid_input`, and `conflict` when somebody else was quicker."""
        self._access.open_clip(actor, clip_id)
        if type_ in ELSEWHERE:
            raise VfeedError(
                "invalid_input",
                _("A step of type %(type)s is not sent here."),
                hint=_("Use its own address."),
                type=type_,
            )
        return self._answer(clip_id, self._store.events.append(clip_id, actor.name, type_, payload, expect_last))

    def undo(self, actor: Actor, clip_id: str, expect_last: int | None = None) -> ReviewAnswer:
        """Take the last step back; raises VfeedError `invalid_input` without one, `conflict`."""
        self._access.open_clip(actor, clip_id)
        return self._answer(clip_id, self._store.events.undo(clip_id, actor.name, expect_last))

    def redo(self, actor: Actor, clip_id: str, expect_last: int | None = None) -> ReviewAnswer:
        """Do again what was taken back; raises VfeedError `invalid_input` without anything, `conflict`."""
        self._access.open_clip(actor, clip_id)
        return self._answer(clip_id, self._store.events.redo(clip_id, actor.name, expect_last))

    def _answer(self, clip_id: str, added: Added[ReviewState]) -> ReviewAnswer:
        before, after = added.before.state, added.after.state
        naming = self._naming(clip_id)
        known = set(_references(before)) if before.annotations is not after.annotations else set()
        new = (
            [each for each in _references(after) if each not in known]
            if before.annotations is not after.annotations
            else []
        )
        return ReviewAnswer(added, _offer_changed(before, after), naming, _codes(naming.library, new))

    def _naming(self, clip_id: str) -> Naming:
        return Naming(self._store.events.originals(clip_id), self._store.packs.known())


def _offer_changed(before: ReviewState, after: ReviewState) -> bool:
    return (
        before.decisions is not after.decisions
        or before.overrides != after.overrides
        or before.gaze_flags.meaningful != after.gaze_flags.meaningful
    )


def _references(state: ReviewState) -> Sequence[str]:
    """The codes that the clip's tags carry, also those that are offered no longer."""
    annotations = state.annotations
    tagged = [each.code_ref for each in annotations.moments_by_id.values()]
    return list(dict.fromkeys([*tagged, *(each.code_ref for each in annotations.open_by_id.values())]))


def _codes(library: Library, references: Sequence[str]) -> dict[str, Code]:
    return {each: code for each in references if (code := library.code(each)) is not None}
