"""The page on which films are added to a visit."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from vfeed.server.clips.tus import CHUNK_BYTES
from vfeed.server.web.context import day, services, settings, size
from vfeed.server.web.navigation import family_crumbs, family_url

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/visits/<visit_id>/films")
def page(visit_id: str) -> str:
    """Drag films in, or choose them."""
    visit = services().families.visit(visit_id)
    crumbs = family_crumbs(visit.family_id)
    address = family_url(visit.family_id)
    return render_template(
        "clips/upload.html",
        visit=visit,
        visit_day=day(visit.date),
        agreed=services().access.everyone_agrees(visit.family_id, "session"),
        family_url=address,
        max_size=size(settings().max_clip_bytes),
        crumbs=crumbs,
        props={
            "endpoint": url_for("tus.create"),
            "finishUrl": "/api/uploads/{id}/finish",
            "renameUrl": "/api/clips/{id}/title",
            "visitId": visit.id,
            "visitTitle": visit.title,
            "taken": [each.title for each in services().families.clips(visit.family_id)],
            "familyUrl": f"{address}#visit-{visit.id}",
            "chunkBytes": CHUNK_BYTES,
            "maxBytes": settings().max_clip_bytes,
            "maxMinutes": settings().max_clip_minutes,
        },
    )
