"""Code sets as pages and the review room show them."""

from __future__ import annotations

from typing import Any

from flask import url_for

from vfeed.practice.library import ref, shipped
from vfeed.practice.own_words import open_lines
from vfeed.practice.protocol import Code, Pack

PLAIN = "plain"
"""The code set in plain words, from which a kept moment gets the strength that is proposed for it."""


def packs_to_begin_with(programme: Pack | None) -> list[str]:
    """The code sets of a film for which nobody chose any: the plain ones and the programme's; none: as one likes."""
    return [PLAIN, programme.id] if programme and programme.code_sets and programme.id != PLAIN else []


def as_json(reference: str, code: Code) -> dict[str, Any]:
    """A code for the review room; its `id` there is what a tag keeps of it."""
    return {**code.model_dump(), "id": reference}


def pack_json(pack: Pack) -> dict[str, Any]:
    """A pack for the review room; `own` is true for one of the service's own."""
    shown = pack.model_dump(include={"id", "version", "title", "owner", "about", "training", "licence"})
    sets = [
        {
            "id": code_set.id,
            "title": code_set.title,
            "codes": [as_json(ref(pack.id, code.id), code) for code in code_set.codes],
        }
        for code_set in pack.code_sets
    ]
    return {**shown, "own": not shipped().has_pack(pack.id), "code_sets": sets}


def words_url(pack_id: str, form_id: str) -> str:
    """Where a service puts its own words beside the lines of this form; empty where each line has words already."""
    packs = shipped()
    may_be_worded = packs.has_pack(pack_id) and any(
        form.id == form_id for _place, form, _item in open_lines(packs.pack(pack_id))
    )
    return url_for("codes.words", pack_id=pack_id) if may_be_worded else ""
