"""The second step of signing in: codes of an authenticator app, passkeys, and recovery codes for when both are lost.

The app's secret is wrapped by the master key; of recovery codes hashes are kept. Each code opens once: the counter of
the last one is kept, and a recovery code that was used is gone.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError, within
from vfeed.errors import marked as _
from vfeed.store.accounts import ONE_TIME_ALPHABET, found_account
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.keyring import Keyring
from vfeed.store.sign_ins import end_sign_ins
from vfeed.store.tables import User, WebAuthn, utc_now

ISSUER = "vfeed"
APP = "authenticator"
SECRET_BYTES = 20
CODES = 10
CODE_GROUPS, CODE_GROUP = 3, 5
"""A recovery code has 74 bits: no list of guesses finds it from its hash."""
CLOCK_OFF_S = 30
"""So far a phone's clock may be off."""
MOST_PASSKEYS = 10
MOST_NAME = 60
PASSKEY = "passkey"


@dataclass(frozen=True)
class Held:
    """What an account has set up."""

    app: bool
    passkeys: Sequence[WebAuthn]
    codes_left: int

    def __bool__(self) -> bool:
        return self.app or bool(self.passkeys)


@dataclass(frozen=True)
class Setup:
    """What an authenticator app is told, once: as the text of a QR code and as letters to type."""

    uri: str
    letters: str


class SecondSteps:
    """Keeps and checks second steps."""

    def __init__(self, database: Database, keyring: Keyring, audit: AuditTrail) -> None:
        self._database = database
        self._keyring = keyring
        self._audit = audit

    def of(self, name: str) -> Held:
        """What the account has set up; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _held(session, found_account(session, name))

    def held_by(self) -> set[str]:
        """The names of the accounts that have any set up."""
        passkey = exists().where(WebAuthn.user_id == User.id)
        query = select(User.username).where(or_(User.tf_primary_method == APP, passkey))
        with self._database.read() as session:
            return {str(name) for name in session.scalars(query)}

    def begin_app(self, name: str) -> Setup:
        """What to tell an authenticator app; the same until it is confirmed. Raises VfeedError `conflict`."""
        with self._database.write() as session:
            user = found_account(session, name)
            if user.tf_primary_method == APP:
                raise VfeedError("conflict", _("An app is set up already."), hint=_("Take it away first."))
            if user.tf_totp_secret is None:
                wrapped = self._keyring.wrap(secrets.token_bytes(SECRET_BYTES), purpose_of(user))
                user.tf_totp_secret = base64.b64encode(wrapped).decode()
            totp = self._totp(user)
        return Setup(totp.to_uri(name, ISSUER), totp.pretty_key())

    def confirm_app(self, name: str, typed: str, here: str = "") -> list[str] | None:
        """Switch the app on once it shows the right code, and return new recovery codes; None for a wrong code.

        The account's sign-ins but the one with the id `here` end with its first second step: they came in without.
        """
        with self._database.write() as session:
            user = found_account(session, name)
            if user.tf_totp_secret is None or user.tf_primary_method == APP or not self._fits(user, typed):
                return None
            if not _held(session, user):
                end_sign_ins(session, name, but=here)
            user.tf_primary_method = APP
            self._audit.append(session, name, "account.second_step_set", name, {"with": "app"})
            return _new_codes(user)

    def check(self, name: str, typed: str) -> bool:
        """Whether this is the app's code now, or a recovery code that was not used yet; either opens once."""
        code = "".join(typed.split()).casefold()
        with self._database.write() as session:
            user = found_account(session, name)
            if user.tf_primary_method == APP and code.isdecimal() and self._fits(user, code):
                return True
            hashes = list(user.mf_recovery_codes or [])
            if not _held(session, user) or (hashed := _hashed(code)) not in hashes:
                return False
            user.mf_recovery_codes = [each for each in hashes if each != hashed]
            left = {"left": len(hashes) - 1}
            self._audit.append(session, name, "account.recovery_code_used", name, left)
            return True

    def renew_codes(self, name: str) -> list[str]:
        """Ten recovery codes in place of those before; raises VfeedError `conflict` where no second step is set up."""
        with self._database.write() as session:
            user = found_account(session, name)
            if not _held(session, user):
                raise VfeedError("conflict", _("No second step is set up yet."), hint=_("Set one up first."))
            self._audit.append(session, name, "account.recovery_codes_made", name)
            return _new_codes(user)

    def clear(self, name: str, actor: str) -> None:
        """Take every second step of an account away."""
        with self._database.write() as session:
            user = found_account(session, name)
            had = bool(_held(session, user))
            user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = None
            user.totp_counter = None
            session.execute(delete(WebAuthn).where(WebAuthn.user_id == user.id))
            if had:
                self._audit.append(session, actor, "account.second_step_removed", name)

    def handle(self, name: str) -> bytes:
        """The random handle under which passkeys know the account."""
        with self._database.write() as session:
            user = found_account(session, name)
            user.fs_webauthn_user_handle = user.fs_webauthn_user_handle or secrets.token_hex(16)
            return str(user.fs_webauthn_user_handle).encode()

    def add_passkey(
        self, name: str, label: str, credential_id: bytes, public_key: bytes, count: int, here: str = ""
    ) -> list[str]:
        """Keep a passkey; returns recovery codes when it is the account's first second step, else none.

        The first ends the account's other sign-ins, as `confirm_app` does. Raises VfeedError `conflict` for a known
        one or too many, `invalid_input` for a label that is too long.
        """
        with self._database.write() as session:
            user = found_account(session, name)
            first = not _held(session, user)
            many = session.scalar(select(func.count()).where(WebAuthn.user_id == user.id)) or 0
            known = session.scalar(select(WebAuthn.id).where(WebAuthn.credential_id == credential_id))
            if known is not None or many >= MOST_PASSKEYS:
                raise VfeedError(
                    "conflict", _("This passkey is known, or there are too many."), hint=_("Remove one first.")
                )
            session.add(
                WebAuthn(
                    user_id=user.id,
                    credential_id=credential_id,
                    public_key=public_key,
                    sign_count=count,
                    backup_state=False,
                    device_type="",
                    lastuse_datetime=_naive_now(),
                    name=within(label, MOST_NAME) or PASSKEY,
                    usage=PASSKEY,
                )
            )
            if first:
                end_sign_ins(session, name, but=here)
            self._audit.append(session, name, "account.second_step_set", name, {"with": PASSKEY})
            return _new_codes(user) if first else []

    def passkey(self, credential_id: bytes) -> tuple[WebAuthn, str] | None:
        """A passkey and the name of the open account it belongs to, or None."""
        query = select(WebAuthn, User.username).join(User, User.id == WebAuthn.user_id)
        with self._database.read() as session:
            found = session.execute(query.where(WebAuthn.credential_id == credential_id, User.active)).one_or_none()
        return (found[0], str(found[1])) if found is not None else None

    def used(self, passkey_id: int, count: int) -> None:
        """Keep how often a passkey says it was used, and when."""
        with self._database.write() as session:
            row = session.get(WebAuthn, passkey_id)
            if row is not None:
                row.sign_count, row.lastuse_datetime = count, _naive_now()

    def remove_passkey(self, name: str, passkey_id: int) -> None:
        """Remove one passkey of the account; raises VfeedError `not_found`."""
        with self._database.write() as session:
            user = found_account(session, name)
            row = session.get(WebAuthn, passkey_id)
            if row is None or row.user_id != user.id:
                raise VfeedError("not_found", _("There is no such passkey."), hint=_("Load the page again."))
            session.delete(row)
            self._audit.append(session, name, "account.second_step_removed", name, {"with": PASSKEY})

    def open_accounts(self) -> int:
        """How many accounts may sign in."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(User).where(User.active)) or 0

    def _totp(self, user: User) -> TOTP:
        wrapped = base64.b64decode(user.tf_totp_secret or "")
        return TOTP(key=self._keyring.unwrap(wrapped, purpose_of(user)), format="raw")

    def _fits(self, user: User, typed: str) -> bool:
        try:
            match = self._totp(user).match("".join(typed.split()), window=CLOCK_OFF_S, last_counter=user.totp_counter)
        except (TokenError, TypeError, ValueError):
            return False
        user.totp_counter = match.counter
        return True


def purpose_of(user: User) -> str:
    """What an app's wrapped secret is bound to."""
    return f"totp:{user.id}"


def rewrap(session: Session, old: Keyring, new: Keyring) -> None:
    """Wrap every app's secret with another master key."""
    for user in session.scalars(select(User).where(User.tf_totp_secret.is_not(None))):
        secret = old.unwrap(base64.b64decode(user.tf_totp_secret or ""), purpose_of(user))
        user.tf_totp_secret = base64.b64encode(new.wrap(secret, purpose_of(user))).decode()


def _held(session: Session, user: User) -> Held:
    passkeys = session.scalars(select(WebAuthn).where(WebAuthn.user_id == user.id).order_by(WebAuthn.id)).all()
    return Held(user.tf_primary_method == APP, passkeys, len(user.mf_recovery_codes or []))


def _new_codes(user: User) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(ONE_TIME_ALPHABET) for _each in range(CODE_GROUP)) for _ in range(CODE_GROUPS))
        for _each in range(CODES)
    ]
    user.mf_recovery_codes = [_hashed(code) for code in codes]
    return codes


def _hashed(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()


def _naive_now() -> datetime:
    # Flask-Security's own column keeps UTC without saying so.
    return utc_now().astimezone(UTC).replace(tzinfo=None)
