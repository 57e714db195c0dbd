"""The second step of signing in: who must have one, setting it up, asking for it, taking it away."""

from __future__ import annotations

from collections.abc import Collection

from vfeed.services.access import Actor
from vfeed.store.second_steps import Held, Setup
from vfeed.store.store import Store


class SecondSteps:
    """The use cases of one's own second step. Whether the password is right is asked before."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, name: str) -> Held:
        """Return what an account has set up; false for nothing."""
        return self._store.second_steps.of(name)

    def is_missing(self, name: str, roles: Collection[str]) -> bool:
        """Return whether this account must set up a second step before it goes on.

        The one account of a laptop is never made to: with it, one lost phone would keep everybody out.
        """
        return self.is_wanted(name, roles) and self._store.second_steps.open_accounts() > 1

    def is_wanted(self, name: str, roles: Collection[str]) -> bool:
        """Return whether this account has no second step, and must have one as soon as there is another account."""
        rule = self._store.settings.second_step
        asked = rule == "everyone" or (rule == "administrators" and "administrator" in roles)
        return asked and not self.of(name)

    def opens(self, actor: Actor, typed: str, address: str) -> bool:
        """Return whether this is the app's code now or an unused recovery code, either of which opens once.

        One that does not fit is written down with the address it came from.
        """
        if self._store.second_steps.check(actor.name, typed):
            return True
        self._store.audit.record(actor.name, "account.second_step_refused", actor.name, {"from": address})
        return False

    def begin_app(self, actor: Actor) -> Setup:
        """Return what to tell an authenticator app; the same until it is confirmed. Raises VfeedError `conflict`."""
        return self._store.second_steps.begin_app(actor.name)

    def confirm_app(self, actor: Actor, typed: str, here: str) -> list[str] | None:
        """Switch the app on by its first code and return new recovery codes; None for a wrong code.

        With the first second step every other sign-in than `here` ends.
        """
        return self._store.second_steps.confirm_app(actor.name, typed, here)

    def renew_codes(self, actor: Actor) -> list[str]:
        """Return recovery codes in place of those before; raises VfeedError `conflict` without a second step."""
        return self._store.second_steps.renew_codes(actor.name)

    def take_away(self, actor: Actor) -> None:
        """Take every second step of the actor's own away."""
        self._store.second_steps.clear(actor.name, actor.name)

    def remove_passkey(self, actor: Actor, passkey_id: int) -> None:
        """Remove one passkey of the actor's own; raises VfeedError `not_found`."""
        self._store.second_steps.remove_passkey(actor.name, passkey_id)
