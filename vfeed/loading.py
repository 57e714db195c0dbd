"""Loading without looking for garbage: what a process loads stays as long as the process does."""

from __future__ import annotations

import gc

SELDOM = 50_000
"""So many new things before Python looks through them while it loads; 700 of its own took a fifth of a start."""
OFTEN = gc.get_threshold()


def begin() -> None:
    """Look for garbage seldom from here on: before anything large is loaded."""
    gc.set_threshold(SELDOM)


def done() -> None:
    """Leave alone for good what is there by now, and look for garbage as often as Python does by itself.

    Whatever works for long calls it once it has loaded what it works with; after the first time nothing happens.
    """
    if gc.get_threshold()[0] == SELDOM:
        gc.freeze()
        gc.set_threshold(*OFTEN)
