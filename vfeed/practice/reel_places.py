"""Where the moments of a reel lie in its own film, one after the other, and which time of the clip that is."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.events import Reel, ReelMoment


@dataclass(frozen=True)
class Place:
    """A moment's place in the reel's own film, in microseconds."""

    moment: ReelMoment
    start_us: int
    end_us: int

    def reel_us(self, clip_us: int) -> int:
        """Return a time of the clip in the reel's film; what was cut off since lies at the place's edge."""
        within = min(max(clip_us, self.moment.start_us), self.moment.end_us - 1)
        return self.start_us + within - self.moment.start_us

    def clip_us(self, reel_us: int) -> int:
        """Return a time of the reel's film in the clip, within the moment."""
        return self.moment.start_us + min(max(reel_us, self.start_us), self.end_us - 1) - self.start_us


def places_of(reel: Reel) -> list[Place]:
    """Return the moments one after the other, as the reel's film shows them.

    >>> moments = [ReelMoment(moment_id=each, start_us=5_000_000, end_us=7_000_000) for each in ("m1", "m2")]
    >>> [each.start_us for each in places_of(Reel(reel_id="r", title="Play", moments=moments))]
    [0, 2000000]
    """
    places, at_us = [], 0
    for moment in reel.moments:
        end_us = at_us + moment.end_us - moment.start_us
        places.append(Place(moment, at_us, end_us))
        at_us = end_us
    return places


def place_of(reel: Reel, moment_id: str) -> Place:
    """Return the place of a moment; raises VfeedError `not_found` for one that is not in the reel."""
    for place in places_of(reel):
        if place.moment.moment_id == moment_id:
            return place
    raise VfeedError("not_found", _("There is no such moment here."), hint=_("Load the page again."))
