"""Signing in by the service's own accounts (OpenID Connect), only where settings name a provider.

This is the one connection that vfeed opens outwards, to that provider alone. The provider says who it is; which account
that is, and what it may do, is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from flask import Flask, current_app
from werkzeug.wrappers import Response as AnyResponse

from vfeed.config import Settings
from vfeed.errors import VfeedError

EXTENSION = "vfeed_oidc"
# What a provider says when it has asked for more than a password (RFC 8176).
SECOND_STEPS = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc", "pop"})


class Provider(Protocol):
    """The provider as pages meet it; both raise VfeedError `not_signed_in` when it does not answer as it should."""

    def lead_there(self, back: str) -> AnyResponse:
        """Lead the browser to the provider, and then to the address `back`."""

    def claims(self) -> Mapping[str, Any]:
        """Return what the provider says of who came back, checked."""


def init_oidc(app: Flask, settings: Settings) -> None:
    """Make the client where a provider is set; raises VfeedError `setting_invalid` when it cannot be used."""
    if not settings.oidc_issuer:
        return
    try:
        from vfeed.server.accounts.oidc_client import OidcClient
    except ModuleNotFoundError as error:
        raise VfeedError(
            "setting_invalid",
            "VFEED_OIDC_ISSUER is set, but the library for it is not installed.",
            hint='Run: pip install "vfeed[oidc]"',
        ) from error
    app.extensions[EXTENSION] = OidcClient(app, settings, _secret(settings))


def provider() -> Provider | None:
    """The provider, or None where none is set."""
    found: Provider | None = current_app.extensions.get(EXTENSION)
    return found


def had_second_step(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that it asked for more than a password."""
    methods = claims.get("amr")
    return isinstance(methods, list) and bool(SECOND_STEPS & {str(each) for each in methods})


def _secret(settings: Settings) -> str:
    path = settings.oidc_secret_file
    try:
        if path is None:
            raise FileNotFoundError
        if path.stat().st_mode & 0o077:
            raise VfeedError(
                "modes_open",
                f"Other users of this machine may read {path}.",
                hint=f"Run: chmod go-rwx '{path}'",
            )
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise VfeedError(
            "setting_invalid",
            "The secret that the sign-in provider knows vfeed by cannot be read.",
            hint="Put it alone into a file and set VFEED_OIDC_SECRET_FILE to that file.",
        ) from error
