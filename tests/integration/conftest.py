"""Fixtures of every test here."""

from stored import empty_store, home, store

__all__ = ["empty_store", "home", "store"]
