"""The forms of a shared review’s record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    SelectField,
    TextAreaField,
    validators,
)

from vfeed.server.web.forms import Form, TickListField, at_most, needed, strip


class BeginSessionForm(Form):
    """The beginning of a shared review's record."""

    visit_id = SelectField(_("Visit"), [validators.Optional()])


class SessionForm(Form):
    """The record of a shared review, without JavaScript."""

    held_on = DateField(_("Day of the review"), [needed(_("Enter the day of the review."))])
    reels = TickListField(_("What you looked at together"))
    helping_question = TextAreaField(_("Helping question"), [at_most(4000)], filters=[strip])
    working_point = TextAreaField(_("Working point, in the parent’s words"), [at_most(4000)], filters=[strip])
    next_on = DateField(_("Next date"), [validators.Optional()])
    went_well = TextAreaField(_("What went well, for your own log"), [at_most(4000)], filters=[strip])
