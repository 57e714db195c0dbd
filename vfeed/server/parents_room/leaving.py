"""The way into the parent's room and out of it, the same for chosen moments and for the whole film."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.caregiver_catalogues import ENGLISH, catalogues, english
from vfeed.server.parents_room.forms import LeaveByPasswordForm, LeaveByPinForm
from vfeed.server.web import kiosk_mode, signin
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.kiosk_mode import languages_of


def chosen_language() -> str:
    """The language that the worker chose for the room; raises VfeedError `invalid_input` for one that is not here."""
    language = request.form.get("language", ENGLISH)
    if language not in catalogues():
        raise VfeedError("invalid_input", _("There is no such language here."), hint=_("Choose one from the list."))
    return language


def leaving_page(
    view_url: str, stopped: Callable[[], str], *, for_group: bool = False
) -> str | AnyResponse | tuple[str, int]:
    """The page that stops the room; the worker's PIN or password leads to the address that `stopped` gives."""
    by_pin, refused = bool(current_user.room_pin), False
    form = LeaveByPinForm() if by_pin else LeaveByPasswordForm()
    if form.validate_on_submit():
        if signin.leads_out(current_user, form.password.data or ""):
            address = stopped()
            kiosk_mode.release()
            return redirect(address)
        refused = True
        form.password.errors = [
            _("That is not the PIN of the worker who opened this view.")
            if by_pin
            else _("That is not the password of the worker who opened this view.")
        ]
    held = kiosk_mode.current()
    spoken = languages_of(held)[0] if held else english()
    page = render_template(
        "parents_room/leave.html",
        language=spoken.language,
        direction=spoken.direction,
        say=spoken.words,
        form=form,
        done=bool(request.args.get("done")),
        view_url=view_url,
        for_group=for_group,
    )
    return (page, 401) if refused else page
