"""All that the parent's room knows: the chosen moments, its own words, and nothing else of the clip or the family.

No note, code, number of a finding, flag or name of anybody is here, nor may any be added: what is not sent cannot be
shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from vfeed.errors import VfeedError
from vfeed.practice.events import Moment, Reel, ReelMoment
from vfeed.practice.room_words import Catalogue, english, question_in, strength_in
from vfeed.server.reels.present import Piece, may_record, pieces_of, voice_url
from vfeed.server.web.context import services, store
from vfeed.server.web.lock import Lock, languages_of
from vfeed.server.web.words import gettext as _
from vfeed.services.reels import Part, Shown, in_order

Said = dict[str, str]


def props_for(held: Lock, parts: Sequence[Part]) -> dict[str, Any]:
    """What the island gets."""
    languages = languages_of(held)
    wanted, next_step = services().sessions.agreed_on(store().clips.get(held.clip_id), held.reel_id)
    return {
        "title": parts[0].reel.title,
        "languages": [{"lang": each.language, "dir": each.direction, "words": dict(each.words)} for each in languages],
        "moments": [moment_for(shown, languages) for shown in in_order(parts)],
        "wanted": wanted,
        "nextStep": next_step,
        "nextUrl": address(held, "parent_api.next_step"),
        "finishUrl": url_for("parent.leave", clip_id=held.clip_id, reel_id=held.reel_id, done="yes"),
        "stopUrl": address(held, "parent.leave"),
    }


def address(held: Lock, endpoint: str) -> str:
    """One of the room's own addresses."""
    return url_for(endpoint, clip_id=held.clip_id, reel_id=held.reel_id)


def moment_for(shown: Shown, languages: Sequence[Catalogue]) -> dict[str, Any]:
    """A moment with its pauses and the parent's own words, in the time of its part's film; what is said goes there."""
    reel, moment = shown.part.reel, shown.moment
    here: dict[str, Any] = {"clip_id": shown.part.clip.id, "reel_id": reel.reel_id}
    piece = pieces_of(reel)[shown.number]
    state = store().events.state(shown.part.clip.id)
    recorded = may_record(shown.part.clip.id)
    return {
        "momentId": piece.moment_id,
        "filmUrl": url_for("media.reel", **here),
        "startUs": piece.start_us,
        "endUs": piece.end_us,
        "stillUrl": url_for("media.reel_still", moment_id=piece.moment_id, **here),
        "words": state.words.get(piece.moment_id, ""),
        "wordsUrl": url_for("parent.words_api", **here),
        "pauses": pauses_for(moment, piece, languages),
        "slowAgain": moment.slow_again,
        "voices": [
            {"voiceId": voice.voice_id, "url": voice_url(shown.part.clip.id, reel.reel_id, voice.voice_id)}
            for voice in (state.parent.voices if recorded else ())
            if voice.moment_id == piece.moment_id
        ],
        # None: nobody has agreed to recordings, and the room has no microphone.
        "voiceUrl": url_for("parent_api.record", moment_id=piece.moment_id, **here) if recorded else None,
        "noticed": noticed_in(state.moment(piece.moment_id), languages),
        "talk": [
            {"markId": mark.mark_id, "atUs": reel_time(piece, moment, mark.time_us)}
            for mark in state.parent.talk_marks
            if mark.moment_id == piece.moment_id
        ],
        "talkUrl": url_for("parent_api.mark", **here),
    }


def piece_of(reel: Reel, moment_id: str) -> tuple[Piece, ReelMoment]:
    """A moment of this reel and its place in the reel's film; raises VfeedError `not_found`."""
    for piece, moment in zip(pieces_of(reel), reel.moments, strict=True):
        if piece.moment_id == moment_id:
            return piece, moment
    raise VfeedError("not_found", _("There is no such moment here."), hint=_("Load the page again."))


def reel_time(piece: Piece, moment: ReelMoment, clip_us: int) -> int:
    """A time of the clip in the reel's film, in microseconds; what was cut off since lies at the piece's edge."""
    return piece.start_us + min(max(clip_us, moment.start_us), moment.end_us - 1) - moment.start_us


def clip_time(piece: Piece, moment: ReelMoment, reel_us: int) -> int:
    """A time of the reel's film in the clip, in microseconds, within the moment."""
    return moment.start_us + min(max(reel_us, piece.start_us), piece.end_us - 1) - piece.start_us


def pauses_for(moment: ReelMoment, piece: Piece, languages: Sequence[Catalogue]) -> list[dict[str, Any]]:
    """Where the film stops by itself, and the question there."""
    return [
        {
            "atUs": reel_time(piece, moment, pause.time_us),
            "question": question_for(pause.question, languages) if pause.question else [],
        }
        for pause in moment.pauses
    ]


def question_for(question: str, languages: Sequence[Catalogue]) -> list[Said]:
    """A question on offer in each language; one that the worker wrote stands as it was written, once."""
    if question_in(english(), question) is None:
        return [{"text": question, "lang": "", "dir": "auto"}]
    return [said(question_in(each, question) or question, each) for each in languages]


def noticed_in(moment: Moment | None, languages: Sequence[Catalogue]) -> list[Said] | None:
    """The sentence for the parent about a moment's strength; None where there is none."""
    if moment is None:
        return None
    if moment.parent_words:
        return [{"text": moment.parent_words, "lang": "", "dir": "auto"}]
    code = store().packs.library().code(moment.strength)
    if code is None or not code.parent_words:
        return None
    found = [(strength_in(each, moment.strength, code.parent_words), each) for each in languages]
    lines = [said(text, each) if text else said(code.parent_words, english()) for text, each in found]
    return [line for number, line in enumerate(lines) if line not in lines[:number]]


def said(text: str, catalogue: Catalogue) -> Said:
    """A text with the language it is in."""
    return {"text": text, "lang": catalogue.language, "dir": catalogue.direction}
