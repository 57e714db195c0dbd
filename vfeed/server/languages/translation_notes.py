"""What the worker is told before the parent's screen is shown: which languages there are, and what stays in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from vfeed.practice.caregiver_catalogues import ENGLISH, Catalogue, catalogues, english, question_in, strength_in
from vfeed.practice.events import Reel
from vfeed.practice.review import ReviewState
from vfeed.server.web.context import services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.wording import remarks_on
from vfeed.services.reels import Part
from vfeed.services.rows import Participant


def offer_for(parts: Sequence[Part], adult: Participant | None = None) -> Mapping[str, Any]:
    """The languages on offer, that of `adult` chosen, and notes about what of this reel is not in all of them."""
    notes = [note for part in parts for note in notes_on(part.reel, services().languages.state_of(part))]
    if parts:
        agreed = services().sessions.agreed_on(parts[0].clip.id, parts[0].reel.reel_id)
        notes += remarks_on([agreed.question, agreed.next_step])
    return {
        "chosen": adult.language if adult else "",
        "interpreter": adult.interpreter if adult else "",
        "languages": [{"language": each.language, "label": label_of(each)} for each in catalogues().values()],
        "url": url_for("languages.index"),
        "notes": list(dict.fromkeys(notes)),
    }


def notes_on(reel: Reel, state: ReviewState) -> list[str]:
    """What a worker should know of one part of a reel before it is shown."""
    return [*own_questions(reel), *untranslated(reel, state), *to_say_otherwise(reel, state)]


def label_of(catalogue: Catalogue) -> str:
    """A language in the list; a draft that nobody has checked says so."""
    if catalogue.language == ENGLISH:
        return catalogue.english_name
    name = f"{catalogue.english_name} · {catalogue.name}"
    if services().languages.is_draft(catalogue):
        return _("%(language)s (drafted by a machine, not checked)", language=name)
    return name


def own_questions(reel: Reel) -> list[str]:
    """A note for each question that the worker wrote: nobody translates it."""
    questions = [pause.question for moment in reel.moments for pause in moment.pauses]
    return [
        _("Your question “%(question)s” is shown as you wrote it, in every language.", question=question)
        for question in questions
        if question and question_in(english(), question) is None
    ]


def to_say_otherwise(reel: Reel, state: ReviewState) -> list[str]:
    """A note for each word of the worker's own in this reel that tells what somebody lacks."""
    own = [pause.question for moment in reel.moments for pause in moment.pauses]
    own += [found.parent_words for piece in reel.moments if (found := state.moment(piece.moment_id)) is not None]
    return remarks_on([reel.title, *own])


def untranslated(reel: Reel, state: ReviewState) -> list[str]:
    """A note for each sentence about a strength that some language lacks, naming these languages."""
    library, notes = services().codes.known(), []
    for piece in reel.moments:
        moment = state.moment(piece.moment_id)
        code = library.code(moment.code_ref) if moment else None
        if moment is None:
            continue
        if moment.parent_words:
            notes.append(_("Your words “%(words)s” are shown as you wrote them.", words=moment.parent_words))
        elif code and code.parent_words and (lacking := languages_without(moment.code_ref, code.parent_words)):
            notes.append(
                _(
                    "“%(words)s” is shown in English in these languages: %(languages)s.",
                    words=code.parent_words,
                    languages=", ".join(lacking),
                )
            )
    return list(dict.fromkeys(notes))


def languages_without(reference: str, parent_words: str) -> Sequence[str]:
    """The languages in which a strength's sentence is not there."""
    return [each.english_name for each in catalogues().values() if strength_in(each, reference, parent_words) is None]
