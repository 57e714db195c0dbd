"""Groups of families: whose film may be seen there and when, who led, and a programme's sheet over its sessions.

What is counted here is sessions, and mechanisms of a programme; never anything of a family.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from vfeed.errors import filled
from vfeed.errors import marked as _
from vfeed.practice.consent import Person
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.sheet_form import Form
from vfeed.practice.sheets import SheetState

MOST_PAIRS = 8
"""A massage class has room for about so many parents with their babies on one floor."""
MOST_SESSIONS = 60
Came = Literal["came", "part", "away"]
CAME: tuple[Came, ...] = get_args(Came)

OVER_SESSIONS: tuple[str, ...] = tuple(f"m{number}" for number in range(1, 15))
"""The mechanisms of the massage sheet that a programme's total is over; M15, reflective function, stands beside it."""
BESIDE = "m15"
YES, VARIABLE, NO = "seen", "variable", "not_seen"


@dataclass(frozen=True)
class Meeting:
    """A session of a group: its day, and who led it."""

    id: str
    held_on: date
    led_by: tuple[str, ...]


def decide_showing(
    meeting: Meeting,
    actor: str,
    today: date,
    *,
    is_member: bool,
    ended_on: date | None,
    people: Sequence[Person],
    agreed: Collection[str],
) -> PermissionDecision:
    """Whether a family's film may be seen in one session of a group today. Default: no.

    `ended_on` is the day on which the work with the family ended (None: it goes on), `people` are all whose yes the
    film needs, `agreed` the ids of those who have said yes to this very session.
    """
    if actor not in meeting.led_by:
        return PermissionDecision(False, _("Only somebody who leads this session shows films in it."))
    if today != meeting.held_on:
        return PermissionDecision(False, _("Films are open to a group on the day of the session alone."))
    if not is_member:
        return PermissionDecision(False, _("This family is not in the group now."))
    if ended_on is not None and ended_on <= today:
        return PermissionDecision(False, _("The work with this family has ended, and with it what the group may see."))
    if not people:
        return PermissionDecision(
            False, _("No child and no adult is entered for this family yet, so nobody has agreed.")
        )
    for person in people:
        if person.id not in agreed:
            return PermissionDecision(
                False,
                filled(
                    _("There is no consent of %(name)s that this group sees it in this session."), name=person.label
                ),
            )
    return PermissionDecision(True, _("Everyone in this family has agreed that this group sees it in this session."))


def continuity(meetings: Sequence[Meeting]) -> dict[str, tuple[bool, ...]]:
    """For each facilitator, by name, whether they led each session, in the order of the days."""
    names = sorted({name for meeting in meetings for name in meeting.led_by})
    return {name: tuple(name in meeting.led_by for meeting in meetings) for name in names}


def changes_of_leader(meetings: Sequence[Meeting]) -> list[date]:
    """The days on which nobody led who had led the session before."""
    pairs = pairwise(meetings)
    return [after.held_on for before, after in pairs if after.led_by and not set(before.led_by) & set(after.led_by)]


def over_sessions(form: Form, sheets: Sequence[SheetState]) -> Mapping[str, str]:
    """What a programme's sheets say together, by item: the same answer in each, or else Variable; "" with none.

    A session in which an item was left open says nothing about it.
    """
    found: dict[str, str] = {}
    for item in form.items:
        if item.filling != "choice":
            continue
        answers = {sheet.texts.get(item.id, "") for sheet in sheets} - {""}
        found[item.id] = answers.pop() if len(answers) == 1 else VARIABLE if answers else ""
    return found


def total_of_yes(answers: Mapping[str, str]) -> int | None:
    """How many of M1 to M14 were Yes; None while one of them is open: half a sheet has no total."""
    if not all(answers.get(item) for item in OVER_SESSIONS):
        return None
    return sum(answers[item] == YES for item in OVER_SESSIONS)
