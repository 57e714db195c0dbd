"""All that the parent's room knows: the chosen moments, its own words, and nothing else of the clip or the family.

No note, code, number of a finding, flag or name of anybody is here, nor may any be added: what is not sent cannot be
shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from vfeed.practice.events import Reel, ReelMoment
from vfeed.practice.room_words import Catalogue, catalogues, english, question_in
from vfeed.server.context import store
from vfeed.server.lock import Lock
from vfeed.server.reels import Piece, pieces_of

Said = dict[str, str]


def languages_of(held: Lock) -> list[Catalogue]:
    """The parent's language, and English beside it when an interpreter needs both."""
    first = catalogues().get(held.language, english())
    return [first, english()] if held.beside and first != english() else [first]


def props_for(held: Lock, reel: Reel) -> dict[str, Any]:
    """What the island gets."""
    languages = languages_of(held)
    return {
        "title": reel.title,
        "languages": [{"lang": each.language, "dir": each.direction, "words": dict(each.words)} for each in languages],
        "videoUrl": address(held, "media.reel"),
        "moments": moments_for(held, reel, languages),
        "wordsUrl": address(held, "parent.words_api"),
        "stopUrl": address(held, "parent.leave"),
    }


def address(held: Lock, endpoint: str) -> str:
    """One of the room's own addresses."""
    return url_for(endpoint, clip_id=held.clip_id, reel_id=held.reel_id)


def moments_for(held: Lock, reel: Reel, languages: Sequence[Catalogue]) -> list[dict[str, Any]]:
    """The moments with their pauses and the parent's own words, in the reel's time."""
    state = store().events.state(held.clip_id)
    return [
        {
            "momentId": piece.moment_id,
            "startUs": piece.start_us,
            "endUs": piece.end_us,
            "stillUrl": url_for(
                "media.reel_still", clip_id=held.clip_id, reel_id=held.reel_id, moment_id=piece.moment_id
            ),
            "words": state.words.get(piece.moment_id, ""),
            "pauses": pauses_for(moment, piece, languages),
        }
        for piece, moment in zip(pieces_of(reel), reel.moments, strict=True)
    ]


def pauses_for(moment: ReelMoment, piece: Piece, languages: Sequence[Catalogue]) -> list[dict[str, Any]]:
    """Where the film stops by itself, and the question there."""
    return [
        {
            "atUs": piece.start_us + pause.time_us - moment.start_us,
            "question": question_for(pause.question, languages),
        }
        for pause in moment.pauses
    ]


def question_for(question: str, languages: Sequence[Catalogue]) -> list[Said]:
    """A question on offer in each language; one that the worker wrote stands as it was written, once."""
    if question_in(english(), question) is None:
        return [{"text": question, "lang": "", "dir": "auto"}]
    return [said(question_in(each, question) or question, each) for each in languages]


def said(text: str, catalogue: Catalogue) -> Said:
    """A text with the language it is in."""
    return {"text": text, "lang": catalogue.language, "dir": catalogue.direction}
