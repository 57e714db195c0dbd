"""Authlib's client of a sign-in provider; loaded where a provider is set, since the library comes with an extra."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.server.web.i18n import gettext as _

WAIT_S = 10


class OidcClient:
    """The provider of the settings, for one application."""

    def __init__(self, app: Flask, settings: Settings, secret: str) -> None:
        self._client = OAuth(app).register(
            "service",
            client_id=settings.oidc_client_id,
            client_secret=secret,
            server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": WAIT_S},
        )

    def lead_there(self, back: str) -> AnyResponse:
        """Lead the browser to the provider, and then to `back`; raises VfeedError `not_signed_in`."""
        try:
            return cast(AnyResponse, self._client.authorize_redirect(back))
        except (RequestException, ValueError, RuntimeError) as error:
            raise refused() from error

    def claims(self) -> Mapping[str, Any]:
        """Return what the provider says of who came back; raises VfeedError `not_signed_in`.

        State, code, signature, nonce and times are checked.
        """
        try:
            return cast(Mapping[str, Any], self._client.authorize_access_token()["userinfo"])
        except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError, RuntimeError) as error:
            raise refused() from error


def refused() -> VfeedError:
    """What a person is told whose way through the provider did not end well."""
    return VfeedError(
        "not_signed_in",
        _("Your service’s sign-in did not confirm who you are."),
        hint=_("Start again from the sign-in page. If it comes back, tell your administrator."),
    )
