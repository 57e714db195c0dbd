"""Reading JSON from the islands: what is missing or of another type is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from vfeed.errors import VfeedError
from vfeed.server.words import gettext as _

NUL = b"\\u0000"


def body() -> Mapping[str, Any]:
    """The request's JSON object; raises VfeedError `request_invalid`."""
    try:
        read = request.get_json(silent=True)
    except RecursionError:
        read = None
    if NUL in request.get_data():
        raise _misfit(_("of some text"), _("letters and signs alone"))
    if not isinstance(read, dict):
        raise VfeedError(
            "request_invalid",
            _("The request holds no JSON object."),
            hint=_("Load the page again and repeat the step."),
        )
    return read


def text(of: Mapping[str, Any], name: str) -> str:
    """A field that must hold text."""
    value = of.get(name)
    if not isinstance(value, str):
        raise _misfit(name, _("text"))
    return value


def mapping(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A field that must hold an object."""
    value = of.get(name)
    if not isinstance(value, dict):
        raise _misfit(name, _("an object"))
    return value


def number_or_none(of: Mapping[str, Any], name: str) -> int | None:
    """A field that may hold a whole number."""
    value = of.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _misfit(name, _("a whole number"))


def _misfit(name: str, expected: str) -> VfeedError:
    return VfeedError(
        "invalid_input",
        _("The field %(name)s must hold %(expected)s.", name=name, expected=expected),
        hint=_("Load the page again and repeat the step."),
    )
