"""What a person may see of one clip: it must be there, and a consent must hold for the work of their role."""

from __future__ import annotations

from collections.abc import Collection

from vfeed.errors import VfeedError
from vfeed.practice.decision import Decision
from vfeed.practice.roles import USE_OF_ROLE
from vfeed.server.context import roles, store
from vfeed.server.words import gettext as _
from vfeed.store.tables import Clip

# Notes and parents' words belong to the work with the family, which research does not see.
FAMILY_WORK = frozenset({"session", "supervision"})


def uses_of(held: Collection[str]) -> list[str]:
    """The uses of a clip that these account roles work under."""
    return [use for role, use in USE_OF_ROLE.items() if role in held]


def decide(clip_id: str, *, among: Collection[str] | None = None) -> Decision:
    """Whether the current person may open a clip, for any of their uses; the first refusal's reason otherwise."""
    refusal = Decision(False, _("Your role opens no films."))
    for number, use in enumerate(use for use in uses_of(roles()) if among is None or use in among):
        decision = store().consents.decide(clip_id, use)
        if decision:
            return decision
        if number == 0:
            refusal = decision
    return refusal


def open_clip(clip_id: str, *, among: Collection[str] | None = None) -> Clip:
    """The clip, when it is there and may be opened for one of the uses `among` (None: any use of their roles).

    Raises VfeedError `not_found`, also for a destroyed clip, and `consent_missing` with who has not agreed.
    """
    clip = store().clips.get(clip_id)
    decision = decide(clip_id, among=among)
    if not decision:
        raise VfeedError(
            "consent_missing",
            decision.reason,
            hint=_("Ask the family, then write the consent down on the family's page. The film opens by itself."),
        )
    return clip


def sees_family_work() -> bool:
    """Whether notes and parents' words are part of this person's work."""
    return bool(FAMILY_WORK & set(uses_of(roles())))
