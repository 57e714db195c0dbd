"""The lock: while a browser shows the parent view or films to a group, its sign-in opens that and nothing else.

The lock is kept with the sign-in on the server: it holds for every tab, for a cookie kept from before, and for an
answer that was under way when the tablet was handed over.
"""

from __future__ import annotations

from flask import g, request, url_for

from vfeed.errors import VfeedError
from vfeed.practice.caregiver_catalogues import Catalogue, catalogues, english
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.server.web.context import services
from vfeed.server.web.i18n import gettext as _

SIGN_IN = "sign_in"
LED = frozenset({"parent_led", "parent_led_api"})


def current() -> KioskMode | None:
    """The lock of this session, if any."""
    sign_in = g.get(SIGN_IN)
    return sign_in.lock if sign_in is not None else None


def close_on(held: KioskMode) -> None:
    """Lock this session to what is shown."""
    g.sign_in.lock = held
    services().gate.hold(g.sign_in.id, held)


def release() -> None:
    """Open this sign-in again; the caller has checked the worker's PIN or password."""
    g.sign_in.lock = None
    services().gate.hold(g.sign_in.id, None)


def view_url() -> str:
    """Return the address of the view that this session is locked to."""
    return _url(of_group="room", of_clip="view")


def stop_url() -> str:
    """Return the address to which the worker's password leads out."""
    return _url(of_group="stop", of_clip="leave")


def _url(*, of_group: str, of_clip: str) -> str:
    """Return a page of what is on show: one name where that is a group's session, one where it is a clip."""
    held = current()
    if held is None:
        return url_for("home.index")
    if held.group_id:
        return url_for(f"groups.{of_group}", group_id=held.group_id, meeting_id=held.meeting_id)
    if held.led:
        return url_for(f"parent_led.{of_clip}", clip_id=held.clip_id)
    return url_for(f"parent.{of_clip}", clip_id=held.clip_id, reel_id=held.reel_id)


def refuse_others() -> None:
    """While locked, refuse every clip, reel, whole film and group but what is on show."""
    held = current()
    asked = request.view_args or {}
    if held is None or not asked:
        return
    another = asked.get("clip_id", held.clip_id) not in held.clip_ids
    if another or asked.get("reel_id", held.reel_id) != held.reel_id:
        raise VfeedError(
            "forbidden",
            _("The parent view is open in this browser."),
            hint=_("Press Stop and enter the worker’s password to leave the parent view."),
        )
    other_room = "clip_id" in asked and held.led != (request.blueprint in LED)
    other_group = any(name in asked and asked[name] != getattr(held, name) for name in ("group_id", "meeting_id"))
    # Nor does a reel's room open the whole film or a group's, nor each of these another's.
    if other_room or other_group:
        raise VfeedError("not_found", _("This is not on show here."), hint=_("Press Stop to leave the parent view."))


def languages_of(held: KioskMode) -> list[Catalogue]:
    """The parent's language, and English beside it when an interpreter needs both."""
    first = catalogues().get(held.language, english())
    return [first, english()] if held.beside and first != english() else [first]
