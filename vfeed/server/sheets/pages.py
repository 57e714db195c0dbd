"""Filled-in forms: begun for a visit or a shared review, filled in on a page that keeps itself, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.journal.journal import Folded
from vfeed.practice.sheet_form import key
from vfeed.practice.sheets import SheetState
from vfeed.server.codes.present import words_url
from vfeed.server.sheets.present import Filled, compared, pair_of, told
from vfeed.server.web.context import day, person, services
from vfeed.server.web.drafts import seal
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.journals import journal_json
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.step_words import lines, sheet_words
from vfeed.services.rows import Sheet

blueprint = Blueprint("sheets", __name__, url_prefix="/families/<family_id>/sheets")


@blueprint.post("")
def begin(family_id: str) -> AnyResponse:
    """Fill in a form for a visit or a shared review: the sheet that is there, or a new one."""
    sent = request.form
    sheet = services().sheets.begin(
        person(),
        family_id,
        sent.get("pack", ""),
        sent.get("form", ""),
        sent.get("visit") or None,
        sent.get("session") or None,
    )
    return redirect(url_for("sheets.sheet", family_id=family_id, sheet_id=sheet.id))


@blueprint.route("/<sheet_id>", methods=["GET", "POST"])
def sheet(family_id: str, sheet_id: str) -> str | AnyResponse:
    """A sheet; without JavaScript the whole page is kept at once."""
    found, folded = services().sheets.read(person(), family_id, sheet_id)
    state = found.state
    if request.method == "POST":
        for type_, name, payload in changes(state):
            seen = request.form.get(f"seen_{name}", type=int)
            services().sheets.append(person(), family_id, sheet_id, type_, payload, seen)
        flash(_("Kept."))
        return redirect(url_for("sheets.sheet", family_id=family_id, sheet_id=sheet_id))
    here = Filled(found)
    return render_template(
        "sheets/sheet.html",
        form=state.form,
        state=state,
        values=state.as_dict()["values"],
        touched=state.as_dict()["touched"],
        lead=_("%(pack)s · %(place)s, %(day)s", pack=state.begun.pack_title, place=here.place, day=day(found.on)),
        crumbs=family_crumbs(family_id),
        aside_url=url_for("sheets.put_aside", family_id=family_id, sheet_id=sheet_id),
        compare_url=url_for("sheets.compare", family_id=family_id, pack_id=state.begun.pack, form_id=state.form.id),
        words_url=words_url(state.begun.pack, state.form.id),
        history=lines(folded.history(), sheet_words),
        props=props_for(found.sheet, folded),
    )


@blueprint.post("/<sheet_id>/aside")
def put_aside(family_id: str, sheet_id: str) -> AnyResponse:
    """Leave a sheet out of everything, or take it up again."""
    aside = request.form.get("aside") == "yes"
    services().sheets.append(person(), family_id, sheet_id, "put_aside", {"aside": aside})
    return redirect(url_for("sheets.sheet", family_id=family_id, sheet_id=sheet_id))


@blueprint.get("/of/<pack_id>/<form_id>")
def compare(family_id: str, pack_id: str, form_id: str) -> str:
    """The sheets of one form beside each other, with the two films that belong to it."""
    sheets = [Filled(each) for each in services().sheets.of_form(person(), family_id, pack_id, form_id)]
    if not sheets:
        raise VfeedError("not_found", _("No sheet of this form yet."), hint=_("Fill one in on the family’s page."))
    form, begun = sheets[-1].state.form, sheets[-1].state.begun
    return render_template(
        "sheets/compare.html",
        family_id=family_id,
        form=form,
        pack_id=pack_id,
        lead=begun.pack_title,
        sheets=sheets,
        rows=compared(sheets),
        texts=told(sheets),
        pair=pair_of(family_id) if form.films else None,
        crumbs=family_crumbs(family_id),
    )


def changes(state: SheetState) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The steps that lead from what is kept to what was sent, each with its place; what was not sent stays."""
    kept = state.as_dict()["values"]
    for item in state.form.items:
        for mark in state.form.marks if item.filling == "counter" else ():
            name = key(item.id, mark.id)
            count = request.form.get(name, type=int)
            if count is not None and count != kept[name]:
                yield "counted", name, {"item": item.id, "mark": mark.id, "count": count}
        text = request.form.get(item.id)
        if item.filling != "counter" and text is not None and text.strip() != kept[item.id]:
            yield "answered", item.id, {"item": item.id, "text": text.strip()}


def props_for(sheet: Sheet, folded: Folded[SheetState]) -> dict[str, Any]:
    """What the island needs to keep the sheet as it is filled in."""
    here: dict[str, Any] = {"family_id": sheet.family_id, "sheet_id": sheet.id}
    return {
        "sheetId": sheet.id,
        "seal": seal(),
        "form": folded.state.form.model_dump(mode="json"),
        "journal": journal_json(folded, sheet_words),
        "stateUrl": url_for("sheets_api.state", **here),
        "eventsUrl": url_for("sheets_api.append", **here),
        "undoUrl": url_for("sheets_api.undo", **here),
        "redoUrl": url_for("sheets_api.redo", **here),
    }
