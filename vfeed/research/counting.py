"""Numbers with what they count, in words that people read."""

from __future__ import annotations


def count(number_of: int, what: str) -> str:
    """Return a number with what it counts, in the singular or plural.

    >>> count(1, "film"), count(2, "family")
    ('1 film', '2 families')
    """
    plural = {"family": "families"}.get(what, f"{what}s")
    return f"{number_of} {what if number_of == 1 else plural}"
