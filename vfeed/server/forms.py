"""The forms: what each field is called, and the words for what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    validators,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput

from vfeed.server.guessing import is_guessable

LEAST_PASSWORD_LENGTH = 12
MOST_PASSWORD_LENGTH = 128
EARLIEST_VISIT = date(1990, 1, 1)


def strip(value: str | None) -> str | None:
    """Cut blanks around what was typed."""
    return value.strip() if value else value


def needed(words: str) -> validators.DataRequired:
    """The field may not stay empty."""
    return validators.DataRequired(message=words)


def at_most(characters: int) -> validators.Length:
    """The field's longest text."""
    return validators.Length(max=characters, message=_("Please keep it to %(number)s characters.", number=characters))


class Form(FlaskForm):  # type: ignore[misc]
    """A form with the token that shows it came from our own page.

    No text in it holds what no keyboard types, and no browser keeps what is typed, unless a field says so.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How its fields are written into the page."""

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """The field's element."""
            typed = {"autocomplete": "off"} if isinstance(field.widget, (TextInput, TextArea)) else {}
            element: Markup = super().render_field(field, typed | (field.render_kw or {}) | render_kw)
            return element

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether everything fits; a NUL, which some databases cannot hold, never does."""
        fits = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str) and "\0" in field.data:
                field.errors, fits = [_("Please leave out what is no letter or sign.")], False
            if isinstance(field.data, Decimal) and not field.data.is_finite():
                field.errors, fits = [_("Enter a number in digits.")], False
        return fits


class TickListField(SelectMultipleField):  # type: ignore[misc]
    """Several choices as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


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


class TickedForm(ConsentDaysForm):
    """Consents to all of a family's films, as they were ticked in the table of people and uses."""

    agreed = TickListField(_("Consents"), [needed(_("Tick at least one box of the table."))])


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
        choices=[SelectChoice("blurred", _("Blurred")), SelectChoice("as_they_are", _("As they are"))],
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


class WithdrawForm(Form):
    """The second step of a withdrawal."""

    reason = TextAreaField(_("Reason"), [at_most(2000)], filters=[strip])
    understood = BooleanField(_("I have read what happens."), [needed(_("Please read what happens and tick the box."))])


class ForgetForm(Form):
    """The second step of destroying a clip."""

    understood = BooleanField(
        _("I have read what is destroyed."), [needed(_("Please read what is destroyed and tick the box."))]
    )


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


class GazeForm(Form):
    """Whether gaze candidates mean something for a clip."""

    reason = TextAreaField(
        _("Why?"), [needed(_("Write a few words, so that others understand it later.")), at_most(500)], filters=[strip]
    )


class WhyForm(Form):
    """Why something leaves vfeed as a file that anybody can open."""

    reason = StringField(_("Why, and for whom?"), [needed(_("Write a reason.")), at_most(500)], filters=[strip])


class ReelForm(Form):
    """A reel, made without JavaScript."""

    title = StringField(_("Title"), [needed(_("Enter a title.")), at_most(120)], filters=[strip])


class WordsForm(Form):
    """What a parent said about a moment."""

    moment_id = HiddenField(validators=[needed(_("The moment is missing.")), at_most(80)])
    text = TextAreaField(_("What do you see?"), [at_most(4000)], filters=[strip])


class LeaveForm(Form):
    """The worker's PIN or password, to leave the parent view; no browser is to fill it in for the parent."""

    password = PasswordField(
        _("PIN or password"),
        [needed(_("Enter your PIN or password."))],
        render_kw={"autocomplete": "one-time-code", "data-1p-ignore": "true", "data-lpignore": "true"},
    )


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


class PassphraseForm(Form):
    """The passphrase of what a parent took home."""

    passphrase = StringField(
        _("Passphrase"),
        [needed(_("Enter the passphrase.")), at_most(200)],
        filters=[strip],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class MeasureForm(Form):
    """A measure that the service uses, with its own cut-offs."""

    name = StringField(
        _("Name"), [needed(_("Enter a name.")), at_most(60)], filters=[strip], render_kw={"autocomplete": "off"}
    )
    lowest = DecimalField(_("Lowest possible number"), [validators.Optional()])
    highest = DecimalField(_("Highest possible number"), [validators.Optional()])
    first_cut_off = DecimalField(_("Your cut-off"), [validators.Optional()])
    first_words = StringField(_("Name of the cut-off"), [at_most(60)], filters=[strip])
    second_cut_off = DecimalField(_("A second cut-off"), [validators.Optional()])
    second_words = StringField(_("Name of the second cut-off"), [at_most(60)], filters=[strip])


class NumberForm(Form):
    """A dated number of a measure."""

    on = DateField(_("Filled in on"), [needed(_("Enter the day."))])
    value = DecimalField(_("Number"))
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

    def validate_value(self, field: Field) -> None:
        """A number or words, and not both."""
        if not field.raw_data or not (field.raw_data[0] or "").strip():
            # Left empty, a number is no mistake where words stand beside it.
            field.errors = []
        elif field.data is None:
            return
        if (field.data is None) == (not self.words.data):
            raise ValidationError(_("Enter the number, or what it is in words."))
