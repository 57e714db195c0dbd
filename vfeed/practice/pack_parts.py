"""What every part of a protocol pack is made of: ids, short texts, and the rule that nothing unknown stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

ID_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]


class PackPart(BaseModel):
    """The base of every part of a pack: exactly the fields named, nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def once(trouble: str, names: Iterable[str]) -> None:
    """Raise ValueError with `trouble` and the first name that stands there twice."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{trouble} “{twice[0]}”")
