"""Stills that a person took: pictures kept in the vault under the clip's key."""

from __future__ import annotations

from vfeed.errors import VfeedError
from vfeed.media.apart import still_apart
from vfeed.practice.events import Still
from vfeed.server.web.context import store
from vfeed.server.web.words import gettext as _

STILL_SIDE_PX = 1920
JPEG = "image/jpeg"


def still_of(clip_id: str, still_id: str) -> Still:
    """The still; raises VfeedError `not_found`, also for one that was removed."""
    still = store().events.state(clip_id).still(still_id)
    if still is None:
        raise VfeedError("not_found", _("There is no such still."), hint=_("Take it anew in the review room."))
    return still


def kept_picture(clip_id: str, still: Still) -> str:
    """The role of the still's picture in the vault; made from the original when it is first asked for."""
    role = f"frame:{still.at_us}"
    if not store().blobs.has(clip_id, role):
        with store().blobs.open(clip_id, "original") as file:
            picture = still_apart(file, still.at_us, STILL_SIDE_PX)
        with store().blobs.put(clip_id, role, JPEG) as out:
            out.write(picture)
    return role
