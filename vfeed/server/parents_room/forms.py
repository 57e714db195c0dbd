"""The forms of the parent’s room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    PasswordField,
    TextAreaField,
)

from vfeed.server.web.forms import Form, at_most, needed, strip


class WordsForm(Form):
    """What a parent said about a moment."""

    moment_id = HiddenField(validators=[needed(_("The moment is missing.")), at_most(80)])
    text = TextAreaField(_("What do you see?"), [at_most(4000)], filters=[strip])


# No browser is to fill it in for the parent.
_TYPED_BY_HAND = {"autofocus": True, "autocomplete": "one-time-code", "data-1p-ignore": "true", "data-lpignore": "true"}


class LeaveByPasswordForm(Form):
    """The worker's password, to leave the parent view."""

    password = PasswordField(
        _("Password"),
        [needed(_("Enter your password."))],
        description=_("For the worker: your password leads back to your own pages."),
        render_kw=_TYPED_BY_HAND,
    )


class LeaveByPinForm(Form):
    """The PIN that the worker chose for it, to leave the parent view."""

    password = PasswordField(
        _("PIN"),
        [needed(_("Enter your PIN."))],
        description=_("For the worker: your PIN leads back to your own pages."),
        render_kw=_TYPED_BY_HAND,
    )
