"""The plan of a shared review as a page and as a PDF."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from vfeed.documents.files import as_pdf
from vfeed.server.records.pages import PDF
from vfeed.server.records.plan import plan_for
from vfeed.server.records.present import figure_name, still_for_print
from vfeed.server.reels.present import still_url
from vfeed.server.web import access
from vfeed.server.web.files import file_name
from vfeed.server.web.navigation import clip_crumbs as crumbs
from vfeed.server.web.ranges import answer_with

blueprint = Blueprint("session_plans", __name__, url_prefix="/clips/<clip_id>/reels/<reel_id>")


@blueprint.get("/plan")
def page(clip_id: str, reel_id: str) -> str:
    """The plan as a page; prints well."""
    clip = access.open_clip(clip_id, among=access.FAMILY_WORK)
    document, shown = plan_for(clip, reel_id)
    here: dict[str, Any] = {"clip_id": clip_id, "reel_id": reel_id}
    return render_template(
        "records/record.html",
        document=document,
        stills={figure_name(moment): still_url(moment) for moment in shown},
        pdf_url=url_for("session_plans.pdf", **here),
        crumbs=[
            *crumbs(clip),
            (clip.title, url_for("clips.clip", clip_id=clip_id)),
            (shown[0].reel_title, url_for("reels.reel", **here)),
        ],
    )


@blueprint.get("/plan.pdf")
def pdf(clip_id: str, reel_id: str) -> Response:
    """The plan as an accessible PDF."""
    document, _shown = plan_for(access.open_clip(clip_id, among=access.FAMILY_WORK), reel_id)
    content = as_pdf(document, still_for_print)
    name = f"{file_name(document.title)}.pdf"
    return answer_with(io.BytesIO(content), media_type=PDF, download_name=name)
