"""Passkeys in the browser: where these pages are, and the one question of a session, answered once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import g, request, session
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from vfeed.server.web.context import person, services, settings
from vfeed.server.web.signin import once
from vfeed.services.access import Actor
from vfeed.services.passkeys import Question, refused

ASKED = "passkey-asked"
OPEN_S = 600
"""So long an answer is taken; its question is remembered as answered for the same time."""


def begin() -> Mapping[str, Any]:
    """What to ask the browser for a new passkey of the current person's account."""
    return _remembered(services().passkeys.ask_for_new(person(), origin()))


def add(label: str, answer: Mapping[str, Any]) -> list[str]:
    """Keep the passkey that the browser made; raises as the use case does."""
    return services().passkeys.add(person(), label, answer, _asked(), origin(), g.sign_in.id)


def ask(actor: Actor | None) -> Mapping[str, Any]:
    """What to ask the browser at signing in: one of this account's, or (None) any that knows its owner."""
    return _remembered(services().passkeys.ask_at_sign_in(actor, origin()))


def owner(answer: Mapping[str, Any], *, alone: bool) -> str:
    """The account that the browser's answer proves; raises as the use case does."""
    return services().passkeys.owner(answer, _asked(), origin(), alone=alone)


def origin() -> str:
    """The address of these pages as the browser has it."""
    return settings().public_url or f"{request.scheme}://{request.host}"


def _remembered(question: Question) -> Mapping[str, Any]:
    session[ASKED] = bytes_to_base64url(question.challenge)
    asked: Mapping[str, Any] = json.loads(question.options)
    return asked


def _asked() -> bytes:
    """The question of this session, taken out: an answer counts once, also for a kept copy of the cookie."""
    asked = str(session.pop(ASKED, ""))
    if not asked or not once(f"passkey:{asked}", OPEN_S):
        raise refused()
    return base64url_to_bytes(asked)
