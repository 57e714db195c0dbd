"""Erasing a whole family: films, notes, words, measures, people, and every row that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.audit import AuditTrail
from vfeed.store.clips import Clips
from vfeed.store.database import Database
from vfeed.store.family_rows import Found, delete_rows, rows_of
from vfeed.store.journal import drop_from_memory
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.tables import Detail, Family, Upload, new_id, utc_now

SYSTEM = "vfeed"


@dataclass(frozen=True)
class Certificate:
    """What was erased, in numbers: `number` and `counts` (rows by table) stand in the audit trail, nothing else."""

    number: str
    family_id: str
    at: datetime
    counts: Mapping[str, int]

    @property
    def films(self) -> int:
        """How many films were here, those erased before among them."""
        return self.counts.get("clip", 0)


class Erasure:
    """Erases families, for good."""

    def __init__(self, database: Database, keys: KeyStore, clips: Clips, audit: AuditTrail) -> None:
        self._database = database
        self._keys = keys
        self._clips = clips
        self._audit = audit

    def family(self, family_id: str, actor: str, *, from_old_copy: bool = False) -> Certificate:
        """Erase a family and destroy the keys of its films; returns the certificate. Raises VfeedError `not_found`.

        What stays are the audit trail's lines, which hold random ids and no words, and the family's id in the list
        of erasures, by which older copies of the data are erased, too.
        """
        certificate = self._erase(family_id, actor, {"from_old_copy": from_old_copy})
        if certificate is None:
            raise VfeedError("not_found", _("There is no such family."), hint=_("Go back to the list of families."))
        return certificate

    def family_if(self, family_id: str, actor: str, still: Callable[[Session], bool]) -> Certificate | None:
        """Erase a family when `still` says so inside the transaction that erases it, by the clock; else None."""
        return self._erase(family_id, actor, {"by_clock": True}, still)

    def _erase(
        self,
        family_id: str,
        actor: str,
        why: Mapping[str, bool],
        still: Callable[[Session], bool] = lambda _session: True,
    ) -> Certificate | None:
        with self._database.write() as session:
            if session.get(Family, family_id, with_for_update=True) is None or not still(session):
                return None
            found = rows_of(session, family_id)
            uploads = _uploads_of(session, found)
            certificate = Certificate(new_id(), family_id, utc_now(), {name: len(rows) for name, rows in found.items()})
            delete_rows(session, found)
            session.execute(delete(Upload).where(Upload.id.in_([upload.id for upload in uploads])))
            detail: dict[str, Detail] = {"certificate": certificate.number, "films": certificate.films, **why}
            self._audit.append(session, actor, "family.erased", family_id, detail)
        drop_from_memory((str(row["stream"]), str(row["owner_id"])) for row in found.get("journal_event", []))
        clip_ids = [str(row["id"]) for row in found.get("clip", [])]
        self._clips.destroy(clip_ids, [str(row["file_name"]) for row in found.get("blob", [])], family_id=family_id)
        return certificate

    def replay(self) -> None:
        """At a start: erase again the families that were erased since these data were copied."""
        with self._database.read() as session:
            living = set(session.scalars(select(Family.id)))
        for family_id in sorted(living & {id_ for kind, id_ in self._keys.erased() if kind == Ended.FAMILY}):
            self.family(family_id, SYSTEM, from_old_copy=True)


def _uploads_of(session: Session, found: Found) -> list[Upload]:
    visits = {row["id"] for row in found.get("visit", [])}
    return [each for each in session.scalars(select(Upload)) if each.details.get("visit_id") in visits]
