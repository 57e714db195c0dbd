"""The account roles and what each may do. Default: nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

from vfeed.practice.permission import PermissionDecision

AccountRole = Literal["practitioner", "supervisor", "researcher", "coder", "administrator"]
ACCOUNT_ROLES: tuple[AccountRole, ...] = get_args(AccountRole)

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
    "family.view": "see families",
    "family.change": "add or change families, people and visits",
    "clip.add": "add clips",
    "clip.view": "watch clips",
    "clip.review": "decide on candidates and tag moments",
    "clip.erase": "erase clips",
    "consent.change": "record or withdraw consent",
    "reel.make": "make reels",
    "parent.show": "show a reel to a parent",
    "group.lead": "lead groups",
    "take_home.give": "give moments to take home",
    "evidence.give": "hand out moments as evidence",
    "supervision.share": "share a shared review for supervision",
    "supervision.attend": "supervise",
    "supervision.view": "look at what is shared for supervision",
    "session.keep": "keep the records of shared reviews",
    "research.view": "look at clips for research",
    "study.manage": "set up studies",
    "study.code": "code clips blind",
    "study.compare": "compare codings",
    "account.manage": "manage accounts",
    "audit.view": "read the audit trail",
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
    'Only a practitioner may erase clips.'
    """
    if any(action in MAY[role] for role in ACCOUNT_ROLES if role in roles):
        return PermissionDecision(True, f"Your role may {ACTION_WORDS[action]}.")
    able = [role for role in ACCOUNT_ROLES if action in MAY[role]]
    who = " or ".join(f"{'an' if role[0] in 'aeiou' else 'a'} {role}" for role in able)
    return PermissionDecision(False, f"Only {who} may {ACTION_WORDS[action]}.")
