"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is right and new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import request, session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vfeed.errors import VfeedError
from vfeed.server.web.context import settings, store
from vfeed.server.web.signin import once
from vfeed.server.web.words import gettext as _
from vfeed.store.tables import WebAuthn

ASKED = "passkey-asked"
OPEN_S = 600
"""So long an answer is taken; its question is remembered as answered for the same time."""
WRONG = (WebAuthnException, ValueError, KeyError, TypeError)


def begin(name: str) -> Mapping[str, Any]:
    """What to ask the browser for a new passkey of this account."""
    known = [PublicKeyCredentialDescriptor(id=each.credential_id) for each in store().second_steps.of(name).passkeys]
    options = generate_registration_options(
        rp_id=host(),
        rp_name="vfeed",
        user_name=name,
        user_id=store().second_steps.handle(name),
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return _remembered(options_to_json(options), options.challenge)


def add(name: str, label: str, answer: Mapping[str, Any]) -> list[str]:
    """Keep the passkey that the browser made; returns recovery codes when it is the first second step.

    Raises VfeedError `invalid_input` for an answer that is not right, `conflict` for a known passkey.
    """
    try:
        made = verify_registration_response(
            credential=dict(answer), expected_challenge=_asked(), expected_rp_id=host(), expected_origin=origin()
        )
    except WRONG as error:
        raise _refused() from error
    return store().second_steps.add_passkey(
        name, label, made.credential_id, made.credential_public_key, made.sign_count
    )


def ask(passkeys: Sequence[WebAuthn]) -> Mapping[str, Any]:
    """What to ask the browser at signing in: one of these, or (none given) any that knows its owner."""
    alone = not passkeys
    options = generate_authentication_options(
        rp_id=host(),
        allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in passkeys] or None,
        user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED,
    )
    return _remembered(options_to_json(options), options.challenge)


def owner(answer: Mapping[str, Any], *, alone: bool) -> str:
    """The account that the browser's answer proves; `alone`: without a password, so the owner must have been verified.

    Raises VfeedError `invalid_input` for an answer that is not right, not new, or of an unknown passkey.
    """
    try:
        found = store().second_steps.passkey(base64url_to_bytes(str(answer["id"])))
        if found is None:
            raise _refused()
        passkey, name = found
        proof = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=_asked(),
            expected_rp_id=host(),
            expected_origin=origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count or 0,
            require_user_verification=alone,
        )
    except WRONG as error:
        raise _refused() from error
    store().second_steps.used(passkey.id, proof.new_sign_count)
    return name


def host() -> str:
    """The host name that passkeys are bound to; passkeys know no addresses made of numbers."""
    return urlsplit(origin()).hostname or ""


def origin() -> str:
    """The address of these pages as the browser has it."""
    return settings().public_url or f"{request.scheme}://{request.host}"


def _remembered(options: str, challenge: bytes) -> Mapping[str, Any]:
    session[ASKED] = bytes_to_base64url(challenge)
    asked: Mapping[str, Any] = json.loads(options)
    return asked


def _asked() -> bytes:
    """The question of this session, taken out: an answer counts once, also for a kept copy of the cookie."""
    asked = str(session.pop(ASKED, ""))
    if not asked or not once(f"passkey:{asked}", OPEN_S):
        raise _refused()
    return base64url_to_bytes(asked)


def _refused() -> VfeedError:
    return VfeedError(
        "invalid_input",
        _("That passkey does not open this account."),
        hint=_("Try again, or use the code of your app or a recovery code."),
    )
