"""Codings of other programs, taken in."""
