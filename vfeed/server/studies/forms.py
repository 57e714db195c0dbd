"""The form on which a study is laid down."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice

from vfeed.server.web.forms import Form, TickListField, at_most, needed, strip


class StudyForm(Form):
    """What a study lays down before anybody codes."""

    name = StringField(
        _("Name"), [needed(_("Enter a name.")), at_most(80)], filters=[strip], render_kw={"autocomplete": "off"}
    )
    question = TextAreaField(_("Question"), [at_most(600)], filters=[strip])
    scheme = SelectField(_("What is coded"), [needed(_("Choose one."))])
    films = TickListField(_("Films"), [needed(_("Choose at least one film."))])
    window = RadioField(
        _("How much of each film"),
        [needed(_("Choose one."))],
        default="whole",
        choices=[
            SelectChoice("whole", _("The whole film")),
            SelectChoice("first", _("Its beginning")),
            SelectChoice("best", _("Its best three minutes without a cut, as the screening found them")),
        ],
    )
    minutes = DecimalField(
        _("Minutes of the beginning"),
        [validators.InputRequired(message=_("Enter the minutes.")), validators.NumberRange(min=0.1, max=60)],
        default=3,
    )
    unit_ms = IntegerField(
        _("Unit, in milliseconds"),
        [validators.InputRequired(message=_("Enter the unit.")), validators.NumberRange(min=1, max=10_000)],
        default=40,
    )
    leeways = StringField(
        _("Leeway on each side, in seconds"),
        [
            needed(_("Enter at least one.")),
            validators.Regexp(
                r"^\s*\d{1,2}(\.\d{1,3})?([\s,]+\d{1,2}(\.\d{1,3})?){0,9}\s*$", message=_("Write it like 0.2, 0.5, 1")
            ),
        ],
        default="0.2, 0.5, 1, 2",
    )
    least_kappa = DecimalField(
        _("Kappa that the study holds itself to"),
        [validators.InputRequired(message=_("Enter a number.")), validators.NumberRange(min=0, max=1)],
        default=0.6,
    )
    second_percent = IntegerField(
        _("Coded twice, of each family’s time, in per cent"),
        [validators.InputRequired(message=_("Enter a number.")), validators.NumberRange(min=0, max=100)],
        default=25,
    )
    repeat_percent = IntegerField(
        _("Coded again by the same coder, in per cent"),
        [validators.InputRequired(message=_("Enter a number.")), validators.NumberRange(min=0, max=50)],
        default=5,
    )
    gold_percent = IntegerField(
        _("Films with an agreed coding among a coder’s own, in per cent"),
        [validators.InputRequired(message=_("Enter a number.")), validators.NumberRange(min=0, max=50)],
        default=5,
    )
