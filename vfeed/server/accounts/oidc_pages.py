"""Signing in by the service's own accounts: to the provider and back."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.accounts import oidc
from vfeed.server.accounts.oidc import Provider
from vfeed.server.accounts.pages import local_page
from vfeed.server.web import signin
from vfeed.server.web.context import services, settings
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.signin import TRIES_AN_ADDRESS, limiter

blueprint = Blueprint("oidc", __name__, url_prefix="/sign-in/service")

NEXT = "oidc-next"


@blueprint.get("")
@limiter.limit(TRIES_AN_ADDRESS)
def begin() -> AnyResponse:
    """Lead to the provider."""
    client = provider()
    session[NEXT] = local_page(request.args.get("next", ""))
    return client.lead_there(url_for("oidc.back", _external=True))


@blueprint.get("/back")
@limiter.limit(TRIES_AN_ADDRESS, deduct_when=signin.refused)
def back() -> AnyResponse:
    """Sign in whom the provider names, when there is such an account here."""
    claims = provider().claims()
    page = str(session.get(NEXT, ""))
    account = signin.find(str(claims.get(settings().oidc_claim) or ""))
    if account is None or not account.active:
        # Whoever it is, the provider knows them: only that nobody here has that name is written down.
        services().accounts.refused(None, request.remote_addr or "", by="service")
        raise VfeedError(
            "forbidden",
            _("There is no account for you here, or it is closed."),
            hint=_("Ask your administrator to add one under your name at the service."),
        )
    name = str(account.username)
    if account.must_change_password:
        # The one-time password was never needed: it opens nothing from now on.
        account = services().accounts.forget_password(name)
    passed = oidc.had_second_step(claims)
    signin.sign_in(account, passed=passed)
    if not passed and services().second_steps.of(name):
        return redirect(url_for("second_step.ask", next=page))
    services().accounts.signed_in(name, request.remote_addr or "", by="service")
    return redirect(local_page(page))


def provider() -> Provider:
    """The provider; raises VfeedError `not_found` where none is set."""
    client = oidc.provider()
    if client is None:
        raise VfeedError(
            "not_found", _("No sign-in by a service is set up here."), hint=_("Sign in with your password.")
        )
    return client
