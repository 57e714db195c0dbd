"""Fixtures of every test here."""

from served import site
from stored import empty_store, home, store

__all__ = ["empty_store", "home", "site", "store"]
