"""What a family may take home of a shared review, asked anew at every making and every opening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from flask import url_for

from vfeed.errors import VfeedError
from vfeed.paper.document import Document, Heading, Paragraph, Picture, Quote
from vfeed.practice.decision import Decision
from vfeed.practice.events import Reel
from vfeed.practice.sessions import SessionState
from vfeed.server.context import day, settings, store
from vfeed.server.records import Shown, language, picture_of, shown_in
from vfeed.server.reels import is_made
from vfeed.server.sessions import ShownMoment, moments_of
from vfeed.server.words import gettext as _
from vfeed.store.tables import Clip

# Both: what is taken home was shown in a session first.
NEEDED = ("session", "take_home")


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
        decision = decide(clip_id)
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


def decide(clip_id: str) -> Decision:
    """Whether moments of a clip may be taken home today."""
    decision = Decision(False, "")
    for use in NEEDED:
        decision = store().consents.decide(clip_id, use)
        if not decision:
            return decision
    return decision


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


def card(shown: Shown, moment: ShownMoment) -> Document:
    """A card with one moment, what the parent said, and what comes next."""
    picture = picture_of(moment)
    blocks: list[Heading | Paragraph | Quote | Picture] = [picture]
    if shown.working_point:
        blocks += [Heading(_("What I want to try")), Quote(shown.working_point)]
    if shown.next_on:
        blocks += [Heading(_("We meet again")), Paragraph(day(shown.next_on))]
    return Document(_("A moment of ours"), language(), tuple(blocks))


def address_of(token: str) -> str:
    """A link's whole address, on the address at which this service is reached."""
    if settings().public_url:
        return settings().public_url + url_for("taken_home.view", token=token)
    return url_for("taken_home.view", token=token, _external=True)


def qr_code(address: str) -> str:
    """The address as a QR code: an SVG of black on white, whatever the colours of the page."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return drawn


def opens_elsewhere() -> bool:
    """Whether a phone elsewhere could open a link: not at an address that means this machine alone."""
    host = urlsplit(address_of("any")).hostname or ""
    return not (host == "localhost" or host == "::1" or host.startswith("127."))


def require_opens_elsewhere() -> None:
    """Raise VfeedError `conflict` where a link would open on this machine alone."""
    if not opens_elsewhere():
        raise VfeedError(
            "conflict",
            _("A link made here would open on this computer alone."),
            hint=_("Give the moments as a locked file, or ask your administrator to set VFEED_PUBLIC_URL."),
        )


def _not_here() -> VfeedError:
    return VfeedError("not_found", _("This is not here any more."), hint=_("Load the page again."))
