"""The account roles and what each may do. Default: nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from typing import Literal, get_args

from vfeed.errors import filled
from vfeed.errors import marked as _
from vfeed.practice.permission import PermissionDecision

AccountRole = Literal["practitioner", "supervisor", "researcher", "coder", "administrator"]
ACCOUNT_ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
ASKED_DAYS = 7
"""So long a family stays open to somebody who asked with a reason: the length of one absence."""

Action = Literal[
    "family.view",
    "family.change",
    "clip.add",
    "clip.view",
    "clip.review",
    "clip.erase",
    "consent.change",
    "reel.make",
    "parent.show",
    "group.lead",
    "session.keep",
    "take_home.give",
    "evidence.give",
    "supervision.share",
    "supervision.attend",
    "supervision.view",
    "research.view",
    "study.manage",
    "study.code",
    "study.compare",
    "account.manage",
    "audit.view",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

ACTION_WORDS: dict[Action, str] = {
    "family.view": _("see families"),
    "family.change": _("add or change families, people and visits"),
    "clip.add": _("add films"),
    "clip.view": _("watch films"),
    "clip.review": _("decide on candidates and tag moments"),
    "clip.erase": _("erase films"),
    "consent.change": _("record or withdraw consent"),
    "reel.make": _("make reels"),
    "parent.show": _("show a reel to a parent"),
    "group.lead": _("lead groups"),
    "take_home.give": _("give moments to take home"),
    "evidence.give": _("hand out moments as evidence"),
    "supervision.share": _("share a shared review for supervision"),
    "supervision.attend": _("supervise"),
    "supervision.view": _("look at what is shared for supervision"),
    "session.keep": _("keep the records of shared reviews"),
    "research.view": _("look at films for research"),
    "study.manage": _("set up studies"),
    "study.code": _("code films blind"),
    "study.compare": _("compare codings"),
    "account.manage": _("manage accounts"),
    "audit.view": _("see the audit trail"),
}

ROLE_WORDS: dict[AccountRole, str] = {
    "practitioner": _("a practitioner"),
    "supervisor": _("a supervisor"),
    "researcher": _("a researcher"),
    "coder": _("a coder"),
    "administrator": _("an administrator"),
}

MAY: dict[AccountRole, frozenset[Action]] = {
    "practitioner": frozenset(
        {
            "family.view",
            "family.change",
            "clip.add",
            "clip.view",
            "clip.review",
            "clip.erase",
            "consent.change",
            "reel.make",
            "parent.show",
            "group.lead",
            "session.keep",
            "take_home.give",
            "evidence.give",
            "supervision.share",
            "supervision.view",
        }
    ),
    # Nothing but what a worker has shared with this one person.
    "supervisor": frozenset({"supervision.attend", "supervision.view"}),
    "researcher": frozenset({"clip.view", "research.view", "study.manage", "study.compare"}),
    # Nothing but the films that were given to this one person to code, and nothing of those but video and sound.
    "coder": frozenset({"study.code"}),
    # Whoever keeps the machine needs no child's video for it.
    "administrator": frozenset({"account.manage", "audit.view"}),
}

# The use whose consent opens a clip to somebody in this role.
USE_OF_ROLE: dict[AccountRole, Literal["session", "supervision", "research"]] = {
    "practitioner": "session",
    "supervisor": "supervision",
    "researcher": "research",
}


def may(roles: Collection[str], action: Action) -> PermissionDecision:
    """Whether an account with these roles may do something, with the reason.

    >>> may(["supervisor"], "clip.erase").reason
    'Only a practitioner may erase films.'
    """
    if any(action in MAY[role] for role in ACCOUNT_ROLES if role in roles):
        return PermissionDecision(True, filled(_("Your role may %(action)s."), action=filled(ACTION_WORDS[action])))
    able = [ROLE_WORDS[role] for role in ACCOUNT_ROLES if action in MAY[role]]
    who = reduce(lambda one, other: filled(_("%(one)s or %(other)s"), one=one, other=other), map(filled, able))
    return PermissionDecision(
        False, filled(_("Only %(who)s may %(action)s."), who=who, action=filled(ACTION_WORDS[action]))
    )
