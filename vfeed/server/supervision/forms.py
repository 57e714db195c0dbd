"""The form on which a shared review is shared for supervision or training."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    RadioField,
    SelectField,
)
from wtforms.fields.choices import SelectChoice

from vfeed.server.web.forms import Form, TickListField, needed


class ShareForm(Form):
    """With whom a shared review is shared, for how long and how much is hidden."""

    supervisor = SelectField(_("With whom?"), [needed(_("Choose a supervisor."))])
    purpose = RadioField(
        _("What for?"),
        [needed(_("Choose one."))],
        choices=[
            SelectChoice("supervision", _("Supervision")),
            SelectChoice("training", _("Training of colleagues")),
        ],
    )
    films = TickListField(_("What?"), [needed(_("Choose at least one film."))])
    last_day = DateField(_("Until"), [needed(_("Enter the last day."))])
    faces = RadioField(
        _("Faces"),
        [needed(_("Choose one."))],
        choices=[
            SelectChoice("blurred", _("Blurred")),
            SelectChoice("infant_stays", _("Blurred, but the child’s stays")),
            SelectChoice("parent_stays", _("Blurred, but the parent’s stays")),
            SelectChoice("as_they_are", _("As they are")),
        ],
    )
    voices = RadioField(
        _("Voices"),
        [needed(_("Choose one."))],
        choices=[
            SelectChoice("altered", _("Altered")),
            SelectChoice("off", _("No sound")),
            SelectChoice("as_it_is", _("As they are")),
        ],
    )
