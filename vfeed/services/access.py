"""Whether an actor may open a clip: it must be there, and a consent must hold for the work of their role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.roles import USE_OF_ROLE, Action, may
from vfeed.store.consents import fact_of
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Family

# Notes and parents' words belong to the work with the family, which research does not see.
FAMILY_WORK = frozenset({"session", "supervision"})
ASK_FOR_IT = _("If your work needs it, open it with a reason: Families, “Ask for a family”.")


@dataclass(frozen=True)
class Actor:
    """Whoever does something: the name it is written down under, and the account's roles."""

    name: str
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def uses(self) -> list[str]:
        """The uses of a clip that these roles work under."""
        return [use for role, use in USE_OF_ROLE.items() if role in self.roles]

    @property
    def sees_family_work(self) -> bool:
        """Whether notes and parents' words are part of this person's work."""
        return bool(FAMILY_WORK & set(self.uses))


def require(actor: Actor, action: Action) -> None:
    """Raise VfeedError `forbidden` with the reason unless one of the actor's roles may do this."""
    decision = may(actor.roles, action)
    if not decision:
        raise VfeedError("forbidden", decision.reason, hint=_("Ask your administrator if you need this for your work."))


class Access:
    """The one place that says whether a clip opens."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self, actor: Actor, clip_id: str, *, among: Collection[str] | None = None) -> PermissionDecision:
        """Return whether the actor may open a clip, for any of their uses; the first refusal's reason otherwise."""
        refusal = PermissionDecision(False, _("Your role opens no films."))
        for number, use in enumerate(use for use in actor.uses if among is None or use in among):
            decision = self._store.consents.decide(clip_id, use)
            if decision:
                return decision
            if number == 0:
                refusal = decision
        return refusal

    def open_family(self, actor: Actor, family_id: str) -> Family:
        """Return the family; raises VfeedError `not_found`, and `forbidden` for another worker's."""
        family = self._store.families.get(family_id)
        decision = self._store.workers.decide(family_id, actor.name)
        if not decision:
            raise VfeedError("forbidden", decision.reason, hint=ASK_FOR_IT)
        return family

    def everyone_agrees(self, family_id: str, use: str, today: date | None = None) -> bool:
        """Return whether every person of a family has a current consent to a use that is for all films."""
        day = today or date.today()
        agreed = {
            row.participant_id
            for row in self._store.consents.for_family(family_id)
            if row.use == use and row.clip_id is None and fact_of(row).is_current(day)
        }
        people = {person.id for person in self._store.families.participants(family_id)}
        return bool(people) and agreed >= people

    def open_clip(self, actor: Actor, clip_id: str, *, among: Collection[str] | None = None) -> Clip:
        """Return the clip, when it may be opened for one of the uses `among` (None: any use of the actor's roles).

        Raises VfeedError `not_found`, also for a destroyed clip, and `consent_missing` with who has not agreed.
        """
        clip = self._store.clips.get(clip_id)
        decision = self.decide(actor, clip_id, among=among)
        if not decision:
            raise VfeedError(
                "consent_missing",
                decision.reason,
                hint=_("Ask the family, then write the consent down on the family’s page. The film opens by itself."),
            )
        return clip
