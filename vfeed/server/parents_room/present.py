"""All that the parent's room knows: the chosen moments, its own words, and nothing else of the clip or the family.

No note, code, number of a finding, flag or name of anybody is here, nor may any be added: what is not sent cannot be
shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from vfeed.practice.caregiver_catalogues import Catalogue, english, question_in, strength_in
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.practice.reel_places import Place
from vfeed.server.reels.present import voice_url
from vfeed.server.web.context import services
from vfeed.server.web.kiosk_mode import languages_of
from vfeed.services.parents_room import RoomMoment
from vfeed.services.reels import Part, in_order

Said = dict[str, str]


def props_for(held: KioskMode, parts: Sequence[Part]) -> dict[str, Any]:
    """What the island gets."""
    languages = languages_of(held)
    agreed = services().sessions.agreed_on(held.clip_id, held.reel_id)
    return {
        "title": parts[0].reel.title,
        "languages": [{"lang": each.language, "dir": each.direction, "words": dict(each.words)} for each in languages],
        "moments": [moment_for(shown, languages) for shown in services().parents_room.moments(in_order(parts))],
        "wanted": agreed.question,
        "nextStep": agreed.next_step,
        "nextUrl": address(held, "parent_api.next_step"),
        "finishUrl": url_for("parent.leave", clip_id=held.clip_id, reel_id=held.reel_id, done="yes"),
        "stopUrl": address(held, "parent.leave"),
    }


def address(held: KioskMode, endpoint: str) -> str:
    """One of the room's own addresses."""
    return url_for(endpoint, clip_id=held.clip_id, reel_id=held.reel_id)


def moment_for(shown: RoomMoment, languages: Sequence[Catalogue]) -> dict[str, Any]:
    """A moment with its pauses and the parent's own words, in the time of its part's film; what is said goes there."""
    clip, reel, place = shown.part.clip, shown.part.reel, shown.place
    here: dict[str, Any] = {"clip_id": clip.id, "reel_id": reel.reel_id}
    moment_id = place.moment.moment_id
    return {
        "momentId": moment_id,
        "filmUrl": url_for("media.reel", **here),
        "startUs": place.start_us,
        "endUs": place.end_us,
        "stillUrl": url_for("media.reel_still", moment_id=moment_id, **here),
        "words": shown.words,
        "wordsUrl": url_for("parent.words_api", **here),
        "pauses": pauses_for(place, languages),
        "slowAgain": place.moment.slow_again,
        "voices": [
            {"voiceId": voice.voice_id, "url": voice_url(clip.id, reel.reel_id, voice.voice_id)}
            for voice in (shown.voices if shown.recorded else ())
        ],
        # None: nobody has agreed to recordings, and the room has no microphone.
        "voiceUrl": url_for("parent_api.record", moment_id=moment_id, **here) if shown.recorded else None,
        "noticed": noticed_in(shown, languages),
        "talk": [{"markId": mark.mark_id, "atUs": place.reel_us(mark.time_us)} for mark in shown.talk],
        "talkUrl": url_for("parent_api.mark", **here),
    }


def pauses_for(place: Place, languages: Sequence[Catalogue]) -> list[dict[str, Any]]:
    """Where the film stops by itself, and the question there."""
    return [
        {
            "atUs": place.reel_us(pause.time_us),
            "question": question_for(pause.question, languages) if pause.question else [],
        }
        for pause in place.moment.pauses
    ]


def question_for(question: str, languages: Sequence[Catalogue]) -> list[Said]:
    """A question on offer in each language; one that the worker wrote stands as it was written, once."""
    if question_in(english(), question) is None:
        return [{"text": question, "lang": "", "dir": "auto"}]
    return [said(question_in(each, question) or question, each) for each in languages]


def noticed_in(shown: RoomMoment, languages: Sequence[Catalogue]) -> list[Said] | None:
    """The sentence for the parent about a moment's strength; None where there is none."""
    moment, code = shown.tagged, shown.code
    if moment is not None and moment.parent_words:
        return [{"text": moment.parent_words, "lang": "", "dir": "auto"}]
    if moment is None or code is None or not code.parent_words:
        return None
    found = [(strength_in(each, moment.code_ref, code.parent_words), each) for each in languages]
    lines = [said(text, each) if text else said(code.parent_words, english()) for text, each in found]
    return [line for number, line in enumerate(lines) if line not in lines[:number]]


def said(text: str, catalogue: Catalogue) -> Said:
    """A text with the language it is in."""
    return {"text": text, "lang": catalogue.language, "dir": catalogue.direction}
