"""The audit trail: who did what to what, as a chain of hashes whose end is sealed with a key.

The end is written to a file outside the database, too, after each commit: a trail that was rolled back, seal and all,
ends before it. Whoever appends next to such a trail writes that down first, so that it cannot grow past its loss.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.database import Database
from vfeed.store.tables import Audit, AuditHead, Detail, utc_now

FIRST_HASH = "0" * 64
VFEED = "vfeed"
HEAD_ID = 1
PAGE = 200
ANCHOR = "audit-end.json"
ROLLED_BACK, END_MISSING = "audit.rolled_back", "audit.end_missing"
End = tuple[int, str]


class AuditTrail:
    """Appends to the chain and checks it; `anew` where its end outside the database rightly is not there yet."""

    def __init__(self, database: Database, seal_key: bytes, anchor: Path, *, anew: bool = False) -> None:
        self._database = database
        self._seal_key = seal_key
        self._anchor = anchor
        self._anew = anew

    def begin(self, session: Session) -> None:
        """Seal the empty chain, once, at the very first start: later a missing end means that somebody removed it."""
        session.add(AuditHead(id=HEAD_ID, seq=0, hash=FIRST_HASH, seal=self._seal(0, FIRST_HASH)))

    def record(self, actor: str, action: str, object_: str, detail: Mapping[str, Detail] | None = None) -> None:
        """Append one row by itself: for what changes nothing, such as a view or an export."""
        with self._database.write() as session:
            self.append(session, actor, action, object_, detail)

    def append(
        self, session: Session, actor: str, action: str, object_: str, detail: Mapping[str, Detail] | None = None
    ) -> int:
        """Append one row in the caller's transaction, so that a change and its trace stand or fall together.

        Returns the number of the row.
        """
        head = session.get(AuditHead, HEAD_ID, with_for_update=True)
        if head is None:
            raise VfeedError(
                "vault_damaged",
                _("The audit trail was taken out of the database."),
                hint=_("Restore the data folder from a backup, and find out who had access to it."),
            )
        lost = self._lost(session, (head.seq, head.hash)) if "audit_end" not in session.info else None
        if lost is not None:
            self._add(session, head, VFEED, *lost)
            session.info["audit_lost"] = True
        self._add(session, head, actor, action, object_, dict(detail or {}))
        if "audit_end" not in session.info:
            event.listen(session, "after_commit", self._anchor_end, once=True)
        session.info["audit_end"] = (head.seq, head.hash)
        return head.seq

    def _add(
        self, session: Session, head: AuditHead, actor: str, action: str, object_: str, detail: dict[str, Detail]
    ) -> None:
        row = Audit(
            seq=head.seq + 1,
            at=utc_now(),
            actor=actor,
            action=action,
            object=object_,
            detail=detail,
            prev_hash=head.hash,
        )
        row.hash = row_hash(row)
        session.add(row)
        head.seq, head.hash = row.seq, row.hash
        head.seal = self._seal(head.seq, head.hash)
        session.flush()

    def _lost(self, session: Session, end: End) -> tuple[str, str, dict[str, Detail]] | None:
        """What is to be written down of a trail that ends before its end outside the database, or lacks that."""
        anchored = self.anchored()
        if anchored is None:
            return (END_MISSING, "", {"ends_at": end[0]}) if end[0] and not self._anew else None
        # Mostly it ends just there; a row that is missing before it breaks the chain for good, which `verify` sees.
        if anchored == end or self._holds(session, anchored):
            return None
        return ROLLED_BACK, "", {"ended_at": anchored[0], "with": anchored[1]}

    def head(self) -> End:
        """The end of the trail: its last row's number and hash, to be written down and kept elsewhere."""
        with self._database.read() as session:
            head = session.get(AuditHead, HEAD_ID)
        return (head.seq, head.hash) if head is not None else (0, FIRST_HASH)

    def restored(self, actor: str, name: str) -> None:
        """After a backup was put back: say so in the trail, with the end that was anchored here before."""
        before = self.anchored()
        self._anchor.unlink(missing_ok=True)
        ended: dict[str, Detail] = {"ended_at": before[0], "with": before[1]} if before else {}
        self._anew = True
        try:
            self.record(actor, "data.restored", name, ended)
        finally:
            self._anew = False

    def anchored(self) -> End | None:
        """The end as it stands outside the database, or None when there is no such file, or somebody changed it."""
        try:
            held = json.loads(self._anchor.read_text(encoding="ascii"))
            end = (int(held["seq"]), str(held["hash"]))
            return end if hmac.compare_digest(str(held["seal"]), self._seal(*end)) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def is_rolled_back(self) -> bool:
        """Whether the trail lacks its end as it stands outside the database."""
        # First of all: it is written after the row is there.
        anchored = self.anchored()
        with self._database.read() as session:
            return anchored is not None and not self._holds(session, anchored)

    def faults(self, *, noted: str = "") -> list[str]:
        """What is wrong with the trail, in sentences: changed, removed, put in, or rolled back.

        `noted` is an earlier end as `NUMBER:HASH`; what was found and written down before it is known to whoever
        noted it. Raises VfeedError `invalid_input` for one that is not of that form.
        """
        by_hand = [(_end(noted), "you noted")] if noted else []
        broken = self.verify()
        found = [f"Audit trail: row {broken} was changed, removed or put in."] if broken is not None else []
        anchored = self.anchored()
        outside = [(anchored, "outside the database")] if anchored is not None else []
        # Until something is written down there is no end to be kept.
        if anchored is None and (self.head()[0] or self._anchor.exists()):
            found.append(f"Audit trail: its end outside the database, {self._anchor}, is missing or was changed.")
        with self._database.read() as session:
            for end, where in [*outside, *by_hand]:
                if not self._holds(session, end):
                    found.append(f"Audit trail: it was rolled back; the end {where} is row {end[0]}, which it lacks.")
            after = by_hand[0][0][0] if by_hand else 0
            query = select(Audit).where(Audit.action.in_((ROLLED_BACK, END_MISSING)), Audit.seq > after)
            found += [_told(row) for row in session.scalars(query.order_by(Audit.seq))]
        return found

    @staticmethod
    def _holds(session: Session, end: End) -> bool:
        return end == (0, FIRST_HASH) or session.scalar(select(Audit.hash).where(Audit.seq == end[0])) == end[1]

    def _anchor_end(self, session: Session) -> None:
        end = session.info.pop("audit_end", None)
        before = None if session.info.pop("audit_lost", False) else self.anchored()
        # Another process may have gone on in the meantime.
        if end is None or (before is not None and before[0] >= end[0]):
            return
        text = json.dumps({"seq": end[0], "hash": end[1], "seal": self._seal(*end)})
        new = self._anchor.with_name(f".{self._anchor.name}.{secrets.token_hex(4)}.new")
        # Not synced: after a power cut it may lag behind the trail, never run ahead of it.
        with contextlib.suppress(OSError):
            new.write_text(text, encoding="ascii")
            new.chmod(0o600)
            new.rename(self._anchor)

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

    def list(
        self,
        *,
        object_: str | None = None,
        before: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = PAGE,
    ) -> Sequence[Audit]:
        """Rows, newest first; `before` pages on from a row number; not before `since`, and before `until`."""
        query = select(Audit).order_by(Audit.seq.desc()).limit(limit)
        if object_ is not None:
            query = query.where(Audit.object == object_)
        if since is not None:
            query = query.where(Audit.at >= since)
        if until is not None:
            query = query.where(Audit.at < until)
        if before is not None:
            query = query.where(Audit.seq < before)
        with self._database.read() as session:
            return session.scalars(query).all()

    def about(self, objects: Collection[str], *, limit: int = PAGE) -> Sequence[Audit]:
        """The newest rows about any of these."""
        query = select(Audit).where(Audit.object.in_(objects)).order_by(Audit.seq.desc()).limit(limit)
        with self._database.read() as session:
            return session.scalars(query).all()

    def _seal(self, seq: int, hash_: str) -> str:
        return hmac.new(self._seal_key, f"{seq}:{hash_}".encode(), hashlib.sha256).hexdigest()


def _end(noted: str) -> End:
    number, _colon, hash_ = noted.partition(":")
    if not number.isdecimal() or len(hash_) != len(FIRST_HASH):
        raise VfeedError("invalid_input", _("The noted end does not fit."), hint=_("Give it as NUMBER:HASH."))
    return int(number), hash_


def _told(row: Audit) -> str:
    """What was found when somebody appended, as a sentence."""
    day = f"{row.at:%Y-%m-%d %H:%M}"
    if row.action == END_MISSING:
        return f"Audit trail: on {day} its end outside the database was missing or changed (row {row.seq})."
    return f"Audit trail: on {day} it was found rolled back from row {row.detail['ended_at']} (row {row.seq})."


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
