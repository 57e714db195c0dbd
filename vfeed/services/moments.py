"""Moments that were shown in a shared review, in their order, with the sentence for the parent and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vfeed.practice.sessions import ShownReel
from vfeed.store.store import Store
from vfeed.store.tables import Clip


@dataclass(frozen=True)
class ShownMoment:
    """A moment that was shown: which, the sentence for the parent, and what the parent said."""

    clip_id: str
    reel_id: str
    moment_id: str
    start_us: int
    reel_title: str
    strength: str
    words: str


class ShownMoments:
    """The moments of reels, of the clips that a caller has opened and nothing else of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, reels: Sequence[ShownReel], clips: Mapping[str, Clip]) -> list[ShownMoment]:
        """Return the moments of these reels in their order, of the clips given.

        Where a reel has parts in several clips, its moments stand together, as they were shown.
        """
        library = self._store.packs.known()
        shown: list[ShownMoment] = []
        places: dict[str, list[tuple[str, str]]] = {}
        for named in reels:
            if named.clip_id not in clips:
                continue
            review = self._store.events.state(named.clip_id)
            reel = review.reel(named.reel_id)
            if reel and reel.order:
                places.setdefault(reel.reel_id, [(each.clip_id, each.moment_id) for each in reel.order])
            for piece in reel.moments if reel else ():
                moment = review.moment(piece.moment_id)
                code = library.code(moment.code_ref) if moment else None
                shown.append(
                    ShownMoment(
                        named.clip_id,
                        named.reel_id,
                        piece.moment_id,
                        piece.start_us,
                        reel.title if reel else "",
                        (moment.parent_words if moment else "") or (code.parent_words if code else ""),
                        review.words.get(piece.moment_id, ""),
                    )
                )
        return together(shown, places)

    def notes(self, shown: Sequence[ShownMoment]) -> tuple[str, ...]:
        """Return the note for colleagues of each moment: the worker's alone, so it is no part of what is shown."""
        found = [self._store.events.state(each.clip_id).moment(each.moment_id) for each in shown]
        return tuple(moment.note if moment else "" for moment in found)


def together(shown: Sequence[ShownMoment], places: Mapping[str, Sequence[tuple[str, str]]]) -> list[ShownMoment]:
    """Return the moments of the reels in `places` where the first of each stands, in that order; others stay."""
    ordered: dict[ShownMoment, None] = {}
    by_key = {(each.reel_id, each.clip_id, each.moment_id): each for each in shown}
    for moment in shown:
        for clip_id, moment_id in places.get(moment.reel_id, ()):
            if found := by_key.get((moment.reel_id, clip_id, moment_id)):
                ordered.setdefault(found)
        ordered.setdefault(moment)
    return list(ordered)
