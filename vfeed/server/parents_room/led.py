"""All that the parent-led room knows: the whole film, its own words, and what this parent marks. Nothing else.

It reads the parent's own journal alone: no candidate, state, code, tag, note or name of anybody is at hand here.
"""

from __future__ import annotations

from typing import Any

from flask import url_for

from vfeed.practice.kiosk_mode import KioskMode
from vfeed.practice.own_moments import OwnMarked, OwnMoments
from vfeed.server.web.context import now
from vfeed.server.web.kiosk_mode import languages_of
from vfeed.services.rows import Clip


def props_for(held: KioskMode, clip: Clip, own: OwnMoments) -> dict[str, Any]:
    """What the island gets: the film as one stretch, or, once a worker has joined, the parent's moments."""
    duration_us, together = clip.film.duration_us, own.is_together(now())
    whole = {"momentId": "film", "startUs": 0, "endUs": duration_us, "stillUrl": "", "words": "", **_urls(clip.id)}
    shown = [_moment(clip.id, mark, own) for mark in own.marks] if together else [{**whole, **BARE}]
    return {
        "title": "",
        "languages": [
            {"lang": each.language, "dir": each.direction, "words": dict(each.words)} for each in languages_of(held)
        ],
        "moments": shown,
        "wanted": "",
        "nextStep": "",
        "nextUrl": "",
        "own": {
            "marks": [shown_mark(mark) for mark in own.marks],
            "url": url_for("parent_led_api.mark", clip_id=clip.id),
            "joinUrl": url_for("parent_led.join", clip_id=clip.id),
            "joined": together,
        },
        "finishUrl": url_for("parent_led.leave", clip_id=clip.id, done="yes"),
        "stopUrl": url_for("parent_led.leave", clip_id=clip.id),
    }


BARE: dict[str, Any] = {"pauses": [], "slowAgain": False, "talk": [], "voices": [], "noticed": None}


def shown_mark(mark: OwnMarked) -> dict[str, Any]:
    """A mark as the room shows it."""
    return {"mark_id": mark.mark_id, "at_us": mark.at_us, "start_us": mark.start_us, "end_us": mark.end_us}


def _moment(clip_id: str, mark: OwnMarked, own: OwnMoments) -> dict[str, Any]:
    still = url_for("parent_led.still", clip_id=clip_id, mark_id=mark.mark_id)
    times = {"startUs": mark.start_us, "endUs": mark.end_us}
    words = own.words.get(mark.mark_id, "")
    return {"momentId": mark.mark_id, **times, "stillUrl": still, "words": words, **_urls(clip_id), **BARE}


def _urls(clip_id: str) -> dict[str, Any]:
    film, words = url_for("parent_led.film", clip_id=clip_id), url_for("parent_led_api.words", clip_id=clip_id)
    return {"filmUrl": film, "wordsUrl": words, "talkUrl": "", "voiceUrl": None}
