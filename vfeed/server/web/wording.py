"""Words in a text for a family that tell what somebody lacks, with what could be said instead; nothing is refused."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash

from vfeed.practice.invitation import found_in
from vfeed.practice.protocol import Pack
from vfeed.server.web.i18n import gettext as _


def remarks_on(texts: Iterable[str]) -> list[str]:
    """A remark for each such word, once, in the order in which they are read."""
    return [
        _("The parent will read “%(word)s”. %(instead)s", word=each.word, instead=each.instead)
        for each in found_in("\n".join(text for text in texts if text))
    ]


def flash_remarks_on_pack(pack: Pack) -> None:
    """Show remarks on the sentences and questions of an own code set that parents read."""
    asked = pack.prompts
    questions = (asked.helping_question, *asked.pauses, asked.working_point) if asked else ()
    flash_remarks(*(code.parent_words for code in pack.codes()), *questions)


def flash_remarks(*texts: str) -> None:
    """Show the remarks on what was just kept at the top of the next page."""
    for remark in remarks_on(texts):
        flash(remark, "warn")
