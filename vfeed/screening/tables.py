"""What a screening leaves behind: the table as CSV, Excel and a page, what its columns mean, and how it came about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from vfeed.errors import VfeedError
from vfeed.research.codability import AGES_MONTHS, QUESTIONS, Answer, Codability, Verdict, with_person
from vfeed.research.formats.seam import Losses
from vfeed.research.formats.table_writing import csv_bytes, dictionary_bytes, workbook
from vfeed.research.lists import lines_of
from vfeed.screening.one_clip import MISSING, SEPARATOR, Row, as_dict
from vfeed.timeline.clock import clock

MEANINGS: dict[str, tuple[str, str, str]] = {
    "clip_id": ("text", "", "The film's identifier; which film it is stands in names.csv alone."),
    "verdict": ("text", "", "codable, codable with limits, film again, or not known (not looked at closely enough)."),
    "reasons": ("text", "", "At most three reasons."),
    "advice": ("text", "", "At most three pieces of advice for the next film."),
    "still_to_look_at": ("text", "", "What a person still has to look at, since vfeed cannot see it."),
    "checked_by": ("text", "", "Who looked at it; their word goes before the computer's."),
    "best_start_us": ("integer", "microseconds", "Start of the best three minutes without a cut."),
    "best_end_us": ("integer", "microseconds", "Their end."),
    "both_seen_share": ("number", "share of the best three minutes", "In which both faces can be read."),
    "others_share": ("number", "share of the best three minutes", "In which somebody else is in view."),
    "second_best_start_us": ("integer", "microseconds", "Start of another three minutes."),
    "third_best_start_us": ("integer", "microseconds", "Start of yet another."),
    "sound": ("text", "", "none, silent, sound, or unknown."),
    "cuts": ("integer", "", "Cuts found in the film."),
    "people": ("integer", "", "Of child and adult, how many are seen (0 to 2)."),
    "length_us": ("integer", "microseconds", "Length of the film."),
    "size_bytes": ("integer", "bytes", "Size of the file."),
    "sha256": ("text", "", "Hash of the file."),
    "duplicate_of": ("text", "", "The same file, byte for byte, under another identifier."),
    "age_months": ("number", "months", "The child's age, from the manifest."),
    "relation": ("text", "", "The adult's relation to the child, from the manifest."),
    "analysis_version": ("text", "", "Version of vfeed that looked."),
    "depth": ("text", "", "How closely it was looked at: probe, sparse or full."),
    "error_code": ("text", "", "Why the film could not be read; see docs/errors.md."),
    "seen_strip": ("text", "", "How much of each sixtieth of the film both faces can be read in: digits from 0 to 9."),
}
COLUMNS = tuple(MEANINGS)
NUMBERS = frozenset(name for name, (kind, _, _) in MEANINGS.items() if kind in ("integer", "number"))
CHECKED = "clip_id"
MOST_MONTHS = 1_200
ORDER = [each.value for each in (Verdict.CODABLE, Verdict.LIMITS, Verdict.UNKNOWN, Verdict.AGAIN)]


@dataclass(frozen=True)
class Told:
    """What people say of a film: the manifest's facts and the answers of whoever looked at it."""

    age_months: float | None = None
    relation: str = ""
    checked_by: str = ""
    verdict: Verdict | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


def read_told(path: Path, key: str) -> dict[str, Told]:
    """Return what a manifest (key: clip) or a list of checks (key: clip_id) says by its key.

    Columns: the key; age_months, relation, checked_by, verdict, and in a list of checks yes, no or cannot say for
    each of `QUESTIONS`.
    Raises VfeedError `invalid_input` with the row for what does not fit.
    """
    found: dict[str, Told] = {}
    for name, line in lines_of(path, key).items():
        try:
            found[name] = _told(line.cells, answers=key == CHECKED)
        except ValueError as error:
            raise VfeedError(
                "invalid_input",
                f"{path.name}, row {line.number}: {error}.",
                hint=f"Ages are months; answers are {', '.join(Answer)}; verdicts are {', '.join(ORDER)}.",
            ) from error
    return found


def _told(row: Mapping[str, str], *, answers: bool) -> Told:
    age, verdict = row.get("age_months", ""), row.get("verdict", "")
    if verdict and not row.get("checked_by"):
        raise ValueError("a verdict needs a name in checked_by")
    return Told(
        _months(age) if age and age != MISSING else None,
        row.get("relation", ""),
        row.get("checked_by", ""),
        Verdict(verdict.casefold()) if verdict else None,
        {name: Answer(row[name].casefold()) for name in QUESTIONS if answers and row.get(name)},
    )


def _months(text: str) -> float:
    age = float(text.replace(",", "."))
    if not 0 <= age <= MOST_MONTHS:
        raise ValueError(f"no child is {text} months old")
    return age


def merged(manifest: Told, checked: Told) -> Told:
    """Return what both say, whoever checked before the manifest."""
    age = manifest.age_months if checked.age_months is None else checked.age_months
    answers = {**manifest.answers, **checked.answers}
    relation = checked.relation or manifest.relation
    return Told(age, relation, checked.checked_by or manifest.checked_by, checked.verdict or manifest.verdict, answers)


def table(rows: Sequence[Row], told: Mapping[str, Told], duplicates: Mapping[str, str], form: str) -> list[list[str]]:
    """Return the table's rows, by verdict and then by identifier; nothing in it puts films or families in an order."""
    found = [_line(row, told.get(row.clip_id, Told()), duplicates.get(row.clip_id, ""), form) for row in rows]
    return sorted(found, key=lambda line: (ORDER.index(line[1]), line[0]))


def _line(row: Row, told: Told, duplicate_of: str, form: str) -> list[str]:
    machine = Codability(Verdict(row.verdict), tuple(_parts(row.reasons)), tuple(_parts(row.advice)), ())
    both = with_person(machine, form=form, age_months=told.age_months, answers=told.answers, verdict=told.verdict)
    cells = as_dict(row) | {
        "verdict": both.verdict.value,
        "reasons": " ".join(both.reasons),
        "advice": " ".join(both.advice),
        "still_to_look_at": "; ".join(both.to_look_at) if both.verdict is not Verdict.AGAIN else "",
        "checked_by": told.checked_by,
        "duplicate_of": duplicate_of,
        "age_months": f"{told.age_months:g}" if told.age_months is not None else "",
        "relation": told.relation,
    }
    return [cells[name] or MISSING for name in COLUMNS]


def _parts(text: str) -> list[str]:
    return [part for part in text.split(SEPARATOR) if part]


def files(lines: Sequence[Sequence[str]], run: Mapping[str, object]) -> dict[str, bytes]:
    """Return screening.csv, .xlsx, .html, data_dictionary.csv and run.json."""
    meanings = [[name, *MEANINGS[name]] for name in COLUMNS]
    excel = workbook(
        {
            "films": (COLUMNS, lines, NUMBERS),
            "columns": (("column", "type", "unit", "meaning"), meanings, frozenset[str]()),
        },
        Losses(),
    )
    return {
        "screening.csv": csv_bytes(COLUMNS, lines),
        "screening.xlsx": excel,
        "screening.html": page(lines).encode(),
        "data_dictionary.csv": dictionary_bytes(MEANINGS),
        "run.json": (json.dumps(run, indent=2, ensure_ascii=False) + "\n").encode(),
    }


STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;"
    "border-bottom:1px solid #767676}thead th{position:sticky;top:0;background:#fff}"
    "@media print{thead th{position:static}tr{break-inside:avoid}}"
)


def page(lines: Sequence[Sequence[str]]) -> str:
    """Return the table as one page without scripts, images or anything from elsewhere; for reading and printing."""
    counts = Counter(line[1] for line in lines)
    summary = ", ".join(f"{counts[name]} {name}" for name in ORDER if counts[name]) or "no films"
    place = {name: COLUMNS.index(name) for name in COLUMNS}
    body = []
    for line in lines:
        cell = {name: line[place[name]] for name in COLUMNS}
        best = _span(cell["best_start_us"], cell["best_end_us"])
        told = [cell["clip_id"], cell["verdict"], best, cell["reasons"], cell["advice"], cell["still_to_look_at"]]
        told.append(cell["checked_by"])
        cells = [escape("" if each == MISSING else each) for each in told]
        body.append(
            f'<tr><th scope="row">{cells[0]}</th>' + "".join(f"<td>{each}</td>" for each in cells[1:]) + "</tr>"
        )
    heads = (
        "Film",
        "Can it be coded?",
        "Best three minutes",
        "Why",
        "Next time",
        "A person still looks at",
        "Checked by",
    )
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    words = (
        f"{escape(summary)}. The films are judged, not the people in them. What the computer says is an offer: a "
        "person's look goes before it."
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Screening</title>'
        f"<style>{STYLE}</style></head><body><main><h1>Which films can be coded?</h1><p>{words}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></main></body></html>\n"
    )


def _span(start_us: str, end_us: str) -> str:
    if not start_us.isdigit() or not end_us.isdigit():
        return ""
    return " to ".join(clock(int(each), tenths=False) for each in (start_us, end_us))


__all__ = ["AGES_MONTHS", "COLUMNS", "MEANINGS", "Told", "files", "merged", "page", "read_told", "table"]
