"""The second step of signing in: asking for it, setting it up, taking it away; passkeys with and without a password."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security import verify_password
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.accounts import passkeys
from vfeed.server.accounts.forms import AppForm, OwnPasswordForm, SecondStepForm
from vfeed.server.accounts.pages import local_page
from vfeed.server.web import signin
from vfeed.server.web.context import actor, person, roles, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.qr_code import qr_code
from vfeed.server.web.signin import TRIES_A_NAME, TRIES_AN_ACCOUNT, TRIES_AN_ADDRESS, limiter
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.doors import PasskeyIn, PasskeySignIn, PasswordIn

blueprint = Blueprint("second_step", __name__)


@blueprint.route("/second-step", methods=["GET", "POST"])
@limiter.limit(TRIES_AN_ACCOUNT, key_func=actor, methods=["POST"], deduct_when=signin.refused)
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def ask() -> str | AnyResponse | tuple[str, int]:
    """Ask for the app's code or a recovery code, after the right password."""
    form = SecondStepForm(next=request.args.get("next", ""))
    if not signin.is_due():
        return redirect(url_for("home.index"))
    if form.validate_on_submit():
        if services().second_steps.opens(person(), form.code.data or "", request.remote_addr or ""):
            return come_in(actor(), form.next.data or "", "code")
        form.code.errors = [_("This code does not open it. Codes change every half minute, and each opens once.")]
    held = services().second_steps.of(actor())
    page = render_template("accounts/second_step.html", form=form, held=held)
    return (page, 422) if form.code.errors else page


@blueprint.route("/second-step/set-up", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.not_done)
def set_up() -> str | AnyResponse | tuple[str, int]:
    """Set up an authenticator app: shown as a picture, switched on by its first code."""
    if services().second_steps.of(actor()).app:
        return redirect(url_for("accounts.sign_ins"))
    form = AppForm()
    setup = services().second_steps.begin_app(person())
    if form.validate_on_submit() and is_own_password(form):
        codes = services().second_steps.confirm_app(person(), form.code.data or "", g.sign_in.id)
        if codes is not None:
            flash(_("Every other browser is signed out."))
            return codes_page(codes)
        form.code.errors = [_("That is not the code the app shows now. Check that the phone’s clock is right.")]
    missing = services().second_steps.is_missing(actor(), roles())
    page = render_template(
        "accounts/set_up.html",
        form=form,
        setup=setup,
        qr_code=Markup(qr_code(setup.uri)),  # noqa: S704  # Drawn here, from letters and digits.
        missing=missing,
        crumbs=[] if missing else crumbs(),
    )
    return (page, 422) if form.errors else page


@blueprint.post("/second-step/codes")
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.not_done)
def codes() -> str:
    """New recovery codes in place of the old ones."""
    require_own_password()
    return codes_page(services().second_steps.renew_codes(person()))


@blueprint.post("/second-step/remove")
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def remove() -> AnyResponse:
    """Take one's own second steps away, with the password."""
    require_own_password()
    services().second_steps.take_away(person())
    flash(_("Your second step is taken away."))
    return redirect(url_for("accounts.sign_ins"))


@blueprint.post("/second-step/passkeys/<int:passkey_id>/remove")
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def remove_passkey(passkey_id: int) -> AnyResponse:
    """Remove one passkey, with the password."""
    require_own_password()
    services().second_steps.remove_passkey(person(), passkey_id)
    flash(_("The passkey is removed here. Remove it on the device, too."))
    return redirect(url_for("accounts.sign_ins"))


@blueprint.post("/api/passkeys/begin")
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.not_done)
def begin_passkey() -> Response:
    """What to ask the browser for a new passkey, once the password was given."""
    if not verify_password(body(PasswordIn).password, current_user.password):
        raise wrong_password()
    return answer(passkeys.begin())


@blueprint.post("/api/passkeys")
def add_passkey() -> Response:
    """Keep the passkey that the browser made; recovery codes come with the first."""
    sent = body(PasskeyIn)
    codes_ = passkeys.add(sent.name, sent.credential)
    return answer({"codes": codes_})


@blueprint.post("/api/passkeys/ask")
@limiter.limit("60 per 15 minutes", methods=["POST"])
def ask_passkey() -> Response:
    """What to ask the browser at signing in: one of this account's after the password, else any."""
    return answer(passkeys.ask(person() if signin.is_due() else None))


@blueprint.post("/api/passkeys/sign-in")
@limiter.limit(TRIES_AN_ADDRESS, methods=["POST"], deduct_when=signin.not_done)
def sign_in_with_passkey() -> Response:
    """Sign in by a passkey: as the second step, or alone where the device knows its owner."""
    sent = body(PasskeySignIn)
    due = signin.is_due()
    name = passkeys.owner(sent.credential, alone=not due)
    if due and name != actor():
        raise VfeedError("forbidden", _("This passkey is another person’s."), hint=_("Use one of your own."))
    return answer({"url": come_in(name, sent.next, "passkey").location})


def come_in(name: str, page: str, how: str) -> AnyResponse:
    """Sign the account in for good and lead to where it was going."""
    account = signin.find(name)
    if account is None or signin.has_run_out(account):
        raise VfeedError("not_signed_in", _("This account is closed."), hint=_("Ask your administrator."))
    signin.sign_in(account, passed=True)
    services().accounts.signed_in(name, request.remote_addr or "", **{"second step": how})
    return redirect(local_page(page))


def codes_page(codes_: list[str]) -> str:
    """Recovery codes, shown once."""
    return render_template("accounts/codes.html", codes=codes_)


def is_own_password(form: OwnPasswordForm) -> bool:
    """Whether the password is the person's own; else the form says so."""
    if verify_password(form.password.data or "", current_user.password):
        return True
    form.password.errors = [_("That is not the password you signed in with.")]
    return False


def require_own_password() -> None:
    """Raise VfeedError `invalid_input` unless the form at hand holds the person's own password."""
    if not verify_password(OwnPasswordForm().password.data or "", current_user.password):
        raise wrong_password()


def wrong_password() -> VfeedError:
    """The refusal of a step that needs the password again."""
    return VfeedError(
        "invalid_input",
        _("That is not the password you signed in with."),
        hint=_("Go back and enter your own password."),
    )


def crumbs() -> list[tuple[str, str]]:
    """The way back to one's sign-ins."""
    return [(_("Your sign-ins"), url_for("accounts.sign_ins"))]
