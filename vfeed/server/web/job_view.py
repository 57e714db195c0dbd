"""Jobs as a page or an island shows them: what is going on in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import current_app

from vfeed.jobs.queue import JobQueue
from vfeed.server.web.context import actor, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, ngettext, translated
from vfeed.services.rows import Job, JobState

OF_STUDIES = frozenset({"gamma"})
"""Work that belongs to a study: a film's own page says nothing of it."""


def queue() -> JobQueue:
    """The queue of this application; it only sends wake-ups."""
    return cast(JobQueue, current_app.extensions["vfeed_queue"])


def enqueue(kind: str, clip_id: str, payload: Mapping[str, str | int]) -> str:
    """Queue a piece of work; returns the job's id, or that of the one under way that makes the same thing."""
    return queue().enqueue(kind, clip_id, payload, actor())


def jobs_of(clip_id: str, making: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """A clip's jobs, the newest of each thing to be made, oldest first.

    `making` names a thing by what a job's payload says of it, such as `share_id` and `film`: then its jobs alone.
    """
    wanted = (making or {}).items()
    ours = [
        job
        for job in services().clips.jobs(clip_id)
        if job.kind not in OF_STUDIES and all(str(job.payload.get(name)) == value for name, value in wanted)
    ]
    newest = {job.makes: job for job in ours}
    return [as_json(job) for job in newest.values()]


def as_json(job: Job) -> dict[str, Any]:
    """A job for the interface; `words` says it in one line for a page without JavaScript."""
    return {
        "id": job.id,
        "kind": job.kind,
        "reel_id": job.payload.get("reel_id"),
        "state": job.state,
        "progress": round(job.progress, 4),
        "stage": looked_up(job.stage),
        "eta_s": None if job.eta_s is None else round(job.eta_s),
        "error": error_of(job),
        "words": words_for(job),
    }


def error_of(job: Job) -> dict[str, str | bool] | None:
    """What a job failed for, in the reader's language; None for one that did not."""
    if job.error_code is None:
        return None
    if job.error is not None:
        return translated(job.error).as_dict()
    # One of an earlier version, whose code is gone.
    said = {"message": job.error_message, "hint": job.error_hint}
    told = {name: looked_up(words or "") for name, words in said.items()}
    return {"code": job.error_code, "permanent": False, **told}


def words_for(job: Job) -> str:
    """What a job that is not finished is doing."""
    if not job.state.is_active:
        return ""
    if job.state == JobState.QUEUED:
        return _("Waiting for its turn.")
    words = _("%(stage)s: %(share)s %%", stage=looked_up(job.stage), share=round(100 * job.progress))
    return f"{words}, {left(job.eta_s)}." if job.eta_s else f"{words}."


def left(eta_s: float) -> str:
    """The time left, roughly, as a person would say it."""
    if eta_s < 20:
        return _("a few seconds left")
    if eta_s < 90:
        return _("about a minute left")
    minutes = round(eta_s / 60)
    return ngettext("about %(num)s minute left", "about %(num)s minutes left", minutes)
