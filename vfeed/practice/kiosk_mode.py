"""What a browser is held to while the parent view, or films for a group, are open in it."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.practice.caregiver_catalogues import ENGLISH


@dataclass(frozen=True)
class KioskMode:
    """The reel on show, the language it is shown in, and whether English stands beside that for an interpreter.

    `led`: no reel is on show but the whole film, which the parent looks through first; `reel_id` is empty then.
    `others` are the other clips that hold a part of the reel. `group_id` and `meeting_id`: the films of a group's
    session are on show, and no reel by itself.
    """

    clip_id: str = ""
    reel_id: str = ""
    language: str = ENGLISH
    beside: bool = False
    led: bool = False
    others: tuple[str, ...] = ()
    group_id: str = ""
    meeting_id: str = ""

    @property
    def clip_ids(self) -> tuple[str, ...]:
        """Every clip of which something is shown."""
        return (self.clip_id, *self.others)
