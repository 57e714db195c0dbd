"""The words in which a candidate says what it rests on: what is seen, never what is felt."""

from __future__ import annotations

from vfeed.timeline.interval import Interval

EYES_READ_FROM = 0.5
"""Mean eye weight from which the eyes count as visible."""

IN_BETWEEN_FROM = 0.2
"""Mean probability of something before the parent's face from which it is said."""

_AFTERWARDS = {
    "partner": "then looked to the parent’s face",
    "object": "then turned to what lies between the two",
    "unseen": "then could not be seen",
    None: "until the clip ends",
}


def contact_reason(interval: Interval, infant_eyes: float, caregiver_eyes: float, in_between: float = 0.0) -> str:
    """Return why this may be gaze contact; the eyes' weights tell whose eyes could be read.

    `in_between` is the probability that the infant looks at something before the parent's face.

    >>> contact_reason(Interval(0, 1_800_000), 0.9, 0.0)
    'Both faces turned to each other for 1.8 s; parent’s eyes cannot be read: judged from the head.'
    >>> contact_reason(Interval(0, 900_000), 0.9, 0.9, 0.5)
    'Both faces turned to each other for 0.9 s; eyes visible on both; a toy or a hand may be in between.'
    """
    doubt = "; a toy or a hand may be in between" if in_between >= IN_BETWEEN_FROM else ""
    return f"Both faces turned to each other for {_seconds(interval)}; {_eyes(infant_eyes, caregiver_eyes)}{doubt}."


def away_reason(interval: Interval, since_contact_us: int | None, after: str | None, infant_eyes: float) -> str:
    """Return why this may be the infant looking away, from what, and what came next."""
    if since_contact_us is None:
        before = "while the parent’s face was turned to the infant"
    elif since_contact_us < 100_000:
        before = "right after both faces were turned to each other"
    else:
        before = f"{since_contact_us / 1e6:.1f} s after both faces were turned to each other"
    eyes = "" if infant_eyes >= EYES_READ_FROM else "; infant’s eyes cannot be read: judged from the head"
    return f"Infant turned to the side for {_seconds(interval)}, {before}, {_AFTERWARDS[after]}{eyes}."


def joint_reason(interval: Interval) -> str:
    """Return why this may be joint attention."""
    return (
        f"Both faces turned for {_seconds(interval)} to the space between them, where a toy would be; "
        "judged from the heads, the toy itself is not looked for."
    )


def look_reason(interval: Interval, infant_eyes: float, *, in_view: bool) -> str:
    """Return why this may be a look of the infant to the parent, whose face cannot be seen; `in_view` if the head
    can.
    """
    eyes = "" if infant_eyes >= EYES_READ_FROM else "; infant’s eyes cannot be read: judged from the head"
    if in_view:
        return (
            f"Infant turned for {_seconds(interval)} to where the parent’s head is{eyes}; the parent’s face cannot be "
            "seen in this film, so no contact is claimed."
        )
    return (
        f"Infant turned for {_seconds(interval)} to the side of the camera, where the parent is taken to be{eyes}; "
        "the parent is not in the picture."
    )


def waiting_reason(interval: Interval) -> str:
    """Return why this may be the parent waiting or following while the infant looks away."""
    return f"Parent’s face stayed turned to the infant for {_seconds(interval)} while the infant looked away."


def repair_reason(away: Interval, again: Interval) -> str:
    """Return why this may be contact that was found again."""
    return (
        f"Infant turned to the side for {_seconds(away)}, then both faces were turned to each other again "
        f"for {_seconds(again)}."
    )


def _eyes(infant: float, parent: float) -> str:
    if infant >= EYES_READ_FROM and parent >= EYES_READ_FROM:
        return "eyes visible on both"
    if infant >= EYES_READ_FROM:
        return "parent’s eyes cannot be read: judged from the head"
    if parent >= EYES_READ_FROM:
        return "infant’s eyes cannot be read: judged from the head"
    return "the eyes cannot be read on either: judged from the heads"


def _seconds(interval: Interval) -> str:
    return f"{interval.duration_us / 1e6:.1f} s"
