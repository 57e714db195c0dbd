"""Signing in by the service's own accounts (OpenID Connect), only where settings name a provider.

This is the one connection that vfeed opens outwards, to that provider alone. The provider says who it is; which account
that is, and what it may do, is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, cast

from flask import Flask, current_app

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.server.web.i18n import gettext as _

EXTENSION = "vfeed_oidc"
WAIT_S = 10
# What a provider says when it has asked for more than a password (RFC 8176).
SECOND_STEPS = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc", "pop"})


class Provider(Protocol):
    """What is used of Authlib's client."""

    def authorize_redirect(self, redirect_uri: str) -> Any:
        """Lead the browser to the provider."""

    def authorize_access_token(self) -> Mapping[str, Any]:
        """Check state, code, signature, nonce and times of what the browser came back with."""


def init_oidc(app: Flask, settings: Settings) -> None:
    """Make the client where a provider is set; raises VfeedError `setting_invalid` when it cannot be used."""
    if not settings.oidc_issuer:
        return
    try:
        from authlib.integrations.flask_client import OAuth
    except ModuleNotFoundError as error:
        raise VfeedError(
            "setting_invalid",
            "VFEED_OIDC_ISSUER is set, but the library for it is not installed.",
            hint='Run: pip install "vfeed[oidc]"',
        ) from error
    app.extensions[EXTENSION] = OAuth(app).register(
        "service",
        client_id=settings.oidc_client_id,
        client_secret=_secret(settings),
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": WAIT_S},
    )


def provider() -> Provider | None:
    """The provider's client, or None where none is set."""
    return cast("Provider | None", current_app.extensions.get(EXTENSION))


def lead_there(client: Provider, back: str) -> Any:
    """Lead the browser to the provider; raises VfeedError `not_signed_in` when it does not answer."""
    from requests import RequestException

    try:
        return client.authorize_redirect(back)
    except (RequestException, ValueError, RuntimeError) as error:
        raise refused() from error


def claims_of(client: Provider) -> Mapping[str, Any]:
    """What the provider says of who came back, checked; raises VfeedError `not_signed_in`."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        claims = client.authorize_access_token()["userinfo"]
    except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError, RuntimeError) as error:
        raise refused() from error
    return cast(Mapping[str, Any], claims)


def refused() -> VfeedError:
    """What a person is told whose way through the provider did not end well."""
    return VfeedError(
        "not_signed_in",
        _("Your service’s sign-in did not confirm who you are."),
        hint=_("Start again from the sign-in page. If it comes back, tell your administrator."),
    )


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
