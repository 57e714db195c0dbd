"""Fixtures of every test here."""

from browsing import browser, page, review_site, rooms, service
from served import furnished, site
from stored import empty_store, home, store

__all__ = [
    "browser",
    "empty_store",
    "furnished",
    "home",
    "page",
    "review_site",
    "rooms",
    "service",
    "site",
    "store",
]
