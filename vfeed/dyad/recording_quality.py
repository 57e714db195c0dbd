"""What a film allows, in one word and at most three pieces of advice for the next: films are judged, never people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vfeed.errors import marked as _
from vfeed.perception.metrics import Heard
from vfeed.perception.visibility import Visibility

MOST_ADVICE = 3
EXPECTED_PEOPLE = 2

ENOUGH_SEEN, LITTLE_SEEN = 0.7, 0.25
"""Share of the time in which both can be read at once: from the first on all is well, below the second too little."""
GOOD_FACE_PX, LEAST_FACE_PX = 80.0, 32.0
"""Face width from which eyes and head are read well (1280-px frame), and below which hardly anything is."""
DIM_BELOW, DARK_BELOW = 60.0, 30.0
"""Brightness of a face, 0 to 255."""
SOFT_BELOW = 0.012
"""Share of a face's contrast in fine detail; see perception.visibility.sharpness."""
SHAKY_FROM_PER_S = 0.04
"""Usual motion of the whole frame, longer sides a second: a film shaken on purpose has .05, one held still .03."""
MISSING_FROM = 0.02
"""Share of the time without frames from which the film is not whole."""
ABOVE_FROM_DEG = 25.0
"""A camera from which both heads seem tipped towards it by more than this looks down on them."""


class RecordingQuality(StrEnum):
    """What the film allows."""

    FINE = "fine"
    LIMITS = "limits"
    AGAIN = "again"


QUALITY_WORDS = {
    RecordingQuality.FINE: _("This film can be worked with as it is."),
    RecordingQuality.LIMITS: _("This film can be worked with, within limits."),
    RecordingQuality.AGAIN: _("Little can be seen in this film. If you can, film once more."),
}


@dataclass(frozen=True, slots=True)
class QualityEvidence:
    """What the advice is drawn from; of two people the one who is seen worse counts. None: nobody, or not known.

    `seen_share` is of the time in which the people can be read at once, or the one person; `because` the main reason
    where they cannot. `face_px`, `light` (0-255) and `sharpness` are medians; `moved_per_s` is in longer sides of the
    frame, and `above_deg` how far the camera looks down on both heads. `missing_share` is time without frames.
    `expected` people should be in view: one where a person said that the other is at the camera.
    """

    people: int
    seen_share: float
    because: Visibility | None = None
    face_px: float | None = None
    light: float | None = None
    sharpness: float | None = None
    moved_per_s: float | None = None
    above_deg: float | None = None
    cuts: int = 0
    sound: Heard = Heard.UNKNOWN
    expected: int = EXPECTED_PEOPLE
    missing_share: float = 0.0


def assess_quality(filmed: QualityEvidence) -> tuple[RecordingQuality, list[str]]:
    """Return how far the film can be used and at most three pieces of advice, what matters most first.

    Missing sound is said and does not weigh: looks can be worked with in a silent film. Missing frames weigh.
    """
    found = _advice(filmed)
    too_little = filmed.people == 0 or filmed.seen_share < LITTLE_SEEN
    if too_little or _below(filmed.face_px, LEAST_FACE_PX):
        usable = RecordingQuality.AGAIN
    elif filmed.missing_share > MISSING_FROM or any(weighs for weighs, _words in found):
        usable = RecordingQuality.LIMITS
    else:
        usable = RecordingQuality.FINE
    return usable, list(dict.fromkeys(words for _weighs, words in found))[:MOST_ADVICE]


CLOSER = _("Come closer or zoom in, so that the faces are larger.")
FRONT_LIGHT = _("Let the light come from the front: the window or lamp before their faces, not behind them.")
STEADY = _("Put the camera on something steady.")
WIPE = _("Wipe the lens, and give the camera a moment to find its focus.")
BACK = _("Move the camera back a little, so that both heads stay in the picture.")
SIDE_ON = _("Film side-on: the camera halfway between the two, so that both faces are half turned to it.")
BOTH = _("Have both faces in the picture, side-on to the camera.")
LOWER = _("Lower the camera to about the height of the child’s eyes.")
IN_ONE_GO = _("Film in one go, without stopping in between.")
SOUND_ON = _("Film with the sound switched on: voices are part of the play.")

_FOR_REASON = {
    Visibility.OUT_OF_FRAME: BACK,
    Visibility.TURNED_AWAY: SIDE_ON,
    Visibility.SMALL: CLOSER,
    Visibility.DARK: FRONT_LIGHT,
    Visibility.BLURRED: STEADY,
}


def _advice(filmed: QualityEvidence) -> list[tuple[bool, str]]:
    """Pieces of advice with whether each limits what can be done with this film, what matters most first."""
    unseen = filmed.people > 0 and filmed.seen_share < ENOUGH_SEEN
    from_above = _above(filmed.above_deg, ABOVE_FROM_DEG)
    shaky = _above(filmed.moved_per_s, SHAKY_FROM_PER_S)
    rules = [
        (filmed.people < filmed.expected, True, BOTH),
        (_below(filmed.light, DARK_BELOW), True, FRONT_LIGHT),
        (unseen and from_above, True, LOWER),
        (unseen, True, _FOR_REASON.get(filmed.because or Visibility.NOT_FOUND, SIDE_ON)),
        (_below(filmed.face_px, GOOD_FACE_PX / 2), True, CLOSER),
        (_below(filmed.light, DIM_BELOW), True, FRONT_LIGHT),
        (shaky, True, STEADY),
        (not shaky and _below(filmed.sharpness, SOFT_BELOW), True, WIPE),
        (filmed.cuts > 0, True, IN_ONE_GO),
        (_below(filmed.face_px, GOOD_FACE_PX), False, CLOSER),
        (from_above, False, LOWER),
        (filmed.sound in (Heard.NONE, Heard.SILENT), False, SOUND_ON),
    ]
    return [(weighs, words) for applies, weighs, words in rules if applies]


def _below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _above(value: float | None, limit: float) -> bool:
    return value is not None and value > limit
