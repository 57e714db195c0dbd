"""What of a shared review may go home, asked anew at every making and every opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.practice.events import Reel
from vfeed.practice.sessions import SessionState
from vfeed.server.records.present import Shown, shown_in
from vfeed.server.reels.present import is_made
from vfeed.server.sessions.present import ShownMoment, moments_of
from vfeed.server.web.context import services, store
from vfeed.server.web.words import gettext as _
from vfeed.store.tables import Clip


@dataclass(frozen=True)
class Film:
    """A reel that is ready."""

    clip_id: str
    reel_id: str
    title: str


@dataclass(frozen=True)
class Parcel:
    """What may go home: the shared part of the record and its films; `reason` says what may not, and why."""

    shown: Shown
    films: tuple[Film, ...]
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.shown.moments)


def parcel(family_id: str, state: SessionState) -> Parcel:
    """What of a session may go home now."""
    clips = {clip.id: clip for clip in store().clips.for_family(family_id)}
    refusals = []
    allowed: dict[str, Clip] = {}
    for clip_id in dict.fromkeys(reel.clip_id for reel in state.reels):
        decision = services().take_home.decide(clip_id)
        if decision:
            allowed[clip_id] = clips[clip_id]
        else:
            refusals.append(decision.reason)
    films: list[Film] = []
    for named in state.reels:
        reel = store().events.state(named.clip_id).reel(named.reel_id) if named.clip_id in allowed else None
        if reel is not None and is_made(named.clip_id, reel):
            films.append(Film(named.clip_id, named.reel_id, title_of(reel, films)))
    nothing = _("Nothing has been shown yet: tick on the record what you looked at together.")
    shown = shown_in(state, moments_of(state.reels, allowed))
    return Parcel(shown, tuple(films), refusals[0] if refusals else "" if shown.moments else nothing)


def title_of(reel: Reel, before: Sequence[Film]) -> str:
    """A film's title; of a reel with parts in several clips, which part it is."""
    parts = sum(film.reel_id == reel.reel_id for film in before)
    return _("%(title)s, part %(number)s", title=reel.title, number=parts + 1) if reel.order else reel.title


def require(parcel: Parcel) -> None:
    """Raise VfeedError `consent_missing` unless there is something that may go home."""
    if not parcel:
        raise VfeedError(
            "consent_missing",
            parcel.reason,
            hint=_("Ask the family, then write the consent “Taking moments home” down on the family's page."),
        )


def film_of(found: Parcel, clip_id: str, reel_id: str) -> Film:
    """One film of a parcel; raises VfeedError `not_found`."""
    for film in found.films:
        if (film.clip_id, film.reel_id) == (clip_id, reel_id):
            return film
    raise _not_here()


def moment_of(found: Parcel, moment_id: str) -> ShownMoment:
    """One moment of a parcel; raises VfeedError `not_found`."""
    for moment in found.shown.moments:
        if moment.moment_id == moment_id:
            return moment
    raise _not_here()


def _not_here() -> VfeedError:
    return VfeedError("not_found", _("This is not here any more."), hint=_("Load the page again."))
