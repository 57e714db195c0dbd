"""The forms: what each field is called, and the words for what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    Field,
    SelectMultipleField,
    validators,
)
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput

from vfeed.errors import VfeedError
from vfeed.server.web.i18n import translated


def strip(value: str | None) -> str | None:
    """Cut blanks around what was typed."""
    return value.strip() if value else value


def needed(words: str) -> validators.DataRequired:
    """The field may not stay empty."""
    return validators.DataRequired(message=words)


def at_most(characters: int) -> validators.Length:
    """The field's longest text."""
    return validators.Length(max=characters, message=_("Please keep it to %(number)s characters.", number=characters))


def say_beside(field: Field, refused: VfeedError) -> None:
    """Put what a refusal says beside a field: what was typed stays in its form."""
    said = translated(refused)
    field.errors = [*field.errors, f"{said.message} {said.hint}"]


class Form(FlaskForm):  # type: ignore[misc]
    """A form with the token that shows it came from our own page.

    No text in it holds what no keyboard types, and no browser keeps what is typed, unless a field says so.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How its fields are written into the page, and what is read into them."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What was sent as a form, files among it, and never JSON, which may hold anything."""
            return None if request.is_json else super().wrap_formdata(form, formdata)

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """The field's element."""
            typed = {"autocomplete": "off"} if isinstance(field.widget, (TextInput, TextArea)) else {}
            element: Markup = super().render_field(field, typed | (field.render_kw or {}) | render_kw)
            return element

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether everything fits; a number that is none never does."""
        fits = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, Decimal) and not field.data.is_finite():
                field.errors, fits = [_("Enter a number in digits.")], False
        return fits


class TickListField(SelectMultipleField):  # type: ignore[misc]
    """Several choices as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
