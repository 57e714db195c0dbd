"""What of a film of moments a plain player shows: frames that stand still and slow repeats are in the file itself.

The parent's room does both by itself and stops at questions, so its own film has each moment once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from vfeed.practice.events import Reel, ReelMoment
from vfeed.timeline.interval import Interval

STANDS_US = 3_000_000
"""Long enough to look at a face and say something; whoever wants longer pauses the player."""
SLOWER = 2


@dataclass(frozen=True)
class Stretch:
    """A part of the clip, and how long it lasts in the file; `lasts_us` None: as long as it is, with its sound."""

    interval: Interval
    lasts_us: int | None = None


def still_us(moment: ReelMoment) -> int:
    """The time of the frame that stands for a moment: its middle, when what it is about is going on."""
    return (moment.start_us + moment.end_us) // 2


def player_role(reel_id: str) -> str:
    """What the file for plain players is kept as."""
    return f"player:{reel_id}"


def cut_role(reel_id: str) -> str:
    """What is kept of how the films of a reel were cut: `cut_as` of the reel then."""
    return f"cut:{reel_id}"


def cut_as(reel: Reel) -> str:
    """What of a reel its films depend on, in a few letters: films cut otherwise show what is not chosen any more."""
    parts = [
        (each.interval.start_us, each.interval.end_us, each.lasts_us)
        for moment in reel.moments
        for each in (Stretch(Interval(moment.start_us, moment.end_us)), *stretches(moment))
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def is_plain(reel: Reel) -> bool:
    """Whether a player needs nothing but the moments, each once."""
    return not any(moment.slow_again or any(pause.still for pause in moment.pauses) for moment in reel.moments)


def stretches(moment: ReelMoment) -> Iterator[Stretch]:
    """A moment as a player shows it: it stands where a frame stands, then all of it once more, slowly, if wanted."""
    at_us = moment.start_us
    for pause in moment.pauses:
        if pause.still:
            if pause.time_us > at_us:
                yield Stretch(Interval(at_us, pause.time_us))
            yield Stretch(Interval(pause.time_us, pause.time_us + 1), STANDS_US)
            at_us = pause.time_us
    yield Stretch(Interval(at_us, moment.end_us))
    if moment.slow_again:
        whole = Interval(moment.start_us, moment.end_us)
        yield Stretch(whole, SLOWER * whole.duration_us)
