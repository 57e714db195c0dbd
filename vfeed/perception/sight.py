"""The names of how well a person is seen in a frame, and why not."""

from __future__ import annotations

from enum import IntEnum


class Sight(IntEnum):
    """Visibility of a person in a frame; the numbers are stored in metrics.npz (array `sight`)."""

    SEEN = 0
    PARTLY = 1
    NOT_FOUND = 2
    SMALL = 3
    DARK = 4
    BLURRED = 5
    TURNED_AWAY = 6
    OUT_OF_FRAME = 7
    COVERED = 8


SIGHT_WORDS = {
    Sight.SEEN: "seen",
    Sight.PARTLY: "partly seen",
    Sight.NOT_FOUND: "not found",
    Sight.SMALL: "too small",
    Sight.DARK: "too dark",
    Sight.BLURRED: "too blurred",
    Sight.TURNED_AWAY: "turned away from the camera",
    Sight.OUT_OF_FRAME: "out of the picture",
    Sight.COVERED: "covered",
}
