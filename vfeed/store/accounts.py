"""Accounts, kept so that Flask-Security can sign people in and the command line can make the first one."""

from __future__ import annotations

import contextlib
import re
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.roles import ACCOUNT_ROLES, MAY
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.tables import Role, SignIn, User, utc_now

FIRST_NAME = "admin"
# On a single machine one person keeps it and works with it; more accounts can share this out later.
FIRST_ROLES = ("administrator", "practitioner")
# Never written to: Flask-Security wants every account to have an e-mail address.
STAND_IN_DOMAIN = "accounts.vfeed.example"
ONE_TIME_WORDS = 4
ONE_TIME_DAYS = 7
ONE_TIME_WORD_LENGTH = 5
# No 0/O, 1/l/i: a one-time password is read off a terminal.
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

# What Flask-Security must be told so that it reads the hashes written here: argon2id of the password itself.
SECURITY_CONFIG: Mapping[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
}


class Accounts:
    """Makes, finds and changes accounts; who is signed in is Flask-Security's to know."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit
        self._hasher = PasswordHasher()

    def ensure_first_account(self) -> str | None:
        """When there is no account yet, make `admin` and return its one-time password, else None."""
        password = one_time_password()
        # Another process may be making it at this very moment; then its password is the one that counts.
        with contextlib.suppress(IntegrityError), self._database.write() as session:
            if session.scalar(select(func.count()).select_from(User)):
                return None
            self._add(session, FIRST_NAME, FIRST_ROLES, password, actor="vfeed")
            return password
        return None

    def create(self, name: str, roles: Sequence[str], actor: str, *, display_name: str = "") -> str:
        """A new account; returns its one-time password, which must be changed at the first sign-in.

        Raises VfeedError `invalid_input` for a name or role that does not fit, `conflict` for a name that is taken.
        """
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", name):
            raise VfeedError(
                "invalid_input",
                _("The name does not fit."),
                hint=_("Use 2 to 40 small letters, digits, dots, dashes or underscores."),
            )
        if not roles or not set(roles) <= set(ACCOUNT_ROLES):
            raise VfeedError(
                "invalid_input",
                _("Choose at least one role."),
                hint=_("One of: %(roles)s."),
                roles=", ".join(ACCOUNT_ROLES),
            )
        password = one_time_password()
        try:
            with self._database.write() as session:
                self._add(session, name, roles, password, actor, display_name=display_name)
        except IntegrityError as error:
            raise VfeedError(
                "conflict", _("The name %(name)s is taken."), hint=_("Choose another name."), name=name
            ) from error
        return password

    def reset_password(self, name: str, actor: str) -> str:
        """A new one-time password for an account; everyone signed in with it is signed out."""
        password = one_time_password()
        with self._database.write() as session:
            user = found_account(session, name)
            user.password, user.must_change_password = self._hasher.hash(password), True
            user.one_time_until = utc_now() + timedelta(days=ONE_TIME_DAYS)
            user.room_pin = None
            _end_sign_ins(session, user)
            self._audit.append(session, actor, "account.password_reset", name)
        return password

    def set_active(self, name: str, active: bool, actor: str) -> None:
        """Open or close an account; its work stays. Raises VfeedError `not_found`."""
        with self._database.write() as session:
            user = found_account(session, name)
            user.active = active
            if not active:
                _end_sign_ins(session, user)
            self._audit.append(session, actor, "account.opened" if active else "account.closed", name)

    def verify(self, name: str, password: str) -> bool:
        """Whether this is an open account's password."""
        with self._database.read() as session:
            user = session.scalar(select(User).where(User.username == name, User.active))
        if user is None or user.password is None:
            return False
        try:
            return self._hasher.verify(user.password, password)
        except VerifyMismatchError:
            return False

    def find(self, name: str) -> User | None:
        """The account of a sign-in name, with its roles, or None."""
        return self._one(User.username == name)

    def behind(self, key: str) -> User | None:
        """The account that a browser's session names by its key, with its roles, or None."""
        return self._one(User.fs_uniquifier == key)

    def change_password(self, name: str, password: str) -> User:
        """Keep the password that a person chose and end every sign-in of theirs; returns the account as it is now."""
        with self._changing(name) as (session, user):
            user.password = self._hasher.hash(password)
            user.must_change_password, user.one_time_until = False, None
            _end_sign_ins(session, user)
            self._audit.append(session, name, "account.password_changed", name)
        return user

    def forget_password(self, name: str) -> User:
        """Leave an account without a password that anybody knows; returns the account as it is now."""
        with self._changing(name) as (_session, user):
            user.password = self._hasher.hash(secrets.token_urlsafe(32))
            user.must_change_password, user.one_time_until = False, None
        return user

    def choose_pin(self, name: str, pin: str) -> None:
        """Keep the PIN that leads out of the parent's room, or (empty) go back to the password."""
        with self._changing(name) as (session, user):
            user.room_pin = self._hasher.hash(pin) if pin else None
            self._audit.append(session, name, "account.pin_changed", name)

    def choose_language(self, name: str, language: str) -> None:
        """Keep the language in which a person reads vfeed."""
        with self._changing(name) as (_session, user):
            user.language = language

    def list(self) -> Sequence[User]:
        """Every account with its roles, by name."""
        query = select(User).options(selectinload(User.roles)).order_by(User.username)
        with self._database.read() as session:
            return session.scalars(query).all()

    def _one(self, which: ColumnElement[bool]) -> User | None:
        query = select(User).options(joinedload(User.roles)).where(which)
        with self._database.read() as session:
            return session.scalars(query).unique().one_or_none()

    @contextlib.contextmanager
    def _changing(self, name: str) -> Iterator[tuple[Session, User]]:
        with self._database.write() as session:
            yield session, found_account(session, name)

    def _add(
        self,
        session: Session,
        name: str,
        roles: Sequence[str],
        password: str,
        actor: str,
        *,
        display_name: str = "",
    ) -> None:
        user = User(
            username=name,
            email=f"{name}@{STAND_IN_DOMAIN}",
            display_name=display_name or name,
            password=self._hasher.hash(password),
            active=True,
            must_change_password=True,
            one_time_until=utc_now() + timedelta(days=ONE_TIME_DAYS),
            fs_uniquifier=uuid.uuid4().hex,
            roles=[_role(session, role) for role in roles],
        )
        session.add(user)
        self._audit.append(session, actor, "account.made", name, {"roles": list(roles)})


def one_time_password() -> str:
    """Four groups of five letters and digits: 99 bits, easy to read off a screen."""
    return "-".join(
        "".join(secrets.choice(ONE_TIME_ALPHABET) for _each in range(ONE_TIME_WORD_LENGTH))
        for _ in range(ONE_TIME_WORDS)
    )


def _role(session: Session, name: str) -> Role:
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name, description=f"May: {', '.join(sorted(MAY[name]))}"[:255])  # type: ignore[index]
        session.add(role)
        session.flush()
    return role


def _end_sign_ins(session: Session, user: User) -> None:
    user.fs_uniquifier = uuid.uuid4().hex
    session.execute(delete(SignIn).where(SignIn.username == user.username))


def found_account(session: Session, name: str) -> User:
    """The account of this name; raises VfeedError `not_found`."""
    query = select(User).options(joinedload(User.roles)).where(User.username == name)
    user = session.scalars(query).unique().one_or_none()
    if user is None:
        raise VfeedError("not_found", _("There is no such account."), hint=_("Look at the list of accounts."))
    return user
