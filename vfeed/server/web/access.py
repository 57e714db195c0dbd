"""What the current person may see of one clip: `services.access`, asked for whoever is signed in."""

from __future__ import annotations

from collections.abc import Collection

from vfeed.practice.permission import PermissionDecision
from vfeed.server.web.context import person, services
from vfeed.services.access import FAMILY_WORK as FAMILY_WORK
from vfeed.services.rows import Clip


def decide(clip_id: str, *, among: Collection[str] | None = None) -> PermissionDecision:
    """Whether the current person may open a clip, for any of their uses; the first refusal's reason otherwise."""
    return services().access.decide(person(), clip_id, among=among)


def open_clip(clip_id: str, *, among: Collection[str] | None = None) -> Clip:
    """The clip, when it is there and may be opened for one of the uses `among` (None: any use of their roles).

    Raises VfeedError `not_found`, also for a destroyed clip, and `consent_missing` with who has not agreed.
    """
    return services().access.open_clip(person(), clip_id, among=among)


def sees_family_work() -> bool:
    """Whether notes and parents' words are part of this person's work."""
    return person().sees_family_work


def open_clips(family_id: str) -> dict[str, Clip]:
    """The family's clips that this person may open now, by id."""
    return services().families.read(person(), family_id).open_clips
