"""Accounts on Flask-Security: where they are kept, how a password is kept, how long a sign-in lasts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Flask, Response, g, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_login import logout_user as forget_who_asks
from flask_security import Security, UserDatastore, hash_password, login_user, logout_user, verify_password
from limits.errors import ConfigurationError

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.server.web.brake import SCHEME, DatabaseStorage, RedisCounts
from vfeed.server.web.context import services
from vfeed.store import Store
from vfeed.store.accounts import SECURITY_CONFIG
from vfeed.store.addresses import unreadable_address
from vfeed.store.tables import Role, User, utc_now

SIGN_IN = "sign_in"
ENDED = "ended"
"""Kept in a browser whose sign-in ended by time or from elsewhere, until it was said."""
# Refused tries in a quarter of an hour: for one name from one address, and for one address.
TRIES_A_NAME = "8 per 15 minutes"
TRIES_AN_ADDRESS = "40 per 15 minutes"
TRIES_AN_ACCOUNT = "100 per day"
# Wrong passwords of a name at an address that are remembered, and for how long.
FAILURES_KEPT = 1000
FAILURES_S = 15 * 60
BROWSERS = ("Edg", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac", "Linux")

limiter = Limiter(key_func=get_remote_address, strategy="moving-window")


class StoredAccounts(UserDatastore):
    """The accounts as Flask-Security finds them, in the request's own look at the data; it changes none."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:  # noqa: ARG002 - its name is given
        """The account behind a browser's session."""
        return services().accounts.behind(by["fs_uniquifier"])


def init_signin(app: Flask, settings: Settings, *, password_salt: str, store: Store) -> None:
    """Set up accounts, sessions and the brake on guessing. The app's secret key is set by the caller."""
    app.config.from_mapping(
        SECURITY_PASSWORD_SALT=password_salt,
        **SECURITY_CONFIG,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CONFIRMABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": lambda name: name}}],
        # A name that browsers take only over HTTPS, for this host alone.
        SESSION_COOKIE_NAME="__Host-vfeed" if settings.https else "vfeed",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
    )
    Security(app, StoredAccounts(User, Role), register_blueprint=False)
    _init_brake(app, settings, store)

    @app.before_request
    def find_sign_in() -> None:
        g.sign_in = None
        if not current_user.is_authenticated:
            return
        name = str(current_user.username)
        g.sign_in = services().accounts.sign_in_of(session.get(SIGN_IN, ""), name)
        if g.sign_in is None:
            sign_out()
            session[ENDED] = True


def go_on_as_nobody() -> None:
    """Answer this request as if nobody were signed in, without asking who is; the browser's session stays as it is."""
    held = dict(session)
    session.clear()
    forget_who_asks()
    session.clear()
    session.update(held)


def by_account() -> str:
    """Who a try is counted for: the name typed, wherever from."""
    return request.form.get("name", "").strip().casefold() or "no name"


def refused(response: Response) -> bool:
    """Whether a try counts against the brake: everything that did not lead on."""
    return response.status_code not in {302, 303}


def not_done(response: Response) -> bool:
    """The same for a try that is answered with a page of its own."""
    return response.status_code != 200


def name_and_address() -> str:
    """Who a try is counted for: the name typed, or the person signed in, from this address."""
    name = current_user.username if current_user.is_authenticated else request.form.get("name", "")
    return f"{name.strip().casefold()}@{get_remote_address()}"


def find(name: str) -> User | None:
    """The account with this sign-in name."""
    return services().accounts.find(name)


def check(name: str, password: str) -> User | None:
    """The open account that this name and password belong to; as slow for an unknown name as for a known one."""
    account = find(name)
    if account is None or not account.password:
        hash_password(password)
        return None
    right = verify_password(password, account.password)
    return account if right and account.active and not has_run_out(account) else None


def has_run_out(account: User) -> bool:
    """Whether the account still has a one-time password that nobody used in time."""
    until = account.one_time_until
    return bool(account.must_change_password and until and until < utc_now())


def sign_in(account: User, *, passed: bool = False) -> None:
    """Begin a session for this account; whatever the browser's session held before is dropped.

    Unless the second step was `passed`, an account that has one waits for it.
    """
    if g.get("sign_in") is not None:
        services().accounts.end_here(g.sign_in.id)
    session.clear()
    login_user(account, remember=False, authn_via=["password"])
    session.permanent = True
    session[SIGN_IN] = services().accounts.begin_sign_in(str(account.username), device(), passed=passed)


def is_due() -> bool:
    """Whether the password was right and the second step is still to come."""
    return g.get("sign_in") is not None and bool(g.sign_in.due)


def sign_out() -> None:
    """End the session, here and for every copy of its cookie."""
    if g.get("sign_in") is not None:
        services().accounts.end_here(g.sign_in.id)
        g.sign_in = None
    logout_user()
    session.clear()


def leads_out(account: User, typed: str) -> bool:
    """Whether what was typed leads out of the parent's room: the worker's PIN, or the password where there is none."""
    if not account.room_pin:
        return bool(verify_password(typed, account.password or ""))
    try:
        return PasswordHasher().verify(account.room_pin, typed)
    except VerificationError:
        return False


def device() -> str:
    """The browser that signs in, in a few words for the list of sign-ins."""
    agent = request.user_agent.string
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    return ", ".join(filter(None, (browser, system)))


def first_try(name: str) -> bool:
    """Whether a known name was not typed with a wrong password from this address lately.

    Wrong tries of others at the same address, such as one clinic's, must not keep this person out.
    """
    if find(name) is None:
        return False
    try:
        return not brake().get_moving_window(failures(name), FAILURES_KEPT, FAILURES_S)[1]
    except brake().base_exceptions:
        return False


def note_failure(name: str) -> None:
    """Count a wrong password for this name at this address; while nothing can be counted, `first_try` is False."""
    _count(failures(name), FAILURES_KEPT, FAILURES_S)


def failures(name: str) -> str:
    """Under what wrong passwords of a name at this address are counted."""
    return f"failed:{name.strip().casefold()}@{get_remote_address()}"


def once(what: str, seconds: int) -> bool:
    """Whether this is asked for the first time within so many seconds; False while nothing can be counted."""
    return _count(what, 1, seconds)


def brake() -> DatabaseStorage | RedisCounts:
    """The counts of the brake."""
    return cast(DatabaseStorage | RedisCounts, limiter.storage)


def _count(what: str, most: int, seconds: int) -> bool:
    try:
        return brake().acquire_entry(what, most, seconds)
    except brake().base_exceptions:
        return False


def _init_brake(app: Flask, settings: Settings, store: Store) -> None:
    secret = store.secret("brake")
    if settings.limits_url:
        app.config["RATELIMIT_STORAGE_URI"] = f"{SCHEME}+{settings.limits_url}"
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"secret": secret}
        # While the Redis is away each process counts for itself: guessing stays slow.
        app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    else:
        app.config["RATELIMIT_STORAGE_URI"] = f"{SCHEME}://"
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"database": store.database, "secret": secret}
    try:
        limiter.init_app(app)
    except ConfigurationError as error:
        raise VfeedError(
            "setting_invalid",
            _("The address of the counts of wrong tries does not work."),
            hint=_('Correct VFEED_LIMITS_URL to redis://..., and run: pip install "vfeed[redis]".'),
        ) from error
    except ValueError:
        raise unreadable_address("VFEED_LIMITS_URL") from None
