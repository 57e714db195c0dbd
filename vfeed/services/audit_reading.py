"""The audit trail: read whole by those who keep it, or as far as a family or a share is concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vfeed.services.access import Access, Actor
from vfeed.store.audit import PAGE
from vfeed.store.reasons import open_reason
from vfeed.store.store import Store
from vfeed.store.tables import Audit, Detail


@dataclass(frozen=True)
class Names:
    """What the ids in the trail stand for: code names of families, whose each clip and share is, titles of the rest."""

    families: Mapping[str, str]
    clips: Mapping[str, str]
    shares: Mapping[str, str]
    studies: Mapping[str, str]
    groups: Mapping[str, str]
    screenings: Mapping[str, str]
    code_sets: Mapping[str, str]


@dataclass(frozen=True)
class AuditPage:
    """Lines of the trail, newest first; there may be older ones `before` this number, None where these are the last."""

    rows: Sequence[Audit]
    before: int | None


class AuditReading:
    """The use cases of the audit trail."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def names(self) -> Names:
        """Return what the ids stand for."""
        families = {family.id: family.code_name for family in self._store.families.list()}
        return Names(
            families,
            self._store.clips.owners(),
            shares=self._store.shares.owners(),
            studies={row.id: state.plan.title for row, state in self._store.studies.all()},
            groups=self._store.groups.titles(),
            screenings={run.id: run.title for run in self._store.screening_runs.all()},
            code_sets={row.pack_id: row.pack.title for row in self._store.packs.versions()},
        )

    def page(
        self,
        *,
        object_: str | None = None,
        before: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> AuditPage:
        """Return a page of lines, newest first, of one object or of all; not before `since`, and before `until`."""
        rows = self._store.audit.list(object_=object_, before=before, since=since, until=until)
        return AuditPage(rows, rows[-1].seq if len(rows) == PAGE else None)

    def broken_at(self) -> int | None:
        """Return the number of the first line that does not hold, None where all do; takes a moment."""
        return self._store.audit.verify()

    def of_family(self, actor: Actor, family_id: str) -> list[tuple[Audit, str]]:
        """Return the lines of a family, its clips and what was shared of it, newest first, each with a clip's title."""
        self._access.open_family(actor, family_id)
        films = {clip.id: clip.title for clip in self._store.clips.for_family(family_id)}
        rows = self._store.audit.about({family_id, *films, *self._store.shares.of_family(family_id)})
        return [(row, films.get(row.object, "")) for row in rows]

    def detail(self, row: Audit) -> Mapping[str, Detail]:
        """Return what a line adds, with the reason opened for which a film left; empty once the film was destroyed."""
        reason = row.detail.get("reason")
        if not isinstance(reason, str):
            return row.detail
        return {**row.detail, "reason": open_reason(self._store.keys, row.object, reason)}

    def of_share(self, family_id: str, share_id: str) -> list[Audit]:
        """Return the lines of one share that the caller has opened, newest first; nothing else of the family."""
        rows = self._store.audit.about({family_id, share_id})
        return [row for row in rows if share_id in {row.object, row.detail.get("share")}]
