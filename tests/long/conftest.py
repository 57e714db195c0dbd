"""Fixtures of every test here."""

from served import furnished, site
from stored import empty_store, home, store

__all__ = ["empty_store", "furnished", "home", "site", "store"]
