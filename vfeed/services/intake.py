"""One clip into the vault: looked at first, then kept with its jobs, or refused with nothing kept."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from vfeed.errors import VfeedError
from vfeed.media.isolated_process import look_at
from vfeed.store import Store
from vfeed.store.clips import first_jobs
from vfeed.store.tables import Clip, Visit


def take_in(
    store: Store, file: BinaryIO, *, visit: Visit, title: str, actor: str, session_id: str | None = None
) -> Clip:
    """Keep a clip for a visit and queue its first jobs; with `session_id` it is the film of that shared review.

    Raises the `clip_*` errors of `media.isolated_process.look_at`, `ClipKnown` for a clip that is here already,
    VfeedError `disk_full`.
    """
    facts = look_at(file, store.settings)
    return store.clips.ingest(
        file,
        family_id=visit.family_id,
        visit_id=visit.id,
        title=title,
        actor=actor,
        facts=facts,
        session_id=session_id,
        jobs=first_jobs(session_id),
    )


def take_in_path(store: Store, path: Path, *, family: str, title: str, actor: str) -> Clip:
    """Keep the clip at `path` for the latest visit of the family with this code name; raises as `take_in` does."""
    visit = visit_for(store, family)
    with path.open("rb") as file:
        return take_in(store, file, visit=visit, title=title, actor=actor)


def visit_for(store: Store, family: str) -> Visit:
    """Return the latest visit of the family with this code name; raises VfeedError `not_found`."""
    found = store.families.find(family)
    if found is None:
        names = ", ".join(each.code_name for each in store.families.list()) or "none yet"
        raise VfeedError(
            "not_found",
            f"There is no family called {family!r}.",
            hint=f"Make the family in the browser first. Families here: {names}.",
        )
    visits = store.families.visits(found.id)
    if not visits:
        raise VfeedError(
            "not_found", f"The family {family!r} has no visit yet.", hint="Add a visit on the family’s page first."
        )
    return visits[-1]
