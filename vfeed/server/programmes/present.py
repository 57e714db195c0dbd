"""The programme of a family as its page shows it: the plan with what was held, what comes next, and the forms."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from flask import url_for

from vfeed.practice.checklist import stands_alone
from vfeed.practice.plan import Plan
from vfeed.practice.programme import PlanLine
from vfeed.server.sheets.present import forms_of
from vfeed.server.web.context import day, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.step_words import lines, offers, programme_words
from vfeed.services.families import FamilyRead
from vfeed.services.programmes import Followed


def programme_of(read: FamilyRead) -> dict[str, Any]:
    """What the family's page shows of its programme; `pack` is None while none is followed."""
    followed = services().programmes.read(read.family.id)
    folded, pack, state = followed.folded, followed.pack, followed.state
    steps = offers(folded.available_undo, programme_words)
    return {
        "pack": pack,
        "found": [(line_of(line, pack.plan), on) for line, on in services().programmes.found(read, followed)]
        if pack and pack.plan
        else [],
        "gone": state.title if state.pack and pack is None else "",
        "rounds": rounds_of(followed),
        "forms": forms_of(
            read.family.id,
            [each for each in followed.packs if each.id == state.pack or stands_alone(each)],
            read.visits,
        ),
        "choices": [
            (each.id, each.title) for each in followed.packs if (each.plan or each.forms) and not stands_alone(each)
        ],
        "outcomes": pack.outcomes if pack else (),
        "pointed": [(each.label, day(each.on), each.words) for each in state.pointed],
        "today": date.today(),
        "seen": folded.last_id,
        "undo": steps["undo"]["label"] if steps["undo"] else "",
        "redo": steps["redo"]["label"] if steps["redo"] else "",
        "history": lines(folded.history(), programme_words),
    }


def rounds_of(followed: Followed) -> list[dict[str, Any]]:
    """The plan, round by round; a plan without rounds is one, and has no heading."""
    lines = followed.lines
    plan = followed.pack.plan if followed.pack else None
    if plan is None:
        return []
    alone = len(plan.sessions) == 1
    if plan.rounds is None or alone:
        return [{"title": "", "lines": [line_of(line, plan) for line in lines]}]
    return [
        {"title": _("Round %(number)s", number=number), "lines": [line_of(line, plan) for line in group]}
        for number, group in groupby(lines, key=lambda line: line.round)
    ]


def line_of(line: PlanLine, plan: Plan) -> dict[str, Any]:
    """A session of the plan; where it is the only one of a round, the round tells it apart."""
    title = line.session.title
    if len(plan.sessions) == 1 and plan.rounds is not None:
        title = _("%(title)s %(number)s", title=title, number=line.round)
    return {
        "id": line.session.id,
        "round": line.round,
        "title": title,
        "purpose": line.session.purpose,
        "prompts": line.session.prompts,
        "held": day(line.held_on) if line.held_on else "",
        "is_next": line.is_next,
    }


def next_line(followed: Followed) -> dict[str, Any] | None:
    """The session that comes next in the family's plan; None without a plan, or at its end."""
    lines = [line for each in rounds_of(followed) for line in each["lines"]]
    return next((line for line in lines if line["is_next"]), None)


def prompts_for(family_id: str, session_id: str) -> dict[str, Any] | None:
    """What the family's programme reminds the worker of at a shared review; None without a programme."""
    followed = services().programmes.read(family_id)
    pack = followed.pack
    if pack is None:
        return None
    asked = pack.prompts
    return {
        "title": pack.title,
        "pack": pack,
        "helping_question": asked.helping_question if asked else "",
        "working_point": asked.working_point if asked else "",
        "pauses": asked.pauses if asked else (),
        "next": next_line(followed),
        "forms": pack.forms,
        "session_id": session_id,
        "begin_url": url_for("sheets.begin", family_id=family_id),
        "url": url_for("families.family", family_id=family_id, _anchor="programme"),
    }
