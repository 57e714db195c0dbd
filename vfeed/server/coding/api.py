"""The interface of the coding room: what is coded so far, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response

from vfeed.research.blind_coding import end_check
from vfeed.server.web.context import person, services
from vfeed.server.web.journals import added_json, journal_json
from vfeed.server.web.step_words import coding_words
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import StepIn
from vfeed.server.web.wall.review import TakeBackIn

blueprint = Blueprint("coding_api", __name__, url_prefix="/api/coding/<coding_id>")


@blueprint.get("")
def state(coding_id: str) -> Response:
    """What is coded so far."""
    return answer(journal_json(services().coding.read(person(), coding_id), coding_words))


@blueprint.get("/end-check")
def end_check_of(coding_id: str) -> Response:
    """What to look at before handing in."""
    return answer(end_check(services().coding.read(person(), coding_id).state).as_dict())


@blueprint.post("/events")
def append(coding_id: str) -> Response:
    """Add one step."""
    sent = body(StepIn)
    return answer(added_json(services().coding.append(person(), coding_id, sent.type, sent.payload), coding_words))


@blueprint.post("/undo")
def undo(coding_id: str) -> Response:
    """Take the last step back."""
    expect_last = body(TakeBackIn).expect_last
    return answer(added_json(services().coding.take_back(person(), coding_id, expect_last), coding_words))


@blueprint.post("/redo")
def redo(coding_id: str) -> Response:
    """Do again what was taken back."""
    added = services().coding.take_back(person(), coding_id, body(TakeBackIn).expect_last, redo=True)
    return answer(added_json(added, coding_words))
