"""Filled-in forms: begun for a visit or a shared review, then a journal of what was filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.practice.sheets import SHEET, SheetBegun, SheetState, check, part_of
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.family_reads import sheets_in
from vfeed.store.journal import Journals, Stream, overtaken
from vfeed.store.packs import library_in
from vfeed.store.tables import Detail, FeedbackSession, Sheet, Visit, new_id

Filled = tuple[Sheet, SheetState]
SHEETS = Stream("sheet", SHEET, Sheet)
AddedToSheet = Added[SheetState]


class Sheets:
    """Keeps filled-in forms."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def begin(
        self,
        family_id: str,
        actor: str,
        pack_id: str,
        form_id: str,
        *,
        visit_id: str | None = None,
        session_id: str | None = None,
    ) -> Sheet:
        """The sheet of this form for this visit or shared review: the one that is there, or else a new one.

        Raises VfeedError `not_found` for an unknown pack, `invalid_input` for an unknown form, for a visit or review
        of another family, and for neither of the two.
        """
        with self._database.write() as session:
            pack = library_in(session).pack(pack_id)
            form = pack.form(form_id)
            if form is None:
                raise VfeedError("invalid_input", _("There is no such form."), hint=_("Load the page again."))
            _refuse_foreign(session, family_id, visit_id, session_id)
            for sheet, state in self._filled(session, family_id):
                same_place = (sheet.visit_id, sheet.session_id) == (visit_id, session_id)
                if same_place and _is_of(state, pack_id, form_id) and not state.aside:
                    return sheet
            made = Sheet(id=new_id(), family_id=family_id, visit_id=visit_id, session_id=session_id, created_by=actor)
            session.add(made)
            session.flush()
            begun = SheetBegun(pack=pack_id, pack_title=pack.title, form=form)
            self._journals.append(session, SHEETS, made.id, actor, "sheet_begun", begun, check=_first)
            self._audit.append(session, actor, "sheet.begun", family_id, {"sheet": made.id})
        return made

    def get(self, family_id: str, sheet_id: str) -> Filled:
        """The family's sheet with what holds; raises VfeedError `not_found`."""
        with self._database.read() as session:
            sheet = _of_family(session, family_id, sheet_id)
            return sheet, self._journals.read(session, SHEETS, sheet_id).state

    def read(self, family_id: str, sheet_id: str) -> Folded[SheetState]:
        """The events of the family's sheet with the state after them; raises VfeedError `not_found`."""
        with self._database.read() as session:
            _of_family(session, family_id, sheet_id)
            return self._journals.read(session, SHEETS, sheet_id)

    def for_family(self, family_id: str) -> Sequence[Filled]:
        """A family's sheets with what holds for each, in the order in which they were begun; none put aside."""
        with self._database.read() as session:
            return [(sheet, state) for sheet, state in self._filled(session, family_id) if not state.aside]

    def of_form(self, family_id: str, pack_id: str, form_id: str) -> Sequence[Filled]:
        """A family's sheets of one form."""
        return [each for each in self.for_family(family_id) if _is_of(each[1], pack_id, form_id)]

    def append(
        self,
        family_id: str,
        sheet_id: str,
        actor: str,
        type: str,
        payload: Mapping[str, Any],
        expect: int | None = None,
    ) -> AddedToSheet:
        """Add one event.

        `expect` is the event that set this place last as the writer saw it (see `SheetState.touched`).
        Raises VfeedError `invalid_input`, `not_found`, and `conflict` when somebody else has set the place since.
        """
        parsed = SHEET.parse(type, payload)

        def fits(folded: Folded[SheetState]) -> None:
            part = part_of(parsed)
            if expect is not None and part is not None and folded.state.touched.get(part, 0) != expect:
                raise overtaken()
            check(parsed, folded.state)

        try:
            with self._database.write() as session:
                _of_family(session, family_id, sheet_id)
                added = self._journals.append(session, SHEETS, sheet_id, actor, type, parsed, check=fits)
                return self._recorded(session, family_id, sheet_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def take_back(self, family_id: str, sheet_id: str, actor: str, *, redo: bool = False) -> AddedToSheet:
        """Take back the last event, or do it again; raises VfeedError `invalid_input` when there is none."""
        try:
            with self._database.write() as session:
                _of_family(session, family_id, sheet_id)
                added = self._journals.take_back(session, SHEETS, sheet_id, actor, redo=redo)
                return self._recorded(session, family_id, sheet_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def _recorded(self, session: Session, family_id: str, sheet_id: str, added: AddedToSheet) -> AddedToSheet:
        event = added.event
        detail: dict[str, Detail] = {"sheet": sheet_id, "event": event.id, "part": part_of(event.payload)}
        self._audit.append(session, event.actor, f"sheet.{event.type}", family_id, detail)
        return added

    def _filled(self, session: Session, family_id: str) -> list[Filled]:
        sheets = sheets_in(session, family_id)
        folded = self._journals.read_all(session, SHEETS, [sheet.id for sheet in sheets])
        return [(sheet, folded[sheet.id].state) for sheet in sheets]


def _first(_folded: Folded[SheetState]) -> None:
    """The event that a sheet begins with fits always."""


def _is_of(state: SheetState, pack_id: str, form_id: str) -> bool:
    return (state.begun.pack, state.form.id) == (pack_id, form_id)


def _of_family(session: Session, family_id: str, sheet_id: str) -> Sheet:
    found = session.get(Sheet, sheet_id)
    if found is None or found.family_id != family_id:
        raise VfeedError("not_found", _("There is no such sheet."), hint=_("Go back to the family."))
    return found


def _refuse_foreign(session: Session, family_id: str, visit_id: str | None, session_id: str | None) -> None:
    places = [session.get(Visit, visit_id)] if visit_id else []
    reviews = [session.get(FeedbackSession, session_id)] if session_id else []
    if not places and not reviews:
        raise VfeedError(
            "invalid_input",
            _("A sheet belongs to a visit or a shared review."),
            hint=_("Choose one; add a visit first."),
        )
    if any(each is None or each.family_id != family_id for each in [*places, *reviews]):
        raise VfeedError(
            "invalid_input",
            _("This visit or review is not one of the family’s."),
            hint=_("Load the family’s page again."),
        )
