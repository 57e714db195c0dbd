"""Accounts: one's own sign-ins, those of others as an administrator keeps them, and what is written down of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.services.access import Actor, require
from vfeed.store.store import Store
from vfeed.store.tables import SignIn, User

UNKNOWN = "unknown name"
"""Written down in place of a name that is no account: people type their password there by mistake."""


@dataclass(frozen=True)
class Account:
    """An account as an administrator keeps it, without what opens it; `is_open`: whether it may sign in."""

    name: str
    roles: tuple[str, ...]
    is_open: bool
    has_one_time_password: bool
    has_second_step: bool


class Accounts:
    """The use cases of accounts. Whether a password is right is asked before, where sign-ins are made."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin_sign_in(self, name: str, device: str, *, passed: bool) -> str:
        """Begin a sign-in; returns the secret that names it. Unless `passed`, an account's second step is awaited."""
        due = not passed and bool(self._store.second_steps.of(name))
        return self._store.sign_ins.begin(name, device, due=due)

    def sign_in_of(self, secret: str, name: str) -> SignIn | None:
        """Return the sign-in behind a secret, or None when it was ended, is another account's, or has run out."""
        settings = self._store.settings
        idle, longest = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
        return self._store.sign_ins.find(secret, name, idle=idle, longest=longest)

    def end_here(self, sign_in_id: str) -> None:
        """End the sign-in at hand, for every copy of its cookie; one that has ended is no error."""
        self._store.sign_ins.end(sign_in_id)

    def signed_in(self, name: str, address: str, **how: str) -> None:
        """Write down that somebody signed in, from where and how."""
        self._store.audit.record(name, "account.signed_in", name, {"from": address, **how})

    def refused(self, name: str | None, address: str, **how: str) -> None:
        """Write down that a sign-in was refused; `name`: None for one that is no account."""
        self._store.audit.record(name or UNKNOWN, "account.refused", "", {"from": address, **how})

    def confirm(self, sign_in_id: str) -> None:
        """Keep that whoever is signed in has shown once more who they are."""
        self._store.sign_ins.confirm(sign_in_id)

    def not_confirmed(self, actor: Actor, address: str) -> None:
        """Write down that a password that was asked for again was not right."""
        self._store.audit.record(actor.name, "account.refused", actor.name, {"from": address})

    def signed_out(self, actor: Actor) -> None:
        """Write down that somebody signed out."""
        self._own(actor, "account.signed_out")

    def find(self, name: str) -> User | None:
        """Return the account of a sign-in name, with its roles, or None."""
        return self._store.accounts.find(name.casefold())

    def behind(self, key: str) -> User | None:
        """Return the account that a browser's session names by its key, with its roles, or None."""
        return self._store.accounts.behind(key)

    def change_password(self, actor: Actor, password: str) -> User:
        """Keep the actor's new password and end every sign-in of theirs; returns the account as it is now."""
        return self._store.accounts.change_password(actor.name, password)

    def forget_password(self, name: str) -> User:
        """Leave an account without a password that anybody knows, as for one that comes in by the service's sign-in."""
        return self._store.accounts.forget_password(name)

    def choose_pin(self, actor: Actor, pin: str) -> None:
        """Keep the PIN that leads out of the parent's room, or (empty) go back to the password."""
        self._store.accounts.choose_pin(actor.name, pin)

    def choose_language(self, actor: Actor, language: str) -> None:
        """Keep the language in which the actor reads vfeed."""
        self._store.accounts.choose_language(actor.name, language)

    def sign_ins(self, actor: Actor) -> Sequence[SignIn]:
        """Return where the actor is signed in."""
        return self._store.sign_ins.of(actor.name)

    def end_sign_in(self, actor: Actor, sign_in_id: str) -> None:
        """End one of the actor's own sign-ins; raises VfeedError `not_found`."""
        if sign_in_id not in {each.id for each in self.sign_ins(actor)}:
            raise VfeedError("not_found", _("This sign-in has ended already."), hint=_("Load the page again."))
        self._store.sign_ins.end(sign_in_id)
        self._own(actor, "account.sign_in_ended")

    def end_others(self, actor: Actor, here: str) -> None:
        """End all of the actor's sign-ins but the one given."""
        self._store.sign_ins.end_all(actor.name, but=here)
        self._own(actor, "account.sign_in_ended")

    def list(self, actor: Actor) -> list[Account]:
        """Return every account, by name."""
        require(actor, "account.manage")
        with_step = self._store.second_steps.held_by()
        return [
            Account(
                name=str(user.username),
                roles=tuple(role.name for role in user.roles),
                is_open=user.active,
                has_one_time_password=user.must_change_password,
                has_second_step=user.username in with_step,
            )
            for user in self._store.accounts.list()
        ]

    def create(self, actor: Actor, name: str, roles: Sequence[str]) -> str:
        """Add an account; returns its one-time password. Raises VfeedError `conflict` for a name that is taken."""
        require(actor, "account.manage")
        return self._store.accounts.create(name, roles, actor.name)

    def set_open(self, actor: Actor, name: str, *, is_open: bool) -> None:
        """Close an account and end its sign-ins, or open it again."""
        self._refuse_own(actor, name)
        self._store.accounts.set_active(name, is_open, actor.name)

    def renew(self, actor: Actor, name: str) -> str:
        """Give an account a new one-time password; returns it."""
        self._refuse_own(actor, name)
        return self._store.accounts.reset_password(name, actor.name)

    def take_second_step(self, actor: Actor, name: str) -> None:
        """Take away the second step of somebody who has lost it, and end their sign-ins."""
        self._refuse_own(actor, name)
        self._store.second_steps.clear(name, actor.name)
        self._store.sign_ins.end_all(name)

    def _refuse_own(self, actor: Actor, name: str) -> None:
        """Nobody locks themselves out by mistake."""
        require(actor, "account.manage")
        if name == actor.name:
            raise VfeedError(
                "forbidden",
                _("You cannot change your own account here."),
                hint=_("Ask another administrator, or change your password from your name at the top."),
            )

    def _own(self, actor: Actor, action: str) -> None:
        self._store.audit.record(actor.name, action, actor.name)
