"""The forms of a family’s page: people, visits, how long things are kept, asking for a family, erasing one."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    Field,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
)
from wtforms.fields.choices import SelectChoice

from vfeed.server.clips.forms import ForgetForm
from vfeed.server.web.forms import Form, at_most, needed, strip

EARLIEST_VISIT = date(1990, 1, 1)


class FamilyForm(Form):
    """A new family."""

    code_name = StringField(
        _("Code name"),
        [needed(_("Enter a code name.")), at_most(80)],
        filters=[strip],
        render_kw={"autocomplete": "off"},
    )


class ClockForm(Form):
    """When the work with a family ended, and until when it is kept as a record."""

    ended_on = DateField(_("The work ended on"), [validators.Optional()])
    keep_until = DateField(_("Keep it as a record until"), [validators.Optional()])


class ParticipantForm(Form):
    """A person seen in the family's films."""

    kind = RadioField(
        _("Who is it?"),
        [needed(_("Choose one."))],
        choices=[SelectChoice("child", _("A child")), SelectChoice("adult", _("An adult"))],
    )
    label = StringField(
        _("What you call this person here"),
        [needed(_("Enter a word for this person.")), at_most(80)],
        filters=[strip],
        render_kw={"autocomplete": "off"},
    )
    birth_month = StringField(
        _("Month of birth"),
        [
            validators.Optional(),
            validators.Regexp(r"^(19|20)\d\d-(0[1-9]|1[0-2])$", message=_("Write year and month, like 2026-03.")),
        ],
        filters=[strip],
        render_kw={"type": "month", "autocomplete": "off"},
    )
    relation = StringField(
        _("Relation to the child"),
        [validators.Optional(), at_most(80)],
        filters=[strip],
        render_kw={"autocomplete": "off"},
    )

    def validate_birth_month(self, field: Field) -> None:
        """A month of birth is not in the future."""
        if field.data and field.data > date.today().strftime("%Y-%m"):
            raise ValidationError(_("That month is still to come."))


class PersonForm(ParticipantForm):
    """What was typed of a person, corrected; a child stays a child."""

    kind = None


class VisitForm(Form):
    """A visit."""

    day = DateField(_("Day"), [needed(_("Enter the day of the visit."))])
    title = StringField(
        _("Title"), [needed(_("Enter a title.")), at_most(200)], filters=[strip], render_kw={"autocomplete": "off"}
    )
    helping_question = TextAreaField(_("Helping question"), [at_most(2000)], filters=[strip])

    def validate_day(self, field: Field) -> None:
        """A visit is neither long past nor in the future."""
        if field.data and not EARLIEST_VISIT <= field.data <= date.today():
            raise ValidationError(_("A visit is on a day that has been."))


class EraseFamilyForm(ForgetForm):
    """The second step of erasing a family: its code name, the worker's password, and that it was read."""

    code_name = StringField(
        _("Code name"), [needed(_("Type the code name."))], filters=[strip], render_kw={"autocomplete": "off"}
    )
    password = PasswordField(
        _("Your password"), [needed(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


class AskForm(Form):
    """Opening another worker's family, with a reason."""

    code_name = StringField(
        _("Code name"), [needed(_("Type the code name."))], filters=[strip], render_kw={"autocomplete": "off"}
    )
    reason = TextAreaField(_("Why?"), [needed(_("Say in a few words why.")), at_most(500)], filters=[strip])
