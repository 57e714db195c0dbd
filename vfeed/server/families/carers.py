"""Carers as equals: who is in a film, which language their room speaks, and an invitation worded for each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError, within
from vfeed.practice.caregiver_catalogues import catalogues
from vfeed.practice.invitation import found_in, invitation_for
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import language_name

MOST_WORDS = 4_000

blueprint = Blueprint("carers", __name__, url_prefix="/families/<family_id>")


@blueprint.post("/pairs")
def set_seen(family_id: str) -> AnyResponse:
    """Say which pair is in a film."""
    sent = request.form
    services().families.set_seen(person(), family_id, sent.get("clip", ""), sent.get("seen", "").split())
    flash(_("Kept. The consents of those who are in the film are asked for, and nobody else’s."))
    return redirect(url_for("families.family", family_id=family_id, _anchor="visits"))


@blueprint.post("/languages")
def set_language(family_id: str) -> AnyResponse:
    """Say which language somebody's room speaks, and who interprets."""
    language = request.form.get("language", "")
    if language and language not in catalogues():
        raise VfeedError("invalid_input", _("There is no such language here."), hint=_("Choose one from the list."))
    who, interpreter = request.form.get("person", ""), request.form.get("interpreter", "")
    services().families.set_language(person(), family_id, who, language, interpreter)
    flash(_("Kept."))
    return redirect(url_for("families.family", family_id=family_id, _anchor="people"))


@blueprint.route("/invitation", methods=["GET", "POST"])
def invitation(family_id: str) -> str:
    """An invitation for one adult, to change, check and print; it is not kept."""
    read = services().families.read(person(), family_id)
    adults = [each for each in read.people if each.kind == "adult"]
    children = [each.label for each in read.people if each.kind == "child"]
    wanted = request.values.get("to", "")
    chosen = next((each for each in adults if each.id == wanted), adults[0] if adults else None)
    if chosen is None:
        raise VfeedError("not_found", _("No adult is entered for this family yet."), hint=_("Add a person first."))
    begun = invitation_for(chosen.label, children[0] if children else _("your baby"))
    text = within(request.form.get("text", begun), MOST_WORDS)
    return render_template(
        "families/invitation.html",
        adults=adults,
        chosen=chosen,
        text=text,
        found=found_in(text),
        room_language=language_name(chosen.language, catalogues()[chosen.language].english_name)
        if chosen.language in catalogues()
        else "",
        crumbs=[
            (_("Families"), url_for("families.index")),
            (read.family.code_name, url_for("families.family", family_id=family_id)),
        ],
        family_id=family_id,
    )
