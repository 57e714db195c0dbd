"""A referral as a short note: to or from whom, why in words that say what is there, and what was shared with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

Direction = Literal["out", "in"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
MOST_WHO, MOST_WORDS = 200, 600


@dataclass(frozen=True)
class Referral:
    """A family goes on to somebody (`out`) or came from somebody (`in`); `shared` is what went with it, in words."""

    direction: str
    on: date
    who: str
    why: str
    shared: str = ""


def check_referral(told: Referral, today: date) -> None:
    """Refuse what does not fit; raises VfeedError `invalid_input` with the fix."""
    if told.direction not in DIRECTIONS or told.on > today:
        raise VfeedError(
            "invalid_input", _("That day is still to come."), hint=_("Write down what was done, with its day.")
        )
    for text, most, what in (
        (told.who, MOST_WHO, _("Say who it is.")),
        (told.why, MOST_WORDS, _("Say why.")),
    ):
        if not 2 <= len(text.strip()) <= most:
            raise VfeedError(
                "invalid_input",
                what,
                hint=_("A short note of at most %(most)s characters."),
                most=most,
            )
    if len(told.shared) > MOST_WORDS or (told.direction == "out" and not told.shared.strip()):
        raise VfeedError("invalid_input", _("Say what was shared."), hint=_("“Nothing”, where nothing went with it."))
