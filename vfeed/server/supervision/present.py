"""What is shared for supervision or training, in the words and addresses of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, url_for

from vfeed.errors import VfeedError
from vfeed.practice.sharing import HIDE, SharedFilm, Terms, decide
from vfeed.practice.thread import own_steps
from vfeed.server.consents.consent_status import use_words
from vfeed.server.sessions.present import reel_choices
from vfeed.server.web import access, job_view
from vfeed.server.web.authorization import can
from vfeed.server.web.context import actor, day, person, services, session_title
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.threads import thread_part
from vfeed.services.rows import JobState, Share
from vfeed.services.supervision import Called, ReviewFlag, SharedNow
from vfeed.timeline.clock import clock

LOOKED_AT_ONCE = 12
"""Stretches that are shown together to be looked at: more than these, and the last are not looked at any more."""


def share_for_me(share_id: str) -> tuple[Share, bool]:
    """The share and whether this person is the family's worker; raises VfeedError `not_found` or `forbidden`."""
    worker = can("supervision.manage") and not g.get("as_supervisor")
    return services().supervision.open(person(), share_id, as_worker=worker), worker


def make_copy(share_id: str, number: int, film: SharedFilm) -> None:
    """Queue the making of a film's copy, unless it is under way."""
    job_view.enqueue(HIDE, film.clip_id, {"share_id": share_id, "film": number})


def film_choices(family_id: str, session_id: str) -> list[tuple[str, str]]:
    """What of a session can be shared: its films of moments and its own film, as the value and words of a box."""
    shown = {(reel.clip_id, reel.reel_id) for reel in services().sessions.shared_part(session_id).reels}
    choices = [
        (each["key"], each["title"])
        for each in reel_choices(access.open_clips(family_id))
        if (each["clip_id"], each["reel_id"]) in shown
    ]
    own = services().sessions.films(person(), family_id, session_id)
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
    return session_title(services().sessions.shared_part(share.session.id).held_on)


def film_title(now: SharedNow) -> str:
    """What a film is called."""
    if now.title is Called.SESSION_FILM:
        return _("The film of the shared review")
    return _("A film that was taken back") if now.title is Called.TAKEN_BACK else now.title


def talk_about(found: Share, now: SharedNow, *, worker: bool) -> dict[str, Any]:
    """The comments on a film for its page; empty while this person may not see it."""
    said = services().supervision.said(found.id)
    heard = said.state.comments_on(now.film.key) if worker or not now.reason else []
    return thread_part(heard, own_steps(said, actor()))


def film_part(found: Share, now: SharedNow, *, worker: bool) -> dict[str, Any]:
    """A film for the page of its share."""
    here: dict[str, Any] = {"share_id": found.id, "number": now.number}
    seen = bool(now.role) and (worker or not now.reason)
    job, title = now.job, film_title(now)
    marks = services().supervision.said(found.id).state.marks_on(now.film.key) if worker else []
    return {
        "number": now.number,
        "title": title,
        "closed": looked_up(now.reason),
        "url": url_for("supervision.film", **here) if seen else "",
        "props": {
            "title": title,
            "url": url_for("supervision.film", **here),
            "commentsUrl": url_for("supervision.talk", **here),
            "talk": talk_about(found, now, worker=worker),
        },
        "job": job_view.as_json(job) if job and job.state != JobState.DONE else None,
        "progress": {
            "clipId": now.film.clip_id,
            "jobsUrl": url_for("clips_api.jobs", clip_id=now.film.clip_id, share_id=found.id, film=now.number),
            "clipUrl": url_for("supervision.share", share_id=found.id),
            "canEdit": worker,
            "until": "hide",
        },
        "check_url": url_for("supervision.check", **here),
        "copy_url": url_for("supervision.copy", **here) if worker and lacks_copy(found, now) else "",
        "copy_id": now.copy_id,
        "at_once": LOOKED_AT_ONCE,
        "review_flags": [review_flag_line(flag, here) for flag in now.review_flags] if worker else [],
        "hides": hides(now),
        "covered": [stretch(mark.start_us, mark.end_us) for _step, mark in marks],
    }


def hides(now: SharedNow) -> str:
    """How much of a copy's picture is hidden, in words; empty where nothing is, or nobody knows."""
    if now.covered is None:
        return ""
    usual, most = (round(100 * share) for share in now.covered)
    return _(
        "Hidden in this copy: %(usual)s %% of the picture on average, %(most)s %% at most. Hands, toys and the room "
        "behind it cannot be seen there.",
        usual=usual,
        most=most,
    )


def lacks_copy(found: Share, now: SharedNow) -> bool:
    """Whether a copy is needed, and neither there nor under way nor stopped with an error that is told."""
    return found.terms.needs_copies and not now.role and (now.job is None or now.job.state == JobState.DONE)


def review_flag_line(flag: ReviewFlag, here: Mapping[str, Any]) -> dict[str, Any]:
    """A doubtful stretch with its pictures."""
    why = {
        "lost": _("A head was not found here."),
        "found_late": _("A face was found only in the finished copy, and hidden then."),
        "still_found": _("Something is still taken for a face."),
        "left_open": _(
            "Something was taken for a face here, and left open: it is far too large for one, "
            "and a second look says no."
        ),
        "kept": _("Is the face that stays the one you chose? If not, cover this stretch."),
    }
    return {
        "number": flag.number,
        "settled": flag.settled,
        "when": stretch(flag.start_us, flag.end_us),
        "why": why.get(flag.reason, ""),
        "stills": [url_for("supervision.still", **here, time_us=at) for at in flag.look_us],
    }


def stretch(start_us: int, end_us: int) -> str:
    """From when to when, or when alone where both read the same."""
    start, end = clock(start_us), clock(end_us)
    return start if start == end else _("%(start)s to %(end)s", start=start, end=end)


def standing(terms: Terms, *, lasts: bool, shows: bool) -> str:
    """Until when a share is open, or since when it is not; one that lasts and shows nothing may open anew."""
    if lasts:
        until = day(terms.last_day)
        return _("open until %(day)s", day=until) if shows else _("shut, and ends on %(day)s", day=until)
    if terms.revoked_at is not None:
        return _("stopped on %(day)s", day=day(terms.revoked_at.astimezone().date()))
    return _("ended on %(day)s", day=day(terms.last_day))


def share_line(found: Share) -> dict[str, Any]:
    """A share in a line."""
    terms = found.terms
    decision = services().supervision.standing(found)
    lasts = bool(decide(terms, terms.supervisor, date.today()))
    hidden = [
        {
            "blurred": _("faces blurred"),
            "infant_stays": _("faces blurred but the child’s"),
            "parent_stays": _("faces blurred but the parent’s"),
            "as_they_are": _("faces as they are"),
        }[terms.faces],
        {"altered": _("voices altered"), "off": _("without sound"), "as_it_is": _("voices as they are")}[terms.voices],
    ]
    return {
        "id": found.id,
        "title": title_of(found),
        "supervisor": terms.supervisor,
        "by": found.made_by,
        "open": bool(decision),
        "may_stop": lasts,
        "state": standing(terms, lasts=lasts, shows=bool(decision)),
        "shut": looked_up(decision.reason) if lasts and not decision else "",
        "hidden": ", ".join(hidden),
        "purpose": use_words(terms.purpose),
        "url": url_for("supervision.share", share_id=found.id),
        "stop_url": url_for("supervision.stop", share_id=found.id),
    }
