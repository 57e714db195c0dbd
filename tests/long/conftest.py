"""Fixtures of every test here."""

from browsing import browser, review_site, rooms
from served import furnished, site
from stored import empty_store, home, store

__all__ = [
    "browser",
    "empty_store",
    "furnished",
    "home",
    "review_site",
    "rooms",
    "site",
    "store",
]
