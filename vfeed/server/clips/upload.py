"""The page on which films are added to a visit."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from vfeed.server.clips.tus import CHUNK_BYTES
from vfeed.server.web.context import day, services, settings, size, store
from vfeed.server.web.words import gettext as _

blueprint = Blueprint("uploads", __name__)


@blueprint.get("/visits/<visit_id>/films")
def page(visit_id: str) -> str:
    """Drag films in, or choose them."""
    visit = store().families.visit(visit_id)
    family = store().families.get(visit.family_id)
    family_url = url_for("families.family", family_id=family.id)
    return render_template(
        "clips/upload.html",
        visit=visit,
        visit_day=day(visit.date),
        agreed=services().access.everyone_agrees(family.id, "session"),
        family_url=family_url,
        max_size=size(settings().max_clip_bytes),
        crumbs=[(_("Families"), url_for("families.everyone")), (family.code_name, family_url)],
        props={
            "endpoint": url_for("tus.create"),
            "finishUrl": "/api/uploads/{id}/finish",
            "renameUrl": "/api/clips/{id}/title",
            "visitId": visit.id,
            "visitTitle": visit.title,
            "familyUrl": f"{family_url}#visit-{visit.id}",
            "chunkBytes": CHUNK_BYTES,
            "maxBytes": settings().max_clip_bytes,
            "maxMinutes": settings().max_clip_minutes,
        },
    )
