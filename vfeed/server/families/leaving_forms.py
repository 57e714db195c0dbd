"""The forms of what leaves a service: moments as evidence, and notes of referrals."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from vfeed.practice.evidence import LEAST_REASON, MOST_REELS, MOST_WORDS
from vfeed.practice.referral import MOST_WHO
from vfeed.practice.referral import MOST_WORDS as MOST_OF_NOTE
from vfeed.server.web.forms import Form, TickListField, at_most, needed, strip


def _is_sentence(field: Field) -> None:
    """Refuse what is too short to say anything."""
    if len(field.data or "") < LEAST_REASON:
        raise ValidationError(_("Write it in a sentence, of at least %(least)s characters.", least=LEAST_REASON))


class LeavingForm(Form):
    """What is to leave as evidence, what for and what it rests on."""

    purpose = SelectField(_("What for"))
    film = TickListField(_("Films of moments"), [needed(_("Choose the films of moments that are to leave."))])
    reason = TextAreaField(_("Why"), [at_most(MOST_WORDS)], filters=[strip], render_kw={"rows": 3})
    ground = TextAreaField(_("What it rests on"), [at_most(MOST_WORDS)], filters=[strip], render_kw={"rows": 3})
    no_pictures = BooleanField(_("Leave pictures and films out"))
    faces_hidden = BooleanField(_("Hide faces"))
    no_words = BooleanField(_("Leave the parent’s words out"))

    def validate_film(self, field: Field) -> None:
        """As few as are needed."""
        if len(set(field.data)) > MOST_REELS:
            raise ValidationError(_("Choose %(most)s films of moments at most.", most=MOST_REELS))

    def validate_reason(self, field: Field) -> None:
        """A sentence that the family may read."""
        _is_sentence(field)

    def validate_ground(self, field: Field) -> None:
        """An agreement or an order, but for supervision."""
        if self.purpose.data != "supervision":
            _is_sentence(field)


class ReferralForm(Form):
    """A family goes on to somebody or came from somebody."""

    direction = RadioField(
        _("Which way"),
        [needed(_("Choose one."))],
        choices=[
            SelectChoice("out", _("The family goes on to somebody")),
            SelectChoice("in", _("The family came from somebody")),
        ],
        default="out",
    )
    on = DateField(_("Day"), [needed(_("Enter the day."))])
    who = StringField(_("Who"), [needed(_("Say who it is.")), at_most(MOST_WHO)], filters=[strip])
    why = TextAreaField(
        _("Why, in words that say what is there"),
        [needed(_("Say why.")), at_most(MOST_OF_NOTE)],
        filters=[strip],
        render_kw={"rows": 3},
    )
    shared = TextAreaField(
        _("What was shared with it"), [at_most(MOST_OF_NOTE)], filters=[strip], render_kw={"rows": 2}
    )

    def validate_on(self, field: Field) -> None:
        """The day is not ahead."""
        if field.data is not None and field.data > date.today():
            raise ValidationError(_("That day is still to come."))

    def validate_shared(self, field: Field) -> None:
        """Of a family that goes on it is said, also that nothing was."""
        if self.direction.data == "out" and not field.data:
            raise ValidationError(_("Say what was shared: “Nothing”, where nothing went with it."))
