"""The forms of consents: given, ticked and withdrawn."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    Field,
    SelectField,
    TextAreaField,
    ValidationError,
    validators,
)

from vfeed.server.web.forms import Form, TickListField, at_most, needed, strip


class ConsentDaysForm(Form):
    """From when until when something was agreed to."""

    granted_on = DateField(_("Agreed on"), [needed(_("Enter the day on which they agreed."))])
    expires_on = DateField(_("Holds until"), [needed(_("Enter the day until which it holds."))])
    note = TextAreaField(_("Note"), [at_most(2000)], filters=[strip])

    def validate_granted_on(self, field: Field) -> None:
        """Consent comes before it is written down."""
        if field.data and field.data > date.today():
            raise ValidationError(_("A consent is given on a day that has been."))

    def validate_expires_on(self, field: Field) -> None:
        """A consent holds for at least a day."""
        if field.data and self.granted_on.data and field.data < self.granted_on.data:
            raise ValidationError(_("This day is before the day on which they agreed."))


class ConsentForm(ConsentDaysForm):
    """Consents of one or more people for one or more uses."""

    participants = TickListField(_("Who agrees?"), [needed(_("Choose at least one person."))])
    uses = TickListField(_("To what?"), [needed(_("Choose at least one use."))])
    clip_id = SelectField(_("For which films?"), [validators.Optional()])


class RefusalForm(Form):
    """That somebody said no."""

    participant = SelectField(_("Who said no?"), [needed(_("Choose who said no."))])
    use = SelectField(_("To what?"), [needed(_("Choose one use."))])
    said_on = DateField(_("Said on"), [needed(_("Enter the day on which it was said."))])
    note = TextAreaField(_("Note"), [at_most(2000)], filters=[strip])

    def validate_said_on(self, field: Field) -> None:
        """What was said is written down afterwards."""
        if field.data and field.data > date.today():
            raise ValidationError(_("That day is still to come."))


class TickedForm(ConsentDaysForm):
    """Consents to all of a family's films, as they were ticked in the table of people and uses."""

    agreed = TickListField(_("Consents"), [needed(_("Tick at least one box of the table."))])


class WithdrawForm(Form):
    """The second step of a withdrawal."""

    reason = TextAreaField(_("Reason"), [at_most(2000)], filters=[strip])
    understood = BooleanField(_("I have read what happens."), [needed(_("Please read what happens and tick the box."))])
