"""Blindness of people with several roles: a film that somebody still has to code opens nowhere else for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vfeed.errors import VfeedError
from vfeed.server.web.context import actor, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.permissions import Caller


def refuse_unblinding(person: Caller, asked: Mapping[str, Any]) -> None:
    """Raise VfeedError `not_found` where an address leads to a film that this person still has to code."""
    if not (person.signed_in and "coder" in person.roles and "clip_id" in asked):
        return
    if services().gate.must_code_blind(actor(), str(asked["clip_id"])):
        raise VfeedError(
            "not_found",
            _("You have this film to code blind."),
            hint=_("It opens here again once you have handed your coding in."),
        )
