"""The audit trail: who did what to what, as a chain of hashes whose end is sealed with a key."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.store.database import Database
from vfeed.store.tables import Audit, AuditHead, utc_now

FIRST_HASH = "0" * 64
HEAD_ID = 1
PAGE = 200


class AuditTrail:
    """Appends to the chain and checks it."""

    def __init__(self, database: Database, seal_key: bytes) -> None:
        self._database = database
        self._seal_key = seal_key

    def begin(self, session: Session) -> None:
        """Seal the empty chain, once, at the very first start: later a missing end means that somebody removed it."""
        session.add(AuditHead(id=HEAD_ID, seq=0, hash=FIRST_HASH, seal=self._seal(0, FIRST_HASH)))

    def record(self, actor: str, action: str, object_: str, detail: Mapping[str, Any] | None = None) -> None:
        """Append one row by itself: for what changes nothing, such as a view or an export."""
        with self._database.write() as session:
            self.append(session, actor, action, object_, detail)

    def append(
        self, session: Session, actor: str, action: str, object_: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Append one row in the caller's transaction, so that a change and its trace stand or fall together."""
        head = session.get(AuditHead, HEAD_ID, with_for_update=True)
        if head is None:
            raise VfeedError(
                "vault_damaged",
                "The audit trail was taken out of the database.",
                hint="Restore the data folder from a backup, and find out who had access to it.",
            )
        row = Audit(
            seq=head.seq + 1,
            at=utc_now(),
            actor=actor,
            action=action,
            object=object_,
            detail=dict(detail or {}),
            prev_hash=head.hash,
        )
        row.hash = row_hash(row)
        session.add(row)
        head.seq, head.hash = row.seq, row.hash
        head.seal = self._seal(head.seq, head.hash)
        session.flush()

    def verify(self) -> int | None:
        """The number of the first row that was changed, removed or put in, or None when the chain is whole."""
        rows = select(Audit).order_by(Audit.seq).execution_options(yield_per=PAGE)
        before, expected = FIRST_HASH, 1
        with self._database.read() as session:
            with contextlib.closing(session.scalars(rows)) as trail:
                for row in trail:
                    if row.seq != expected or row.prev_hash != before or row.hash != row_hash(row):
                        return expected
                    before, expected = row.hash, expected + 1
            head = session.get(AuditHead, HEAD_ID)
        if head is None:
            return expected
        whole = (head.seq, head.hash) == (expected - 1, before)
        sealed = hmac.compare_digest(head.seal, self._seal(head.seq, head.hash))
        return None if whole and sealed else expected

    def list(self, *, object_: str | None = None, before: int | None = None, limit: int = PAGE) -> Sequence[Audit]:
        """Rows, newest first; `before` pages on from a row number."""
        query = select(Audit).order_by(Audit.seq.desc()).limit(limit)
        if object_ is not None:
            query = query.where(Audit.object == object_)
        if before is not None:
            query = query.where(Audit.seq < before)
        with self._database.read() as session:
            return session.scalars(query).all()

    def _seal(self, seq: int, hash_: str) -> str:
        return hmac.new(self._seal_key, f"{seq}:{hash_}".encode(), hashlib.sha256).hexdigest()


def row_hash(row: Audit) -> str:
    """SHA-256 over the hash before and this row as JSON with sorted keys, in hex."""
    body = {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "object": row.object,
        "detail": row.detail,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{row.prev_hash}\n{text}".encode()).hexdigest()
