"""Answering and reading by the shapes of `ROUTES`: nothing leaves or enters in another form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from flask import Response, jsonify, request
from pydantic import BaseModel, ValidationError

from vfeed.errors import VfeedError
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.wall.routes import ROUTES

Body = TypeVar("Body", bound=BaseModel)
NO_LETTERS = re.compile(r"[\0\ud800-\udfff]")
"""What JSON can name and no database keeps as text: NUL, and half of a pair that makes up one sign."""
NAME = 40
"""So much of a field's name is said again."""


def shaped(found: object) -> Any:
    """Return what the current endpoint says of `found`, JSON-able; raises ValidationError when it does not fit."""
    return ROUTES[request.endpoint or ""].answer.model_validate(found, from_attributes=True).model_dump(mode="json")


def answer(found: object) -> Response:
    """Answer in the current endpoint's shape."""
    response = jsonify(shaped(found))
    response.status_code = ROUTES[request.endpoint or ""].status
    return response


def if_changed(found: object) -> Response:
    """The same with an ETag of its content: 304 for a reader who has it already."""
    response = jsonify(shaped(found))
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-store"
    made = response.make_conditional(request)
    assert isinstance(made, Response)
    return made


def body(model: type[Body]) -> Body:
    """Read the request's body; raises VfeedError `request_invalid` for no object, `invalid_input` naming the field."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:
        sent = None
    if any(NO_LETTERS.search(text) for text in _texts(sent)):
        raise _misfit(_("of some text"), _("letters and signs alone"))
    if not isinstance(sent, dict):
        raise VfeedError(
            "request_invalid",
            _("The request holds no JSON object."),
            hint=_("Load the page again and repeat the step."),
        )
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        name = str(next(iter(error.errors()[0]["loc"]), ""))[:NAME]
        raise _misfit(name, expected(model, name)) from error


def _texts(sent: object) -> Iterator[str]:
    """Every text in what was sent, names of fields among them."""
    left = [sent]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            left += each


def _misfit(name: str, expected: str) -> VfeedError:
    return VfeedError(
        "invalid_input",
        _("The field %(name)s must hold %(expected)s.", name=name, expected=expected),
        hint=_("Load the page again and repeat the step."),
    )


def expected(model: type[BaseModel], name: str) -> str:
    """What a field of a body must hold, in words."""
    if name not in model.model_fields:
        return _("nothing: there is no such field")
    kind = str(model.model_fields[name].annotation)
    if "Mapping" in kind:
        return _("an object")
    return _("a whole number") if "int" in kind else _("text")
