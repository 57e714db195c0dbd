"""Events and their payloads: the shape of whatever is ever written into a journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vfeed.errors import VfeedError
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


EventTypes = Mapping[str, type[Payload]]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `id` counts from 1 within its stream; `actor` did it, `at` (UTC) is when it was kept."""

    id: int
    type: str
    payload: Payload
    actor: str = ""
    at: datetime | None = None


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
        field = ".".join(str(part) for part in first["loc"]) or "the whole"
        words = str(first["msg"]).removeprefix("Value error, ")
        raise VfeedError(
            "invalid_input",
            _("Something does not fit (%(field)s): %(expected)s."),
            hint=_("Correct it and try again."),
            field=field,
            expected=words,
        ) from error
