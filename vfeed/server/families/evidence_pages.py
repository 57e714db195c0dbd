"""What leaves as evidence: chosen with a reason, confirmed by a second account, in the family's list of what left."""

from __future__ import annotations

import io
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.paper.files import locked_zip
from vfeed.practice.evidence import PURPOSES, Terms, decide_confirming
from vfeed.practice.referral import Referral
from vfeed.practice.sharing import HIDE
from vfeed.practice.take_home import is_passphrase, new_passphrase
from vfeed.server.families.evidence import parcel_of, purpose_words
from vfeed.server.web import work
from vfeed.server.web.context import actor, person, services
from vfeed.server.web.files import kept
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.wording import flash_remarks
from vfeed.server.web.words import gettext as _
from vfeed.store.tables import new_id

blueprint = Blueprint("evidence", __name__, url_prefix="/families/<family_id>/left")


@blueprint.get("")
def everything(family_id: str) -> str:
    """What was chosen to leave and what left, and a form to choose more."""
    family = services().families.one(person(), family_id)
    evidence = services().evidence
    return render_template(
        "families/left.html",
        family=family,
        rows=[
            (
                row,
                purpose_words(row.purpose),
                decide_confirming(row.made_by, row.confirmed_by, actor()),
                evidence.read(person(), family_id, row.id).pieces,
            )
            for row in evidence.of(person(), family_id)
        ],
        referrals=services().referrals.of(person(), family_id),
        today=date.today(),
        offered=evidence.offered(person(), family_id),
        purposes=[(each, purpose_words(each)) for each in PURPOSES],
        passphrase=new_passphrase(),
        crumbs=[
            (_("Families"), url_for("families.everyone")),
            (family.code_name, url_for("families.family", family_id=family_id)),
        ],
    )


@blueprint.post("")
def choose(family_id: str) -> AnyResponse:
    """Choose what leaves, with the reason and the ground."""
    sent = request.form
    reels = [(clip_id, reel_id) for clip_id, _sep, reel_id in (each.partition("/") for each in sent.getlist("film"))]
    terms = Terms(
        purpose=sent.get("purpose", ""),
        reason=sent.get("reason", ""),
        ground=sent.get("ground", ""),
        reels=tuple(reels),
        with_pictures="no_pictures" not in sent,
        with_words="no_words" not in sent,
        faces_hidden="faces_hidden" in sent,
    )
    export_id = services().evidence.choose(person(), family_id, terms)
    if terms.faces_hidden and terms.with_pictures:
        for clip_id, reel_id in terms.reels:
            work.enqueue(HIDE, clip_id, {"export_id": export_id, "film": reel_id})
    flash(_("It waits for a second account to confirm it."))
    flash_remarks(terms.reason)
    return back(family_id)


@blueprint.get("/<export_id>/films/<int:number>")
def film(family_id: str, export_id: str, number: int) -> Response:
    """A film as it would leave, to look at before that."""
    clip, role = services().evidence.watch(person(), family_id, export_id, number)
    return kept(clip.id, role)


@blueprint.post("/referrals")
def refer(family_id: str) -> AnyResponse:
    """Note a referral to somebody or from somebody."""
    sent = request.form
    try:
        on = date.fromisoformat(sent.get("on", ""))
    except ValueError as error:
        raise VfeedError("invalid_input", _("The day is missing."), hint=_("Write it as year-month-day.")) from error
    told = Referral(sent.get("direction", ""), on, sent.get("who", ""), sent.get("why", ""), sent.get("shared", ""))
    services().referrals.note(person(), family_id, told)
    flash(_("Kept."))
    flash_remarks(told.why, told.shared)
    return redirect(url_for("evidence.everything", family_id=family_id, _anchor="referrals"))


@blueprint.post("/<export_id>/confirm")
def confirm(family_id: str, export_id: str) -> AnyResponse:
    """Confirm as the second account."""
    services().evidence.confirm(person(), family_id, export_id)
    flash(_("Confirmed. It can be taken out now."))
    return back(family_id)


@blueprint.post("/<export_id>/file")
def file(family_id: str, export_id: str) -> Response:
    """The locked file, made anew and asked for anew each time."""
    passphrase = request.form.get("passphrase", "")
    if not is_passphrase(passphrase):
        raise VfeedError("invalid_input", _("The passphrase is missing."), hint=_("Load the page again."))
    found = services().evidence.hand_out(person(), family_id, export_id)
    content = parcel_of(found, services().families.one(person(), family_id).code_name)
    locked = locked_zip("moments.zip", content, passphrase)
    services().evidence.left(person(), family_id, export_id)
    return answer_with(
        io.BytesIO(locked), media_type="application/zip", etag=new_id(), download_name="moments-locked.zip"
    )


def back(family_id: str) -> AnyResponse:
    """Back to what left."""
    return redirect(url_for("evidence.everything", family_id=family_id))
