"""A clip and its jobs as JSON; the jobs can be stopped and started again."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from vfeed.server.clips.pages import name_of
from vfeed.server.review.present import film_urls
from vfeed.server.web import access, job_view
from vfeed.server.web.context import actor, person, services
from vfeed.server.web.wall.answers import answer, body, if_changed
from vfeed.server.web.wall.clips import ClipName

blueprint = Blueprint("clips_api", __name__, url_prefix="/api/clips")
jobs_blueprint = Blueprint("jobs_api", __name__, url_prefix="/api/jobs")


@blueprint.get("/<clip_id>")
def clip(clip_id: str) -> Response:
    """A clip: its facts, where its parts are, and its jobs."""
    found = access.open_clip(clip_id)
    flags = services().clips.state(clip_id).gaze_flags
    still = url_for("media.still", clip_id=clip_id, time_us=0)
    return if_changed(
        {
            "id": found.id,
            "title": name_of(found),
            "facts": found.film.as_dict(),
            "duration_us": found.film.duration_us,
            **film_urls(found),
            "still_url": still.removesuffix("0") + "{time_us}",
            "gaze_flags": flags.model_dump(),
            "jobs": job_view.jobs_of(clip_id),
        }
    )


@blueprint.post("/<clip_id>/title")
def rename(clip_id: str) -> Response:
    """Give the clip another name."""
    return answer({"title": services().clips.rename(person(), clip_id, body(ClipName).title).title})


@blueprint.get("/<clip_id>/jobs")
def jobs(clip_id: str) -> Response:
    """What is being done with a clip; for one of the things made of it alone, by what names it (see `jobs_of`)."""
    access.open_clip(clip_id)
    return if_changed(job_view.jobs_of(clip_id, request.args.to_dict()))


@jobs_blueprint.post("/<job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Stop a job."""
    services().clips.open_job(person(), job_id)
    return answer(job_view.as_json(job_view.queue().cancel(job_id, actor())))


@jobs_blueprint.post("/<job_id>/retry")
def retry(job_id: str) -> Response:
    """Start a stopped or failed job again."""
    services().clips.open_job(person(), job_id)
    return answer(job_view.as_json(job_view.queue().retry(job_id, actor())))
