"""How long a study is kept: the days of its key and its tables, a hold, and the destruction of both."""

from __future__ import annotations

from datetime import date

from vfeed.errors import VfeedError
from vfeed.research.study import StudyState
from vfeed.services.access import Actor, require
from vfeed.services.study_files import CODINGS, StudyFiles
from vfeed.store.keystore import Ended
from vfeed.store.store import Store

BY_ITSELF = Actor("vfeed", frozenset({"researcher"}))


class StudyKeeping:
    """What a researcher lays down, and what happens on its day."""

    def __init__(self, store: Store, files: StudyFiles) -> None:
        self._store = store
        self._files = files

    def lay(self, actor: Actor, study_id: str, key_until: date | None, tables_until: date | None) -> None:
        """Say until when; raises VfeedError `invalid_input` where tables would go before the key."""
        require(actor, "study.manage")
        told = {"key_until": key_until, "tables_until": tables_until}
        payload = {name: day.isoformat() if day else None for name, day in told.items()}
        self._store.studies.append(study_id, actor.name, "keeping_laid", payload)

    def hold(self, actor: Actor, study_id: str, reason: str) -> None:
        """Keep everything, with a reason that is shown; raises VfeedError `invalid_input` for none."""
        require(actor, "study.manage")
        self._store.studies.append(study_id, actor.name, "study_held", {"reason": reason})

    def release(self, actor: Actor, study_id: str) -> None:
        """End the hold."""
        require(actor, "study.manage")
        self._store.studies.append(study_id, actor.name, "hold_ended", {})

    def destroy_key(self, actor: Actor, study_id: str) -> None:
        """Make the tables for the last time, and delete what leads from their names to films.

        Raises VfeedError `conflict` while coding is open or the study is held.
        """
        require(actor, "study.manage")
        state = self._store.studies.read(study_id)[1].state
        if not state.closed or state.held or state.key_destroyed:
            why = "Coding is not closed yet." if not state.closed else "The study is held, or its key is destroyed."
            raise VfeedError("conflict", why, hint="Close coding and end the hold first.")
        # Not as the actor, from whom the films that they still have to code are kept: these would be lost.
        left = dict(self._files.agreement(BY_ITSELF, study_id))
        codings = self._files.codings(BY_ITSELF, study_id)
        if codings:
            left |= {f"{CODINGS}.csv": next(iter(self._files.table(BY_ITSELF, study_id, "csv").values()))}
        self._store.studies.destroy_key(study_id, actor.name, left)

    def left(self, actor: Actor, study_id: str) -> dict[str, bytes]:
        """The tables that are left of a study whose key was destroyed, by name."""
        require(actor, "study.compare")
        return self._store.studies.left(study_id)

    def run(self, today: date) -> list[str]:
        """Destroy whatever is due, or was destroyed before these data were copied back; returns the studies' ids.

        For the worker, and for whoever puts a backup back.
        """
        touched = []
        noted = self._store.keys.erased()
        for row, state in self._store.studies.everything():
            key_due, tables_due = state.due(today)
            if (Ended.STUDY_KEY, row.id) in noted and not state.key_destroyed:
                self._unbar(row.id, state)
                key_due = True
            if key_due:
                self.destroy_key(BY_ITSELF, row.id)
            if tables_due or ((Ended.STUDY_TABLES, row.id) in noted and not state.tables_deleted):
                tables_due = True
                self._store.studies.delete_tables(row.id, BY_ITSELF.name)
            if key_due or tables_due:
                touched.append(row.id)
        return touched

    def _unbar(self, study_id: str, state: StudyState) -> None:
        """In a copy from before its key was destroyed: end what stands in the way of destroying it again."""
        if not state.closed:
            self._store.studies.append(study_id, BY_ITSELF.name, "coding_closed", {})
        if state.held:
            self._store.studies.append(study_id, BY_ITSELF.name, "hold_ended", {})
