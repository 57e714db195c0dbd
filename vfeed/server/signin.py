"""Accounts on Flask-Security: where they are kept, how a password is kept, how long a sign-in lasts."""

from __future__ import annotations

import time
from datetime import timedelta

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import FSQLALiteUserDatastore, Security, hash_password, login_user, logout_user, verify_password
from flask_sqlalchemy_lite import SQLAlchemy

from vfeed.config import Settings
from vfeed.server import lock
from vfeed.store.accounts import SECURITY_CONFIG
from vfeed.store.database import engine_options, prepare_engine
from vfeed.store.tables import Role, User

SIGNED_IN_AT = "signed_in_at"
# Refused tries in a quarter of an hour: for one name from one address, and for one address.
TRIES_A_NAME = "8 per 15 minutes"
TRIES_AN_ADDRESS = "40 per 15 minutes"

database = SQLAlchemy()
accounts = FSQLALiteUserDatastore(database, User, Role)
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")


def init_signin(app: Flask, settings: Settings, *, password_salt: str, database_key: bytes) -> None:
    """Set up accounts, sessions and the brake on guessing. The app's secret key is set by the caller."""
    app.config.from_mapping(
        SQLALCHEMY_ENGINES={"default": engine_options(settings.database)},
        SECURITY_PASSWORD_SALT=password_salt,
        **SECURITY_CONFIG,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CONFIRMABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": lambda name: name}}],
        SESSION_COOKIE_NAME="vfeed",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
    )
    database.init_app(app)
    with app.app_context():
        prepare_engine(database.engine, database_key)
    Security(app, accounts, register_blueprint=False)
    limiter.init_app(app)

    @app.before_request
    def end_old_sessions() -> None:
        if not current_user.is_authenticated:
            return
        age_s = time.time() - session.get(SIGNED_IN_AT, 0.0)
        if age_s > settings.session_hours * 3600:
            sign_out()


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
    found = accounts.find_user(username=name.casefold())
    return found if isinstance(found, User) else None


def check(name: str, password: str) -> User | None:
    """The open account that this name and password belong to; as slow for an unknown name as for a known one."""
    account = find(name)
    if account is None or not account.password:
        hash_password(password)
        return None
    right = verify_password(password, account.password)
    return account if right and account.active else None


def sign_in(account: User) -> None:
    """Begin a session for this account; whatever the browser's session held before is dropped."""
    lock.release()
    session.clear()
    login_user(account, remember=False, authn_via=["password"])
    session.permanent = True
    session[SIGNED_IN_AT] = time.time()
    database.session.commit()


def sign_out() -> None:
    """End the session."""
    logout_user()
    session.clear()


def set_password(account: User, password: str) -> None:
    """Keep the password that a person chose and end every session of the account."""
    account.password = hash_password(password)
    account.must_change_password = False
    accounts.set_uniquifier(account)
    database.session.commit()
