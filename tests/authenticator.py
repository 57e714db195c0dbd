"""An authenticator app that is set up for an account."""

from __future__ import annotations

import re

from app_site import Site
from passlib.totp import TOTP
from sqlalchemy import update

from vfeed.store.tables import User


def letters_of(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7-]+)</code>", page)
    assert found
    return found.group(1).replace("-", "")


def app_of(site: Site, name: str = "practitioner") -> tuple[TOTP, list[str]]:
    """An app that is set up, and the recovery codes that came with it."""
    totp = TOTP(key=letters_of(f"<code>{site.store.second_steps.begin_app(name).letters}</code>"))
    codes = site.store.second_steps.confirm_app(name, totp.generate().token)
    assert codes is not None
    forget_counter(site, name)
    return totp, codes


def forget_counter(site: Site, name: str) -> None:
    """As if the half minute of the last code were over."""
    with site.store.database.write() as session:
        session.execute(update(User).where(User.username == name).values(totp_counter=None))
