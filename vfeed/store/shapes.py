"""The shapes that the tables have had, and between which of them an earlier version cannot go on beside a later one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"
STOPS = ("0035", "0036")
"""Shapes whose versions write what those before cannot read: these are to be stopped everywhere before the change.

A change of what a journal keeps needs one, too, if need be with a migration that changes no table
(`tests/contracts/test_contract_beside.py`).
"""


@cache
def revisions() -> tuple[str, ...]:
    """Return the shapes that this version knows, oldest first: the numbers that its migrations' files begin with."""
    return tuple(sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py")))


def our_name() -> str:
    """What connections of this version are called at a server: it says which shape they are made for."""
    return f"vfeed {revisions()[-1]}"


def stop_before(shape: str | None) -> str | None:
    """Return the last stop on the way from a shape to this version's; None where there is none.

    >>> stop_before(None), stop_before("0034"), stop_before(STOPS[-1])
    (None, '0036', None)
    """
    return next((stop for stop in reversed(STOPS) if shape is not None and shape < stop), None)
