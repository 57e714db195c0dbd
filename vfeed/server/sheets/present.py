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
from vfeed.server.web.context import day, services, session_title, short_day
from vfeed.server.web.i18n import gettext as _
from vfeed.services.rows import Clip, Visit
from vfeed.services.sheets import Placed


@dataclass(frozen=True)
class Filled:
    """A sheet as pages show it, with the words of the visit or shared review that it belongs to."""

    placed: Placed

    @property
    def state(self) -> SheetState:
        """What is filled in."""
        return self.placed.state

    @property
    def on(self) -> date:
        """Its day."""
        return self.placed.on

    @property
    def place(self) -> str:
        """The visit or shared review, in words."""
        title = self.placed.visit_title
        return session_title(self.placed.on) if title is None else title

    @property
    def url(self) -> str:
        """Where it is filled in."""
        sheet = self.placed.sheet
        return url_for("sheets.sheet", family_id=sheet.family_id, sheet_id=sheet.id)

    @property
    def heading(self) -> str:
        """Its day, short, for the head of a column."""
        return short_day(self.placed.on)


def forms_of(family_id: str, packs: Sequence[Pack], visits: Sequence[Visit]) -> list[dict[str, Any]]:
    """The forms of these packs, which are offered, and any other that was filled in, each with its sheets."""
    sheets = [Filled(each) for each in services().sheets.of_family(family_id)]
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
                    "about": item.about,
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
    folded = services().programmes.read(family_id).folded
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
    visit = services().families.visit_of(clip)
    return f"{clip.title}, {visit_words(visit)}" if visit else clip.title


def film_urls(clip_id: str) -> Mapping[str, str]:
    """Where a film's copy and picture are; empty while they are being made."""
    has = services().files.has
    return {
        f"{role}_url": url_for("media.blob", clip_id=clip_id, role=role) if has(clip_id, role) else ""
        for role in ("proxy", "poster")
    }
