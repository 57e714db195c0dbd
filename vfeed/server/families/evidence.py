"""The papers of an evidence export: what vfeed is and is not first, then who chose what and when, then the sums."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable

from PIL import Image

from vfeed.documents.document import Block, Document, Figure, Heading, Paragraph, Quote
from vfeed.documents.files import as_pdf
from vfeed.practice.reel_places import place_of
from vfeed.server.consents.consent_status import use_words
from vfeed.server.records.present import language
from vfeed.server.web.context import day, moment, services
from vfeed.server.web.i18n import for_others
from vfeed.server.web.i18n import gettext as _
from vfeed.services.evidence import Exported, Piece
from vfeed.timeline.clock import clock


def purpose_words(purpose: str) -> str:
    """What an export is for."""
    return {
        "review": _("a review with other agencies"),
        "supervision": _("supervision"),
        "court": _("a court that has ordered it"),
    }[purpose]


@for_others()
def document_of(found: Exported, code_name: str) -> Document:
    """The paper that goes with the films."""
    row = found.row
    blocks: list[Block] = [
        Heading(_("What vfeed is, and is not")),
        Paragraph(
            _(
                "vfeed plays short films of a child and an adult. A computer offers places to look at, and may suggest "
                "moments; a person looks at each and chooses. No moment stands here that a person did not keep, and no "
                "computer wrote about anybody in this paper."
            )
        ),
        Paragraph(
            _(
                "This is no assessment. Short chosen moments do not stand for how a family lives. They were chosen to "
                "show what goes well, and cannot show what does not. That something is not seen here does not mean "
                "that it did not happen."
            )
        ),
        Heading(_("What this is for")),
        Paragraph(_("For %(purpose)s, about family %(family)s.", purpose=purpose_words(row.purpose), family=code_name)),
        Quote(row.reason),
        Heading(_("What it rests on")),
    ]
    if row.ground:
        blocks.append(Quote(row.ground))
    for person, consent in found.consents:
        ends = _(", until %(day)s", day=day(consent.expires_on)) if consent.expires_on else ""
        words = _(
            "%(person)s agreed to “%(use)s” on %(day)s",
            person=person,
            use=use_words(consent.use),
            day=day(consent.granted_on),
        )
        blocks.append(Paragraph(words + ends))
    for number, piece in enumerate(found.pieces, 1):
        if not piece.consent:
            why = _(
                "Film %(number)s: %(reason)s It is handed out on the ground above.",
                number=number,
                reason=piece.consent.reason,
            )
            blocks.append(Paragraph(why))
    blocks += [Heading(_("Who chose and who confirmed"))]
    blocks.append(Paragraph(_("Chosen by %(name)s, %(at)s.", name=row.made_by, at=moment(row.made_at))))
    if row.confirmed_by and row.confirmed_at:
        words = _("Confirmed by %(name)s, %(at)s.", name=row.confirmed_by, at=moment(row.confirmed_at))
        blocks.append(Paragraph(words))
    if not row.with_pictures:
        blocks.append(Paragraph(_("Pictures and films were left out on request.")))
    if row.faces_hidden:
        blocks.append(Paragraph(_("Faces were hidden on request, in pictures and films.")))
    if not row.with_words:
        blocks.append(Paragraph(_("The parent’s words were left out on request.")))
    for number, piece in enumerate(found.pieces, 1):
        blocks += _film(number, piece, with_pictures=row.with_pictures, with_words=row.with_words)
    title = _("Moments for %(purpose)s", purpose=purpose_words(row.purpose))
    return Document(title, language(), tuple(blocks), foot=_("Confidential"))


def _film(number: int, piece: Piece, *, with_pictures: bool, with_words: bool) -> list[Block]:
    clip = piece.clip
    # A title is often the parent's own words, or about them.
    title = _("Film %(number)s: %(title)s", number=number, title=piece.reel.title)
    blocks: list[Block] = [Heading(title if with_words else _("Film %(number)s", number=number))]
    chosen = moment(piece.chosen_at) if piece.chosen_at else ""
    blocks.append(Paragraph(_("Moments chosen by %(name)s, %(at)s.", name=piece.chosen_by, at=chosen)))
    words = _(
        "Cut from a film of %(length)s added on %(day)s; the whole film has the sum %(sum)s.",
        length=clock(clip.film.duration_us),
        day=day(clip.created_at.date()),
        sum=clip.sha256 or "",
    )
    blocks.append(Paragraph(words, soft=True))
    for place, (each, said) in enumerate(zip(piece.reel.moments, piece.words, strict=True), 1):
        at = _(
            "Moment %(number)s, %(start)s to %(end)s of the film",
            number=place,
            start=clock(each.start_us),
            end=clock(each.end_us),
        )
        beside: tuple[Paragraph | Quote, ...] = (Paragraph(at), *([Quote(said)] if said and with_words else []))
        if with_pictures:
            blocks.append(Figure(figure_name(piece, each.moment_id), at, beside))
        else:
            blocks += beside
    return blocks


def still_of(piece: Piece, moment_id: str) -> bytes:
    """The picture of a moment as the paper shows it, as JPEG: out of the copy with faces hidden, where that leaves."""
    place = place_of(piece.reel, moment_id)
    if piece.role == f"reel:{piece.reel.reel_id}":
        return services().files.still_of(piece.clip.id, place.moment)
    return services().files.frame(piece.clip.id, (place.start_us + place.end_us) // 2, role=piece.role)


def figure_name(piece: Piece, moment_id: str) -> str:
    """What the paper calls the picture of a moment."""
    return f"{piece.clip.id} {piece.reel.reel_id} {moment_id}"


def _still_in(found: Exported) -> Callable[[str], tuple[bytes, float]]:
    """As `still_for_print`, of an export's films."""
    pieces = {
        figure_name(piece, each.moment_id): (piece, each.moment_id)
        for piece in found.pieces
        for each in piece.reel.moments
    }

    def still(name: str) -> tuple[bytes, float]:
        jpeg = still_of(*pieces[name])
        with Image.open(io.BytesIO(jpeg)) as image:
            return jpeg, image.height / image.width

    return still


def zip_of(found: Exported, code_name: str) -> bytes:
    """A ZIP file of the paper, the films and a sheet of their sums (SHA-256), made in memory alone."""
    files = {"moments.pdf": as_pdf(document_of(found, code_name), _still_in(found))}
    if found.row.with_pictures:
        for number, piece in enumerate(found.pieces, 1):
            files[f"film-{number}.mp4"] = services().files.content(piece.clip.id, piece.role)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as out:
        for name, content in {**files, "SHA256SUMS.txt": sums.encode()}.items():
            out.writestr(name, content)
    return held.getvalue()
