"""The languages of the parent's room: every sentence beside the English, and whether a person has checked them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.caregiver_catalogues import ENGLISH, Catalogue, catalogues, english
from vfeed.server.web.authorization import can
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import language_name

blueprint = Blueprint("languages", __name__, url_prefix="/languages")


@blueprint.get("")
def index() -> str:
    """Every language with its sentences."""
    cards = [card(each) for each in catalogues().values() if each.language != ENGLISH]
    return render_template("languages/index.html", languages=cards)


@blueprint.post("/<language>/check")
def check(language: str) -> AnyResponse:
    """Say that this language reads right."""
    services().languages.check(person(), language_of(language))
    return redirect(url_for("languages.index", _anchor=language))


@blueprint.post("/<language>/uncheck")
def uncheck(language: str) -> AnyResponse:
    """Take that back."""
    services().languages.uncheck(person(), language_of(language))
    return redirect(url_for("languages.index", _anchor=language))


def language_of(language: str) -> Catalogue:
    """A language other than English; raises VfeedError `not_found`."""
    found = catalogues().get(language)
    if found is None or language == ENGLISH:
        raise VfeedError("not_found", _("There is no such language here."), hint=_("Go back to the languages."))
    return found


def card(catalogue: Catalogue) -> dict[str, Any]:
    """A language as its page shows it."""
    library = services().codes.known()
    pairs = [
        *((english().words[key], text) for key, text in catalogue.words.items()),
        *((english().questions[key], text) for key, text in catalogue.questions.items()),
    ]
    for reference, text in catalogue.strengths.items():
        code = library.code(reference)
        pairs.append((code.parent_words if code else reference, text))
    return {
        "language": catalogue.language,
        "direction": catalogue.direction,
        "name": catalogue.name,
        "english_name": language_name(catalogue.language, catalogue.english_name),
        "check": services().languages.checked(catalogue),
        "pairs": pairs,
        "check_url": url_for("languages.check", language=catalogue.language) if can("languages.check") else "",
        "uncheck_url": url_for("languages.uncheck", language=catalogue.language),
    }
