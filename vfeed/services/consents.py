"""Consents of a family: written down, withdrawn, and what a withdrawal destroys, told before it does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.services.access import Access, Actor, require
from vfeed.store.consents import ERASING
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Consent, Family, Participant


@dataclass(frozen=True)
class Terms:
    """From when to when a consent holds, for one film or all of the family's (None), and a note."""

    granted_on: date
    expires_on: date | None = None
    clip_id: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Work:
    """How much people did with some clips: all of it goes with them."""

    clips: Sequence[Clip]
    moments: int
    words: int
    reels: int


@dataclass(frozen=True)
class Withdrawal:
    """A consent that still stands, whose it is, and what its withdrawal destroys: clips with the work, recordings."""

    family: Family
    consent: Consent
    person: Participant
    destroyed: Work
    recordings: int


class Consents:
    """The use cases of consents; each raises VfeedError `not_found` and `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def give(self, actor: Actor, family_id: str, agreed: Iterable[tuple[str, str]], terms: Terms) -> int:
        """Write down what was agreed, pairs of a participant's id and a use; returns how many consents that were.

        Raises VfeedError `invalid_input` for somebody of another family, an unknown use, or an end before it begins.
        """
        self._open(actor, family_id)
        pairs = list(agreed)
        for participant_id, _use in pairs:
            self._of_family(family_id, participant_id)
        for participant_id, use in pairs:
            self._store.consents.give(
                participant_id,
                use,
                terms.clip_id,
                granted_on=terms.granted_on,
                expires_on=terms.expires_on,
                note=terms.note,
                actor=actor.name,
            )
        return len(pairs)

    def refuse(self, actor: Actor, family_id: str, participant_id: str, use: str, said_on: date, note: str) -> None:
        """Write down that somebody said no to a use; raises VfeedError as the store's `refuse`, and for a stranger."""
        self._open(actor, family_id)
        self._of_family(family_id, participant_id)
        self._store.consents.refuse(participant_id, use, said_on, note, actor.name)

    def withdrawal(self, actor: Actor, family_id: str, consent_id: str) -> Withdrawal:
        """Return what a withdrawal would destroy; raises VfeedError `not_found` for one that stands no longer."""
        family = self._open(actor, family_id)
        consent = next(
            (
                row
                for row in self._store.consents.for_family(family_id)
                if row.id == consent_id and not row.withdrawn_at
            ),
            None,
        )
        if consent is None:
            raise VfeedError(
                "not_found",
                _("There is no such consent, or it was withdrawn before."),
                hint=_("Go back to the family’s page: it shows how each consent stands."),
            )
        people = self._store.families.participants(family_id)
        person = next(each for each in people if each.id == consent.participant_id)
        destroyed = self.work_on(self._destroyed_by(family_id, consent))
        return Withdrawal(family, consent, person, destroyed, self._silenced_by(consent))

    def withdraw(self, actor: Actor, family_id: str, consent_id: str, reason: str) -> None:
        """Withdraw a consent of the family, with all that follows; raises VfeedError as `withdrawal`."""
        self.withdrawal(actor, family_id, consent_id)
        self._store.consents.withdraw(consent_id, actor.name, reason)

    def work_on(self, clips: Sequence[Clip]) -> Work:
        """Return how much hangs on clips that the caller has opened, or is about to destroy."""
        states = self._store.events.states([clip.id for clip in clips]).values()
        return Work(
            clips,
            sum(len(state.moments) for state in states),
            sum(len(state.words) for state in states),
            sum(len(state.reels) for state in states),
        )

    def _destroyed_by(self, family_id: str, consent: Consent) -> list[Clip]:
        if consent.use not in ERASING:
            return []
        covered = self._store.consents.covered(consent.id)
        clips = [*self._store.clips.for_family(family_id), *self._store.clips.session_films(family_id)]
        return [clip for clip in clips if clip.id in covered]

    def _silenced_by(self, consent: Consent) -> int:
        if consent.use != "voice":
            return 0
        clips = sorted(self._store.consents.covered(consent.id))
        return sum(len(state.parent.voices) for state in self._store.events.states(clips).values())

    def _of_family(self, family_id: str, participant_id: str) -> None:
        if participant_id not in {person.id for person in self._store.families.participants(family_id)}:
            raise VfeedError(
                "invalid_input", _("This person is not one of the family."), hint=_("Load the page again.")
            )

    def _open(self, actor: Actor, family_id: str) -> Family:
        require(actor, "consent.change")
        return self._access.open_family(actor, family_id)
