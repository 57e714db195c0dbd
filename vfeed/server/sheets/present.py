"""Filled-in forms as pages show them: which there are, where each belongs, and how they compare over sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from vfeed.practice.protocol import Pack
from vfeed.practice.sheet_form import Form
from vfeed.practice.sheets import SheetState
from vfeed.server.web import access
from vfeed.server.web.context import day, services, session_title, short_day, store
from vfeed.server.web.words import gettext as _
from vfeed.store.tables import Clip, Sheet, Visit


@dataclass(frozen=True)
class Filled:
    """A sheet with the day and the words of the visit or shared review that it belongs to."""

    sheet: Sheet
    state: SheetState
    on: date
    place: str

    @property
    def url(self) -> str:
        """Where it is filled in."""
        return url_for("sheets.sheet", family_id=self.sheet.family_id, sheet_id=self.sheet.id)

    @property
    def heading(self) -> str:
        """Its day, short, for the head of a column."""
        return short_day(self.on)


def placed(sheet: Sheet, state: SheetState) -> Filled:
    """A sheet with where it belongs."""
    if sheet.session_id:
        held_on = services().sessions.shared_part(sheet.session_id).held_on
        return Filled(sheet, state, held_on, session_title(held_on))
    visit = store().families.visit(sheet.visit_id or "")
    return Filled(sheet, state, visit.date, visit.title)


def in_order(sheets: Sequence[tuple[Sheet, SheetState]]) -> list[Filled]:
    """Sheets by the day of their visit or shared review."""
    return sorted((placed(*each) for each in sheets), key=lambda each: (each.on, each.sheet.created_at))


def forms_of(family_id: str, packs: Sequence[Pack], visits: Sequence[Visit]) -> list[dict[str, Any]]:
    """The forms of these packs, which are offered, and any other that was filled in, each with its sheets."""
    sheets = in_order(store().sheets.for_family(family_id))
    forms: dict[tuple[str, str], tuple[str, Form]] = {}
    for each in sheets:
        begun = each.state.begun
        forms[begun.pack, begun.form.id] = (begun.pack_title, begun.form)
    current = {(pack.id, form.id): (pack.title, form) for pack in packs for form in pack.forms}
    ordered = {**current, **{name: form for name, form in forms.items() if name not in current}}
    return [
        {
            "pack_id": pack_id,
            "form_id": form_id,
            "title": form.title,
            "pack_title": title,
            "sheets": [each for each in sheets if (each.state.begun.pack, each.state.form.id) == (pack_id, form_id)],
            "compare_url": url_for("sheets.compare", family_id=family_id, pack_id=pack_id, form_id=form_id),
            "offered": (pack_id, form_id) in current,
            "visits": [(visit.id, visit_words(visit)) for visit in reversed(visits)],
        }
        for (pack_id, form_id), (title, form) in ordered.items()
    ]


def visit_words(visit: Visit) -> str:
    """A visit in a list to choose from."""
    return _("%(title)s, %(day)s", title=visit.title, day=day(visit.date))


def compared(sheets: Sequence[Filled]) -> list[dict[str, Any]]:
    """One row for each place to fill in but texts, with what each sheet says; nothing is added up over rows."""
    form = sheets[-1].state.form
    rows = []
    for item in form.items:
        marks = form.marks if item.filling == "counter" else ()
        if item.filling == "text":
            continue
        for mark_id, mark in [(each.id, each.label) for each in marks] or [("", "")]:
            rows.append(
                {
                    "group": item.group,
                    "label": f"{item.label}, {mark.lower()}" if mark else item.label,
                    "cells": [each.state.words(item.id, mark_id) for each in sheets],
                }
            )
    return rows


def told(sheets: Sequence[Filled]) -> list[dict[str, Any]]:
    """The texts of the sheets, item by item, each with its day; items nobody wrote at are left out."""
    items = [
        {
            "label": item.label,
            "texts": [(each, each.state.words(item.id)) for each in sheets if each.state.words(item.id)],
        }
        for item in sheets[-1].state.form.items
        if item.filling == "text"
    ]
    return [item for item in items if item["texts"]]


def pair_of(family_id: str) -> dict[str, Any]:
    """The two films set side by side, and those to choose from: only films that this person may open now."""
    folded = store().programmes.read(family_id)
    state = folded.state
    clips = access.open_clips(family_id)
    return {
        "choices": [(clip.id, film_words(clip)) for clip in clips.values()],
        "before": state.before if state.before in clips else "",
        "after": state.after if state.after in clips else "",
        "seen": folded.last_id,
        "films": [
            {"name": name, "title": film_words(clips[clip_id]), **film_urls(clip_id)}
            for name, clip_id in ((_("Before"), state.before), (_("After"), state.after))
            if clip_id in clips
        ],
    }


def film_words(clip: Clip) -> str:
    """A film with its visit: two films often have the same title."""
    return f"{clip.title}, {visit_words(store().families.visit(clip.visit_id))}" if clip.visit_id else clip.title


def film_urls(clip_id: str) -> Mapping[str, str]:
    """Where a film's copy and picture are; empty while they are being made."""
    has = store().blobs.has
    return {
        f"{role}_url": url_for("media.blob", clip_id=clip_id, role=role) if has(clip_id, role) else ""
        for role in ("proxy", "poster")
    }
