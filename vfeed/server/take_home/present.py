"""What a family may take home of a shared review, asked anew at every making and every opening."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
from flask import url_for

from vfeed.errors import VfeedError
from vfeed.paper.document import Document, Heading, Paragraph, Picture, Quote
from vfeed.server.records.present import Shown, language, picture_of
from vfeed.server.sessions.present import ShownMoment
from vfeed.server.web.context import day, settings
from vfeed.server.web.words import for_others
from vfeed.server.web.words import gettext as _


@for_others()
def card(shown: Shown, moment: ShownMoment) -> Document:
    """A card with one moment, what the parent said, and what comes next."""
    picture = picture_of(moment)
    blocks: list[Heading | Paragraph | Quote | Picture] = [picture]
    if shown.working_point:
        blocks += [Heading(_("What I want to try")), Quote(shown.working_point)]
    if shown.next_on:
        blocks += [Heading(_("We meet again")), Paragraph(day(shown.next_on))]
    return Document(_("A moment of ours"), language(), tuple(blocks))


def address_of(token: str) -> str:
    """A link's whole address, on the address at which this service is reached."""
    if settings().public_url:
        return settings().public_url + url_for("taken_home.view", token=token)
    return url_for("taken_home.view", token=token, _external=True)


def qr_code(address: str) -> str:
    """The address as a QR code: an SVG of black on white, whatever the colours of the page."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return drawn


def opens_elsewhere() -> bool:
    """Whether a phone elsewhere could open a link: not at an address that means this machine alone."""
    host = urlsplit(address_of("any")).hostname or ""
    return not (host == "localhost" or host == "::1" or host.startswith("127."))


def require_opens_elsewhere() -> None:
    """Raise VfeedError `conflict` where a link would open on this machine alone."""
    if not opens_elsewhere():
        raise VfeedError(
            "conflict",
            _("A link made here would open on this computer alone."),
            hint=_("Give the moments as a locked file, or ask your administrator to set VFEED_PUBLIC_URL."),
        )
