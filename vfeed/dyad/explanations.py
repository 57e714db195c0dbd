"""The words in which a candidate says what it rests on: what is seen, never what is felt."""

from __future__ import annotations

from vfeed.errors import Filled, filled
from vfeed.errors import marked as _
from vfeed.timeline.interval import Interval

EYES_READ_FROM = 0.5
"""Mean eye weight from which the eyes count as visible."""

IN_BETWEEN_FROM = 0.2
"""Mean probability of something before the parent's face from which it is said."""

_AFTERWARDS = {
    "partner": _("then looked to the parent’s face"),
    "object": _("then turned to what lies between the two"),
    "unseen": _("then could not be seen"),
    None: _("until the clip ends"),
}

# Whether the parent's head is in view, and whether the infant's eyes can be read.
_LOOKS = {
    (True, True): _(
        "Infant turned for %(lasts)s to where the parent’s head is; the parent’s face cannot be seen in this film, so "
        "no contact is claimed."
    ),
    (True, False): _(
        "Infant turned for %(lasts)s to where the parent’s head is; infant’s eyes cannot be read: judged from the "
        "head; the parent’s face cannot be seen in this film, so no contact is claimed."
    ),
    (False, True): _(
        "Infant turned for %(lasts)s to the side of the camera, where the parent is taken to be; the parent is not in "
        "the picture."
    ),
    (False, False): _(
        "Infant turned for %(lasts)s to the side of the camera, where the parent is taken to be; infant’s eyes cannot "
        "be read: judged from the head; the parent is not in the picture."
    ),
}


def contact_reason(interval: Interval, infant_eyes: float, caregiver_eyes: float, in_between: float = 0.0) -> str:
    """Return why this may be gaze contact; the eyes' weights tell whose eyes could be read.

    `in_between` is the probability that the infant looks at something before the parent's face.

    >>> contact_reason(Interval(0, 1_800_000), 0.9, 0.0)
    'Both faces turned to each other for 1.8 s; parent’s eyes cannot be read: judged from the head.'
    >>> contact_reason(Interval(0, 900_000), 0.9, 0.9, 0.5)
    'Both faces turned to each other for 0.9 s; eyes visible on both; a toy or a hand may be in between.'
    """
    told = {"lasts": _seconds(interval), "eyes": _eyes(infant_eyes, caregiver_eyes)}
    if in_between >= IN_BETWEEN_FROM:
        doubted = _("Both faces turned to each other for %(lasts)s; %(eyes)s; a toy or a hand may be in between.")
        return filled(doubted, **told)
    return filled(_("Both faces turned to each other for %(lasts)s; %(eyes)s."), **told)


def away_reason(interval: Interval, since_contact_us: int | None, after: str | None, infant_eyes: float) -> str:
    """Return why this may be the infant looking away, from what, and what came next."""
    if since_contact_us is None:
        before = filled(_("while the parent’s face was turned to the infant"))
    elif since_contact_us < 100_000:
        before = filled(_("right after both faces were turned to each other"))
    else:
        since = f"{since_contact_us / 1e6:.1f} s"
        before = filled(_("%(since)s after both faces were turned to each other"), since=since)
    told = {"lasts": _seconds(interval), "before": before, "after": filled(_AFTERWARDS[after])}
    if infant_eyes >= EYES_READ_FROM:
        return filled(_("Infant turned to the side for %(lasts)s, %(before)s, %(after)s."), **told)
    by_head = _(
        "Infant turned to the side for %(lasts)s, %(before)s, %(after)s; infant’s eyes cannot be read: judged from the "
        "head."
    )
    return filled(by_head, **told)


def joint_reason(interval: Interval) -> str:
    """Return why this may be joint attention."""
    why = _(
        "Both faces turned for %(lasts)s to the space between them, where a toy would be; judged from the heads, the "
        "toy itself is not looked for."
    )
    return filled(why, lasts=_seconds(interval))


def look_reason(interval: Interval, infant_eyes: float, *, in_view: bool) -> str:
    """Return why this may be a look of the infant to the parent, whose face cannot be seen; `in_view` if the head
    can.
    """
    return filled(_LOOKS[in_view, infant_eyes >= EYES_READ_FROM], lasts=_seconds(interval))


def waiting_reason(interval: Interval) -> str:
    """Return why this may be the parent waiting or following while the infant looks away."""
    why = _("Parent’s face stayed turned to the infant for %(lasts)s while the infant looked away.")
    return filled(why, lasts=_seconds(interval))


def repair_reason(away: Interval, again: Interval) -> str:
    """Return why this may be contact that was found again."""
    why = _("Infant turned to the side for %(away)s, then both faces were turned to each other again for %(again)s.")
    return filled(why, away=_seconds(away), again=_seconds(again))


def _eyes(infant: float, parent: float) -> Filled:
    if infant >= EYES_READ_FROM and parent >= EYES_READ_FROM:
        return filled(_("eyes visible on both"))
    if infant >= EYES_READ_FROM:
        return filled(_("parent’s eyes cannot be read: judged from the head"))
    if parent >= EYES_READ_FROM:
        return filled(_("infant’s eyes cannot be read: judged from the head"))
    return filled(_("the eyes cannot be read on either: judged from the heads"))


def _seconds(interval: Interval) -> str:
    return f"{interval.duration_us / 1e6:.1f} s"
