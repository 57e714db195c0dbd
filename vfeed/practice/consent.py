"""Who has agreed to what: one person, one use, one clip or all of the family's, for a time. Default: no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from vfeed.practice.decision import Decision

Use = Literal["session", "voice", "take_home", "supervision", "training", "research"]
USES: tuple[Use, ...] = get_args(Use)
USE_WORDS: dict[Use, str] = {
    "session": "watching the clips together",
    "voice": "recording what is said aloud",
    "take_home": "taking moments home",
    "supervision": "supervision",
    "training": "training",
    "research": "research",
}


@dataclass(frozen=True)
class Person:
    """A participant whose consent counts."""

    id: str
    label: str


@dataclass(frozen=True)
class Consent:
    """One consent; `clip_id` None means all clips of the family, `expires_on` None means until it is withdrawn.

    The last day on which it holds is `expires_on` itself.
    """

    participant_id: str
    use: Use
    clip_id: str | None
    granted_on: date
    expires_on: date | None
    given_at: datetime
    withdrawn_at: datetime | None = None

    def is_current(self, today: date) -> bool:
        """Whether it holds today."""
        if self.withdrawn_at is not None or self.granted_on > today:
            return False
        return self.expires_on is None or today <= self.expires_on


def decide(use: Use, clip_id: str, *, people: Sequence[Person], consents: Iterable[Consent], today: date) -> Decision:
    """Whether a clip may be opened for a use: every person of the family needs a current consent.

    A consent withdrawn for this very clip outweighs an older or a general one.
    """
    if not people:
        return Decision(False, "No child and no adult is entered for this family yet, so nobody has consented.")
    relevant = [c for c in consents if c.use == use and c.clip_id in (None, clip_id)]
    for person in people:
        refusal = _refusal(person, use, [c for c in relevant if c.participant_id == person.id], today)
        if refusal:
            return Decision(False, refusal)
    return Decision(True, f"Everyone in this family has agreed to {USE_WORDS[use]}.")


def _refusal(person: Person, use: Use, consents: Sequence[Consent], today: date) -> str:
    words = f"to {USE_WORDS[use]} for {person.label}"
    objection = max((c.withdrawn_at for c in consents if c.clip_id and c.withdrawn_at), default=None)
    current = [c for c in consents if c.is_current(today)]
    if objection is not None:
        current = [c for c in current if c.clip_id and c.given_at > objection]
    if current:
        return ""
    if any(c.withdrawn_at for c in consents):
        return f"The consent {words} was withdrawn."
    if any(c.expires_on is not None and c.expires_on < today for c in consents):
        return f"The consent {words} has run out."
    if consents:
        return f"The consent {words} does not hold yet."
    return f"There is no consent {words}."
