"""What a family may take home of a shared review, asked anew at every making and every opening."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for

from vfeed.documents.document import Document, Figure, Heading, Paragraph, Quote
from vfeed.errors import VfeedError
from vfeed.server.records.present import figure_of, language, reason_of, shown_in
from vfeed.server.web.context import day, settings
from vfeed.server.web.i18n import for_others
from vfeed.server.web.i18n import gettext as _
from vfeed.services.moments import ShownMoment
from vfeed.services.take_home import ExportBundle, Film


def film_title(film: Film) -> str:
    """A film's title; of a reel with parts in several clips, which part it is."""
    return film.title if film.part is None else _("%(title)s, part %(number)s", title=film.title, number=film.part)


def require(found: ExportBundle) -> None:
    """Raise VfeedError `consent_missing` unless there is something that may go home."""
    if not found:
        raise VfeedError(
            "consent_missing",
            reason_of(found),
            hint=_("Ask the family, then write the consent “Taking moments home” down on the family’s page."),
        )


@for_others()
def card(found: ExportBundle, moment: ShownMoment) -> Document:
    """A card with one moment, what the parent said, and what comes next."""
    shown = shown_in(found.state, found.moments)
    figure = figure_of(moment)
    blocks: list[Heading | Paragraph | Quote | Figure] = [figure]
    if shown.working_point:
        blocks += [Heading(_("What I want to try")), Quote(shown.working_point)]
    if shown.next_on:
        blocks += [Heading(_("We meet again")), Paragraph(day(shown.next_on))]
    return Document(_("A moment of ours"), language(), tuple(blocks))


def address_of(token: str) -> str:
    """A link's whole address, on the address at which this service is reached."""
    if settings().public_url:
        return settings().public_url + url_for("public_share.view", token=token)
    return url_for("public_share.view", token=token, _external=True)


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
