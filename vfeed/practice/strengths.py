"""Strengths a moment can be tagged with, from a pack of codes in plain words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

PACK = "plain"
ID_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"


class Strength(BaseModel):
    """One code: its label for the practitioner and the sentence that the parent reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=ID_PATTERN)
    label: str = Field(min_length=1, max_length=80)
    parent_words: str = Field(min_length=1, max_length=200)
    part: Literal["child", "parent", "both"]


class Pack(BaseModel):
    """A set of strengths and whose words they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=ID_PATTERN)
    title: str
    owner: str
    strengths: tuple[Strength, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> Pack:
        if len({strength.id for strength in self.strengths}) != len(self.strengths):
            raise ValueError("two strengths have the same id")
        return self


@cache
def pack() -> Pack:
    """The pack in use."""
    text = (files("vfeed.practice") / "packs" / f"{PACK}.yaml").read_text(encoding="utf-8")
    return Pack.model_validate(yaml.safe_load(text))


def strengths() -> tuple[Strength, ...]:
    """Every strength, in the pack's order."""
    return pack().strengths


def strength(code: str) -> Strength | None:
    """The strength with this id, or None.

    >>> strength("eye_to_eye").part
    'both'
    """
    return next((each for each in strengths() if each.id == code), None)
