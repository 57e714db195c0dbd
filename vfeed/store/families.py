"""Families by code name, the people seen in their clips, and visits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database, get
from vfeed.store.family_reads import by_code_name, family_in, people_in, visits_in
from vfeed.store.job_rows import requeue_refused
from vfeed.store.tables import Clip, Family, Participant, Visit, new_id

MAX_NAME = 80
MAX_TITLE = 200
MAX_INTERPRETER = 120
MAX_TEXT = 4_000
SYSTEM = "vfeed"
Row = TypeVar("Row", Family, Participant, Visit)


class Families:
    """Keeps families, participants and visits."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def create(self, code_name: str, actor: str = SYSTEM) -> Family:
        """A new family; raises VfeedError `invalid_input` for an empty or long name, `conflict` for a known one."""
        name = _text(code_name, _("code name"), MAX_NAME)
        family = Family(id=new_id(), code_name=name, created_by=actor)
        try:
            with self._database.write() as session:
                session.add(family)
                self._audit.append(session, actor, "family.created", family.id)
        except IntegrityError as error:
            raise _known(name) from error
        return family

    def rename(self, family_id: str, code_name: str, actor: str) -> None:
        """Correct a family's code name; raises VfeedError as `create` does, and `not_found`."""
        name = _text(code_name, _("code name"), MAX_NAME)
        try:
            with self._database.write() as session:
                _kept(session, Family, family_id).code_name = name
                self._audit.append(session, actor, "family.renamed", family_id)
        except IntegrityError as error:
            raise _known(name) from error

    def get(self, family_id: str) -> Family:
        """The family; raises VfeedError `not_found`."""
        with self._database.read() as session:
            family = family_in(session, family_id)
        if family is None:
            raise VfeedError("not_found", _("There is no such family."), hint=_("Go back to the list of families."))
        return family

    def find(self, code_name: str) -> Family | None:
        """The family with this code name, or None."""
        with self._database.read() as session:
            return session.scalar(select(Family).where(Family.code_name == code_name.strip()))

    def list(self) -> Sequence[Family]:
        """Every family, by code name."""
        with self._database.read() as session:
            return by_code_name(session.scalars(select(Family)))

    def add_participant(
        self,
        family_id: str,
        kind: Literal["child", "adult"],
        label: str,
        birth_month: str | None = None,
        relation: str | None = None,
        actor: str = SYSTEM,
        *,
        language: str = "",
        interpreter: str = "",
    ) -> Participant:
        """A person of the family; `birth_month` is YYYY-MM, for a child alone. Raises VfeedError `invalid_input`.

        `language` is that of the parent's room for an adult, `interpreter` who interprets for them.
        """
        self.get(family_id)
        if kind not in ("child", "adult"):
            raise VfeedError("invalid_input", _("A person is a child or an adult."), hint=_("Choose one of the two."))
        person = Participant(
            id=new_id(),
            family_id=family_id,
            kind=kind,
            label=_text(label, _("name"), MAX_NAME),
            birth_month=_month(birth_month) if birth_month else None,
            relation=_text(relation, _("relation"), MAX_NAME) if relation else None,
            language=language,
            interpreter=_text(interpreter, _("interpreter"), MAX_INTERPRETER, may_be_empty=True),
        )
        if kind == "adult" and person.birth_month is not None:
            raise VfeedError("invalid_input", _("A birth month is only kept for a child."), hint=_("Leave it empty."))
        with self._database.write() as session:
            session.add(person)
            self._audit.append(session, actor, "family.person_added", family_id, {"participant": person.id})
        return person

    def set_language(self, participant_id: str, language: str, interpreter: str, actor: str) -> None:
        """Which language a person's room speaks, and who interprets; raises VfeedError `not_found`, `invalid_input`."""
        with self._database.write() as session:
            person = session.get(Participant, participant_id)
            if person is None:
                raise VfeedError("not_found", _("There is no such person."), hint=_("Go back to the family."))
            person.language = language
            person.interpreter = _text(interpreter, _("interpreter"), MAX_INTERPRETER, may_be_empty=True)
            detail = {"participant": participant_id, "language": language}
            self._audit.append(session, actor, "family.language_set", person.family_id, detail)

    def correct_participant(
        self, participant_id: str, label: str, birth_month: str | None, relation: str | None, actor: str
    ) -> None:
        """Correct what was typed of a person; raises VfeedError `not_found`, `invalid_input`."""
        with self._database.write() as session:
            person = _kept(session, Participant, participant_id)
            person.label = _text(label, _("name"), MAX_NAME)
            if person.kind == "child":
                person.birth_month = _month(birth_month) if birth_month else None
            person.relation = _text(relation, _("relation"), MAX_NAME) if relation else None
            self._audit.append(
                session, actor, "family.person_corrected", person.family_id, {"participant": participant_id}
            )

    def remove_participant(self, participant_id: str, actor: str, *, in_no_film: bool) -> None:
        """Take out somebody who was added by mistake; work that waited for their consent alone is queued again.

        `in_no_film` is the worker's word that no film shows them. Raises VfeedError `not_found`; `conflict` for whoever
        ever answered, on a film or a group, or was said to be in a film, and for the only child or adult of films:
        without them films of theirs would open; `invalid_input` where there are films and nobody gives that word.
        """
        refusal = VfeedError(
            "conflict",
            _("What was agreed with this person is kept, so the person stays."),
            hint=_("Correct the words instead."),
        )
        try:
            with self._database.write() as session:
                person = _kept(session, Participant, participant_id)
                clips = session.scalars(select(Clip).where(Clip.family_id == person.family_id)).all()
                if any(participant_id in (each.seen or ()) for each in clips):
                    raise refusal
                kept = [each.id for each in clips if each.erased_at is None]
                kinds = [each.kind for each in people_in(session, person.family_id)]
                if kept and kinds.count(person.kind) == 1:
                    raise _only_one()
                if kept and not in_no_film:
                    raise _not_said()
                detail = {"participant": participant_id, "in_no_film": kept}
                self._audit.append(session, actor, "family.person_removed", person.family_id, detail)
                session.delete(person)
                requeue_refused(session, [each.id for each in clips], "consent_missing")
        except IntegrityError as error:
            raise refusal from error

    def participants(self, family_id: str) -> Sequence[Participant]:
        """The people of a family, children first."""
        with self._database.read() as session:
            return people_in(session, family_id)

    def add_visit(
        self, family_id: str, date: date, title: str, helping_question: str = "", actor: str = SYSTEM
    ) -> Visit:
        """A visit to the family; raises VfeedError `invalid_input`, `not_found`."""
        self.get(family_id)
        visit = Visit(
            id=new_id(),
            family_id=family_id,
            date=date,
            title=_text(title, _("title"), MAX_TITLE),
            helping_question=_text(helping_question, _("helping question"), MAX_TEXT, may_be_empty=True),
        )
        with self._database.write() as session:
            session.add(visit)
            self._audit.append(session, actor, "family.visit_added", family_id, {"visit": visit.id})
        return visit

    def correct_visit(self, visit_id: str, date: date, title: str, helping_question: str, actor: str) -> None:
        """Correct what was typed of a visit; raises VfeedError `not_found`, `invalid_input`."""
        with self._database.write() as session:
            visit = _kept(session, Visit, visit_id)
            visit.date, visit.title = date, _text(title, _("title"), MAX_TITLE)
            visit.helping_question = _text(helping_question, _("helping question"), MAX_TEXT, may_be_empty=True)
            self._audit.append(session, actor, "family.visit_corrected", visit.family_id, {"visit": visit_id})

    def remove_visit(self, visit_id: str, actor: str) -> None:
        """Take out a visit that was added by mistake; raises VfeedError `not_found`, `conflict` for one with films."""
        try:
            with self._database.write() as session:
                visit = _kept(session, Visit, visit_id)
                self._audit.append(session, actor, "family.visit_removed", visit.family_id, {"visit": visit_id})
                session.delete(visit)
        except IntegrityError as error:
            raise VfeedError(
                "conflict",
                _("Films, shared reviews or forms belong to this visit, so it stays."),
                hint=_("Correct its day or its words instead."),
            ) from error

    def visit(self, visit_id: str) -> Visit:
        """The visit; raises VfeedError `not_found`."""
        with self._database.read() as session:
            visit = get(session, Visit, visit_id)
        if visit is None:
            raise VfeedError("not_found", _("There is no such visit."), hint=_("Go back to the family."))
        return visit

    def visits(self, family_id: str) -> Sequence[Visit]:
        """The visits of a family, oldest first."""
        with self._database.read() as session:
            return visits_in(session, family_id)


def _kept(session: Session, table: type[Row], row_id: str) -> Row:
    row = session.get(table, row_id)
    if row is None:
        raise VfeedError("not_found", _("This is no longer here."), hint=_("Load the page again."))
    return row


def _only_one() -> VfeedError:
    return VfeedError(
        "conflict",
        _("The films show a child and an adult, and there is no other, so the person stays."),
        hint=_("Correct the words instead."),
    )


def _not_said() -> VfeedError:
    return VfeedError(
        "invalid_input",
        _("There are films, and nobody said that this person is in none of them."),
        hint=_("Look at the films first, then tick the box. Somebody who is in a film stays."),
    )


def _known(name: str) -> VfeedError:
    return VfeedError(
        "conflict", _("There is a family called %(name)s already."), hint=_("Choose another code name."), name=name
    )


def _text(value: str, name: str, longest: int, *, may_be_empty: bool = False) -> str:
    text = value.strip()
    if not text and not may_be_empty:
        raise VfeedError("invalid_input", _("The %(name)s is empty."), hint=_("Write a %(name)s."), name=filled(name))
    if len(text) > longest:
        raise VfeedError(
            "invalid_input",
            _("The %(name)s is too long."),
            hint=_("Shorten it to at most %(most)s characters."),
            name=filled(name),
            most=longest,
        )
    return text


def _month(value: str) -> str:
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", value):
        raise VfeedError(
            "invalid_input",
            _("'%(value)s' is not a month."),
            hint=_("Write year and month, such as 2025-03."),
            value=value,
        )
    return value
