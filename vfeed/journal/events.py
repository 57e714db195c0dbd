"""Events and their payloads: the shape of whatever is ever written into a journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vfeed.errors import Filled, VfeedError, filled
from vfeed.errors import marked as _

UNDONE = "undone"
"""The type of the event that takes another one back."""


class Payload(BaseModel):
    """The base of every payload: exactly the fields named, nothing else."""

    # Whoever reads a payload finds every field in it, also one that was left out when it was sent.
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Undone(Payload):
    """The event that is taken back; taking back an `undone` does that event again."""

    event_id: Annotated[int, Field(ge=1, strict=True)]


MISFITS = {
    "string_too_long": _("at most %(max_length)s characters fit"),
    "string_too_short": _("it may not be empty"),
    "too_long": _("at most %(max_length)s fit"),
    "too_short": _("at least %(min_length)s are needed"),
    "missing": _("it is missing"),
    "extra_forbidden": _("it does not belong here"),
    "greater_than_equal": _("at least %(ge)s is needed"),
    "less_than_equal": _("at most %(le)s is allowed"),
    "int_type": _("a whole number is needed"),
    "string_type": _("text is needed"),
}
"""What does not fit by pydantic's name for it, with its values."""

EventTypes = Mapping[str, type[Payload]]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `id` counts from 1 within its stream; `actor` did it, `at` (UTC) is when it was kept."""

    id: int
    type: str
    payload: Payload
    actor: str = ""
    at: datetime | None = None


def _expected(misfit: str, told: Mapping[str, Any]) -> Filled:
    """What a field must hold, to be read in any language."""
    if misfit == "value_error":
        said = told["error"].args[0]
        return said if isinstance(said, Filled) else filled(str(said))
    return filled(MISFITS.get(misfit, _("something else is needed")), **told)


def parse(type_: str, payload: Mapping[str, Any], types: EventTypes) -> Payload:
    """Return the payload of an event type; raises VfeedError `invalid_input` naming the field that does not fit."""
    model = types.get(type_)
    if model is None:
        raise VfeedError(
            "invalid_input",
            _("There is no step called '%(type)s'."),
            hint=_("Known steps: %(known)s."),
            type=type_,
            known=", ".join(types),
        )
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or filled(_("the whole"))
        raise VfeedError(
            "invalid_input",
            _("Something does not fit (%(field)s): %(expected)s."),
            hint=_("Correct it and try again."),
            field=field,
            expected=_expected(first["type"], first.get("ctx", {})),
        ) from error
