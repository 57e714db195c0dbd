"""Whose family it is: the one place that decides whether a practitioner may open what belongs to a family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from vfeed.errors import VfeedError
from vfeed.server.web.context import actor, store
from vfeed.server.web.permissions import Caller, Rule
from vfeed.server.web.words import gettext as _
from vfeed.store.database import get
from vfeed.store.tables import Clip, FeedbackSession, Job, Sheet, SupervisionShare, Visit

# What an address names, and the table that says whose it is.
OWNED: Mapping[str, Any] = {"clip_id": Clip, "visit_id": Visit, "session_id": FeedbackSession, "sheet_id": Sheet}
# Decided elsewhere: a parent's own link; what is shared with a supervisor, or asked for by one.
ELSEWHERE = frozenset({"taken_home.view", "taken_home.film", "taken_home.still", "taken_home.close"})


def refuse_others(endpoint: str, rule: Rule, person: Caller, asked: Mapping[str, Any]) -> None:
    """Raise VfeedError `forbidden` for a family, or anything of one, that is another worker's.

    Research sees films by the family's consent to research, whoever works with the family: then, and only then, a
    person who is a practitioner too is treated as a researcher alone.
    """
    if not person.signed_in or "practitioner" not in person.roles or endpoint in ELSEWHERE:
        return
    family_id = family_behind(asked)
    if family_id is None:
        return
    decision = store().workers.decide(family_id, actor())
    if decision:
        return
    if rule.action == "clip.view" and "researcher" in person.roles and "clip_id" in asked:
        g.as_researcher = True
        return
    if "share_id" in asked and "supervisor" in person.roles:
        g.as_supervisor = True
        return
    g.refusal_written = True
    store().audit.record(actor(), "access.refused", family_id, {"page": endpoint, "why": "another worker"})
    raise VfeedError(
        "forbidden",
        decision.reason,
        hint=_("If your work needs it, open it with a reason: Families, “Ask for a family”."),
    )


def family_behind(asked: Mapping[str, Any]) -> str | None:
    """The family that an address leads to, or None when it leads to none."""
    if "family_id" in asked:
        return str(asked["family_id"])
    with store().database.read() as session:
        for name, table in OWNED.items():
            if name in asked:
                return _owner(get(session, table, asked[name]))
        if "job_id" in asked:
            job = session.get(Job, asked["job_id"])
            return _owner(get(session, Clip, job.clip_id)) if job else None
        if "share_id" in asked:
            share = session.get(SupervisionShare, asked["share_id"])
            return _owner(get(session, FeedbackSession, share.session_id)) if share else None
    return None


def _owner(found: Any) -> str | None:
    return None if found is None else str(found.family_id)
