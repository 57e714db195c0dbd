"""How long a study is kept: the days of its key and its tables, a hold, and the destruction of both."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vfeed.errors import NotFound, VfeedError
from vfeed.errors import marked as _
from vfeed.research.study import KeepingLaid, StudyState
from vfeed.services.access import Actor, require
from vfeed.services.study_files import CODINGS, StudyFiles
from vfeed.store.keystore import Ended
from vfeed.store.store import Store

BY_ITSELF = Actor("vfeed", frozenset({"researcher"}))


class Stays(StrEnum):
    """Why a film outlives its study."""

    HELD = "held"
    RECORD = "record"
    WORK = "work"
    STUDY = "study"


@dataclass(frozen=True)
class FilmsPlan:
    """On which day (None: none), how many films go, and how many stay, by why."""

    on: date | None
    go: int
    stay: Mapping[Stays, int]


class StudyKeeping:
    """What a researcher lays down, and what happens on its day."""

    def __init__(self, store: Store, files: StudyFiles) -> None:
        self._store = store
        self._files = files

    def lay(
        self,
        actor: Actor,
        study_id: str,
        key_until: date | None,
        tables_until: date | None,
        films_until: date | None = None,
        seen: KeepingLaid | None = None,
    ) -> None:
        """Say until when; raises VfeedError `invalid_input` where tables go before the key, or the key before films.

        `seen` is what the sender saw: `conflict` where somebody else laid down something else meanwhile.
        """
        require(actor, "study.manage")
        told = {"key_until": key_until, "tables_until": tables_until, "films_until": films_until}
        payload = {name: day.isoformat() if day else None for name, day in told.items()}
        self._store.studies.append(
            study_id, actor.name, "keeping_laid", payload, lambda state: seen is None or state.keeping == seen
        )

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
        if state.keeping.films_until is not None:
            raise VfeedError(
                "conflict",
                _("The films of this study have a day of their own, and without the key nobody finds them."),
                hint=_("Wait for that day, or take it out first: the films stay then."),
            )
        self._destroy_key(actor, study_id, state)

    def films(self, actor: Actor, study_id: str, today: date) -> FilmsPlan:
        """Return what becomes of the study’s films on their day, as things stand today."""
        require(actor, "study.manage")
        on = self._store.studies.read(study_id)[1].state.films_go_on(today)
        stays = self._what_stays(study_id, today) if on is not None else {}
        why = Counter(each for each in stays.values() if each is not None)
        return FilmsPlan(on, len(stays) - why.total(), why)

    def _what_stays(self, study_id: str, today: date) -> dict[str, Stays | None]:
        """Each film of a study, with why it stays although the study’s day has come; None where nobody keeps it."""
        elsewhere = {
            clip.clip_id
            for row, state in self._store.studies.all()
            if row.id != study_id and not state.key_destroyed and not state.films_due(today)
            for clip in self._store.studies.clips(row.id)
        }
        return {
            row.clip_id: Stays.STUDY if row.clip_id in elsewhere else self._kept_by_family(row.clip_id, today)
            for row in self._store.studies.clips(study_id)
        }

    def _kept_by_family(self, clip_id: str, today: date) -> Stays | None:
        family_id = self._store.clips.get(clip_id).family_id
        clock = self._store.retention.clock(family_id)
        if clock.hold_reason:
            return Stays.HELD
        if clock.keep_until is not None and clock.keep_until >= today:
            return Stays.RECORD
        worked_with = self._store.events.state(clip_id).moments or self._store.sessions.for_family(family_id)
        return Stays.WORK if clock.ended_on is None and worked_with else None

    def _destroy_films(self, study_id: str, today: date) -> None:
        """Make the tables, destroy the key, and then every film that nobody else keeps."""
        self._unbar(study_id, self._store.studies.read(study_id)[1].state)
        stays = self._what_stays(study_id, today)
        going = [clip_id for clip_id, why in stays.items() if why is None]
        self._destroy_key(BY_ITSELF, study_id, self._store.studies.read(study_id)[1].state, going)
        for clip_id in going:
            with contextlib.suppress(NotFound):
                self._store.clips.erase(clip_id, BY_ITSELF.name)
        told = {"films": len(going), "stay": len(stays) - len(going)}
        self._store.audit.record(BY_ITSELF.name, "study.films_destroyed", study_id, told)

    def _destroy_key(self, actor: Actor, study_id: str, state: StudyState, films: Sequence[str] = ()) -> None:
        if not state.closed or state.held or state.key_destroyed:
            why = (
                _("Coding is not closed yet.") if not state.closed else _("The study is held, or its key is destroyed.")
            )
            raise VfeedError("conflict", why, hint=_("Close coding and end the hold first."))
        # Not as the actor, from whom the films that they still have to code are kept: these would be lost.
        left = dict(self._files.agreement(BY_ITSELF, study_id))
        codings = self._files.codings(BY_ITSELF, study_id)
        if codings:
            left |= {f"{CODINGS}.csv": next(iter(self._files.table(BY_ITSELF, study_id, "csv").values()))}
        self._store.studies.destroy_key(study_id, actor.name, left, films)

    def left(self, actor: Actor, study_id: str) -> dict[str, bytes]:
        """Return the tables that are left of a study whose key was destroyed, by name."""
        require(actor, "study.compare")
        return self._store.studies.left(study_id)

    def run(self, today: date) -> list[str]:
        """Destroy whatever is due, or was destroyed before these data were copied back; returns the studies' ids.

        For the worker, and for whoever puts a backup back.
        """
        touched = []
        noted = self._store.keys.erased()
        for row, state in self._store.studies.all():
            if state.films_to_be_announced(today):
                self._store.studies.append(row.id, BY_ITSELF.name, "films_announced", {"on": today.isoformat()})
                touched.append(row.id)
            if state.films_due(today):
                self._destroy_films(row.id, today)
                touched.append(row.id)
                continue
            key_due, tables_due = state.due(today)
            if (Ended.STUDY_KEY, row.id) in noted and not state.key_destroyed:
                self._unbar(row.id, state)
                key_due = True
            if key_due:
                self._destroy_key(BY_ITSELF, row.id, self._store.studies.read(row.id)[1].state)
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
