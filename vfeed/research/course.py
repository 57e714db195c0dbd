"""A course as a study design: dyads, sessions, before and after, as tables with a dictionary, under pseudonyms.

No code name, date, title, note or words of anybody are in them: days are counted from the course's first session, and
of forms only answers that were chosen or counted are told. The names of measures, of forms and of their lines are told
as the service typed them, those alone that somebody looked at and let leave (`named_in`, `narrowed`). Nothing is
added up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from vfeed.research.formats.table_writing import FORMULA_SIGNS, csv_bytes

Row = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What was chosen or counted at a place of a form; `day` counts from the first session, `dyad` "" for a group's."""

    dyad: str
    session: str
    day: int
    form: str
    place: str
    answer: str


@dataclass(frozen=True)
class Measured:
    """A measure's dated number."""

    dyad: str
    measure: str
    day: int
    when: str
    value: str


@dataclass(frozen=True)
class Paired:
    """A film that is looked at before or after the course, with its length."""

    dyad: str
    when: str
    length_s: str


@dataclass(frozen=True)
class Course:
    """What is known of a course and may be told: `sessions` as name, day and who led, `came` by dyad and session."""

    programme: str
    dyads: Sequence[str]
    sessions: Sequence[tuple[str, int, Sequence[str]]]
    came: Mapping[tuple[str, str], str]
    answers: Sequence[Answer] = ()
    measures: Sequence[Measured] = ()
    films: Sequence[Paired] = ()


@dataclass(frozen=True)
class Named:
    """A name that leaves as it was typed: of the programme, a measure, or a form with its lines (by id)."""

    kind: str
    name: str
    lines: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is let leave by."""
        return f"{self.kind} {self.name}"

    def key_of(self, line: str) -> str:
        """What one of its lines is let leave by."""
        return f"line {line} {self.name}"


def named_in(course: Course) -> list[Named]:
    """Every name in a course's tables that somebody typed, each once, in the order in which they are met."""
    lines: dict[str, dict[str, None]] = {}
    for each in course.answers:
        lines.setdefault(each.form, {})[each.place] = None
    return [
        *([Named("programme", course.programme)] if course.programme else []),
        *(Named("measure", name) for name in dict.fromkeys(each.measure for each in course.measures)),
        *(Named("form", name, tuple(found)) for name, found in lines.items()),
    ]


def narrowed(course: Course, let: Collection[str]) -> Course:
    """The course with those names alone that are let leave, by their keys; what goes by another name is left out."""
    named = {(each.kind, each.name): each for each in named_in(course)}

    def leaves(kind: str, name: str, line: str = "") -> bool:
        found = named[kind, name]
        return found.key in let and (not line or found.key_of(line) in let)

    return replace(
        course,
        programme=course.programme if course.programme and leaves("programme", course.programme) else "",
        measures=[each for each in course.measures if leaves("measure", each.measure)],
        answers=[each for each in course.answers if leaves("form", each.form, each.place)],
    )


COLUMNS: dict[str, dict[str, tuple[str, str]]] = {
    "dyads": {
        "dyad": ("text", "A child and its carers under a name of this course alone."),
        "programme": ("text", "The programme that the course follows; n/a where there is none, or it was left out."),
    },
    "sessions": {
        "session": ("text", "S and its place in the order of the days."),
        "day": ("integer", "Days since the first session of the course."),
        "facilitator": ("text", "Who led it, under a name of this course alone; a row for each."),
    },
    "attendance": {
        "dyad": ("text", "As in dyads."),
        "session": ("text", "As in sessions."),
        "came": ("text", "came, part (part of the time), away; n/a where it was not written down."),
    },
    "sheets": {
        "dyad": ("text", "As in dyads; n/a for a sheet of the programme’s session, which belongs to no family."),
        "session": ("text", "As in sessions; n/a for a sheet of a family’s visit."),
        "day": ("integer", "Days since the first session, of the session or visit."),
        "form": ("text", "Which form was filled in, as the service typed its name."),
        "place": ("text", "Its line, by id; for what is counted with the mark counted."),
        "answer": ("text", "The id of the answer chosen, or the count. Texts are left out."),
    },
    "measures": {
        "dyad": ("text", "As in dyads."),
        "measure": ("text", "As the service typed it; what was entered in words is left out."),
        "day": ("integer", "Days since the first session, of the day on which it was filled in."),
        "when": ("text", "before, after (the course), or n/a."),
        "value": ("number", "The number that was entered."),
    },
    "films": {
        "dyad": ("text", "As in dyads."),
        "when": ("text", "before or after (the course)."),
        "length_s": ("number", "Length of the film in seconds."),
    },
}
"""For each table its columns, each with its type and what it means."""
ABSENT = "n/a"


def tables(course: Course) -> dict[str, bytes]:
    """The course as CSV files, with the dictionary of their columns."""
    rows: dict[str, list[Row]] = {
        "dyads": [(dyad, _text(course.programme) or ABSENT) for dyad in course.dyads],
        "sessions": [(name, str(day), who) for name, day, led in course.sessions for who in led or (ABSENT,)],
        "attendance": [
            (dyad, name, course.came.get((dyad, name), ABSENT))
            for dyad in course.dyads
            for name, _day, _led in course.sessions
        ],
        "sheets": [
            (each.dyad or ABSENT, each.session or ABSENT, str(each.day), _text(each.form), each.place, each.answer)
            for each in course.answers
        ],
        "measures": [
            (each.dyad, _text(each.measure), str(each.day), each.when or ABSENT, each.value) for each in course.measures
        ],
        "films": [(each.dyad, each.when, each.length_s) for each in course.films],
    }
    told = [
        (name, column, kind, meaning)
        for name, columns in COLUMNS.items()
        for column, (kind, meaning) in columns.items()
    ]
    files = {f"{name}.csv": csv_bytes(tuple(COLUMNS[name]), found) for name, found in rows.items()}
    return {**files, "dictionary.csv": csv_bytes(("table", "column", "type", "meaning"), told)}


def _text(words: str) -> str:
    """A text that no table program takes for a formula."""
    return f"'{words}" if words.startswith(FORMULA_SIGNS) else words
