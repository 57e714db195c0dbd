"""The parent looks first: the whole film, unmarked, in a browser that is locked to it; the worker joins at the end."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.server.parents_room.leaving import chosen_language, leaving_page
from vfeed.server.parents_room.led import props_for
from vfeed.server.web import kiosk_mode, signin
from vfeed.server.web.context import person, services
from vfeed.server.web.files import image_answer, kept
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.kiosk_mode import languages_of
from vfeed.server.web.signin import TRIES_A_NAME, limiter

blueprint = Blueprint("parent_led", __name__)


@blueprint.post("/clips/<clip_id>/parent-first")
def hand_over(clip_id: str) -> AnyResponse:
    """Lock this browser to the whole film and show it."""
    language = chosen_language()
    services().parent_led.hand_over(person(), clip_id)
    kiosk_mode.close_on(KioskMode(clip_id, "", language, beside="beside" in request.form, led=True))
    return redirect(url_for("parent_led.view", clip_id=clip_id))


@blueprint.get("/parent/film/<clip_id>")
def view(clip_id: str) -> str | AnyResponse:
    """The whole film, full screen; opened only by handing over."""
    clip = services().parent_led.open(person(), clip_id)
    held = kiosk_mode.current()
    if held is None:
        return redirect(url_for("clips.clip", clip_id=clip_id))
    own = services().parent_led.state(person(), clip_id)
    spoken = languages_of(held)[0]
    return render_template(
        "parents_room/led.html",
        language=spoken.language,
        direction=spoken.direction,
        say=spoken.words,
        props=props_for(held, clip, own),
    )


@blueprint.get("/parent/film/<clip_id>/file")
def film(clip_id: str) -> Response:
    """The film as browsers play it: pictures and sound alone."""
    services().parent_led.open(person(), clip_id)
    return kept(clip_id, "proxy")


@blueprint.get("/parent/film/<clip_id>/still/<mark_id>")
def still(clip_id: str, mark_id: str) -> Response:
    """The picture at which the parent pressed."""
    services().parent_led.open(person(), clip_id)
    mark = services().parent_led.state(person(), clip_id).by_id.get(mark_id)
    if mark is None:
        raise VfeedError("not_found", _("There is no such mark."), hint=_("Load the page again."))
    jpeg = services().files.frame(clip_id, min(mark.at_us, mark.end_us - 1))
    return image_answer(jpeg, f"own-{clip_id}-{mark.at_us}")


@blueprint.post("/parent/film/<clip_id>/together")
def join(clip_id: str) -> AnyResponse:
    """The worker joins."""
    services().parent_led.join(person(), clip_id)
    return redirect(url_for("parent_led.view", clip_id=clip_id))


@blueprint.route("/parent/film/<clip_id>/stop", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def leave(clip_id: str) -> str | AnyResponse | tuple[str, int]:
    """Stop; the worker's password leads back to the worker's pages."""

    def stopped() -> str:
        services().parent_led.leave(person(), clip_id)
        return url_for("clips.clip", clip_id=clip_id, _anchor="own")

    return leaving_page(url_for("parent_led.view", clip_id=clip_id), stopped)


@blueprint.post("/clips/<clip_id>/own/<mark_id>")
def take_up(clip_id: str, mark_id: str) -> AnyResponse:
    """Make a parent's own moment a tagged one."""
    services().parent_led.take_up(person(), clip_id, mark_id, request.form.get("code_ref", ""))
    flash(_("The parent’s moment is one of the film’s moments now, with their words."))
    return redirect(url_for("clips.clip", clip_id=clip_id, _anchor="own"))
