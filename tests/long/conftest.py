"""Fixtures of every test here."""

from app_site import furnished, site
from browser_fixtures import browser, browser_type, page, review_site, rooms, service
from filled_store import empty_store, home, store

__all__ = [
    "browser",
    "browser_type",
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
