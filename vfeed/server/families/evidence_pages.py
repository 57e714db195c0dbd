"""What leaves as evidence: chosen with a reason, confirmed by a second account, in the family's list of what left."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from vfeed.documents.files import locked_zip
from vfeed.errors import ConsentMissing, VfeedError
from vfeed.practice.evidence import CONFIRMED_FOR, PURPOSES, Terms, decide_confirming, decide_open
from vfeed.practice.referral import Referral
from vfeed.practice.sharing import HIDE
from vfeed.practice.take_home import is_passphrase, new_passphrase
from vfeed.server.families.evidence import document_of, figure_name, purpose_words, still_of, zip_of
from vfeed.server.families.leaving_forms import LeavingForm, ReferralForm
from vfeed.server.web import job_view
from vfeed.server.web.context import actor, now, person, services
from vfeed.server.web.files import image_answer, kept
from vfeed.server.web.forms import say_beside
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.wording import flash_remarks

blueprint = Blueprint("evidence", __name__, url_prefix="/families/<family_id>/left")


@blueprint.get("")
def index(family_id: str) -> str:
    """What was chosen to leave and what left, and a form to choose more."""
    return left_page(family_id)


@blueprint.post("")
def choose(family_id: str) -> AnyResponse | tuple[str, int]:
    """Choose what leaves, with the reason and the ground."""
    form = with_films(LeavingForm(), family_id)
    if not form.validate_on_submit():
        return left_page(family_id, leaving=form), 422
    reels = [(clip_id, reel_id) for clip_id, _sep, reel_id in (each.partition("/") for each in form.film.data)]
    terms = Terms(
        purpose=form.purpose.data,
        reason=form.reason.data or "",
        ground=form.ground.data or "",
        reels=tuple(reels),
        with_pictures=not form.no_pictures.data,
        with_words=not form.no_words.data,
        faces_hidden=form.faces_hidden.data,
    )
    try:
        export_id = services().evidence.choose(person(), family_id, terms)
    except ConsentMissing as refused:
        say_beside(form.film, refused)
        return left_page(family_id, leaving=form), refused.http_status
    if terms.faces_hidden and terms.with_pictures:
        for clip_id, reel_id in terms.reels:
            job_view.enqueue(HIDE, clip_id, {"export_id": export_id, "film": reel_id})
    flash(_("It waits for a colleague who works with this family, too, to read and confirm it."))
    flash_remarks(terms.reason)
    return redirect(url_for("evidence.look", family_id=family_id, export_id=export_id))


@blueprint.get("/<export_id>/whole")
def look(family_id: str, export_id: str) -> str:
    """The whole paper and the films as they would leave, to read before it is confirmed."""
    family = services().families.one(person(), family_id)
    found = services().evidence.read(person(), family_id, export_id)
    row, stands = found.row, found.stands
    here: dict[str, Any] = {"family_id": family_id, "export_id": export_id}
    may_watch = [bool(services().evidence.may_watch(person(), found, piece)) for piece in found.pieces]
    stills = {
        figure_name(piece, each.moment_id): url_for("evidence.still", **here, number=number, moment_id=each.moment_id)
        for number, piece in enumerate(found.pieces)
        for each in piece.reel.moments
    }
    return render_template(
        "families/leaving.html",
        family=family,
        row=row,
        here=here,
        stands=stands,
        may_confirm=decide_confirming(row.stand, actor(), now()),
        missing=[looked_up(piece.right.reason) for piece in found.pieces if not piece.right],
        films=list(zip(found.pieces, may_watch, strict=True)),
        sum=found.sum,
        document=document_of(found, family.code_name),
        stills=stills if all(may_watch) and all(piece.role for piece in found.pieces) else {},
        passphrase=new_passphrase(),
        days=CONFIRMED_FOR.days,
        crumbs=[
            *family_crumbs(family_id),
            (_("What left this service"), url_for("evidence.index", family_id=family_id)),
        ],
    )


@blueprint.get("/<export_id>/films/<int:number>")
def film(family_id: str, export_id: str, number: int) -> Response:
    """A film as it would leave, to look at before that."""
    _found, piece = services().evidence.watch(person(), family_id, export_id, number)
    return kept(piece.clip.id, piece.role)


@blueprint.get("/<export_id>/films/<int:number>/stills/<moment_id>")
def still(family_id: str, export_id: str, number: int, moment_id: str) -> Response:
    """A picture of the paper."""
    found, piece = services().evidence.watch(person(), family_id, export_id, number)
    return image_answer(still_of(piece, moment_id), f"{export_id}-{number}-{moment_id}-{found.sum}")


@blueprint.post("/referrals")
def refer(family_id: str) -> AnyResponse | tuple[str, int]:
    """Note a referral to somebody or from somebody."""
    form = ReferralForm()
    if not form.validate_on_submit():
        return left_page(family_id, referral=form), 422
    told = Referral(form.direction.data, form.on.data, form.who.data, form.why.data, form.shared.data or "")
    services().referrals.note(person(), family_id, told)
    flash(_("Kept."))
    flash_remarks(told.why, told.shared)
    return redirect(url_for("evidence.index", family_id=family_id, _anchor="referrals"))


@blueprint.post("/<export_id>/confirm")
def confirm(family_id: str, export_id: str) -> AnyResponse:
    """Confirm what was read, as the second account."""
    services().evidence.confirm(person(), family_id, export_id, request.form.get("seen", ""))
    flash(_("Confirmed. It can be taken out once, within %(days)s days.", days=CONFIRMED_FOR.days))
    return redirect(url_for("evidence.look", family_id=family_id, export_id=export_id))


@blueprint.post("/<export_id>/call-off")
def call_off(family_id: str, export_id: str) -> AnyResponse:
    """Let it not leave."""
    services().evidence.call_off(person(), family_id, export_id)
    flash(_("Called off. It does not leave."))
    return back(family_id)


@blueprint.post("/<export_id>/file")
def file(family_id: str, export_id: str) -> Response:
    """The locked file, made anew and asked for anew each time."""
    passphrase = request.form.get("passphrase", "")
    if not is_passphrase(passphrase):
        raise VfeedError("invalid_input", _("The passphrase is missing."), hint=_("Load the page again."))
    found = services().evidence.hand_out(person(), family_id, export_id)
    content = zip_of(found, services().families.one(person(), family_id).code_name)
    locked = locked_zip("moments.zip", content, passphrase)
    services().evidence.left(person(), family_id, export_id)
    return answer_with(io.BytesIO(locked), media_type="application/zip", download_name="moments-locked.zip")


def back(family_id: str) -> AnyResponse:
    """Back to what left."""
    return redirect(url_for("evidence.index", family_id=family_id))


def left_page(family_id: str, *, leaving: LeavingForm | None = None, referral: ReferralForm | None = None) -> str:
    """What left; a form that did not fit is shown again with its words."""
    family = services().families.one(person(), family_id)
    evidence, at = services().evidence, now()
    offered = evidence.offered(person(), family_id)
    return render_template(
        "families/left.html",
        family=family,
        rows=[
            (row, purpose_words(row.purpose), decide_open(row.stand, at)) for row in evidence.of(person(), family_id)
        ],
        referrals=services().referrals.of(person(), family_id),
        may_choose=bool(offered),
        shut={
            f"{clip.id}/{reel.reel_id}": f"{looked_up(opens.reason)} {_('For a court that has ordered it alone.')}"
            for clip, reel, opens in offered
            if not opens
        },
        leaving=leaving or with_films(LeavingForm(formdata=None), family_id),
        referral=referral or ReferralForm(formdata=None, on=date.today()),
        days=CONFIRMED_FOR.days,
        crumbs=family_crumbs(family_id),
    )


def with_films(form: LeavingForm, family_id: str) -> LeavingForm:
    """The form with the purposes and the family's films of moments."""
    form.purpose.choices = [SelectChoice(each, purpose_words(each)) for each in PURPOSES]
    form.film.choices = [
        SelectChoice(f"{clip.id}/{reel.reel_id}", reel.title)
        for clip, reel, _opens in services().evidence.offered(person(), family_id)
    ]
    return form
