"""The chain of initiative and reception: six anchors in their order, each of which may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

ANCHORS = (
    "child_initiative",
    "parent_reception",
    "parent_response",
    "child_reception",
    "child_response",
    "parent_second_reception",
)


def in_order(anchors: Sequence[int | None]) -> bool:
    """Whether each anchor comes after the one before it; those that are not set do not matter.

    >>> in_order([1, None, 3, 4, None, None]), in_order([2, 2, None, None, None, None])
    (True, False)
    """
    times = [time for time in anchors if time is not None]
    return all(earlier < later for earlier, later in pairwise(times))


def newly_set(before: Sequence[int | None], after: Sequence[int | None]) -> str | None:
    """Return the one anchor of `ANCHORS` that was set for the first time; None when something else has changed too."""
    changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if len(changed) == 1 and before[changed[0]] is None:
        return ANCHORS[changed[0]]
    return None
