"""The parent lock: while a browser shows the parent view, its session opens that reel and nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import request, session, url_for

from vfeed.errors import VfeedError
from vfeed.practice.room_words import ENGLISH
from vfeed.server.words import gettext as _

KEY = "parent_view"


@dataclass(frozen=True)
class Lock:
    """The reel on show, the language it is shown in, and whether English stands beside that for an interpreter."""

    clip_id: str
    reel_id: str
    language: str = ENGLISH
    beside: bool = False


def current() -> Lock | None:
    """The lock of this session, if any."""
    held = session.get(KEY)
    return Lock(**held) if held else None


def close_on(held: Lock) -> None:
    """Lock this session to one reel."""
    session[KEY] = asdict(held)


def release() -> None:
    """Open this session again; the caller has checked the worker's password."""
    session.pop(KEY, None)


def view_url() -> str:
    """The parent view that this session is locked to."""
    held = current()
    if held is None:
        return url_for("home.index")
    return url_for("parent.view", clip_id=held.clip_id, reel_id=held.reel_id)


def stop_url() -> str:
    """Where the worker's password leads out."""
    held = current()
    return url_for("parent.leave", clip_id=held.clip_id, reel_id=held.reel_id) if held else url_for("home.index")


def refuse_other_reels() -> None:
    """While locked, refuse every clip and reel but the one on show."""
    held = current()
    asked = request.view_args or {}
    if held is None or not asked:
        return
    if asked.get("clip_id", held.clip_id) != held.clip_id or asked.get("reel_id", held.reel_id) != held.reel_id:
        raise VfeedError(
            "forbidden",
            _("The parent view is open in this browser."),
            hint=_("Press Stop and enter the worker's password to leave the parent view."),
        )
