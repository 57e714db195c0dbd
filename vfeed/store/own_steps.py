"""Journals in which several people write and each takes back only what they wrote themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.journal.events import Payload
from vfeed.journal.journal import Added, AvailableUndo, Folded
from vfeed.practice.thread import COMMENTED, own_steps
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, State, Stream, overtaken
from vfeed.store.tables import Detail


@dataclass(frozen=True)
class About:
    """Whom a step is written down for in the audit trail: `<area>.<type>` about `subject`.

    `check` refuses a step that does not fit what it is about.
    """

    area: str
    subject: str
    detail: Mapping[str, Detail] = field(default_factory=dict)
    check: Callable[[Payload], None] = lambda _payload: None


class OwnSteps(Generic[State]):
    """Adds steps to the streams of one kind; `find` reads what a stream belongs to, and raises where that is gone."""

    def __init__(
        self,
        database: Database,
        audit: AuditTrail,
        journals: Journals,
        stream: Stream[State],
        find: Callable[[Session, str], About],
    ) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals
        self._stream = stream
        self._find = find

    def read(self, owner_id: str) -> Folded[State]:
        """Return everything that was said and done, with the state after it."""
        with self._database.read() as session:
            return self._journals.read(session, self._stream, owner_id)

    def state(self, owner_id: str) -> State:
        """Return what holds now."""
        return self.read(owner_id).state

    def append(self, owner_id: str, actor: str, type_: str, payload: Mapping[str, Any]) -> Folded[State]:
        """Add a step; returns the stream after it. Raises VfeedError `invalid_input`, `not_found`, `conflict`."""
        parsed = self._stream.journal.parse(type_, payload)

        def add(session: Session, about: About) -> Added[State]:
            return self._journals.append(
                session, self._stream, owner_id, actor, type_, parsed, check=lambda _folded: about.check(parsed)
            )

        return self._written(owner_id, add)

    def take_back(
        self, owner_id: str, actor: str, types: Collection[str] = (COMMENTED,), *, redo: bool = False
    ) -> Folded[State]:
        """Take back this person's own last step of these types, or do it again.

        Raises VfeedError `invalid_input` when there is none, `not_found`, `conflict`.
        """

        def own(folded: Folded[State]) -> AvailableUndo:
            return own_steps(folded, actor, types)

        def add(session: Session, _about: About) -> Added[State]:
            return self._journals.take_back(session, self._stream, owner_id, actor, redo=redo, offered=own)

        return self._written(owner_id, add)

    def _written(self, owner_id: str, add: Callable[[Session, About], Added[State]]) -> Folded[State]:
        try:
            with self._database.write() as session:
                about = self._find(session, owner_id)
                added = add(session, about)
                event = added.event
                detail = {**about.detail, "event": event.id}
                self._audit.append(session, event.actor, f"{about.area}.{event.type}", about.subject, detail)
                return added.after
        except IntegrityError as error:
            raise overtaken() from error
