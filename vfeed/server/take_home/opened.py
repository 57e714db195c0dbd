"""What a parent opens at home: a link without an account, with its passphrase, for as long as link and consent hold."""

from __future__ import annotations

import time

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.reel_file import picture_us
from vfeed.server.accounts.pages import clear_browser
from vfeed.server.records.parcel import Parcel, film_of, moment_of, parcel
from vfeed.server.records.present import parents_copy
from vfeed.server.reels.present import file_role, reel_of, still_of
from vfeed.server.take_home.forms import PassphraseForm
from vfeed.server.web.context import services, store
from vfeed.server.web.files import kept, picture_answer
from vfeed.server.web.signin import TRIES_A_NAME, TRIES_AN_ADDRESS, limiter, refused
from vfeed.server.web.words import gettext as _

blueprint = Blueprint("taken_home", __name__, url_prefix="/take-home/<token>")

KEY = "take_home"
# As long as it takes to look at it with somebody; then the passphrase is asked for again.
OPEN_S = 2 * 3600


def by_link() -> str:
    """Whom a try is counted for: the link."""
    return str((request.view_args or {}).get("token"))


@blueprint.route("", methods=["GET", "POST"])
@limiter.limit(TRIES_AN_ADDRESS, key_func=get_remote_address, methods=["POST"], deduct_when=refused)
@limiter.limit(TRIES_A_NAME, key_func=by_link, methods=["POST"], deduct_when=refused)
def view(token: str) -> str | AnyResponse | tuple[str, int]:
    """Ask for the passphrase, then show the moments."""
    found = parcel_behind(token)
    if is_unlocked(token):
        return render_template("take_home/moments.html", document=parents_copy(found.shown), **pieces(token, found))
    form, wrong = PassphraseForm(), ""
    if form.validate_on_submit():
        link = store().take_home.open(token, form.passphrase.data or "")
        if link is not None:
            session[KEY] = {"link": link.id, "until": time.time() + OPEN_S}
            return redirect(url_for("taken_home.view", token=token))
        wrong = _("That is not the passphrase of this link. Look at each letter and try again.")
    page = render_template("take_home/open.html", form=form, wrong=wrong)
    return (page, 422) if wrong or form.errors else page


@blueprint.get("/film/<clip_id>/<reel_id>")
def film(token: str, clip_id: str, reel_id: str) -> AnyResponse:
    """A film of moments."""
    found = parcel_behind(token)
    if not is_unlocked(token):
        return redirect(url_for("taken_home.view", token=token))
    chosen = film_of(found, clip_id, reel_id)
    return kept(chosen.clip_id, file_role(chosen.clip_id, chosen.reel_id))


@blueprint.get("/still/<moment_id>")
def still(token: str, moment_id: str) -> AnyResponse | Response:
    """A still of a moment."""
    found = parcel_behind(token)
    if not is_unlocked(token):
        return redirect(url_for("taken_home.view", token=token))
    chosen = moment_of(found, moment_id)
    piece = next(p for p in reel_of(chosen.clip_id, chosen.reel_id).moments if p.moment_id == moment_id)
    return picture_answer(still_of(chosen.clip_id, piece), f"still-{chosen.clip_id}-{picture_us(piece)}")


@blueprint.post("/close")
def close(token: str) -> AnyResponse:
    """Close it in this browser: the passphrase is asked for again, and nothing of it stays here."""
    session.pop(KEY, None)
    clear_browser()
    return redirect(url_for("taken_home.view", token=token))


def parcel_behind(token: str) -> Parcel:
    """What a link shows now; raises VfeedError `not_found` when link or consent has ended: nobody learns which."""
    link, family_id = store().take_home.find(token)
    found = parcel(family_id, services().sessions.shared_part(link.session_id))
    if not found:
        raise VfeedError(
            "not_found",
            _("This link has ended, or it was closed."),
            hint=_("Ask the person who gave it to you for a new one."),
        )
    return found


def is_unlocked(token: str) -> bool:
    """Whether this browser has given the passphrase of this link, not too long ago."""
    held = session.get(KEY)
    link, _family_id = store().take_home.find(token)
    return bool(held and held["link"] == link.id and held["until"] > time.time())


def pieces(token: str, found: Parcel) -> dict[str, object]:
    """Where the page finds its films and stills."""
    return {
        "close_url": url_for("taken_home.close", token=token),
        "films": [
            (each.title, url_for("taken_home.film", token=token, clip_id=each.clip_id, reel_id=each.reel_id))
            for each in found.films
        ],
        "stills": {
            f"{each.clip_id} {each.reel_id} {each.moment_id}": url_for(
                "taken_home.still", token=token, moment_id=each.moment_id
            )
            for each in found.shown.moments
        },
    }
