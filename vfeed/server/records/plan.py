"""The plan of a shared review as a document: the film of moments with its pauses, and what the programme asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vfeed.documents.document import Block, Document, Figure, Heading, Paragraph, Quote
from vfeed.practice.events import ReelMoment
from vfeed.practice.sessions import ShownReel
from vfeed.server.programmes.present import next_line
from vfeed.server.records.present import figure_of, language
from vfeed.server.web.context import length, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.services.moments import ShownMoment
from vfeed.services.reels import in_order
from vfeed.services.rows import Clip
from vfeed.timeline.clock import clock


def plan_for(clip: Clip, reel_id: str) -> tuple[Document, list[ShownMoment]]:
    """The plan for looking at a reel together, and the moments whose stills it shows.

    The worker's own: it holds notes for colleagues. Raises VfeedError `not_found`.
    """
    parts = services().reels.open(person(), clip.id, reel_id)
    reel = parts[0].reel
    clips = {part.clip.id: part.clip for part in parts}
    shown = services().moments.of([ShownReel(clip_id=each, reel_id=reel_id) for each in clips], clips)
    pieces = [each.moment for each in in_order(parts)]
    visit = services().families.visit_of(clip)
    blocks: list[Block] = []
    if visit and visit.helping_question:
        blocks += [Heading(_("Helping question")), Quote(visit.helping_question)]
    blocks.append(Heading(_("What we look at")))
    notes = services().moments.notes(shown)
    blocks += [_moment(*each) for each in zip(pieces, shown, notes, strict=True)]
    blocks += [*_asked(clip.family_id)]
    family = services().families.one(person(), clip.family_id)
    lead = " · ".join(filter(None, (family.code_name, visit.title if visit else "", _length(pieces))))
    return Document(_("Plan: %(title)s", title=reel.title), language(), tuple(blocks), lead), shown


def _moment(piece: ReelMoment, shown: ShownMoment, note: str) -> Figure:
    """A moment with its note, and what happens in it: pauses from its own beginning, as the parent's room shows it."""
    figure = figure_of(shown, note)
    beside = [*figure.beside, Paragraph(length(piece.end_us - piece.start_us), soft=True)]
    for pause in piece.pauses:
        at = clock(pause.time_us - piece.start_us)
        words = _("After %(at)s the film pauses: %(question)s", at=at, question=pause.question)
        beside.append(Paragraph(words if pause.question else _("After %(at)s the picture stands.", at=at)))
        if pause.comment:
            beside.append(Paragraph(_("To say there: %(comment)s", comment=pause.comment)))
    if piece.slow_again:
        beside.append(Paragraph(_("Then it is shown once more, slowly.")))
    return Figure(figure.name, figure.alt, tuple(beside))


def _asked(family_id: str) -> Iterator[Block]:
    followed = services().programmes.read(family_id)
    pack, line = followed.pack, next_line(followed)
    if pack is not None and line is not None:
        yield Heading(_("%(programme)s: %(session)s", programme=pack.title, session=line["title"]))
        yield from (Paragraph(words) for words in (line["purpose"], *line["prompts"]) if words)
    asked = pack.prompts if pack else None
    if asked and asked.pauses:
        yield Heading(_("Open questions at a pause"))
        yield from (Paragraph(question) for question in asked.pauses)
    yield Heading(_("For the working point"))
    yield Paragraph((asked.working_point if asked else "") or _("What would you like to try next?"))


def _length(pieces: Sequence[ReelMoment]) -> str:
    return length(sum(piece.end_us - piece.start_us for piece in pieces))
