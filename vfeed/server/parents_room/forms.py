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


class LeaveForm(Form):
    """The worker's PIN or password, to leave the parent view; no browser is to fill it in for the parent."""

    password = PasswordField(
        _("PIN or password"),
        [needed(_("Enter your PIN or password."))],
        render_kw={
            "autofocus": True,
            "autocomplete": "one-time-code",
            "data-1p-ignore": "true",
            "data-lpignore": "true",
        },
    )
