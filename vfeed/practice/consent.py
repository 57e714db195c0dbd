"""Who has agreed to what: one person, one use, one clip or all of the family's, for a time. Default: no."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from vfeed.errors import filled
from vfeed.errors import marked as _
from vfeed.practice.permission import PermissionDecision

Use = Literal["session", "voice", "take_home", "session_film", "supervision", "training", "research"]
USES: tuple[Use, ...] = get_args(Use)
USE_WORDS: dict[Use, str] = {
    "session": _("watching the films together"),
    "voice": _("recording what is said aloud"),
    "take_home": _("taking moments home"),
    "session_film": _("filming the shared review"),
    "supervision": _("supervision"),
    "training": _("training"),
    "research": _("research"),
}


# The film of a shared review is kept for the worker and for supervision; research and going home are not its uses.
_OF_SESSION_FILMS: dict[Use, tuple[Use, ...]] = {
    "session": ("session_film",),
    "session_film": ("session_film",),
    "supervision": ("session_film", "supervision"),
    "training": ("session_film", "training"),
}


def needed(use: Use, *, session_film: bool) -> tuple[Use, ...]:
    """The uses that must be agreed to for a film to be opened for `use`; none: it is never opened for that.

    >>> needed("supervision", session_film=True)
    ('session_film', 'supervision')
    """
    return _OF_SESSION_FILMS.get(use, ()) if session_film else (use,)


@dataclass(frozen=True)
class Person:
    """A participant whose consent counts."""

    id: str
    label: str


def those_seen(people: Sequence[Person], seen: Collection[str] | None) -> list[Person]:
    """The people whose consent a film needs: those who were said to be in it; None, or nobody known: everybody.

    >>> those_seen([Person("a", "Baby"), Person("b", "Dad"), Person("c", "Mum")], ["a", "b"])[1].label
    'Dad'
    """
    named = [person for person in people if seen is not None and person.id in seen]
    return named or list(people)


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

    @property
    def was_refused(self) -> bool:
        """Whether it is a "no": it was never given, so it was withdrawn at the moment it was written down."""
        return self.withdrawn_at == self.given_at

    def is_current(self, today: date) -> bool:
        """Whether it holds today."""
        if self.withdrawn_at is not None or self.granted_on > today:
            return False
        return self.expires_on is None or today <= self.expires_on


def decide(
    use: Use, clip_id: str, *, people: Sequence[Person], consents: Iterable[Consent], today: date
) -> PermissionDecision:
    """Whether a clip may be opened for a use: every person of the family needs a current consent.

    A consent withdrawn for this very clip outweighs an older or a general one.
    """
    if not people:
        return PermissionDecision(
            False, _("No child and no adult is entered for this family yet, so nobody has consented.")
        )
    relevant = [c for c in consents if c.use == use and c.clip_id in (None, clip_id)]
    for person in people:
        refusal = _refusal(person, use, [c for c in relevant if c.participant_id == person.id], today)
        if refusal:
            return PermissionDecision(False, refusal)
    return PermissionDecision(
        True, filled(_("Everyone in this family has agreed to %(use)s."), use=filled(USE_WORDS[use]))
    )


def _refusal(person: Person, use: Use, consents: Sequence[Consent], today: date) -> str:
    objection = max((c.withdrawn_at for c in consents if c.clip_id and c.withdrawn_at), default=None)
    current = [c for c in consents if c.is_current(today)]
    if objection is not None:
        current = [c for c in current if c.clip_id and c.given_at > objection]
    if current:
        return ""
    if consents and all(c.was_refused for c in consents):
        words = _("%(name)s said no to %(use)s.")
    elif any(c.withdrawn_at for c in consents):
        words = _("The consent to %(use)s for %(name)s was withdrawn.")
    elif any(c.expires_on is not None and c.expires_on < today for c in consents):
        words = _("The consent to %(use)s for %(name)s has run out.")
    elif consents:
        words = _("The consent to %(use)s for %(name)s does not hold yet.")
    else:
        words = _("There is no consent to %(use)s for %(name)s.")
    return filled(words, use=filled(USE_WORDS[use]), name=person.label)
