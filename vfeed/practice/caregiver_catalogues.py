"""What the parent's room says, in each language: one catalogue a language, every one with the same keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

ENGLISH = "en"
DIGEST_LENGTH = 16

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Catalogue(_Strict):
    """One language.

    `words` are the room's own, `questions` the open questions on offer for a pause, `strengths` the sentences for the
    parent by what a tag keeps of its code; English has none of these, for the packs hold them.
    """

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-zA-Z]{1,3})?$")]
    name: Line
    english_name: Line
    direction: Literal["ltr", "rtl"]
    drafted_by: Literal["person", "machine"]
    words: Mapping[str, Line]
    questions: Mapping[str, Line]
    strengths: Mapping[str, Line] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A short name for exactly these texts: whoever checked them has checked no later ones."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:DIGEST_LENGTH]


def read_catalogue(text: str, like: Catalogue | None = None) -> Catalogue:
    """A catalogue from YAML; it must have the words and questions of `like`, no more and no fewer.

    Raises pydantic's ValidationError naming the key that is missing, unknown or empty.
    """
    model: type[Catalogue] = Catalogue
    if like is not None:
        model = create_model(
            "Catalogue",
            __base__=Catalogue,
            words=(_exactly("Words", like.words), ...),
            questions=(_exactly("Questions", like.questions), ...),
        )
    read = model.model_validate(yaml.safe_load(text))
    return Catalogue.model_validate(read.model_dump())


def _exactly(name: str, keys: Mapping[str, str]) -> type[BaseModel]:
    fields = {key: (Line, ...) for key in keys}
    return create_model(name, __base__=_Strict, **fields)  # type: ignore[call-overload, no-any-return]


@cache
def catalogues() -> Mapping[str, Catalogue]:
    """Every language that comes with vfeed by its tag, English first, then by name.

    >>> catalogues()["en"].words["stop"]
    'Stop'
    """
    texts = {
        file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8")
        for file in (files("vfeed.practice") / "caregiver_catalogues").iterdir()
        if file.name.endswith(".yaml")
    }
    english = read_catalogue(texts.pop(ENGLISH))
    others = [read_catalogue(text, english) for text in texts.values()]
    return {each.language: each for each in [english, *sorted(others, key=lambda each: each.english_name)]}


def english() -> Catalogue:
    """The catalogue that every other follows."""
    return catalogues()[ENGLISH]


def question_in(catalogue: Catalogue, question: str) -> str | None:
    """One of the questions on offer, in this language; None for one that the worker wrote.

    >>> question_in(english(), "What do you see here?")
    'What do you see here?'
    """
    for key, text in english().questions.items():
        if text == question:
            return catalogue.questions[key]
    return None


def strength_in(catalogue: Catalogue, reference: str, parent_words: str) -> str | None:
    """A strength's sentence for the parent, in this language; None when only the pack's English is there."""
    return parent_words if catalogue.language == ENGLISH else catalogue.strengths.get(reference)
