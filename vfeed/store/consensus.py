"""Agreed codings: begun when somebody opens the differences of a clip, then a journal of what was agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from vfeed.journal.events import Payload
from vfeed.journal.journal import Added, Folded
from vfeed.research.consensus import CONSENSUS, ConsensusState, Settled
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, Stream, overtaken
from vfeed.store.studies import CONSENSUS_STREAM
from vfeed.store.tables import Detail, StudyConsensus, new_id

AGREED = Stream(CONSENSUS_STREAM, CONSENSUS, StudyConsensus)


class Agreed:
    """Keeps agreed codings."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def of(self, study_id: str, clip_id: str, actor: str) -> StudyConsensus:
        """The agreed coding of a clip of a study, begun if there is none yet."""
        query = select(StudyConsensus).where(StudyConsensus.study_id == study_id, StudyConsensus.clip_id == clip_id)
        try:
            with self._database.write() as session:
                row = session.scalar(query)
                if row is None:
                    row = StudyConsensus(id=new_id(), study_id=study_id, clip_id=clip_id, created_by=actor)
                    session.add(row)
                    self._audit.append(session, actor, "consensus.begun", clip_id, {"study": study_id})
                return row
        except IntegrityError as error:
            raise overtaken() from error

    def states(self, study_id: str) -> Mapping[str, ConsensusState]:
        """What was agreed in a study, by clip."""
        with self._database.read() as session:
            rows = session.scalars(select(StudyConsensus).where(StudyConsensus.study_id == study_id)).all()
            folded = self._journals.read_all(session, AGREED, [row.id for row in rows])
        return {row.clip_id: folded[row.id].state for row in rows}

    def read(self, consensus_id: str) -> Folded[ConsensusState]:
        """What was agreed of a clip, step by step."""
        with self._database.read() as session:
            return self._journals.read(session, AGREED, consensus_id)

    def append(
        self,
        row: StudyConsensus,
        actor: str,
        type_: str,
        payload: Mapping[str, Any],
        check: Callable[[Payload, ConsensusState], None],
        expect: int | None = None,
    ) -> Added[ConsensusState]:
        """Add one step that `check` finds to fit; `expect` is the step that settled this stretch last (0: none yet).

        Raises VfeedError `conflict` where another settled it meanwhile.
        """
        parsed = CONSENSUS.parse(type_, payload)

        def fits(folded: Folded[ConsensusState]) -> None:
            check(parsed, folded.state)
            if expect is not None and isinstance(parsed, Settled) and folded.state.touched.get(parsed.key, 0) != expect:
                raise overtaken()

        try:
            with self._database.write() as session:
                added = self._journals.append(session, AGREED, row.id, actor, type_, parsed, check=fits)
                detail: dict[str, Detail] = {"study": row.study_id, "event": added.event.id}
                self._audit.append(session, actor, f"consensus.{type_}", row.clip_id, detail)
        except IntegrityError as error:
            raise overtaken() from error
        return added

    def take_back(
        self, row: StudyConsensus, actor: str, *, redo: bool = False, expect_last: int | None = None
    ) -> Added[ConsensusState]:
        """Take the last step back, or do it again; raises VfeedError `conflict` where it is not `expect_last`."""
        try:
            with self._database.write() as session:
                added = self._journals.take_back(session, AGREED, row.id, actor, redo=redo, expect_last=expect_last)
                detail: dict[str, Detail] = {"study": row.study_id, "event": added.event.id}
                self._audit.append(session, actor, "consensus.undone", row.clip_id, detail)
        except IntegrityError as error:
            raise overtaken() from error
        return added
