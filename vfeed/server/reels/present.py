"""Reels as pages and the parent view need them: where each moment lies in the reel's film, and its still."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from vfeed.errors import VfeedError
from vfeed.media.apart import still_apart
from vfeed.practice.events import Moment, Reel, ReelMoment
from vfeed.practice.reel_file import cut_as, cut_role, is_plain, picture_us, player_role
from vfeed.practice.review import ReviewState
from vfeed.practice.sessions import ShownReel
from vfeed.practice.suggestion import Film, Suggested, suggest_among
from vfeed.practice.untagged import untagged
from vfeed.server.web import work
from vfeed.server.web.context import person, services, store
from vfeed.server.web.words import gettext as _
from vfeed.services.access import FAMILY_WORK
from vfeed.services.offered import LookRun
from vfeed.services.reels import Part, SavedReel
from vfeed.store.tables import Clip
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

STILL_SIDE_PX = 960


@dataclass(frozen=True)
class Piece:
    """A moment's place in the reel's own film, in microseconds."""

    moment_id: str
    start_us: int
    end_us: int


def reel_of(clip_id: str, reel_id: str) -> Reel:
    """The reel; raises VfeedError `not_found`."""
    reel = store().events.state(clip_id).reel(reel_id)
    if reel is None:
        raise VfeedError("not_found", _("There is no such film of moments."), hint=_("Go back to the film's page."))
    return reel


def is_made(clip_id: str, reel: Reel) -> bool:
    """Whether the reel's film is there and shows what is chosen now, not what was chosen before a change or an undo."""
    if not store().blobs.has(clip_id, f"reel:{reel.reel_id}"):
        return False
    role = cut_role(reel.reel_id)
    # Films of earlier versions do not say how they were cut.
    return not store().blobs.has(clip_id, role) or store().blobs.read(clip_id, role) == cut_as(reel).encode()


def parts_of(clip: Clip, reel: Reel, *, among: Collection[str] = FAMILY_WORK) -> list[Part]:
    """The reel's parts that the current person may open: this clip's, then those of other clips."""
    return services().reels.parts(person(), clip, reel, among=among)


def require_made(parts: Sequence[Part]) -> None:
    """Raise VfeedError `conflict` unless the film of every part is ready."""
    if not all(is_made(part.clip.id, part.reel) for part in parts):
        raise VfeedError(
            "conflict",
            _("The film of the moments is still being made."),
            hint=_("Wait until it is ready, then show it."),
        )


def file_role(clip_id: str, reel_id: str) -> str:
    """The reel's film as it leaves vfeed: with standing pictures and slow repeats where there are some."""
    role = player_role(reel_id)
    has_own = not is_plain(reel_of(clip_id, reel_id)) and store().blobs.has(clip_id, role)
    return role if has_own else f"reel:{reel_id}"


def pieces_of(reel: Reel) -> list[Piece]:
    """The moments one after the other, as the reel's film shows them."""
    pieces, at_us = [], 0
    for moment in reel.moments:
        end_us = at_us + moment.end_us - moment.start_us
        pieces.append(Piece(moment.moment_id, at_us, end_us))
        at_us = end_us
    return pieces


def still_of(clip_id: str, moment: ReelMoment) -> bytes:
    """The picture of a chosen moment: the one that was made with the reel, or made now while it waits."""
    at_us = picture_us(moment)
    role = f"still:{at_us}"
    if store().blobs.has(clip_id, role):
        return store().blobs.read(clip_id, role)
    with store().blobs.open(clip_id, "original") as file:
        return still_apart(file, at_us, STILL_SIDE_PX)


def untagged_in(state: ReviewState) -> list[Moment]:
    """The kept candidates without a tag, as moments; none where gaze is said to mean little."""
    if not state.gaze_flags.meaningful:
        return []
    return untagged(state.decisions, state.moments)


def suggested_for(clips: Sequence[Clip]) -> list[tuple[Clip, Suggested]]:
    """Up to three of these clips' tagged moments and kept candidates to begin a film with, each with its clip."""
    library = store().packs.library()
    films = []
    for clip in clips:
        state = store().events.state(clip.id)
        moments = [*state.moments, *untagged_in(state)]
        lanes = services().offers.after(clip.id, state).lanes if moments else None
        seen = None if lanes is None else _seen(lanes.infant).intersection(_seen(lanes.parent))
        films.append(Film(tuple(moments), seen, clip.facts["duration_us"]))
    known = {moment.moment_id: library.code(moment.strength) for film in films for moment in film.moments}
    parts = {moment_id: code.part for moment_id, code in known.items() if code}
    tagged = {moment.moment_id for clip in clips for moment in store().events.state(clip.id).moments}
    return [(clips[number], each) for number, each in suggest_among(films, parts, tagged)]


def _seen(lane: Iterable[LookRun]) -> Timeline:
    return Timeline(Interval(start_us, end_us) for start_us, end_us, state, _ in lane if state != "unseen")


def may_record(clip_id: str) -> bool:
    """Whether everybody has agreed that voices are recorded; without that none is recorded or played."""
    return store().consents.decide(clip_id, "voice").allowed


def voice_url(clip_id: str, reel_id: str, voice_id: str) -> str:
    """Where a recording is listened to."""
    return url_for("media.voice", clip_id=clip_id, reel_id=reel_id, voice_id=voice_id)


def session_of_reel(clip: Clip, reel_id: str, parts: Sequence[Part]) -> dict[str, Any]:
    """Where the record of a reel's shared review is (`url`, empty when there is none), and where one begins."""
    found = store().sessions.showing(clip.family_id, ShownReel(clip_id=clip.id, reel_id=reel_id))
    return {
        "url": url_for("sessions.session", family_id=clip.family_id, session_id=found.id) if found else "",
        "begin_url": url_for("sessions.begin", family_id=clip.family_id),
        "visit_id": clip.visit_id or "",
        "reels": [f"{part.clip.id} {reel_id}" for part in parts],
    }


def make_reel(clip_id: str, reel_id: str | None, title: str, moments: object) -> tuple[SavedReel, str]:
    """Save a reel and queue its film, one for each clip in it; returns it with the first one's job's id."""
    saved = services().reels.save(person(), clip_id, reel_id, title, moments)
    jobs = [work.enqueue("reel", each, {"reel_id": saved.reel_id}) for each in saved.clip_ids]
    return saved, jobs[0]
