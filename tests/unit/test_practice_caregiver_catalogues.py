"""The catalogues of the parent's room: whole, plain, and each like the English one."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from vfeed.practice.caregiver_catalogues import Catalogue, catalogues, english, question_in, read_catalogue


def written(**changes: object) -> str:
    return yaml.safe_dump({**english().model_dump(), "language": "xx", **changes})


def test_a_catalogue_with_every_key_is_read() -> None:
    assert read_catalogue(written(), english()).words == english().words


@pytest.mark.parametrize("part", ["words", "questions"])
@pytest.mark.parametrize("fault", ["missing", "empty", "unknown"])
def test_a_catalogue_that_is_not_whole_is_refused_by_the_keys_name(part: str, fault: str) -> None:
    held = dict(getattr(english(), part))
    key = next(iter(held))
    if fault == "missing":
        del held[key]
    elif fault == "empty":
        held[key] = " "
    else:
        key = held["no_such_key"] = "no_such_key"
    with pytest.raises(ValidationError, match=key):
        read_catalogue(written(**{part: held}), english())


def test_another_text_has_another_digest() -> None:
    changed = read_catalogue(written(language="en", questions={**english().questions, "see": "What now?"}))
    assert changed.digest != english().digest


def test_a_question_on_offer_is_known_in_every_language_and_an_own_one_in_none() -> None:
    for catalogue in catalogues().values():
        assert question_in(catalogue, english().questions["see"]) == catalogue.questions["see"]
        assert question_in(catalogue, "Did you hear that?") is None


@pytest.mark.parametrize("catalogue", catalogues().values(), ids=lambda each: each.language)
def test_no_two_buttons_that_stand_side_by_side_are_called_the_same(catalogue: Catalogue) -> None:
    for group in (
        ("play", "pause", "go_on", "next", "again", "slow", "step_back", "step_on", "still", "fill", "stop"),
        ("voice_yes", "voice_no", "voice", "record"),
        ("first", "second", "third"),
        ("talk", "talk_on", "talk_off"),
    ):
        names = [catalogue.words[key] for key in group]
        assert len(set(names)) == len(names)
