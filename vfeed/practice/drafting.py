"""A code set from the rows of a form, with what does not fit told row by row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pydantic import ValidationError

from vfeed.practice.protocol import Pack

MAX_ID = 36
FIT = {
    "title": "Enter a title of at most 80 characters.",
    "owner": "Say whose it is, in at most 200 characters.",
    "about": "Please keep it to 600 characters.",
    "label": "Enter what you will read, at most 80 characters.",
    "heading": "Please keep the heading to 80 characters.",
    "parent_words": "Please keep it to 200 characters.",
    "part": "Choose one.",
    "timing": "Choose one.",
    "key": "One small letter, a to z.",
}


@dataclass(frozen=True)
class Row:
    """One code as a form holds it; `id` is empty for a new one, and a row without a label is none."""

    label: str
    part: str = "both"
    timing: str = "interval"
    parent_words: str = ""
    heading: str = ""
    key: str = ""
    id: str = ""
    group: str = ""
    colour: str = ""
    shape: str = ""


@dataclass(frozen=True)
class Drafted:
    """The pack, or None and what does not fit: by (row, field), with row None for the set as a whole."""

    pack: Pack | None
    misfits: Mapping[tuple[int | None, str], str] = field(default_factory=dict)


def rows_of(pack: Pack) -> list[Row]:
    """A pack's codes as rows of a form."""
    return [Row(heading=code_set.title, **code.model_dump()) for code_set in pack.code_sets for code in code_set.codes]


def drafted(
    pack_id: str,
    about: Mapping[str, str],
    rows: Sequence[Row],
    *,
    taken: Collection[str] = (),
    untitled: str,
    before: Pack | None = None,
) -> Drafted:
    """A pack from a form's fields (`title`, `owner`, `about`) and rows.

    `taken` are ids of earlier versions, which no new code may get: old tags refer to them. Codes without a heading
    stand under `untitled`. What a form does not show (plan, forms, training and so on) is taken over from `before`.
    """
    kept = [(number, row) for number, row in enumerate(rows) if row.label.strip()]
    held = before.model_dump(by_alias=True) if before else {}
    if not kept and not (held.get("plan") or held.get("forms")):
        return Drafted(None, {(0, "label"): "Enter at least one code."})
    used = {row.id for _, row in kept} | set(taken)
    sets: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in kept:
        code = asdict(row)
        code["id"] = row.id or slug(row.label, used)
        used.add(code["id"])
        sets.setdefault(code.pop("heading").strip() or untitled, []).append((number, code))
    titles: set[str] = set()
    held |= {
        "id": pack_id,
        **about,
        "code_sets": [
            {"id": _added(slug(title, titles), titles), "title": title, "codes": [code for _, code in codes]}
            for title, codes in sets.items()
        ],
    }
    try:
        return Drafted(Pack.model_validate(held))
    except ValidationError as error:
        numbers = [[number for number, _ in codes] for codes in sets.values()]
        return Drafted(None, dict(_misfit(each["loc"], str(each["msg"]), numbers) for each in error.errors()))


def slug(label: str, taken: Collection[str]) -> str:
    """An id from a label, unlike any that is taken.

    >>> slug("Wärme & Nähe", {"warme_nahe"})
    'warme_nahe_2'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:MAX_ID].strip("_")
    stem = stem if stem[:1].isalpha() else f"code_{stem}".strip("_")[:MAX_ID]
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}_{count}"
    return name


def _added(name: str, names: set[str]) -> str:
    names.add(name)
    return name


def _misfit(
    place: tuple[int | str, ...], words: str, numbers: Sequence[Sequence[int]]
) -> tuple[tuple[int | None, str], str]:
    match place:
        case ("code_sets", int(number), "codes", int(row), str(name), *_):
            return (numbers[number][row], name), FIT.get(name, words)
        case ("code_sets", int(number), *_):
            return (numbers[number][0], "heading"), FIT["heading"]
        case (str(name), *_):
            return (None, name), FIT.get(name, words)
        case _:
            return (None, "title"), f"{words.removeprefix('Value error, ').capitalize()}."
