"""What leaves a service as evidence: what for, on which ground, and confirmed by a second account. Default: no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.practice.consent import Use
from vfeed.practice.permission import PermissionDecision

Purpose = Literal["review", "supervision", "court"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
LEAST_REASON = 20
MOST_WORDS = 2_000
MOST_REELS = 12
CONFIRMED_FOR = timedelta(days=7)
"""So long what was confirmed may be taken out: a week, in which both accounts still know what they read."""


@dataclass(frozen=True)
class Terms:
    """What is handed out and why; `ground` is the legal ground or the agreement that it rests on, as it was written."""

    purpose: str
    reason: str
    ground: str
    reels: tuple[tuple[str, str], ...]
    with_pictures: bool
    with_words: bool
    faces_hidden: bool = False


def use_for(purpose: str) -> Use:
    """The use that everybody in a film must have agreed to for it to leave for a purpose."""
    return "supervision" if purpose == "supervision" else "session"


def check_terms(terms: Terms) -> None:
    """Refuse what does not fit; raises VfeedError `invalid_input` with the fix."""
    if terms.purpose not in PURPOSES:
        raise VfeedError("invalid_input", _("Say what it is for."), hint=_("Choose one of the three."))
    if not LEAST_REASON <= len(terms.reason.strip()) <= MOST_WORDS:
        raise VfeedError(
            "invalid_input", _("Say in a sentence why."), hint=_("The family may read it, and so may others.")
        )
    if terms.purpose != "supervision" and not LEAST_REASON <= len(terms.ground.strip()) <= MOST_WORDS:
        raise VfeedError(
            "invalid_input",
            _("Nothing says what it rests on."),
            hint=_("Write the agreement of the family, or the order, with its day."),
        )
    if not 1 <= len(set(terms.reels)) <= MOST_REELS:
        raise VfeedError(
            "invalid_input",
            _("Choose 1 to %(most)s films of moments."),
            hint=_("Hand out as little as is needed."),
            most=MOST_REELS,
        )


@dataclass(frozen=True)
class Stand:
    """How far an export has come: who chose it, who confirmed it and when, and whether it left or was called off."""

    made_by: str
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    left: bool = False
    called_off: bool = False

    @property
    def open_until(self) -> datetime | None:
        """When what was confirmed can no longer be taken out; None before it is confirmed."""
        return self.confirmed_at + CONFIRMED_FOR if self.confirmed_at else None


def decide_open(stand: Stand, now: datetime) -> PermissionDecision:
    """Whether anything can still be done with an export: it leaves once, or is called off, or runs out."""
    if stand.called_off:
        return PermissionDecision(False, _("This was called off. Choose it anew if it is wanted again."))
    if stand.left:
        return PermissionDecision(False, _("This has left. To hand it out once more, choose it anew."))
    if stand.open_until is not None and now >= stand.open_until:
        return PermissionDecision(
            False, filled(_("What was confirmed holds for %(days)s days, and has run out."), days=CONFIRMED_FOR.days)
        )
    return PermissionDecision(True, _("It is still to leave."))


def decide_confirming(stand: Stand, actor: str, now: datetime) -> PermissionDecision:
    """Whether this account may confirm: somebody else than who chose, and only once."""
    if stand.confirmed_by is not None:
        return PermissionDecision(False, _("This has been confirmed already."))
    still_open = decide_open(stand, now)
    if not still_open:
        return still_open
    if actor == stand.made_by:
        return PermissionDecision(
            False, _("Whoever chose it cannot confirm it: a colleague who works with this family, too, does.")
        )
    return PermissionDecision(True, _("You are the second account."))


def decide_right(purpose: str, ground: str, consent: PermissionDecision) -> PermissionDecision:
    """Whether a film may be handed out at all: by a consent that holds, or else by the order of a court, written in."""
    if consent:
        return consent
    if purpose == "court" and len(ground.strip()) >= LEAST_REASON:
        return PermissionDecision(True, _("It rests on the order that is written in it."))
    return consent


def copy_role(export_id: str, reel_id: str) -> str:
    """The role of the copy of a film of moments in which faces are hidden, for one export."""
    return f"evidence:{export_id}:{reel_id}"


def decide_unchanged(confirmed_sum: str | None, now_sum: str) -> PermissionDecision:
    """Whether what leaves is what was confirmed, by the sum of its films, moments and words then and now."""
    if confirmed_sum != now_sum:
        return PermissionDecision(False, _("Films, moments or words are not as they were when this was confirmed."))
    return PermissionDecision(True, _("It is as it was confirmed."))


def decide_looking(stand: Stand, actor: str, right: PermissionDecision) -> PermissionDecision:
    """Whether an account may look at a film without a consent that holds: nobody opens one by an order of their own."""
    if actor == stand.made_by and stand.confirmed_by is None:
        return PermissionDecision(False, _("No consent holds: a second account looks at it first, and at the order."))
    return right


def decide_leaving(stand: Stand, right: PermissionDecision) -> PermissionDecision:
    """Whether a film of what is still to leave (`decide_open`) may leave: confirmed, and with a right to it."""
    if stand.confirmed_by is None:
        return PermissionDecision(False, _("A second account has not confirmed this yet."))
    return right
