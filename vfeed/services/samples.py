"""The sample clips, where the demo family was loaded."""

from __future__ import annotations

from vfeed.store.store import Store
from vfeed.store.tables import Clip

SAMPLE_ACTOR = "vfeed"
SAMPLES = {
    "side_view_woman.mp4": "At the table with the ring tower",
    "side_view_man.mp4": "Another turn with the ring tower",
}
"""Titles by file."""


def is_sample(clip: Clip) -> bool:
    """Return whether a clip is one of the sample clips as the demo took them in."""
    return clip.created_by == SAMPLE_ACTOR and clip.title in SAMPLES.values()


class Samples:
    """The sample clips that are here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def first(self) -> Clip | None:
        """Return the first sample clip that is here and not erased."""
        clips = (
            clip
            for family in self._store.families.list()
            if family.created_by == SAMPLE_ACTOR
            for clip in self._store.clips.for_family(family.id)
        )
        samples = [clip for clip in clips if is_sample(clip)]
        return next((clip for title in SAMPLES.values() for clip in samples if clip.title == title), None)
