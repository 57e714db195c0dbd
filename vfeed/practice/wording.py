"""Words that tell what somebody lacks, each with a way to say what is there instead."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

FILES = ("wording.yaml", "wording.cy.yaml")
"""The hints for texts in English and in Welsh; every text is looked at for both, for nobody says what it is in."""
Word = Annotated[str, StringConstraints(pattern=r"^[a-zà-ÿŵŷ][a-zà-ÿŵŷ' -]*\*?$", max_length=40)]


class Hint(BaseModel):
    """Words (`*` at the end: any ending) and what could be said in their place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Annotated[tuple[Word, ...], Field(min_length=1)]
    instead: Annotated[str, StringConstraints(min_length=10, max_length=160)]


@cache
def hints() -> tuple[Hint, ...]:
    """Every hint, in the order of the files: the first that fits is the one shown."""
    texts = [(files("vfeed.practice") / name).read_text(encoding="utf-8") for name in FILES]
    listed = [hint for text in texts for hint in yaml.safe_load(text)]
    return TypeAdapter(tuple[Hint, ...]).validate_python(listed)
