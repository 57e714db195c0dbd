"""The consents of a family as one table: a row for each use, a column for each person, ticked in place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from wtforms.fields.choices import SelectChoice

from vfeed.practice.consent import USES
from vfeed.server.consents.consent_status import ConsentStatus, consent_status, use_notes, use_words
from vfeed.server.consents.forms import ConsentForm, RefusalForm, TickedForm
from vfeed.server.web.authorization import can
from vfeed.server.web.i18n import gettext as _
from vfeed.services.rows import Clip, Consent, Participant

USUAL_LENGTH = timedelta(days=365)


@dataclass(frozen=True)
class Cell:
    """Where one person stands on one use; `key` names it in the form, and is empty where nothing can be ticked."""

    person: str
    status: ConsentStatus
    key: str
    withdraw_url: str
    is_ticked: bool


@dataclass(frozen=True)
class UseRow:
    """One use: its name, what it means, and a cell for each person."""

    name: str
    meaning: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class OneFilm:
    """A consent to a single film."""

    person: str
    film: str
    status: ConsentStatus
    withdraw_url: str


def rows_of(people: Sequence[Participant], consents: Sequence[Consent], ticked: Sequence[str]) -> list[UseRow]:
    """The table; `ticked` are the keys of boxes that are ticked before anybody touches them."""
    today = date.today()
    notes = use_notes()
    rows = []
    for use in USES:
        cells = []
        for person in people:
            own = [row for row in consents if (row.participant_id, row.use, row.clip_id) == (person.id, use, None)]
            status = consent_status(use, own, today)
            key = "" if status.look == "given" else key_of(person.id, use)
            cells.append(Cell(person.label, status, key, _withdraw_url(person, status), key in ticked))
        rows.append(UseRow(use_words(use), notes[use], tuple(cells)))
    return rows


def of_one_film(people: Sequence[Participant], consents: Sequence[Consent], clips: Sequence[Clip]) -> list[OneFilm]:
    """The consents that are for a single film and not withdrawn."""
    titles = {clip.id: clip.title for clip in clips}
    found = []
    for person in people:
        for row in consents:
            if row.participant_id == person.id and row.clip_id in titles and row.withdrawn_at is None:
                status = consent_status(row.use, [row], date.today())
                found.append(OneFilm(person.label, titles[row.clip_id], status, _withdraw_url(person, status)))
    return found


def ticked_form(people: Sequence[Participant]) -> TickedForm:
    """An empty form that goes with the table, from today for a year."""
    form = TickedForm(formdata=None, granted_on=date.today(), expires_on=date.today() + USUAL_LENGTH)
    return with_boxes(form, people)


def with_boxes(form: TickedForm, people: Sequence[Participant]) -> TickedForm:
    """The same form with every box that can be ticked, and ids of its own: another form has fields of these names."""
    for field in form:
        field.id = field.label.field_id = f"ticked-{field.name}"
    form.agreed.choices = [
        SelectChoice(key_of(person.id, use), _("%(person)s, %(use)s", person=person.label, use=use_words(use)))
        for person in people
        for use in USES
    ]
    return form


def key_of(person_id: str, use: str) -> str:
    """The name of a box."""
    return f"{person_id} {use}"


def asked_for(people: Sequence[Participant], use: str) -> list[str]:
    """The boxes of one use, for whoever came because this consent is missing."""
    return [key_of(person.id, use) for person in people] if use in USES else []


def _withdraw_url(person: Participant, status: ConsentStatus) -> str:
    if not status.consent_id or not can("consents.withdraw"):
        return ""
    return url_for("consents.withdraw", family_id=person.family_id, consent_id=status.consent_id)


def consent_form(people: Sequence[Participant], clips: Sequence[Clip]) -> ConsentForm:
    """An empty form on these people and films."""
    form = ConsentForm(
        formdata=None,
        granted_on=date.today(),
        expires_on=date.today() + USUAL_LENGTH,
    )
    return with_choices(form, people, clips)


def with_choices(form: ConsentForm, people: Sequence[Participant], clips: Sequence[Clip]) -> ConsentForm:
    """The same form with what can be chosen."""
    form.participants.choices = [SelectChoice(person.id, person.label) for person in people]
    form.uses.choices = [SelectChoice(use, use_words(use)) for use in USES]
    form.clip_id.choices = [
        SelectChoice("", _("All films of this family")),
        *[SelectChoice(clip.id, clip.title) for clip in clips],
    ]
    return form


def refusal_form(people: Sequence[Participant]) -> RefusalForm:
    """An empty form on these people."""
    return with_refusals(RefusalForm(formdata=None, said_on=date.today()), people)


def with_refusals(form: RefusalForm, people: Sequence[Participant]) -> RefusalForm:
    """The same form with what can be chosen, and ids of its own."""
    for field in form:
        field.id = field.label.field_id = f"no-{field.name}"
    form.participant.choices = [SelectChoice(person.id, person.label) for person in people]
    form.use.choices = [SelectChoice(use, use_words(use)) for use in USES]
    return form


def way_back(address: str) -> str:
    """A page of this house that a missing consent sent somebody from; empty for any other address.

    >>> way_back("/families/abc/sessions/def/take-home"), way_back("//elsewhere.example/families/")
    ('/families/abc/sessions/def/take-home', '')
    """
    return address if re.fullmatch(r"/(families|clips)(/[\w-]+)+", address, re.ASCII) else ""
