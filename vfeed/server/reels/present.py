"""Reels as pages need them: where stills and recordings are, the record of their shared review, and the making."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from vfeed.server.web import job_view
from vfeed.server.web.context import person, services
from vfeed.services.moments import ShownMoment
from vfeed.services.reels import Part, SavedReel
from vfeed.services.rows import Clip


def still_url(shown: ShownMoment) -> str:
    """Where the still of a moment that was shown is."""
    return url_for("media.reel_still", clip_id=shown.clip_id, reel_id=shown.reel_id, moment_id=shown.moment_id)


def voice_url(clip_id: str, reel_id: str, voice_id: str) -> str:
    """Where a recording is listened to."""
    return url_for("media.voice", clip_id=clip_id, reel_id=reel_id, voice_id=voice_id)


def session_of_reel(clip: Clip, reel_id: str, parts: Sequence[Part]) -> dict[str, Any]:
    """Where the record of a reel's shared review is (`url`, empty when there is none), and where one begins."""
    found = services().sessions.showing(clip, reel_id)
    return {
        "url": url_for("sessions.session", family_id=clip.family_id, session_id=found.id) if found else "",
        "begin_url": url_for("sessions.begin", family_id=clip.family_id),
        "visit_id": clip.visit_id or "",
        "reels": [f"{part.clip.id} {reel_id}" for part in parts],
    }


def make_reel(clip_id: str, reel_id: str | None, title: str, moments: object) -> tuple[SavedReel, str]:
    """Save a reel and queue its film, one for each clip in it; returns it with the first one's job's id."""
    saved = services().reels.save(person(), clip_id, reel_id, title, moments)
    jobs = [job_view.enqueue("reel", each, {"reel_id": saved.reel_id}) for each in saved.clip_ids]
    return saved, jobs[0]
