"""What is shared for supervision or training, as it stands now: terms, consents and copies are asked each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from vfeed.errors import VfeedError
from vfeed.jobs.hidden import KIND, copy_role, doubts_role, source_role
from vfeed.practice.decision import Decision
from vfeed.practice.sharing import Purpose, SharedFilm, Terms, decide
from vfeed.server.reels.present import is_made, reel_of
from vfeed.server.sessions.present import reel_choices
from vfeed.server.web import access, work
from vfeed.server.web.context import actor, services, session_title, store
from vfeed.server.web.guard import can
from vfeed.server.web.words import gettext as _
from vfeed.store.shares import Share, terms_of
from vfeed.store.tables import Blob


@dataclass(frozen=True)
class Doubt:
    """A stretch of a copy that somebody should look at; `settled` once somebody saw no face there."""

    number: int
    start_us: int
    end_us: int
    reason: str
    look_us: tuple[int, ...]
    settled: bool


@dataclass(frozen=True)
class SharedNow:
    """One film of a share now: `role` is the file that is shown ("" while there is none), `job` the work on its copy.

    `reason` says why the supervisor may not see it yet, in words for them; empty when they may.
    """

    number: int
    film: SharedFilm
    title: str
    role: str
    doubts: tuple[Doubt, ...]
    job: dict[str, Any] | None
    reason: str


def share_for_me(share_id: str) -> tuple[Share, bool]:
    """The share and whether this person is the family's worker; raises VfeedError `not_found` or `forbidden`.

    A supervisor gets in only on the terms of the share, today; what was shared with somebody else does not exist.
    """
    share = store().shares.get(share_id)
    if can("supervision.manage") and not g.get("as_supervisor"):
        return share, True
    row, found = share
    terms = terms_of(row)
    if terms.supervisor != actor():
        raise VfeedError("not_found", _("Nothing is shared here."), hint=_("Go back to what is shared with you."))
    decision = decide(terms, actor(), date.today())
    if not decision:
        store().audit.record(actor(), "supervision.refused", found.family_id, {"share": share_id})
        raise VfeedError(
            "forbidden", decision.reason, hint=_("Ask the worker to share it again, if you still need it.")
        )
    return share, False


def films_of(share: Share) -> list[SharedNow]:
    """Each film of a share as it stands."""
    terms = terms_of(share[0])
    return [film_now(share, number, terms) for number in range(len(terms.films))]


def film_now(share: Share, number: int, terms: Terms | None = None) -> SharedNow:
    """One film of a share as it stands; raises VfeedError `not_found` for a number that there is not."""
    row, _found = share
    terms = terms or terms_of(row)
    if not 0 <= number < len(terms.films):
        raise VfeedError("not_found", _("There is no such film."), hint=_("Go back to what is shared."))
    film = terms.films[number]
    consent = consent_to(film, terms.purpose)
    title, source = title_and_source(film)
    if not terms.needs_copies:
        ready = source if source and is_there(film, source) else ""
        missing = "" if ready else _("This film is not there any more, or not ready yet.")
        return SharedNow(number, film, title, ready, (), None, missing if consent else consent.reason)
    role = copy_role(row.id, number)
    copy = copy_of(film, source, role) if source else None
    doubts = doubts_in(share, number, film, copy.id) if copy else ()
    reason = ""
    if not consent:
        reason = consent.reason
    elif copy is None:
        reason = _("The copy of this film is not ready yet, or the film was changed after it was made.")
    elif not all(doubt.settled for doubt in doubts):
        reason = _("The worker is still checking the copy of this film.")
    job = next((each for each in reversed(hide_jobs(film, row.id, number))), None)
    return SharedNow(number, film, title, role if copy else "", doubts, job, reason)


def is_there(film: SharedFilm, source: str) -> bool:
    """Whether the film itself is there, as it was chosen last."""
    if film.reel_id is None:
        return store().blobs.has(film.clip_id, source)
    return is_made(film.clip_id, reel_of(film.clip_id, film.reel_id))


def copy_of(film: SharedFilm, source: str, role: str) -> Blob | None:
    """The copy, unless the film was changed after it was made: it may show what was taken out since."""
    copy, shown = (store().blobs.info(film.clip_id, each) for each in (role, source))
    if copy is None or shown is None or not is_there(film, source) or copy.created_at < shown.created_at:
        return None
    return copy


def consent_to(film: SharedFilm, purpose: Purpose) -> Decision:
    """Whether everyone in this film agrees to what it is shared for, today."""
    try:
        store().clips.get(film.clip_id)
    except VfeedError as error:
        return Decision(False, error.message)
    return store().consents.decide(film.clip_id, purpose)


def title_and_source(film: SharedFilm) -> tuple[str, str]:
    """What a film is called, and the file that it is ("" when the film of moments was taken back)."""
    if film.reel_id is None:
        return _("The film of the shared review"), source_role(film)
    reel = store().events.state(film.clip_id).reel(film.reel_id)
    return (reel.title, source_role(film)) if reel else (_("A film that was taken back"), "")


def doubts_in(share: Share, number: int, film: SharedFilm, copy_id: str) -> tuple[Doubt, ...]:
    """What somebody should look at in a copy."""
    row, _found = share
    settled = store().shares.state(row.id).looked_at(film.key, copy_id)
    told = json.loads(store().blobs.read(film.clip_id, doubts_role(row.id, number)))
    return tuple(
        Doubt(index, each["start_us"], each["end_us"], each["reason"], tuple(each["look_us"]), index in settled)
        for index, each in enumerate(told)
    )


def hide_jobs(film: SharedFilm, share_id: str, number: int) -> Sequence[dict[str, Any]]:
    """The work on a film's copy, oldest first."""
    return [
        work.as_json(job)
        for job in store().jobs.for_clip(film.clip_id)
        if job.kind == KIND and (job.payload.get("share_id"), job.payload.get("film")) == (share_id, number)
    ]


def make_copy(share_id: str, number: int, film: SharedFilm) -> None:
    """Queue the making of a film's copy, unless it is under way."""
    work.enqueue(KIND, film.clip_id, {"share_id": share_id, "film": number})


def drop_copies(share: Share) -> None:
    """Remove a stopped share's copies, and stop what is being made for it."""
    row, _found = share
    for number, film in enumerate(terms_of(row).films):
        for job in hide_jobs(film, row.id, number):
            if job["state"] in work.OPEN_STATES:
                store().jobs.cancel(job["id"], actor())
        for role in (copy_role(row.id, number), doubts_role(row.id, number)):
            store().blobs.remove(film.clip_id, role)


def require_seen(film: SharedNow, *, worker: bool) -> None:
    """Raise VfeedError `consent_missing` unless this person may watch the film now."""
    if worker:
        access.open_clip(film.film.clip_id, among={"session"})
        reason = "" if film.role else _("The copy of this film is not ready yet.")
    else:
        reason = film.reason
    if reason:
        raise VfeedError("consent_missing", reason, hint=_("Ask the worker who shared it."))


def marked_stretches(share_id: str, film: SharedFilm) -> list[tuple[int, int, int]]:
    """What was marked to be covered: the step, from, to."""
    return [(step, mark.start_us, mark.end_us) for step, mark in store().shares.state(share_id).marks_on(film.key)]


def film_choices(family_id: str, session_id: str) -> list[tuple[str, str]]:
    """What of a session can be shared: its films of moments and its own film, as the value and words of a box."""
    shown = {(reel.clip_id, reel.reel_id) for reel in services().sessions.shared_part(session_id).reels}
    choices = [
        (each["key"], each["title"])
        for each in reel_choices(access.open_clips(family_id))
        if (each["clip_id"], each["reel_id"]) in shown
    ]
    own = [clip for clip in store().clips.session_films(family_id) if clip.session_id == session_id]
    return [*choices, *((clip.id, _("The film of the shared review")) for clip in own if access.decide(clip.id))]


def chosen_film(value: str) -> SharedFilm:
    """A film from the value of its box; raises VfeedError `invalid_input`."""
    clip_id, _blank, reel_id = value.partition(" ")
    try:
        return SharedFilm(clip_id=clip_id, reel_id=reel_id or None)
    except ValueError as error:
        raise VfeedError("invalid_input", _("There is no such film."), hint=_("Load the page again.")) from error


def title_of(share: Share) -> str:
    """What is shared, without saying whose family it is."""
    return session_title(services().sessions.shared_part(share[1].id).held_on)
