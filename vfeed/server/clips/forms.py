"""The forms of a film’s page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    TextAreaField,
)

from vfeed.server.web.forms import Form, at_most, needed, strip


class ForgetForm(Form):
    """The second step of destroying a clip."""

    understood = BooleanField(
        _("I have read what is destroyed."), [needed(_("Please read what is destroyed and tick the box."))]
    )


class GazeForm(Form):
    """Whether gaze candidates mean something for a clip."""

    reason = TextAreaField(
        _("Why?"), [needed(_("Write a few words, so that others understand it later.")), at_most(500)], filters=[strip]
    )
