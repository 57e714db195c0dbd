"""Whose family it is: the one place that decides whether a practitioner may open what belongs to a family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from vfeed.errors import VfeedError
from vfeed.server.web.context import actor, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.permissions import Caller, Rule

# Decided elsewhere: a parent's own link; what is shared with a supervisor, or asked for by one.
ELSEWHERE = frozenset({"public_share.view", "public_share.film", "public_share.still", "public_share.close"})


def refuse_others(endpoint: str, rule: Rule, person: Caller, asked: Mapping[str, Any]) -> None:
    """Raise VfeedError `forbidden` for a family, or anything of one, that is another worker's.

    Research sees films by the family's consent to research, whoever works with the family: then, and only then, a
    person who is a practitioner too is treated as a researcher alone.
    """
    if not person.signed_in or "practitioner" not in person.roles or endpoint in ELSEWHERE:
        return
    family_id = services().gate.family_behind(asked)
    if family_id is None:
        return
    decision = services().gate.works_with(actor(), family_id)
    if decision:
        return
    if rule.action == "clip.view" and "researcher" in person.roles and "clip_id" in asked:
        g.as_researcher = True
        return
    if "share_id" in asked and "supervisor" in person.roles:
        g.as_supervisor = True
        return
    g.refusal_written = True
    services().gate.refused(actor(), family_id, endpoint, "another worker")
    raise VfeedError(
        "forbidden",
        decision.reason,
        hint=_("If your work needs it, open it with a reason: Families, “Open another worker’s family”."),
    )
