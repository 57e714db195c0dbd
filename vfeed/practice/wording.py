"""Words that tell what somebody lacks, each with a way to say what is there instead."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z' -]*\*?$", max_length=40)]


class Hint(BaseModel):
    """Words (`*` at the end: any ending) and what could be said in their place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    instead: Annotated[str, StringConstraints(min_length=10, max_length=160)]


@cache
def hints() -> tuple[Hint, ...]:
    """Every hint, in the order of the file: the first that fits is the one shown."""
    text = (files("vfeed.practice") / "wording.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Hint, ...]).validate_python(yaml.safe_load(text))
