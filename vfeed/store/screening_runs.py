"""Screenings of films that lie elsewhere: their rows as `vfeed screen` wrote them, and what people say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Folded
from vfeed.research.row_checks import ROW_CHECKS, RowsState, check
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, Stream, drop_from_memory, erase_stream
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.tables import ScreeningRow, ScreeningRun, new_id

ROWS_STREAM = "screening_run"
ROWS = Stream(ROWS_STREAM, ROW_CHECKS, ScreeningRun)


class ScreeningRuns:
    """Keeps screenings."""

    def __init__(self, database: Database, keys: KeyStore, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._keys = keys
        self._audit = audit
        self._journals = journals

    def begin(self, title: str, told: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], actor: str) -> str:
        """Keep a screening, its rows by name; returns its id."""
        run = ScreeningRun(id=new_id(), title=title, told=dict(told), films=len(rows), made_by=actor)
        with self._database.write() as session:
            session.add(run)
            session.flush()
            session.add_all(ScreeningRow(run_id=run.id, name=name, held=dict(held)) for name, held in rows.items())
            self._audit.append(session, actor, "screening.taken_in", run.id, {"films": len(rows)})
        return run.id

    def all(self) -> Sequence[ScreeningRun]:
        """Every screening, newest first."""
        with self._database.read() as session:
            return session.scalars(select(ScreeningRun).order_by(ScreeningRun.made_at.desc(), ScreeningRun.id)).all()

    def read(self, run_id: str) -> tuple[ScreeningRun, Folded[RowsState]]:
        """A screening with what people say of its films; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _run(session, run_id), self._journals.read(session, ROWS, run_id)

    def rows(self, run_id: str, name: str = "") -> dict[str, Mapping[str, Any]]:
        """What the screening says of its films, or of one, by name."""
        query = select(ScreeningRow.name, ScreeningRow.held).where(ScreeningRow.run_id == run_id)
        with self._database.read() as session:
            found = session.execute(query.where(ScreeningRow.name == name) if name else query)
            return {row.name: row.held for row in found}

    def append(self, run_id: str, actor: str, type_: str, payload: Mapping[str, Any]) -> None:
        """Add one step; raises VfeedError `invalid_input`, `not_found`."""
        parsed = ROW_CHECKS.parse(type_, payload)
        with self._database.write() as session:
            _run(session, run_id)
            name = str(payload.get("name", ""))
            there = session.get(ScreeningRow, (run_id, name))
            check(parsed, frozenset({name} if there else ()))
            self._journals.append(session, ROWS, run_id, actor, type_, parsed, check=_any)
            self._audit.append(session, actor, f"screening.{type_}", run_id, {"film": name})

    def take_back(self, run_id: str, actor: str, *, redo: bool = False) -> Folded[RowsState]:
        """Take back the last step, or do it again; raises VfeedError `invalid_input` for none."""
        with self._database.write() as session:
            _run(session, run_id)
            added = self._journals.take_back(session, ROWS, run_id, actor, redo=redo)
            self._audit.append(session, actor, "screening.undone", run_id)
            return added.after

    def remove(self, run_id: str, actor: str) -> None:
        """Delete a screening with all that was said of it; raises VfeedError `not_found`."""
        with self._database.write() as session:
            run = _run(session, run_id)
            erase_stream(session, ROWS_STREAM, run_id)
            session.execute(delete(ScreeningRow).where(ScreeningRow.run_id == run_id))
            session.delete(run)
            self._audit.append(session, actor, "screening.removed", run_id, {"films": run.films})
            self._keys.note([(Ended.SCREENING, run_id)])
        drop_from_memory([(ROWS_STREAM, run_id)])


def _run(session: Session, run_id: str) -> ScreeningRun:
    run = session.get(ScreeningRun, run_id)
    if run is None:
        raise VfeedError("not_found", _("There is no such screening."), hint=_("Go back to the list of screenings."))
    return run


def _any(_folded: Folded[Any]) -> None:
    """Every step of a film that is there fits."""
