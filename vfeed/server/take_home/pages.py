"""Giving moments to take home: as a locked file, or as a link that ends and can be closed."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.documents.document import CARD
from vfeed.documents.files import as_pdf, locked_zip
from vfeed.errors import VfeedError
from vfeed.practice.take_home import LINK_DAYS, USUAL_LINK_DAYS, is_passphrase, new_passphrase
from vfeed.server.records.present import reason_of, remarks_on_shared, shown_in, still_for_print
from vfeed.server.take_home.present import (
    address_of,
    card,
    film_title,
    opens_elsewhere,
    require,
    require_opens_elsewhere,
)
from vfeed.server.web.context import moment, person, services, session_title
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.qr_code import qr_code
from vfeed.server.web.ranges import answer_with
from vfeed.services.rows import TakeHomeLink
from vfeed.services.take_home import ExportBundle

blueprint = Blueprint("take_home", __name__, url_prefix="/families/<family_id>/sessions/<session_id>/take-home")


@blueprint.get("")
def page(family_id: str, session_id: str) -> str:
    """What can be given, or why nothing can; and the links that are out."""
    found = services().take_home.read(person(), family_id, session_id)
    return shown_page(family_id, session_id, found)


@blueprint.post("/file")
def prepare(family_id: str, session_id: str) -> str:
    """Show the passphrase for a file once, before the file is made with it."""
    found = services().take_home.read(person(), family_id, session_id)
    require(found)
    kind = request.form.get("what", "")
    chosen(found, kind)
    return shown_page(
        family_id,
        session_id,
        found,
        file={"what": kind, "passphrase": new_passphrase(), "is_card": is_card(kind)},
    )


@blueprint.post("/download")
def download(family_id: str, session_id: str) -> Response:
    """The locked file itself."""
    found = services().take_home.read(person(), family_id, session_id)
    require(found)
    passphrase, kind = request.form.get("passphrase", ""), request.form.get("what", "")
    if not is_passphrase(passphrase):
        raise VfeedError(
            "invalid_input", _("This passphrase was not made here."), hint=_("Go back and make the file again.")
        )
    content, media_type, name = locked_file(found, kind, passphrase)
    services().take_home.written_down(person(), family_id, session_id, "card" if is_card(kind) else "film")
    return answer_with(io.BytesIO(content), media_type=media_type, download_name=name)


@blueprint.post("/links")
def offer(family_id: str, session_id: str) -> str:
    """Make a link; its address and passphrase are shown this once."""
    found = services().take_home.read(person(), family_id, session_id)
    require(found)
    require_opens_elsewhere()
    made = services().take_home.offer(person(), session_id, request.form.get("days", 0, type=int))
    address = address_of(made.token)
    shown = {"address": address, "passphrase": made.passphrase, "qr": qr_code(address)}
    return shown_page(family_id, session_id, found, link=shown)


@blueprint.post("/links/<link_id>/close")
def revoke(family_id: str, session_id: str, link_id: str) -> AnyResponse:
    """Close a link at once."""
    services().take_home.revoke(person(), family_id, session_id, link_id)
    flash(_("The link is closed."))
    return redirect(url_for("take_home.page", family_id=family_id, session_id=session_id))


def is_card(kind: str) -> bool:
    """Whether a choice is a card; every other is a film."""
    return kind.startswith("card ")


def chosen(found: ExportBundle, kind: str) -> Any:
    """The moment or the film that was chosen; raises VfeedError `not_found`."""
    _kind, _blank, key = kind.partition(" ")
    if is_card(kind):
        return found.moment(key)
    clip_id, _blank, reel_id = key.partition(" ")
    return found.film(clip_id, reel_id)


def locked_file(found: ExportBundle, kind: str, passphrase: str) -> tuple[bytes, str, str]:
    """A card or a film, locked: its bytes, media type and name, which says nothing of who is in it."""
    what = chosen(found, kind)
    if is_card(kind):
        pdf = as_pdf(card(found, what), still_for_print, CARD, passphrase=passphrase)
        return pdf, "application/pdf", "card.pdf"
    return locked_zip("film.mp4", services().take_home.film_content(what), passphrase), "application/zip", "film.zip"


def shown_page(
    family_id: str,
    session_id: str,
    found: ExportBundle,
    *,
    file: dict[str, Any] | None = None,
    link: dict[str, str] | None = None,
) -> str:
    """The page, with a new file's or link's secrets when there are any."""
    here: dict[str, Any] = {"family_id": family_id, "session_id": session_id}
    return render_template(
        "take_home/give.html",
        bundle=found,
        to_say_otherwise=remarks_on_shared(shown_in(found.state, found.moments)),
        reason=reason_of(found),
        films=[(each, film_title(each)) for each in found.films],
        file=file,
        link=link,
        links=[link_line(row, here, shows=bool(found)) for row in services().take_home.links(session_id)],
        days=[(each, ngettext("%(num)s day", "%(num)s days", each)) for each in LINK_DAYS],
        usual=USUAL_LINK_DAYS,
        urls={name: url_for(f"take_home.{name}", **here) for name in ("prepare", "download", "offer", "page")},
        opens_elsewhere=opens_elsewhere(),
        consent_url=url_for(
            "families.family",
            family_id=family_id,
            consent="take_home",
            back=url_for("take_home.page", **here),
            _anchor="consents",
        ),
        crumbs=[
            *family_crumbs(family_id),
            (session_title(found.state.held_on), url_for("sessions.session", **here)),
        ],
    )


def link_line(row: TakeHomeLink, here: dict[str, Any], *, shows: bool) -> dict[str, Any]:
    """A link for the list: never its address, which is kept nowhere; whether it `shows` anything if it is open."""
    open_until = moment(row.expires_at)
    words = _("open until %(when)s", when=open_until)
    if not shows:
        words = _("it shows nothing now, and closes on %(when)s", when=open_until)
    if row.revoked_at is not None:
        words = _("closed on %(when)s", when=moment(row.revoked_at))
    elif not row.is_open:
        words = _("ran out on %(when)s", when=moment(row.expires_at))
    opened = _("last opened %(when)s", when=moment(row.last_opened_at)) if row.last_opened_at else _("not opened yet")
    return {
        "made": _("Made on %(when)s by %(name)s", when=moment(row.created_at), name=row.created_by),
        "state": words,
        "opened": opened,
        "open": row.is_open,
        "close_url": url_for("take_home.revoke", **here, link_id=row.id),
    }
