"""The record of a shared review as a document: the worker's own, and the parents' copy.

The copy is made from `Shown` alone, which holds nothing of the worker's log, notes, codes or numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale

from vfeed.paper.document import Block, Document, Heading, Paragraph, Picture, Quote
from vfeed.practice.sessions import SessionState
from vfeed.server.context import day, store
from vfeed.server.reels import reel_of, still_of
from vfeed.server.sessions import ShownMoment, session_title
from vfeed.server.words import gettext as _
from vfeed.store.tables import Family, FeedbackSession


@dataclass(frozen=True)
class Shown:
    """What worker and parent share: the question, the moments with the parent's words, the working point, the day."""

    held_on: date
    question: str
    moments: tuple[ShownMoment, ...]
    working_point: str
    next_on: date | None


@dataclass(frozen=True)
class Own:
    """What is the worker's alone."""

    code_name: str
    visit: str
    went_well: str
    written_by: str
    notes: tuple[str, ...]
    """For each moment, the note for colleagues."""


def shown_in(state: SessionState, moments: Sequence[ShownMoment]) -> Shown:
    """The shared part of a session's record."""
    return Shown(
        state.held_on,
        state.words.get("helping_question", ""),
        tuple(moments),
        state.words.get("working_point", ""),
        state.next_on,
    )


def own_in(found: FeedbackSession, family: Family, state: SessionState, moments: Sequence[ShownMoment]) -> Own:
    """The worker's part of a session's record."""
    visit = store().families.visit(found.visit_id).title if found.visit_id else ""
    notes = []
    for shown in moments:
        moment = store().events.state(shown.clip_id).moment(shown.moment_id)
        notes.append(moment.note if moment else "")
    return Own(family.code_name, visit, state.words.get("went_well", ""), found.created_by, tuple(notes))


def parents_copy(shown: Shown) -> Document:
    """What the parent may keep."""
    blocks: list[Block] = [*_asked(_("What we wanted to find out"), shown.question)]
    if shown.moments:
        blocks.append(Heading(_("What we saw")))
        blocks += [picture_of(moment) for moment in shown.moments]
    blocks += _asked(_("What I want to try"), shown.working_point)
    if shown.next_on:
        blocks += [Heading(_("We meet again")), Paragraph(day(shown.next_on))]
    return Document(_("Looking at our film together"), language(), tuple(blocks), day(shown.held_on))


def workers_record(shown: Shown, own: Own) -> Document:
    """What the worker keeps: the same, with notes and the own log."""
    blocks: list[Block] = [*_asked(_("Helping question"), shown.question)]
    if shown.moments:
        blocks.append(Heading(_("What was shown")))
        blocks += [picture_of(moment, note) for moment, note in zip(shown.moments, own.notes, strict=True)]
    blocks += _asked(_("Working point, in the parent’s words"), shown.working_point)
    if shown.next_on:
        blocks += [Heading(_("Next date")), Paragraph(day(shown.next_on))]
    if own.went_well:
        blocks += [Heading(_("What went well, for my own log")), Paragraph(own.went_well)]
    blocks.append(Paragraph(_("Record begun by %(name)s.", name=own.written_by), soft=True))
    lead = " · ".join(filter(None, (own.code_name, own.visit)))
    return Document(session_title(shown.held_on), language(), tuple(blocks), lead)


def language() -> str:
    """The language of what is written, as a tag."""
    return str(get_locale() or "en-GB").replace("_", "-")


def still_for_print(name: str) -> tuple[bytes, float]:
    """A document's picture as JPEG, and its height for a width of 1. The caller has asked for the consent."""
    from PIL import Image

    clip_id, reel_id, moment_id = name.split(" ")
    piece = next(piece for piece in reel_of(clip_id, reel_id).moments if piece.moment_id == moment_id)
    jpeg = still_of(clip_id, piece)
    with Image.open(io.BytesIO(jpeg)) as picture:
        return jpeg, picture.height / picture.width


def picture_name(moment: ShownMoment) -> str:
    """What a document calls the still of a moment."""
    return f"{moment.clip_id} {moment.reel_id} {moment.moment_id}"


def _asked(heading: str, words: str) -> Iterator[Block]:
    if words:
        yield Heading(heading)
        yield Quote(words)


def picture_of(moment: ShownMoment, note: str = "") -> Picture:
    """A moment as a document shows it."""
    beside: list[Paragraph | Quote] = []
    if moment.strength:
        beside.append(Paragraph(moment.strength))
    if moment.words:
        beside.append(Quote(moment.words))
    if note:
        beside.append(Paragraph(_("Note: %(note)s", note=note), soft=True))
    alt = _("Picture from the film: %(what)s", what=moment.strength or moment.reel_title)
    return Picture(picture_name(moment), alt, tuple(beside))
