"""Code sets as pages and the review room show them."""

from __future__ import annotations

from typing import Any

from vfeed.practice.library import ref, shipped
from vfeed.practice.protocol import Code, Pack


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
