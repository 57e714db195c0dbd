"""Files of a clip and stills from it, for callers that have opened the clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.isolated_process import still_isolated
from vfeed.practice.events import Reel, ReelMoment
from vfeed.practice.reel_file import cut_as, cut_role, is_plain, player_role, still_us
from vfeed.services.reels import Part
from vfeed.store.store import Store

STILL_SIDE_PX = 960
TAKEN_SIDE_PX = 1920
JPEG = "image/jpeg"


@dataclass(frozen=True)
class KeptFile:
    """An open file of the vault, to be closed by whoever reads it."""

    file: BinaryIO
    media_type: str
    id: str


class Files:
    """What is made from a clip; whether the clip opens is asked before, see `Access`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def kept(self, clip_id: str, role: str) -> KeptFile:
        """Return a file of the vault; raises VfeedError `not_found` for one that is not made yet."""
        info = self._store.blobs.info(clip_id, role)
        if info is None:
            raise VfeedError(
                "not_found", _("This has not been made yet."), hint=_("The film’s page shows how far the work is.")
            )
        return KeptFile(self._store.blobs.open(clip_id, role), info.media_type, info.id)

    def has(self, clip_id: str, role: str) -> bool:
        """Return whether a file is there."""
        return self._store.blobs.has(clip_id, role)

    def content(self, clip_id: str, role: str) -> bytes:
        """Return all of a file; raises VfeedError `not_found`."""
        return self._store.blobs.read(clip_id, role)

    def frame(self, clip_id: str, at_us: int, side_px: int = STILL_SIDE_PX, *, role: str = "original") -> bytes:
        """Return the frame at a time of the clip, or of another film of it, as JPEG; longer side at most `side_px`."""
        with self._store.blobs.open(clip_id, role) as file:
            return still_isolated(file, at_us, side_px)

    def taken(self, clip_id: str, still_id: str) -> str | None:
        """Return the role of the picture of a still that a person took, None while it is not made.

        Raises VfeedError `not_found`, also for a still that was removed.
        """
        role = f"frame:{self._taken_us(clip_id, still_id)}"
        return role if self.has(clip_id, role) else None

    def make_taken(self, clip_id: str, still_id: str) -> None:
        """Make and keep that picture, unless it is there; raises VfeedError `not_found` likewise."""
        at_us = self._taken_us(clip_id, still_id)
        role = f"frame:{at_us}"
        if self.has(clip_id, role):
            return
        with self._store.blobs.open(clip_id, "original") as file:
            jpeg = still_isolated(file, at_us, TAKEN_SIDE_PX)
            with self._store.blobs.put(clip_id, role, JPEG, cut_from=file) as out:
                out.write(jpeg)

    def _taken_us(self, clip_id: str, still_id: str) -> int:
        still = self._store.events.state(clip_id).still(still_id)
        if still is None:
            raise VfeedError("not_found", _("There is no such still."), hint=_("Take it anew in the review room."))
        return still.at_us

    def still_of(self, clip_id: str, moment: ReelMoment) -> bytes:
        """Return the frame of a chosen moment: the one that was made with the reel, or made now while it waits."""
        role = f"still:{still_us(moment)}"
        return self.content(clip_id, role) if self.has(clip_id, role) else self.frame(clip_id, still_us(moment))

    def is_made(self, clip_id: str, reel: Reel) -> bool:
        """Return whether the reel's film is there and shows what is chosen now, not what was before an undo."""
        if not self.has(clip_id, f"reel:{reel.reel_id}"):
            return False
        role = cut_role(reel.reel_id)
        # Films of earlier versions do not say how they were cut.
        return not self.has(clip_id, role) or self.content(clip_id, role) == cut_as(reel).encode()

    def require_made(self, parts: Sequence[Part]) -> None:
        """Raise VfeedError `conflict` unless the film of every part is ready."""
        if not all(self.is_made(part.clip.id, part.reel) for part in parts):
            raise VfeedError(
                "conflict",
                _("The film of the moments is still being made."),
                hint=_("Wait until it is ready, then show it."),
            )

    def role_of(self, clip_id: str, reel: Reel) -> str:
        """Return the reel's film as it leaves vfeed: with still frames and slow repeats where there are some."""
        role = player_role(reel.reel_id)
        return role if not is_plain(reel) and self.has(clip_id, role) else f"reel:{reel.reel_id}"
