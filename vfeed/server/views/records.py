"""The record of a shared review as a page and as a PDF, for the worker or as the parents' copy."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from vfeed.paper.document import Document
from vfeed.server.context import store
from vfeed.server.ranges import answer_with
from vfeed.server.records import own_in, parents_copy, picture_name, shown_in, still_for_print, workers_record
from vfeed.server.sessions import moments_of, open_clips, session_title
from vfeed.server.views.reels import file_name
from vfeed.server.words import gettext as _
from vfeed.store.tables import new_id

blueprint = Blueprint("records", __name__, url_prefix="/families/<family_id>/sessions/<session_id>/record")

PDF = "application/pdf"


@blueprint.get("/<any(own, parents):copy>")
def page(family_id: str, session_id: str, copy: str) -> str:
    """The record as a page; prints well."""
    document, stills = document_for(family_id, session_id, copy)
    here: dict[str, Any] = {"family_id": family_id, "session_id": session_id}
    family = store().families.get(family_id)
    state = store().sessions.state(session_id)
    return render_template(
        "records/record.html",
        document=document,
        stills=stills,
        copy=copy,
        copies=[
            (name, words, url_for("records.page", **here, copy=name))
            for name, words in (("own", _("Your own record")), ("parents", _("The parents’ copy")))
        ],
        pdf_url=url_for("records.pdf", **here, copy=copy),
        crumbs=[
            (_("Families"), url_for("families.everyone")),
            (family.code_name, url_for("families.family", family_id=family_id)),
            (session_title(state.held_on), url_for("sessions.session", **here)),
        ],
    )


@blueprint.get("/<any(own, parents):copy>.pdf")
def pdf(family_id: str, session_id: str, copy: str) -> Response:
    """The record as an accessible PDF."""
    from vfeed.paper.pdf import render

    document, _stills = document_for(family_id, session_id, copy)
    content = bytes(render(document, still_for_print).output())
    name = f"{file_name(document.title)}.pdf"
    return answer_with(io.BytesIO(content), media_type=PDF, etag=new_id(), download_name=name)


def document_for(family_id: str, session_id: str, copy: str) -> tuple[Document, dict[str, str]]:
    """The document, and where the page finds each of its pictures; only of films that are open."""
    found = store().sessions.get(family_id, session_id)
    state = store().sessions.state(session_id)
    moments = moments_of(state.reels, open_clips(family_id))
    shown = shown_in(state, moments)
    stills = {picture_name(moment): moment.still_url for moment in moments}
    if copy == "parents":
        return parents_copy(shown), stills
    return workers_record(shown, own_in(found, store().families.get(family_id), state, moments)), stills
