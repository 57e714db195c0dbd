"""The words of pages and messages in the language of their reader: as their account says, or the session before it.

What goes to a family or another service stays English until somebody has read a drafted language through: see
`for_others`. The parent's room has catalogues of its own, which are checked sentence by sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import flask_babel
from flask import Flask, has_request_context, session
from flask_babel import Babel, force_locale, get_locale
from flask_login import current_user
from markupsafe import Markup

from vfeed.errors import Filled, VfeedError

ENGLISH = "en_GB"
# Its own name, as whoever speaks it looks for it.
NAMES = {ENGLISH: "English", "cy": "Cymraeg"}
DRAFTED_BY_MACHINE = frozenset({"cy"})
TRANSLATIONS = Path(__file__).parents[1] / "translations"


@cache
def offered() -> tuple[str, ...]:
    """The languages that have been built, English first."""
    return tuple(each for each in NAMES if each == ENGLISH or catalogue_file(each).is_file())


def catalogue_file(language: str) -> Path:
    """What a page carries for its islands in this language."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "browser.json"


def chosen() -> str:
    """The language of whoever asks, English unless they chose another."""
    if not has_request_context():
        return ENGLISH
    held = current_user.language if current_user.is_authenticated else session.get("language", "")
    return held if held in offered() else ENGLISH


@contextmanager
def for_others() -> Iterator[None]:
    """Words for a family or another service, whatever language the worker reads: English."""
    with force_locale(ENGLISH):
        yield


@cache
def _islands_words(language: str) -> Markup:
    # Inside a script element only "<" could end it.
    return Markup(catalogue_file(language).read_text(encoding="utf-8").replace("<", "\\u003c"))  # noqa: S704


def init_words(app: Flask) -> None:
    """Ask `chosen` at each request, and offer templates the languages and the islands' words."""
    Babel(
        app,
        default_locale=ENGLISH,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=chosen,
    )

    app.add_template_filter(looked_up)

    @app.context_processor
    def languages() -> dict[str, object]:
        spoken = str(get_locale() or ENGLISH)
        others = [(each, NAMES[each], each in DRAFTED_BY_MACHINE) for each in offered() if each != chosen()]
        return {
            "language": spoken.replace("_", "-"),
            # Also where a page is in the language of a parent.
            "own_language": spoken.replace("_", "-"),
            "other_languages": others,
            "islands_words": _islands_words(spoken) if spoken in offered() and spoken != ENGLISH else "",
        }


def gettext(text: str, **values: object) -> str:
    """The text in the reader's language, with `%(name)s` filled in."""
    return str(flask_babel.gettext(text, **values))


def language_name(tag: str, otherwise: str) -> str:
    """What a language is called in the reader's; `otherwise` where nobody knows."""
    spoken = get_locale()
    return str(spoken.languages.get(tag, otherwise)) if spoken else otherwise


def looked_up(text: str) -> str:
    """A text that was written elsewhere (see `errors.marked`), in the reader's language; unknown ones as they are."""
    if not isinstance(text, Filled):
        return gettext(text) if text else ""
    values = {name: looked_up(each) if isinstance(each, Filled) else each for name, each in text.values.items()}
    return gettext(text.template, **values) if text else ""


def translated(error: VfeedError) -> VfeedError:
    """The error itself, its message and hint now in the reader's language."""
    error.message, error.hint = looked_up(error.message), looked_up(error.hint)
    return error


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The text for one or for many, with `%(num)s` filled in.

    >>> ngettext("%(num)s film", "%(num)s films", 2)
    '2 films'
    """
    return str(flask_babel.ngettext(one, many, num, **values))
