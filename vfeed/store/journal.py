"""Journals in the database: one table for every stream, one way to add an event and to take one back.

The state after a stream's events is kept in memory and every read asks the database for what was added since, so that
several processes agree. Only what was committed is ever kept.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, and_, delete, event, or_, select
from sqlalchemy.orm import Session

from vfeed.errors import InvalidInput, VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import UNDONE, Event, Payload, Undone
from vfeed.journal.journal import Added, AvailableUndo, Folded, Journal
from vfeed.store.database import memory
from vfeed.store.tables import Base, JournalEvent, utc_now

State = TypeVar("State")
Key = tuple[str, str]

REVIEW_STREAM, CODINGS_STREAM = "review", "codings"
"""The streams of what people do with a clip, and of codings of it from elsewhere; both go when the clip is erased."""
OWN_STREAM = "own"
"""The stream of a parent's own moments of a clip, which goes when the clip is erased."""
SCREENING_STREAM = "screening"
"""The stream of what people say of a clip before it is coded, which goes when the clip is erased."""
COMMENTS_STREAM = "comments"
"""The stream of what colleagues say to each other about a clip, which goes when the clip is erased."""
CACHED_EVENTS = 50_000
"""So many events are kept in memory, of the streams that were used last: about a kilobyte each."""
STREAMS_AT_ONCE = 100
_Row = Row[tuple[str, str, int, str, dict[str, Any], str, datetime]]


@dataclass(frozen=True)
class Stream(Generic[State]):
    """A kind of journal: its name in the table, its rules, and the table of its owners.

    The owner's row is locked while an event is added, so that nobody adds in between.
    """

    name: str
    journal: Journal[State]
    owner: type[Base]


class Cache:
    """Streams as they were last committed; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Folded[Any]] = OrderedDict()
        self._events = 0
        _caches.add(self)

    def get(self, key: Key) -> Folded[Any] | None:
        """What was kept last, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, folded: Folded[Any]) -> None:
        """Keep a stream instead of a shorter one."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = newest = folded if before is None or folded.last_id >= before.last_id else before
            self._events += newest.last_id - (before.last_id if before else 0)
            while self._events > CACHED_EVENTS and len(self._kept) > 1:
                _key, oldest = self._kept.popitem(last=False)
                self._events -= oldest.last_id

    def drop(self, key: Key) -> None:
        """Forget a stream."""
        with self._lock:
            gone = self._kept.pop(key, None)
            self._events -= gone.last_id if gone else 0


_caches: weakref.WeakSet[Cache] = weakref.WeakSet()


class Journals:
    """Adds events in the caller's transaction and tells what holds."""

    def __init__(self) -> None:
        self._cache = Cache()

    def read(self, session: Session, stream: Stream[State], owner_id: str) -> Folded[State]:
        """Return a stream's events so far and the state after them."""
        return self.read_all(session, stream, [owner_id])[owner_id]

    def read_all(self, session: Session, stream: Stream[State], owner_ids: Iterable[str]) -> dict[str, Folded[State]]:
        """Return the streams of several owners, by owner, with one query for a hundred of them."""
        wanted = list(dict.fromkeys(owner_ids))
        found = self.read_streams(session, [(stream, wanted)])
        return {each: found[stream.name, each] for each in wanted}

    def read_streams(
        self, session: Session, streams: Sequence[tuple[Stream[Any], Iterable[str]]]
    ) -> dict[Key, Folded[Any]]:
        """Return the streams of owners of several kinds, by kind and owner, with one query for a hundred of them."""
        own, seen = _own(session), memory(session)
        wanted = {(stream.name, each): stream for stream, owner_ids in streams for each in owner_ids}
        found = {key: seen[key] for key in wanted if key in seen}
        last = {key: own.get(key) or self._cache.get(key) for key in wanted if key not in found}
        rows = _rows(session, {key: folded.last_id if folded else 0 for key, folded in last.items()})
        for key, folded in last.items():
            found[key] = self._read(session, wanted[key], key, folded, rows.get(key, []))
        seen |= found
        return found

    def _read(
        self, session: Session, stream: Stream[Any], key: Key, last: Folded[Any] | None, rows: Sequence[_Row]
    ) -> Folded[Any]:
        if last is not None and not _follows(last, rows):
            self._cache.drop(key)
            last, rows = None, _rows(session, {key: 0}).get(key, [])
        read = _with(stream, last, rows)
        if key not in _own(session) and read.last_id:
            self._cache.put(key, read)
        return read

    def append(
        self,
        session: Session,
        stream: Stream[State],
        owner_id: str,
        actor: str,
        type_: str,
        payload: Payload,
        *,
        check: Callable[[Folded[State]], None],
    ) -> Added[State]:
        """Add one event after `check` has found it to fit; raises VfeedError as `check` does, and `invalid_input`."""
        session.get(stream.owner, owner_id, with_for_update=True)
        before = self.read(session, stream, owner_id)
        check(before)
        if isinstance(payload, Undone):
            before.available_undo.check(payload)
        return self._add(session, stream, owner_id, before, Event(before.last_id + 1, type_, payload, actor, utc_now()))

    def take_back(
        self,
        session: Session,
        stream: Stream[State],
        owner_id: str,
        actor: str,
        *,
        redo: bool,
        expect_last: int | None = None,
        offered: Callable[[Folded[State]], AvailableUndo] | None = None,
    ) -> Added[State]:
        """Take back the last event, or do it again; `offered` tells what may be, where that is not any last event.

        Raises VfeedError `invalid_input` when there is none, `conflict` when the last event is not `expect_last`.
        """
        session.get(stream.owner, owner_id, with_for_update=True)
        before = self.read(session, stream, owner_id)
        refuse_overtaken(before, expect_last)
        offers = offered(before) if offered else before.available_undo
        step = offers.redo if redo else offers.undo
        if step is None:
            message = _("There is nothing to do again.") if redo else _("There is nothing to take back.")
            raise VfeedError("invalid_input", message, hint=_("Go on with the next step."))
        undone = Event(before.last_id + 1, UNDONE, Undone(event_id=step.event_id), actor, utc_now())
        return self._add(session, stream, owner_id, before, undone)

    def _add(
        self, session: Session, stream: Stream[State], owner_id: str, before: Folded[State], added: Event
    ) -> Added[State]:
        session.add(
            JournalEvent(
                stream=stream.name,
                owner_id=owner_id,
                seq=added.id,
                type=added.type,
                payload=added.payload.model_dump(mode="json"),
                actor=added.actor,
                at=added.at,
            )
        )
        session.flush()
        after = before.after(added)
        if not session.info.get("publishes"):
            event.listen(session, "after_commit", self._publish)
            session.info["publishes"] = True
        _own(session)[stream.name, owner_id] = after
        return Added(added, before, after)

    def _publish(self, session: Session) -> None:
        own = _own(session)
        for key, folded in own.items():
            self._cache.put(key, folded)
        own.clear()


def erase_stream(session: Session, stream: str, owner_id: str) -> None:
    """Delete a stream with its owner, from the table and from memory."""
    session.execute(delete(JournalEvent).where(JournalEvent.stream == stream, JournalEvent.owner_id == owner_id))
    _own(session).pop((stream, owner_id), None)
    drop_from_memory([(stream, owner_id)])


def drop_from_memory(keys: Iterable[Key]) -> None:
    """Forget erased streams, by name and owner, in this process; another one notices when it reads them next."""
    for key in keys:
        for cache in _caches:
            cache.drop(key)


def refuse_overtaken(folded: Folded[Any], expect_last: int | None) -> None:
    """Raise VfeedError `conflict` unless `expect_last` (0: none yet, None: any) is the last event."""
    if expect_last is not None and folded.last_id != expect_last:
        raise overtaken()


def overtaken() -> VfeedError:
    """The refusal when somebody else, or another window of the same person, was quicker."""
    return VfeedError(
        "conflict",
        _("This was changed in another window, or by somebody else, at the same time."),
        hint=_("Look at the change, then try again."),
    )


def _own(session: Session) -> dict[Key, Folded[Any]]:
    """The streams to which this transaction has added."""
    own: dict[Key, Folded[Any]] = session.info.setdefault("journals", {})
    return own


def _rows(session: Session, since: Mapping[Key, int]) -> dict[Key, list[_Row]]:
    """The rows from these numbers on, by kind and owner."""
    found: dict[Key, list[_Row]] = {}
    keys = list(since)
    for start in range(0, len(keys), STREAMS_AT_ONCE):
        # Owners whose events are wanted from the same number on share one condition: building one each takes longer
        # than the database takes to answer.
        owners: dict[tuple[str, int], list[str]] = {}
        for key in keys[start : start + STREAMS_AT_ONCE]:
            owners.setdefault((key[0], since[key]), []).append(key[1])
        parts = [
            and_(JournalEvent.stream == stream, JournalEvent.owner_id.in_(owner_ids), JournalEvent.seq >= first)
            for (stream, first), owner_ids in owners.items()
        ]
        query = select(
            JournalEvent.stream,
            JournalEvent.owner_id,
            JournalEvent.seq,
            JournalEvent.type,
            JournalEvent.payload,
            JournalEvent.actor,
            JournalEvent.at,
        ).where(or_(*parts))
        rows = session.execute(query.order_by(JournalEvent.stream, JournalEvent.owner_id, JournalEvent.seq)).all()
        found |= {key: list(group) for key, group in groupby(rows, key=lambda row: (row.stream, row.owner_id))}
    return found


def _follows(folded: Folded[Any], rows: Sequence[_Row]) -> bool:
    """Whether the first of these rows is the last event that is known: else another history has been written."""
    if not rows:
        return False
    last, row = folded.events[-1], rows[0]
    return (last.id, last.type, last.actor, last.at) == (row.seq, row.type, row.actor, row.at)


def _with(stream: Stream[State], folded: Folded[State] | None, rows: Sequence[_Row]) -> Folded[State]:
    new = rows if folded is None else rows[1:]
    events = [Event(row.seq, row.type, _kept(stream, row), row.actor, row.at) for row in new]
    if folded is None:
        return stream.journal.fold(events)
    return folded.extended(events) if events else folded


def _kept(stream: Stream[Any], row: _Row) -> Payload:
    """What was kept with an event; what was kept by this version, or an earlier one, always fits."""
    try:
        return stream.journal.parse(row.type, row.payload)
    except InvalidInput as error:
        raise VfeedError(
            "data_newer",
            _("A newer vfeed has kept something here that this one cannot read. Nothing is lost."),
            hint=_("Whoever runs vfeed brings this machine up to date, too."),
        ) from error
