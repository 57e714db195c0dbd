"""Fixtures of every test here."""

from stored import home, store

__all__ = ["home", "store"]
