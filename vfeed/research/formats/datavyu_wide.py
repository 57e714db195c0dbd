"""What Datavyu's scripts export: a few columns for each column of Datavyu, side by side in every row."""

from __future__ import annotations

from collections.abc import Sequence

from vfeed.errors import marked as _
from vfeed.research.formats.columns import lower
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import MILLISECOND_US, Asked, Losses, make_mark, unclear
from vfeed.research.marks import Coding, Mark, Provenance

ONSET, OFFSET, ORDINAL = "onset", "offset", "ordinal"


def read_datavyu_wide(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return the one coding of a table whose header names `column.onset`, `column.offset` and `column.code`, else None.

    Times are whole milliseconds. A cell that is repeated beside each of the cells within it is one mark. Raises
    VfeedError `codes_unclear` for times that are anything else.
    """
    lanes = _lanes([lower(cell) for cell in rows[0]], rows[0]) if rows else {}
    if not lanes:
        return None
    marks: dict[tuple[str, ...], Mark] = {}
    for row in rows[1:]:
        number = row.number
        for lane, places in lanes.items():
            told = {part: row[place].strip() if place < len(row) else "" for part, place in places.items()}
            start, end = told.pop(ONSET), told.pop(OFFSET)
            key = (lane, told.pop(ORDINAL, ""), start, end, *told.values())
            if not start or key in marks:
                continue
            if not (start.isdigit() and end.isdigit()):
                unclear(
                    name,
                    _(
                        "The times of %(lane)s in row %(number)s are '%(start)s' and '%(end)s': "
                        "Datavyu’s are whole milliseconds."
                    ),
                    _("Export them as Datavyu writes them, or save the project as .opf."),
                    lane=lane,
                    number=number,
                    start=start,
                    end=end,
                )
            code, *modifiers = told.values() or [""]
            span = (int(start) * MILLISECOND_US, int(end) * MILLISECOND_US)
            mark = make_mark(losses, f"row {number}, {lane}", span, lane=lane, code=code, modifiers=modifiers)
            if mark is not None:
                marks[key] = mark
    losses.noted("times", "They were read as Datavyu’s own: a film that was shifted on its clock is not shifted back.")
    provenance = Provenance(import_tool="Datavyu")
    return [Coding(asked.clip, asked.coder, tuple(marks.values()), (), asked.length_us, provenance=provenance)]


def _lanes(names: Sequence[str], written: Sequence[str]) -> dict[str, dict[str, int]]:
    """For each column of Datavyu, under its name as written, the places of its onset, offset, ordinal and codes."""
    lanes: dict[str, dict[str, int]] = {}
    for place, each in enumerate(names):
        lane, dot, part = each.rpartition(".")
        if dot and lane and part:
            lanes.setdefault(lane, {})[part] = place
    timed = {lane: places for lane, places in lanes.items() if {ONSET, OFFSET} <= places.keys()}
    return {written[places[ONSET]].strip()[: len(lane)]: places for lane, places in timed.items()}
