"""Fixtures of every test here."""

from served import furnished, site
from stored import empty_store, home, passing_databases, store

__all__ = ["empty_store", "furnished", "home", "passing_databases", "site", "store"]
