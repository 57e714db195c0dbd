"""The record of a shared review as a document: the worker's own, and the parents' copy.

The copy is made from `Shown` alone, which holds nothing of the worker's log, notes, codes or numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale
from PIL import Image

from vfeed.documents.document import Block, Document, Figure, Heading, Paragraph, Quote
from vfeed.practice.plan import RecordPart
from vfeed.practice.protocol import Pack
from vfeed.practice.reel_places import place_of
from vfeed.practice.sessions import OWN_LOG, SessionState
from vfeed.practice.sheet_form import Item
from vfeed.practice.sheets import SheetState
from vfeed.server.programmes.present import line_of
from vfeed.server.web.context import day, services, session_title
from vfeed.server.web.i18n import for_others, looked_up
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.wording import remarks_on
from vfeed.services.moments import ShownMoment
from vfeed.services.programmes import Followed
from vfeed.services.rows import Family, FeedbackSession
from vfeed.services.take_home import ExportBundle

USUAL_ORDER: tuple[RecordPart, ...] = ("helping_question", "shown", "working_point", "next_date", "forms")


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


@dataclass(frozen=True)
class Programme:
    """What the family's programme brings into a record: the pack's `order` of its parts, where the plan stands, forms.

    `plan` is pairs of a session's title and its day in words.
    """

    order: tuple[RecordPart, ...]
    title: str
    plan: tuple[tuple[str, str], ...]
    sheets: tuple[SheetState, ...]


def shown_in(state: SessionState, moments: Sequence[ShownMoment]) -> Shown:
    """The shared part of a session's record."""
    return Shown(
        state.held_on,
        state.words.get("helping_question", ""),
        tuple(moments),
        state.words.get("working_point", ""),
        state.next_on,
    )


def remarks_on_shared(shown: Shown) -> list[str]:
    """Remarks on what goes home of a shared review, but for what the parent said of the moments."""
    of_moments = (text for moment in shown.moments for text in (moment.strength, moment.reel_title))
    return remarks_on([shown.question, *of_moments, shown.working_point])


def reason_of(found: ExportBundle) -> str:
    """What of a shared review may not go home, and why; empty where all may."""
    if found.are_gone:
        return _("Every film of this shared review was destroyed.")
    nothing = _("Nothing has been shown yet: tick on the record what you looked at together.")
    return looked_up(found.reason) or ("" if found else nothing)


def own_in(found: FeedbackSession, family: Family, state: SessionState, moments: Sequence[ShownMoment]) -> Own:
    """The worker's part of a session's record, of a state as this person may read it."""
    visit = services().families.visit(found.visit_id).title if found.visit_id else ""
    notes = services().moments.notes(moments)
    return Own(family.code_name, visit, state.words.get(OWN_LOG, ""), found.created_by, notes)


@for_others()
def parents_copy(shown: Shown, words_alone: Sequence[ShownMoment] = ()) -> Document:
    """What the parent may keep; of `words_alone` the words, for their pictures may not go home."""
    blocks: list[Block] = [*_asked(_("What we wanted to find out"), shown.question)]
    unseen = [line for moment in words_alone for line in _beside(moment)]
    if shown.moments or unseen:
        blocks.append(Heading(_("What we saw")))
        blocks += [figure_of(moment) for moment in shown.moments]
        blocks += unseen
    blocks += _asked(_("What I want to try"), shown.working_point)
    if shown.next_on:
        blocks += [Heading(_("We meet again")), Paragraph(day(shown.next_on))]
    return Document(_("Looking at our film together"), language(), tuple(blocks), day(shown.held_on))


def workers_record(shown: Shown, own: Own, programme: Programme) -> Document:
    """What the worker keeps: the same, with notes and the own log, in the order of the programme's pack.

    What the pack does not name but was written comes after it: no record leaves out somebody's words.
    """
    made: dict[RecordPart, list[Block]] = {
        "helping_question": [*_asked(_("Helping question"), shown.question)],
        "shown": [figure_of(moment, note) for moment, note in zip(shown.moments, own.notes, strict=True)],
        "working_point": [*_asked(_("Working point, in the parent’s words"), shown.working_point)],
        "next_date": [Heading(_("Next date")), Paragraph(day(shown.next_on))] if shown.next_on else [],
        "plan": [*_plan(programme)] if "plan" in programme.order else [],
        "forms": [*_forms(programme.sheets)],
    }
    if made["shown"]:
        made["shown"].insert(0, Heading(_("What was shown")))
    order = dict.fromkeys((*programme.order, *USUAL_ORDER))
    blocks = [block for part in order for block in made.get(part, [])]
    if own.went_well:
        blocks += [Heading(_("What went well, for my own log")), Paragraph(own.went_well)]
    blocks.append(Paragraph(_("Record begun by %(name)s.", name=own.written_by), soft=True))
    lead = " · ".join(filter(None, (own.code_name, own.visit)))
    return Document(session_title(shown.held_on), language(), tuple(blocks), lead, foot=_("Confidential"))


def programme_in(found: FeedbackSession) -> Programme:
    """What of the family's programme belongs into the record of a session."""
    followed = services().programmes.read(found.family_id)
    pack, sheets = followed.pack, services().sheets.at(found)
    if pack is None:
        return Programme((), "", (), sheets)
    return Programme(pack.record, pack.title, tuple(_held(followed, pack)), sheets)


def _held(followed: Followed, pack: Pack) -> Iterator[tuple[str, str]]:
    """The sessions of the plan that are held, with the day of each, and the one that comes next."""
    if pack.plan is None:
        return
    for line in followed.lines:
        words = line_of(line, pack.plan)
        if line.held_on or line.is_next:
            yield words["title"], words["held"] or _("comes next")


def _plan(programme: Programme) -> Iterator[Block]:
    if programme.plan:
        yield Heading(_("Where we are: %(title)s", title=programme.title))
        for title, when in programme.plan:
            yield Paragraph(_("%(title)s: %(when)s", title=title, when=when))


def _forms(sheets: Sequence[SheetState]) -> Iterator[Block]:
    """What is filled in; lines that are empty are left out, and nothing is added up."""
    for sheet in sheets:
        lines = [(item, _filled(sheet, item)) for item in sheet.form.items]
        if any(words for _item, words in lines):
            yield Heading(sheet.form.title)
            for item, words in lines:
                if words:
                    yield Paragraph(_("%(label)s: %(words)s", label=item.label, words=words))


def _filled(sheet: SheetState, item: Item) -> str:
    if item.filling != "counter":
        return sheet.words(item.id)
    counts = ((mark.label, sheet.words(item.id, mark.id)) for mark in sheet.form.marks)
    return ", ".join(f"{label} {count}" for label, count in counts if count)


def language() -> str:
    """The language of what is written, as a tag."""
    return str(get_locale() or "en-GB").replace("_", "-")


def still_for_print(name: str) -> tuple[bytes, float]:
    """A document's picture as JPEG, and its height for a width of 1. The caller has asked for the consent."""
    clip_id, reel_id, moment_id = name.split(" ")
    jpeg = services().files.still_of(clip_id, place_of(services().reels.of(clip_id, reel_id), moment_id).moment)
    with Image.open(io.BytesIO(jpeg)) as image:
        return jpeg, image.height / image.width


def figure_name(moment: ShownMoment) -> str:
    """What a document calls the still of a moment."""
    return f"{moment.clip_id} {moment.reel_id} {moment.moment_id}"


def _asked(heading: str, words: str) -> Iterator[Block]:
    if words:
        yield Heading(heading)
        yield Quote(words)


def figure_of(moment: ShownMoment, note: str = "") -> Figure:
    """A moment as a document shows it."""
    beside = _beside(moment)
    if note:
        beside.append(Paragraph(_("Note: %(note)s", note=note), soft=True))
    alt = _("Picture from the film: %(what)s", what=moment.strength or moment.reel_title)
    return Figure(figure_name(moment), alt, tuple(beside))


def _beside(moment: ShownMoment) -> list[Paragraph | Quote]:
    """The sentence about a moment, and what the parent said."""
    said: list[Paragraph | Quote] = [Paragraph(moment.strength)] if moment.strength else []
    return [*said, Quote(moment.words)] if moment.words else said
