"""The words of pages and messages, looked up in the reader's language (English, UK, unless a catalogue is added)."""

from __future__ import annotations

import flask_babel


def gettext(text: str, **values: object) -> str:
    """The text in the reader's language, with `%(name)s` filled in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The text for one or for many, with `%(num)s` filled in.

    >>> ngettext("%(num)s film", "%(num)s films", 2)
    '2 films'
    """
    return str(flask_babel.ngettext(one, many, num, **values))
