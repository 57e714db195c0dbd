"""Fixtures of every test here."""

from app_site import furnished, site
from filled_store import empty_store, home, passing_databases, store

__all__ = ["empty_store", "furnished", "home", "passing_databases", "site", "store"]
