"""Visibility: how well a person is seen in a frame, and why not."""

from __future__ import annotations

from enum import IntEnum


class Visibility(IntEnum):
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


VISIBILITY_WORDS = {
    Visibility.SEEN: "seen",
    Visibility.PARTLY: "partly seen",
    Visibility.NOT_FOUND: "not found",
    Visibility.SMALL: "too small",
    Visibility.DARK: "too dark",
    Visibility.BLURRED: "too blurred",
    Visibility.TURNED_AWAY: "turned away from the camera",
    Visibility.OUT_OF_FRAME: "out of the picture",
    Visibility.COVERED: "covered",
}
