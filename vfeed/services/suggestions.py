"""What a reel can begin with: kept candidates without a tag, and up to three moments that go well together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vfeed.practice.events import Moment
from vfeed.practice.kept_uncoded import kept_uncoded
from vfeed.practice.review import ReviewState
from vfeed.practice.suggestion import Film, Suggested, suggest_among
from vfeed.services.access import FAMILY_WORK, Access, Actor
from vfeed.services.offer_types import GazeRun
from vfeed.services.offers import Offers
from vfeed.services.reels import Reels
from vfeed.store.store import Store
from vfeed.store.tables import Clip
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline


@dataclass(frozen=True)
class ToChooseFrom:
    """The clips of a visit that a reel can be made of, the moments of the first, and whether any keeps something."""

    clips: Sequence[Clip]
    moments: Sequence[Moment]
    has_any: bool


class Suggestions:
    """The use cases of choosing moments; each raises VfeedError `not_found` and `consent_missing` as `Access` does."""

    def __init__(self, store: Store, access: Access, reels: Reels, offers: Offers) -> None:
        self._store = store
        self._access = access
        self._reels = reels
        self._offers = offers

    def to_choose_from(self, actor: Actor, clip_id: str) -> ToChooseFrom:
        """Return the clip and the others of its visit, and whether a reel can be made of what is kept there."""
        clips = self._reels.films(actor, self._access.open_clip(actor, clip_id, among=FAMILY_WORK))
        states = self._store.events.states([clip.id for clip in clips]).values()
        has_any = any(_kept_uncoded_in(state) or any(not moment.point for moment in state.moments) for state in states)
        return ToChooseFrom(clips, self._store.events.state(clip_id).moments, has_any)

    def kept_uncoded(self, actor: Actor, clip_id: str) -> list[Moment]:
        """Return the kept candidates without a tag, as moments; none where gaze is said to mean little."""
        self._access.open_clip(actor, clip_id, among=FAMILY_WORK)
        return _kept_uncoded_in(self._store.events.state(clip_id))

    def suggested(self, actor: Actor, clip_id: str) -> list[tuple[Clip, Suggested]]:
        """Return up to three tagged moments and kept candidates of the visit's clips, each with its clip."""
        clips = self._reels.films(actor, self._access.open_clip(actor, clip_id, among=FAMILY_WORK))
        library = self._store.packs.known()
        states = [self._store.events.state(clip.id) for clip in clips]
        films = [self._film(clip, state) for clip, state in zip(clips, states, strict=True)]
        known = {moment.moment_id: library.code(moment.code_ref) for film in films for moment in film.moments}
        parts = {moment_id: code.part for moment_id, code in known.items() if code}
        tagged = {moment.moment_id for state in states for moment in state.moments}
        return [(clips[number], each) for number, each in suggest_among(films, parts, tagged)]

    def _film(self, clip: Clip, state: ReviewState) -> Film:
        moments = [*state.moments, *_kept_uncoded_in(state)]
        lanes = self._offers.after(clip.id, state).lanes if moments else None
        seen = None if lanes is None else _seen(lanes.infant).intersection(_seen(lanes.parent))
        return Film(tuple(moments), seen, clip.film.duration_us)


def _kept_uncoded_in(state: ReviewState) -> list[Moment]:
    return kept_uncoded(state.decisions, state.moments) if state.gaze_flags.meaningful else []


def _seen(lane: Iterable[GazeRun]) -> Timeline:
    return Timeline(Interval(start_us, end_us) for start_us, end_us, state, _ in lane if state != "unseen")
