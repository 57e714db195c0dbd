"""The forms of a service’s own measures."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    DecimalField,
    Field,
    SelectField,
    StringField,
    ValidationError,
    validators,
)
from wtforms.fields.choices import SelectChoice

from vfeed.server.web.forms import Form, at_most, needed, strip


class MeasureForm(Form):
    """A measure that the service uses, with its own cut-offs."""

    name = StringField(
        _("Name"), [needed(_("Enter a name.")), at_most(60)], filters=[strip], render_kw={"autocomplete": "off"}
    )
    lowest = DecimalField(_("Lowest possible number"), [validators.Optional()], places=None)
    highest = DecimalField(_("Highest possible number"), [validators.Optional()], places=None)
    first_cut_off = DecimalField(_("Your cut-off"), [validators.Optional()], places=None)
    first_words = StringField(_("Name of the cut-off"), [at_most(60)], filters=[strip])
    second_cut_off = DecimalField(_("A second cut-off"), [validators.Optional()], places=None)
    second_words = StringField(_("Name of the second cut-off"), [at_most(60)], filters=[strip])

    def validate_highest(self, field: Field) -> None:
        """The range goes upwards; what is no number is refused with the rest."""
        ends = (self.lowest.data, field.data)
        if all(each is not None and each.is_finite() for each in ends) and ends[0] >= ends[1]:
            raise ValidationError(_("The highest number must be above the lowest."))

    def validate_first_words(self, field: Field) -> None:
        """It names a number."""
        _names(field, self.first_cut_off)

    def validate_second_words(self, field: Field) -> None:
        """It names a number."""
        _names(field, self.second_cut_off)


def _names(words: Field, cut_off: Field) -> None:
    """Refuse the name of a cut-off that is not there: it would be lost."""
    if words.data and cut_off.data is None and not cut_off.errors:
        raise ValidationError(_("Enter the number of this cut-off too, or leave its name empty."))


class NumberForm(Form):
    """A dated number of a measure."""

    on = DateField(_("Filled in on"), [needed(_("Enter the day."))])
    value = DecimalField(_("Number"), places=None)
    words = StringField(_("or in words"), [at_most(120)], filters=[strip], render_kw={"autocomplete": "off"})
    version = StringField(_("Version"), [at_most(60)], filters=[strip], render_kw={"autocomplete": "off"})
    filled_by = StringField(_("Filled in by"), [at_most(80)], filters=[strip], render_kw={"autocomplete": "off"})
    when = SelectField(
        _("Belongs to"),
        choices=[
            SelectChoice("", _("neither")),
            SelectChoice("before", _("start of the course")),
            SelectChoice("after", _("end of the course")),
        ],
        default="",
        validate_choice=False,
    )
    note = StringField(_("Note"), [at_most(500)], filters=[strip], render_kw={"autocomplete": "off"})

    def validate_on(self, field: Field) -> None:
        """The day is not ahead."""
        if field.data is not None and field.data > date.today():
            raise ValidationError(_("That day is still to come."))

    def validate_value(self, field: Field) -> None:
        """A number or words, and not both."""
        if not field.raw_data or not (field.raw_data[0] or "").strip():
            # Left empty, a number is no mistake where words stand beside it.
            field.errors = []
        elif field.data is None:
            return
        if (field.data is None) == (not self.words.data):
            raise ValidationError(_("Enter the number, or what it is in words."))
