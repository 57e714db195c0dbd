"""What a parent opens at home: a link without an account, with its passphrase, for as long as link and consent hold."""

from __future__ import annotations

import time

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from vfeed.practice.reel_file import still_us
from vfeed.server.accounts.pages import clear_browser
from vfeed.server.records.present import parents_copy, shown_in
from vfeed.server.take_home.forms import PassphraseForm
from vfeed.server.take_home.present import film_title
from vfeed.server.web.context import services
from vfeed.server.web.files import image_answer, kept
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.signin import TRIES_A_NAME, TRIES_AN_ADDRESS, limiter, refused
from vfeed.services.take_home import ExportBundle

blueprint = Blueprint("public_share", __name__, url_prefix="/take-home/<token>")

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
    link_id, found = services().take_home.behind(token)
    if is_unlocked(link_id):
        document = parents_copy(shown_in(found.state, found.moments))
        return render_template("take_home/moments.html", document=document, **pieces(token, found))
    form = PassphraseForm()
    if form.validate_on_submit():
        if services().take_home.unlock(token, form.passphrase.data or ""):
            session[KEY] = {"link": link_id, "until": time.time() + OPEN_S}
            return redirect(url_for("public_share.view", token=token))
        form.passphrase.errors = [_("That is not the passphrase of this link. Look at each letter and try again.")]
    page = render_template("take_home/open.html", form=form)
    return (page, 422) if form.errors else page


@blueprint.get("/film/<clip_id>/<reel_id>")
def film(token: str, clip_id: str, reel_id: str) -> AnyResponse:
    """A film of moments."""
    link_id, found = services().take_home.behind(token)
    if not is_unlocked(link_id):
        return redirect(url_for("public_share.view", token=token))
    return kept(clip_id, services().take_home.film_role(found.film(clip_id, reel_id)))


@blueprint.get("/still/<moment_id>")
def still(token: str, moment_id: str) -> AnyResponse | Response:
    """A still of a moment."""
    link_id, found = services().take_home.behind(token)
    if not is_unlocked(link_id):
        return redirect(url_for("public_share.view", token=token))
    chosen = found.moment(moment_id)
    piece = services().take_home.piece_of(chosen)
    return image_answer(services().files.still_of(chosen.clip_id, piece), f"still-{chosen.clip_id}-{still_us(piece)}")


@blueprint.post("/close")
def close(token: str) -> AnyResponse:
    """Close it in this browser: the passphrase is asked for again, and nothing of it stays here."""
    session.pop(KEY, None)
    clear_browser()
    return redirect(url_for("public_share.view", token=token))


def is_unlocked(link_id: str) -> bool:
    """Whether this browser has given the passphrase of this link, not too long ago."""
    held = session.get(KEY)
    return bool(held and held["link"] == link_id and held["until"] > time.time())


def pieces(token: str, found: ExportBundle) -> dict[str, object]:
    """Where the page finds its films and stills."""
    return {
        "close_url": url_for("public_share.close", token=token),
        "films": [
            (film_title(each), url_for("public_share.film", token=token, clip_id=each.clip_id, reel_id=each.reel_id))
            for each in found.films
        ],
        "stills": {
            f"{each.clip_id} {each.reel_id} {each.moment_id}": url_for(
                "public_share.still", token=token, moment_id=each.moment_id
            )
            for each in found.moments
        },
    }
