"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is right and new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.services.access import Actor
from vfeed.store.store import Store

WRONG = (WebAuthnException, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class Question:
    """What to ask the browser, as the JSON text of the standard; `challenge` is what its answer must hold."""

    options: str
    challenge: bytes


class Passkeys:
    """Asking for passkeys and reading the answers; `origin` is the address of the pages as the browser has it."""

    def __init__(self, store: Store) -> None:
        self._steps = store.second_steps

    def ask_for_new(self, actor: Actor, origin: str) -> Question:
        """Return what to ask the browser for a new passkey of the actor's account."""
        known = [PublicKeyCredentialDescriptor(id=each.credential_id) for each in self._steps.of(actor.name).passkeys]
        options = generate_registration_options(
            rp_id=host_of(origin),
            rp_name="vfeed",
            user_name=actor.name,
            user_id=self._steps.handle(actor.name),
            exclude_credentials=known,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
        )
        return Question(options_to_json(options), options.challenge)

    def add(
        self, actor: Actor, label: str, answer: Mapping[str, Any], challenge: bytes, origin: str, here: str
    ) -> list[str]:
        """Keep the passkey that the browser made; returns recovery codes when it is the first second step, with which
        every other sign-in than `here` ends.

        Raises VfeedError `invalid_input` for an answer that is not right, `conflict` for a known passkey.
        """
        try:
            made = verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=host_of(origin),
                expected_origin=origin,
            )
        except WRONG as error:
            raise refused() from error
        return self._steps.add_passkey(
            actor.name, label, made.credential_id, made.credential_public_key, made.sign_count, here
        )

    def ask_at_sign_in(self, actor: Actor | None, origin: str) -> Question:
        """Return what to ask the browser: one of this account's after its password, or (None) any with its owner."""
        known = self._steps.of(actor.name).passkeys if actor is not None else ()
        options = generate_authentication_options(
            rp_id=host_of(origin),
            allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known] or None,
            user_verification=UserVerificationRequirement.PREFERRED if known else UserVerificationRequirement.REQUIRED,
        )
        return Question(options_to_json(options), options.challenge)

    def owner(self, answer: Mapping[str, Any], challenge: bytes, origin: str, *, alone: bool) -> str:
        """Return the account that an answer proves; `alone`: without a password, so its owner must be verified.

        Raises VfeedError `invalid_input` for an answer that is not right, not new, or of an unknown passkey.
        """
        try:
            found = self._steps.passkey(base64url_to_bytes(str(answer["id"])))
            if found is None:
                raise refused()
            passkey, name = found
            proof = verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=host_of(origin),
                expected_origin=origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count or 0,
                require_user_verification=alone,
            )
        except WRONG as error:
            raise refused() from error
        self._steps.used(passkey.id, proof.new_sign_count)
        return name


def host_of(origin: str) -> str:
    """Return the host name that passkeys are bound to; passkeys know no addresses made of numbers."""
    return urlsplit(origin).hostname or ""


def refused() -> VfeedError:
    """Return the refusal of an answer, which says nothing of why."""
    return VfeedError(
        "invalid_input",
        _("That passkey does not open this account."),
        hint=_("Try again, or use the code of your app or a recovery code."),
    )
