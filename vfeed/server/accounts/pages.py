"""Sign in, sign out, one's own password; and the administrator's list of accounts."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, after_this_request, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_security import verify_password
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from vfeed.errors import Conflict, VfeedError
from vfeed.practice.roles import ACCOUNT_ROLES
from vfeed.server.accounts import oidc
from vfeed.server.accounts.forms import AccountForm, OwnPasswordForm, PasswordForm, PinForm, SignInForm
from vfeed.server.web import i18n, signin
from vfeed.server.web.context import actor, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.role_words import role_notes, role_words
from vfeed.server.web.signin import TRIES_A_NAME, TRIES_AN_ACCOUNT, TRIES_AN_ADDRESS, limiter

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(
    TRIES_AN_ADDRESS,
    methods=["POST"],
    deduct_when=signin.refused,
    exempt_when=lambda: signin.first_try(request.form.get("name", "")),
)
@limiter.limit(TRIES_AN_ACCOUNT, key_func=signin.by_account, methods=["POST"], deduct_when=signin.refused)
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def sign_in() -> str | AnyResponse | tuple[str, int]:
    """Ask for name and password."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return sign_in_page(form)
    name = form.name.data or ""
    account = signin.check(name, form.password.data or "")
    if account is None:
        signin.note_failure(name)
        services().accounts.refused(name if signin.find(name) else None, request.remote_addr or "")
        words = _("This name and password do not belong together. Check both and try again.")
        return sign_in_page(form, words), 401
    signin.sign_in(account)
    if services().second_steps.of(account.username or ""):
        return redirect(url_for("second_step.ask", next=local_page(form.next.data or "")))
    services().accounts.signed_in(account.username or "", request.remote_addr or "")
    return redirect(local_page(form.next.data or ""))


def sign_in_page(form: SignInForm, refused: str = "") -> str:
    """The page that asks for name and password; after a refusal one goes on where it mostly lies, at the password."""
    form.name.render_kw = {**form.name.render_kw, "autofocus": not refused}
    form.password.render_kw = {**form.password.render_kw, "autofocus": bool(refused)}
    return render_template(
        "accounts/sign_in.html",
        form=form,
        refused=refused,
        ended=bool(session.pop(signin.ENDED, False)),
        by_service=oidc.provider() is not None,
    )


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session."""
    services().accounts.signed_out(person())
    signin.sign_out()
    # What is not sent yet stays, sealed: see `drafts`.
    clear_browser('"cache"')
    return redirect(url_for("accounts.sign_in"))


@blueprint.post("/language")
def language() -> AnyResponse:
    """Read vfeed in another language: kept with the account, or for this browser's session before signing in."""
    wanted = request.form.get("language", "")
    if wanted not in i18n.offered():
        raise VfeedError(
            "invalid_input", _("There is no such language here."), hint=_("Choose one at the end of the page.")
        )
    if current_user.is_authenticated:
        services().accounts.choose_language(person(), wanted)
    else:
        session["language"] = wanted
    return redirect(local_page(request.form.get("back", "")))


@blueprint.route("/password", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def password() -> str | AnyResponse:
    """Change one's own password; whoever came in with a one-time password must."""
    form = PasswordForm()
    first = current_user.must_change_password
    crumbs = [] if first else [(_("Start"), url_for("home.index"))]
    if form.validate_on_submit():
        if verify_password(form.current.data or "", current_user.password):
            signin.sign_in(services().accounts.change_password(person(), form.new.data or ""), passed=True)
            flash(_("Your new password is saved."))
            return redirect(url_for("home.index"))
        form.current.errors = [_("That is not the password you signed in with.")]
    return render_template("accounts/password.html", form=form, first=first, crumbs=crumbs)


@blueprint.get("/sign-ins")
def sign_ins() -> str:
    """Where one is signed in, and the PIN for the parent's room."""
    return sign_ins_page(PinForm(formdata=None))


@blueprint.post("/sign-ins/<sign_in_id>/end")
def end_sign_in(sign_in_id: str) -> AnyResponse:
    """End one of one's own sign-ins."""
    services().accounts.end_sign_in(person(), sign_in_id)
    flash(_("That browser is signed out."))
    return redirect(url_for("accounts.sign_ins"))


@blueprint.post("/sign-ins/end-others")
def end_others() -> AnyResponse:
    """End all of one's sign-ins but this one."""
    services().accounts.end_others(person(), g.sign_in.id)
    flash(_("Every other browser is signed out."))
    return redirect(url_for("accounts.sign_ins"))


@blueprint.post("/sign-ins/pin")
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def pin() -> str | AnyResponse | tuple[str, int]:
    """Choose a PIN that leads out of the parent's room, or go back to the password."""
    form = PinForm()
    if form.validate_on_submit():
        if verify_password(form.password.data or "", current_user.password):
            services().accounts.choose_pin(person(), form.pin.data or "")
            flash(_("Your PIN is saved.") if form.pin.data else _("The password leads out of the parent’s room again."))
            return redirect(url_for("accounts.sign_ins"))
        form.password.errors = [_("That is not the password you signed in with.")]
    return sign_ins_page(form), 422


def sign_ins_page(form: PinForm) -> str:
    """The page of one's sign-ins."""
    return render_template(
        "accounts/sign_ins.html",
        form=form,
        sign_ins=services().accounts.sign_ins(person()),
        here=g.sign_in.id,
        has_pin=bool(current_user.room_pin),
        held=services().second_steps.of(actor()),
        own_form=OwnPasswordForm(formdata=None),
        crumbs=[(_("Start"), url_for("home.index"))],
    )


def clear_browser(what: str = '"cache", "storage"') -> None:
    """Have the browser forget what it kept of these pages."""

    @after_this_request
    def clear(response: AnyResponse) -> AnyResponse:
        response.headers["Clear-Site-Data"] = what
        return response


@blueprint.get("/accounts")
def index() -> str:
    """Every account."""
    rows = [
        {
            "name": account.name,
            "roles": [role_words(role) for role in account.roles],
            "active": account.is_open,
            "one_time": account.has_one_time_password,
            "self": account.name == actor(),
            "second_step": account.has_second_step,
        }
        for account in services().accounts.list(person())
    ]
    return render_template("accounts/index.html", accounts=rows)


@blueprint.route("/accounts/new", methods=["GET", "POST"])
def add() -> str | AnyResponse:
    """Add an account; its one-time password is shown once."""
    form = AccountForm()
    form.roles.choices = [SelectChoice(role, role_words(role)) for role in ACCOUNT_ROLES]
    if form.validate_on_submit():
        name = form.name.data or ""
        try:
            secret = services().accounts.create(person(), name, form.roles.data or [])
        except Conflict as error:
            form.name.errors = [looked_up(error.message)]
        else:
            return render_template("accounts/one_time.html", name=name, secret=secret, crumbs=crumbs())
    notes = {role: role_notes(role) for role in ACCOUNT_ROLES}
    wanted = services().second_steps.is_wanted(actor(), person().roles)
    return render_template("accounts/add.html", form=form, role_notes=notes, step_wanted=wanted, crumbs=crumbs())


@blueprint.post("/accounts/<name>/close")
def disable(name: str) -> AnyResponse:
    """Close an account and end its sessions."""
    services().accounts.set_open(person(), name, is_open=False)
    flash(_("%(name)s can no longer sign in.", name=name))
    return redirect(url_for("accounts.index"))


@blueprint.post("/accounts/<name>/open")
def enable(name: str) -> AnyResponse:
    """Open a closed account again."""
    services().accounts.set_open(person(), name, is_open=True)
    flash(_("%(name)s can sign in again.", name=name))
    return redirect(url_for("accounts.index"))


@blueprint.post("/accounts/<name>/one-time-password")
def renew(name: str) -> str:
    """Give an account a new one-time password, shown once."""
    secret = services().accounts.renew(person(), name)
    return render_template("accounts/one_time.html", name=name, secret=secret, crumbs=crumbs())


@blueprint.post("/accounts/<name>/take-second-step")
def take_second_step(name: str) -> AnyResponse:
    """Take the second step of somebody away who has lost it."""
    services().accounts.take_second_step(person(), name)
    flash(_("%(name)s signs in with the password alone until a new second step is set up.", name=name))
    return redirect(url_for("accounts.index"))


def crumbs() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("Accounts"), url_for("accounts.index"))]


@blueprint.route("/password-again", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def again() -> str | AnyResponse | tuple[str, int]:
    """Ask for the password once more before something leaves the service."""
    form, wanted = OwnPasswordForm(), local_page(request.args.get("next", ""))
    if form.validate_on_submit():
        if verify_password(form.password.data or "", current_user.password):
            services().accounts.confirm(g.sign_in.id)
            return redirect(wanted)
        services().accounts.not_confirmed(person(), request.remote_addr or "")
        form.password.errors = [_("That is not the password you signed in with.")]
    page = render_template("accounts/again.html", form=form, wanted=wanted)
    return (page, 422) if form.errors else page


def local_page(address: str) -> str:
    """The page a person was on the way to, when it is one of ours; else the first page."""
    parts = urlsplit(address.replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return url_for("home.index")
    return parts.path + (f"?{parts.query}" if parts.query else "")
