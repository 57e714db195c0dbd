"""The forms of accounts: signing in, passwords, the second step, a new account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_login import current_user
from wtforms import (
    HiddenField,
    PasswordField,
    StringField,
    ValidationError,
    validators,
)

from vfeed.server.accounts.guessing import is_guessable
from vfeed.server.web.forms import Form, TickListField, at_most, needed, strip

LEAST_PASSWORD_LENGTH = 12


MOST_PASSWORD_LENGTH = 128


class SignInForm(Form):
    """Name and password."""

    name = StringField(
        _("Name"),
        [needed(_("Enter your name."))],
        filters=[strip],
        render_kw={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"), [needed(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class PasswordForm(Form):
    """A new password in place of the current one."""

    current = PasswordField(
        _("The password you signed in with"),
        [needed(_("Enter the password you signed in with."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _("New password"),
        [
            needed(_("Choose a new password.")),
            validators.Length(
                min=LEAST_PASSWORD_LENGTH,
                max=MOST_PASSWORD_LENGTH,
                message=_("Please take at least %(number)s characters.", number=LEAST_PASSWORD_LENGTH),
            ),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("The new password again"),
        [validators.EqualTo("new", message=_("The two new passwords are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_new(self, field: PasswordField) -> None:
        """Refuse the old password, and what lists of common passwords and words around this account lead to."""
        if field.data == self.current.data:
            raise ValidationError(_("Please choose another password than the one you have."))
        if is_guessable(field.data or "", [str(current_user.username), str(current_user.display_name)]):
            raise validators.ValidationError(_("This is easy to guess. Take a few words that do not belong together."))


class PinForm(Form):
    """A PIN of digits that leads out of the parent's room."""

    password = PasswordField(
        _("Your password"), [needed(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )
    pin = PasswordField(
        _("PIN"),
        [validators.Regexp(r"^(\d{4,12})?$", message=_("Take 4 to 12 digits."))],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )

    def validate_pin(self, field: PasswordField) -> None:
        """Refuse what everybody tries first: one digit over and over, or a run."""
        pin = field.data or ""
        runs = "01234567890123456789"
        if pin and (len(set(pin)) == 1 or pin in runs or pin in runs[::-1]):
            raise validators.ValidationError(_("This is what everybody tries first. Take other digits."))


class OwnPasswordForm(Form):
    """A step that asks for the password again."""

    password = PasswordField(
        _("Your password"), [needed(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


class SecondStepForm(Form):
    """The code of the app, or a recovery code."""

    code = StringField(
        _("Code"),
        [needed(_("Enter the code.")), at_most(40)],
        render_kw={
            "autocomplete": "one-time-code",
            "autofocus": True,
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    next = HiddenField()


class AppForm(OwnPasswordForm):
    """The first code that the app shows, with the password."""

    code = StringField(
        _("The code that the app shows now"),
        [needed(_("Enter the six digits that the app shows.")), at_most(20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class AccountForm(Form):
    """A new account."""

    name = StringField(
        _("Name"),
        [
            needed(_("Enter a name.")),
            validators.Regexp(
                r"^[a-z0-9][a-z0-9._-]{1,39}$", message=_("Use 2 to 40 small letters, digits, dots or dashes.")
            ),
        ],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    roles = TickListField(_("May work as"), [needed(_("Choose at least one."))])
