"""The record of a shared review as a page and as a PDF, for the worker or as the parents' copy."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from vfeed.documents.document import Document
from vfeed.documents.files import as_pdf
from vfeed.server.records.present import (
    figure_name,
    own_in,
    parents_copy,
    programme_in,
    reason_of,
    remarks_on_shared,
    shown_in,
    still_for_print,
    workers_record,
)
from vfeed.server.reels.present import still_url
from vfeed.server.web import access
from vfeed.server.web.context import person, services, session_title
from vfeed.server.web.files import file_name
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.ranges import answer_with
from vfeed.services.moments import ShownMoment

blueprint = Blueprint("records", __name__, url_prefix="/families/<family_id>/sessions/<session_id>/record")

PDF = "application/pdf"


@blueprint.get("/<any(own, parents):copy>")
def page(family_id: str, session_id: str, copy: str) -> str:
    """The record as a page; prints well."""
    document, stills, remark = document_for(family_id, session_id, copy)
    here: dict[str, Any] = {"family_id": family_id, "session_id": session_id}
    state = services().sessions.read(person(), family_id, session_id).state
    return render_template(
        "records/record.html",
        document=document,
        stills=stills,
        copy=copy,
        remark=remark,
        to_say_otherwise=remarks_on_shared(shown_in(state, services().take_home.bundle(family_id, state).moments))
        if copy == "parents"
        else [],
        copies=[
            (name, words, url_for("records.page", **here, copy=name))
            for name, words in (("own", _("Your own record")), ("parents", _("The parents’ copy")))
        ],
        pdf_url=url_for("records.pdf", **here, copy=copy),
        crumbs=[
            *family_crumbs(family_id),
            (session_title(state.held_on), url_for("sessions.session", **here)),
        ],
    )


@blueprint.get("/<any(own, parents):copy>.pdf")
def pdf(family_id: str, session_id: str, copy: str) -> Response:
    """The record as an accessible PDF."""
    document, _stills, _remark = document_for(family_id, session_id, copy)
    content = as_pdf(document, still_for_print)
    name = f"{file_name(document.title)}.pdf"
    return answer_with(io.BytesIO(content), media_type=PDF, download_name=name)


def document_for(family_id: str, session_id: str, copy: str) -> tuple[Document, dict[str, str], str]:
    """The document, where the page finds each of its pictures, and what is left out for want of a consent."""
    record = services().sessions.read(person(), family_id, session_id)
    found, state = record.session, record.state
    if copy == "parents":
        # It goes home: its pictures and the words about them need the same consent as any that do.
        goes = services().take_home.bundle(family_id, state)
        opened = services().moments.of(state.reels, access.open_clips(family_id))
        stays = [each for each in opened if each not in goes.moments]
        return (
            parents_copy(shown_in(state, goes.moments), stays),
            stills_of(goes.moments),
            reason_of(goes) if state.reels else "",
        )
    moments = services().moments.of(state.reels, access.open_clips(family_id))
    own = own_in(found, services().families.one(person(), family_id), state, moments)
    return workers_record(shown_in(state, moments), own, programme_in(found)), stills_of(moments), ""


def stills_of(moments: Sequence[ShownMoment]) -> dict[str, str]:
    """Where the page finds the picture of each moment."""
    return {figure_name(moment): still_url(moment) for moment in moments}
