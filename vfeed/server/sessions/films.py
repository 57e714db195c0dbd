"""The film of a shared review itself, kept for the worker and for supervision, under a consent of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from vfeed.server.clips.tus import CHUNK_BYTES
from vfeed.server.web import access, job_view
from vfeed.server.web.authorization import can
from vfeed.server.web.context import length, person, services, session_title, settings, size
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.navigation import family_crumbs, family_url
from vfeed.services.rows import Clip, FeedbackSession

blueprint = Blueprint("session_films", __name__, url_prefix="/families/<family_id>/sessions/<session_id>/film")


@blueprint.get("")
def page(family_id: str, session_id: str) -> str:
    """The film, or how it gets here."""
    record = services().sessions.read(person(), family_id, session_id)
    found, title = record.session, session_title(record.state.held_on)
    crumbs = family_crumbs(family_id)
    if can("sessions.session"):
        crumbs.append((title, url_for("sessions.session", family_id=family_id, session_id=session_id)))
    films = services().sessions.films(person(), family_id, session_id)
    return render_template(
        "sessions/film.html",
        title=title,
        crumbs=crumbs,
        films=[film_card(clip) for clip in films],
        may_add=can("uploads.page"),
        agreed=services().sessions.may_be_filmed(family_id),
        has_visit=found.visit_id is not None,
        consent_url=f"{family_url(family_id)}?consent=session_film&back={request.path}#consents",
        max_size=size(settings().max_clip_bytes),
        props=upload_props(found, title) if found.visit_id else {},
    )


def film_card(clip: Clip) -> dict[str, Any]:
    """A film with where it plays; only its length when this person may not open it."""
    decision = access.decide(clip.id)
    ready = decision.allowed and services().files.has(clip.id, "proxy")
    jobs = job_view.jobs_of(clip.id) if decision else []
    return {
        "title": clip.title,
        "about": length(clip.film.duration_us),
        "closed": "" if decision else looked_up(decision.reason),
        "url": url_for("media.blob", clip_id=clip.id, role="proxy") if ready else "",
        "turn_url": url_for("clips.turn", clip_id=clip.id) if ready and can("clips.turn") else "",
        "destroy_url": url_for("clips.erase", clip_id=clip.id) if can("clips.erase") else "",
        "progress": {
            "clipId": clip.id,
            "jobsUrl": url_for("clips_api.jobs", clip_id=clip.id),
            "clipUrl": url_for("clips.clip", clip_id=clip.id),
            "canEdit": can("jobs_api.cancel"),
        },
        "waiting": jobs[-1]["words"] if jobs else "",
    }


def upload_props(found: FeedbackSession, title: str) -> dict[str, Any]:
    """What the upload needs to bring a film to this session."""
    return {
        "endpoint": url_for("tus.create"),
        "finishUrl": "/api/uploads/{id}/finish",
        "renameUrl": "/api/clips/{id}/title",
        "visitId": found.visit_id,
        "visitTitle": title,
        "sessionId": found.id,
        "familyUrl": url_for("session_films.page", family_id=found.family_id, session_id=found.id),
        "chunkBytes": CHUNK_BYTES,
        "maxBytes": settings().max_clip_bytes,
        "maxMinutes": settings().max_clip_minutes,
    }
