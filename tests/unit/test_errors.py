"""The one error type."""

import json

import pytest

from vfeed.errors import KINDS, Conflict, Filled, VfeedError, filled, within
from vfeed.services.offers import MetricsOutdated


def test_an_error_carries_code_message_hint_and_statuses() -> None:
    error = VfeedError("clip_too_long", "It lasts 75 minutes.", hint="Cut it.")
    said = {"code": "clip_too_long", "message": "It lasts 75 minutes.", "hint": "Cut it."}
    assert error.as_dict() == {**said, "permanent": True}
    assert (error.http_status, error.exit_status) == (422, 3)
    assert str(error) == "It lasts 75 minutes."


def test_a_refusal_of_the_film_itself_is_permanent_and_nothing_else_is() -> None:
    refused = {code for code in KINDS if code.startswith("clip_")}
    assert {code for code, kind in KINDS.items() if kind.permanent} == refused


def test_an_unknown_code_is_a_mistake_of_ours_and_raises_at_once() -> None:
    with pytest.raises(KeyError):
        VfeedError("no_such_code", "never seen")


@pytest.mark.parametrize("code", KINDS)
def test_statuses_are_errors_everywhere(code: str) -> None:
    assert 400 <= KINDS[code].http_status < 600
    assert 1 <= KINDS[code].exit_status <= 6


def test_an_error_is_caught_by_its_class() -> None:
    with pytest.raises(Conflict) as caught:
        raise VfeedError("conflict", "Somebody was quicker.", hint="Load the page again.")
    assert caught.value.hint == "Load the page again."
    assert not isinstance(VfeedError("clip_empty", "It holds no data."), Conflict)


def test_a_class_of_its_own_stays_what_it_is() -> None:
    assert type(MetricsOutdated()) is MetricsOutdated
    assert MetricsOutdated().code == "metrics_outdated"


def test_the_places_of_message_and_hint_are_filled_in_and_another_process_can_say_the_same() -> None:
    error = VfeedError("clip_too_long", "It lasts %(minutes)s minutes.", hint="At most %(most)s.", minutes=75, most=60)
    assert (str(error), error.hint) == ("It lasts 75 minutes.", "At most 60.")
    again = VfeedError.from_template(json.loads(json.dumps(error.as_template())))
    assert again.as_dict() == error.as_dict()
    assert isinstance(again.message, Filled) and again.message.template == "It lasts %(minutes)s minutes."


def test_values_that_are_filled_in_texts_themselves_stay_so_elsewhere() -> None:
    whose = filled("that of %(name)s", name="Baby")
    error = VfeedError("consent_missing", filled("There is no consent, %(whose)s.", whose=whose), hint="Ask.")
    again = VfeedError.from_template(json.loads(json.dumps(error.as_template())))
    assert (again.as_dict(), again.code) == (error.as_dict(), "consent_missing")
    assert isinstance(again.message, Filled) and again.message.values["whose"] == "that of Baby"
    assert isinstance(again.message.values["whose"], Filled)


def test_a_text_without_values_may_hold_any_sign() -> None:
    assert VfeedError("clip_empty", "It is 100 % empty.").message == "It is 100 % empty."


def test_a_text_that_is_too_long_is_refused_with_both_numbers_and_never_cut() -> None:
    assert within("  " + "x" * 200 + " ", 200) == "x" * 200
    with pytest.raises(VfeedError, match=r"“x{40}…” has 201 characters; at most 200 fit") as refused:
        within("x" * 201, 200)
    assert refused.value.code == "invalid_input"
