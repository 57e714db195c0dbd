"""What each shape of the JSON interface is made on; times are whole microseconds of the clip, or a name says so."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeAliasType

Person = TypeAliasType("Person", Literal["infant", "parent"])
Box = TypeAliasType("Box", tuple[float, float, float, float])
"""Left, top, width, height as shares of the frame."""


class Shape(BaseModel):
    """The base of every shape: exactly the fields named, nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Asked(Shape):
    """The base of what is sent: fields beside those named are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ErrorBody(Shape):
    """A refusal: its code, what is the matter and what to do, for a person; `permanent` of what no new try changes."""

    code: str
    message: str
    hint: str
    permanent: bool
