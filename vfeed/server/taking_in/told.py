"""Taking codings in, as the page shows it: what a file says, which film it is of, and what its words are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.file_storage import FileStorage

from vfeed.errors import CodesUnclear, VfeedError, within
from vfeed.research.film_names import same_film
from vfeed.research.formats.columns import FRAMES, unit_of
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.plain_table import ROLES
from vfeed.research.formats.registry import ENDINGS
from vfeed.research.formats.seam import Asked, Columns, Found, Loss
from vfeed.research.formats.tables import Table, preview
from vfeed.research.formats.text import UNITS_US
from vfeed.research.kept_codings import KeptLoss
from vfeed.research.marks import Coding, Mark
from vfeed.research.recoding import LEFT_OUT, Used, guessed, places, words_of
from vfeed.research.scheme import RESERVED, Scheme
from vfeed.server.studies.present import lane_words
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, ngettext
from vfeed.server.web.step_words import later
from vfeed.services.taking_in import SHOWN, KnownFilm, Place, Sent, Taking, Whose, Words, clock

UNITS = ("", *UNITS_US, FRAMES)
ROLE_WORDS = {
    "start": later("Start"),
    "end": later("End"),
    "duration": later("How long"),
    "time": later("Time (start and end in rows of their own)"),
    "status": later("Start, end or point"),
    "code": later("Code"),
    "who": later("Who it is about"),
    "lane": later("What is watched"),
    "modifier": later("More of the code"),
    "note": later("Note"),
    "clip": later("Film"),
    "coder": later("Coder"),
}
LOSS_WORDS = {"dropped": later("Left out"), "changed": later("Changed"), "noted": later("To know")}
BLIND: Mapping[str, Literal["true", "false", ""]] = {"yes": "true", "no": "false"}
MOST_LOSSES = 100
MOST_CODER = 80


@dataclass(frozen=True)
class Said:
    """What the form says: the file, and what it is told of it."""

    sent: Sent
    asked: Asked
    study_id: str
    scheme: Scheme | None
    films: Mapping[str, str]
    words: Mapping[str, str]
    columns: Columns | None
    blind: Literal["true", "false", ""]

    @property
    def sha256(self) -> str:
        """Of the file: what is taken in is what was looked at."""
        return hashlib.sha256(self.sent.data).hexdigest()


@dataclass
class Looked:
    """What the page shows of a file: what must still be said, and the marks as they would be taken in."""

    said: Said
    found: Found | None = None
    refused: VfeedError | None = None
    rows: Rows = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    unit: str = ""
    films: list[tuple[str, str, int]] = field(default_factory=list)
    words: list[tuple[Used, str, str]] = field(default_factory=list)
    taking: Taking | None = None

    @property
    def open_films(self) -> int:
        """How many films still have to be said."""
        return sum(not clip_id for _name, clip_id, _marks in self.films)

    @property
    def open_words(self) -> int:
        """How many words still have to be said."""
        return sum(not place for _used, place, _why in self.words)


def said_of(form: ImmutableMultiDict[str, str], sent: FileStorage | None, scheme: Scheme | None) -> Said:
    """What came with a form; raises VfeedError `invalid_input` without a file, and for what is no number."""
    if sent is None or not sent.filename:
        raise VfeedError("invalid_input", _("No file was chosen."), hint=_("Choose the file of a coding."))
    study_id = form.get("study", "")
    columns = _columns(form)
    return Said(
        Sent(sent.read(), sent.filename),
        Asked(coder=within(form.get("coder", ""), MOST_CODER), fps=_rate(form.get("fps", "")), columns=columns),
        study_id,
        scheme,
        dict(zip(form.getlist("film_name"), form.getlist("film"), strict=False)),
        dict(zip(form.getlist("word"), form.getlist("place"), strict=False)),
        columns,
        BLIND.get(form.get("blind", ""), ""),
    )


def _columns(form: ImmutableMultiDict[str, str]) -> Columns | None:
    """What each column was said to be, by the number of the column; None where nothing was."""
    roles = {role: str(number) for number, role in enumerate(form.getlist("column"), 1) if role in ROLES}
    unit = form.get("unit", "")
    return Columns(roles, unit if unit in UNITS else "") if roles else None


def _rate(text: str) -> float | None:
    try:
        rate = float(text.replace(",", ".")) if text.strip() else None
    except ValueError as error:
        raise VfeedError("invalid_input", _("Pictures a second is no number."), hint=_("Write 25, say.")) from error
    if rate is not None and not 1 <= rate <= 1000:
        raise VfeedError("invalid_input", _("So many pictures a second has no film."), hint=_("Write 25, say."))
    return rate


def looked(said: Said) -> Looked:
    """Read a file as far as it was told what it means; what is missing is asked for, what is known is filled in."""
    shown = Looked(said)
    desk, whose = services().taking_in, Whose(said.study_id)
    learnt = desk.remembered(person(), whose)
    table = said.sent.name.lower().endswith(Table.endings)
    asked = said.asked
    try:
        if table:
            shown.rows = preview(said.sent.data, said.sent.name)
            told = learnt.columns.get(_signature(shown.rows))
            if asked.columns is None and told is not None:
                asked = _with_columns(asked, told)
        shown.found = desk.read(person(), said.sent, _named(asked, shown.rows))
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        shown.refused = error
    _show_columns(shown, asked.columns)
    if shown.found is not None:
        _show_films(shown, desk.films(person(), said.study_id))
        _show_words(shown, learnt.words.get(said.scheme.id, {}) if said.scheme else {})
        if not shown.open_films and not shown.open_words:
            try:
                shown.taking = take(shown, asked)
            except VfeedError as error:
                if error.http_status >= 500:
                    raise
                shown.refused = error
    return shown


def take(shown: Looked, asked: Asked) -> Taking:
    """What would be taken in, as everything was said; raises VfeedError as `TakingIn.look`."""
    said = shown.said
    films = {name: "" if clip_id == LEFT_OUT else clip_id for name, clip_id, _marks in shown.films}
    place = Place(next(iter(films.values()))) if len(films) == 1 else Place(films=films)
    words = Words(said.scheme, {used.word.key: place for used, place, _why in shown.words}) if said.scheme else None
    return services().taking_in.look(person(), said.sent, _named(asked, shown.rows), place, words)


def keep(shown: Looked) -> int:
    """Take in what was looked at, and remember what was said of it; raises VfeedError `invalid_input`, `conflict`."""
    said = shown.said
    if shown.refused is not None:
        raise shown.refused
    if shown.taking is None:
        raise VfeedError(
            "invalid_input",
            _("Something must still be said of the file."),
            hint=_("Choose a film for each coding, and say of each word what it is or leave it out."),
        )
    count = services().taking_in.keep(person(), shown.taking, blind=said.blind)
    words = Words(said.scheme, {used.word.key: place for used, place, _why in shown.words}) if said.scheme else None
    columns = {}
    if said.columns is not None:
        columns[_signature(shown.rows)] = said.columns
    services().taking_in.remember(person(), Whose(said.study_id), words, columns)
    return count


def _with_columns(asked: Asked, columns: Columns) -> Asked:
    return Asked(asked.clip, asked.coder, asked.fps, columns=columns)


def _named(asked: Asked, rows: Sequence[Sequence[str]]) -> Asked:
    """Columns by their names where the first row names them, so that it is no row of the table."""
    if asked.columns is None or not rows or not _names(rows[0]):
        return asked
    names = _cells(rows[0])
    if any(int(number) > len(names) for number in asked.columns.roles.values()):
        return asked
    roles = {role: names[int(number) - 1] for role, number in asked.columns.roles.items()}
    return _with_columns(asked, Columns(roles, asked.columns.unit))


def _names(row: Sequence[str]) -> bool:
    """Whether a row may be one of names: all different, none empty, none a number."""
    cells = [cell.lower() for cell in _cells(row)]
    return len(set(cells)) == len(cells) and all(cell and not cell[0].isdigit() for cell in cells)


def _signature(rows: Sequence[Sequence[str]]) -> str:
    """By what a kind of table is known again: the names of its columns, or how many they are."""
    if not rows:
        return ""
    if _names(rows[0]):
        return hashlib.sha256("\t".join(_cells(rows[0])).lower().encode()).hexdigest()
    return f"{len(rows[0])} columns"


def _cells(row: Sequence[str]) -> list[str]:
    """A row without what is empty at its end: a remark beside the table makes every row as wide."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _show_columns(shown: Looked, columns: Columns | None) -> None:
    """Columns are asked for where a table is not understood, and shown again where they were told."""
    unclear = isinstance(shown.refused, CodesUnclear)
    if not shown.rows or not (unclear or columns is not None):
        shown.rows = shown.rows if columns is not None or unclear else []
        return
    width = max(len(row) for row in shown.rows)
    by_column = {int(number): role for role, number in (columns.roles if columns else {}).items()}
    shown.roles = [by_column.get(number, "") for number in range(1, width + 1)]
    shown.unit = columns.unit if columns else next((unit for name in shown.rows[0] if (unit := unit_of(name))), "")


def _show_films(shown: Looked, films: Sequence[KnownFilm]) -> None:
    """Each film that the file names, with the one that was chosen, or the only one that it can be."""
    assert shown.found is not None
    marks: dict[str, int] = {}
    for coding in shown.found.codings:
        marks[coding.clip] = marks.get(coding.clip, 0) + len(coding.marks)
    known = {film.clip_id for film in films} | {LEFT_OUT}
    for name, count in marks.items():
        chosen = shown.said.films.get(name, "")
        if chosen not in known:
            chosen = next((film.clip_id for film in films if _is_film(name, film)), "")
        shown.films.append((name, chosen, count))


def _is_film(name: str, film: KnownFilm) -> bool:
    return bool(name) and any(same_film(name, each) for each in (film.name, film.clip_id))


def _show_words(shown: Looked, learnt: Mapping[str, str]) -> None:
    """Each word with its place in the scheme: as it was said now, as it was said before, or as it is called."""
    scheme = shown.said.scheme
    if scheme is None or shown.found is None:
        return
    known = {*places(scheme), LEFT_OUT}
    for used in words_of(shown.found.codings):
        offers = (
            (shown.said.words.get(used.word.key), ""),
            (learnt.get(used.word.key), _("as before")),
            (guessed(used.word, scheme), _("by its name")),
        )
        place, why = next(((place, why) for place, why in offers if place and place in known), ("", ""))
        shown.words.append((used, place, why))


def offered_places(scheme: Scheme) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a word can be, by lane, as the page offers it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, (lane, code) in places(scheme).items():
        label = RESERVED.get(code) or lane.label(code)
        found.setdefault(lane_words(lane.who, lane.title), []).append((name, label))
    return list(found.items())


def marks_of(coding: Coding) -> list[dict[str, Any]]:
    """The first marks of a coding, to be compared with the film."""
    return [
        {
            "start": clock(mark.start_us),
            "end": "" if mark.point else clock(mark.end_us),
            "start_s": mark.start_us / 1e6,
            "words": _mark_words(mark),
        }
        for mark in coding.marks[:SHOWN]
    ]


def _mark_words(mark: Mark) -> str:
    about = " · ".join(part for part in (mark.who, mark.lane) if part)
    more = ", ".join(part for part in mark.modifiers if part)
    return f"{about}: {mark.code}".removeprefix(": ") + (f" ({more})" if more else "")


def loss_rows(losses: Sequence[Loss | KeptLoss]) -> list[tuple[str, str, str]]:
    """What was lost, the worst first: kind, where and what."""
    order = ("dropped", "changed", "noted")
    ordered = sorted(losses, key=lambda loss: order.index(loss.kind.value))
    rows = [(_(LOSS_WORDS[each.kind.value]), each.where, each.what) for each in ordered[:MOST_LOSSES]]
    if more := len(ordered) - len(rows):
        rows.append(("", "", ngettext("and %(num)s more line", "and %(num)s more lines", more)))
    return rows


def hint_of(error: VfeedError) -> str:
    """What to do, as it is said on a page: an option of a command helps nobody here."""
    if "--" in error.hint:
        return _("Say below what the columns are, or how many pictures a second the film has.")
    return looked_up(error.hint)


ACCEPT = ",".join(ENDINGS)
