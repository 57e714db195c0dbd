"""Reels: choose up to three moments, see what came of them, take the film out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import InvalidInput
from vfeed.practice.caregiver_catalogues import english
from vfeed.practice.events import MAX_PAUSES, MAX_REEL_MOMENT_US, MAX_REEL_MOMENTS, Moment
from vfeed.practice.permission import PermissionDecision
from vfeed.server.languages.translation_notes import offer_for
from vfeed.server.reels.forms import ReelForm, WhyForm
from vfeed.server.reels.present import (
    make_reel,
    session_of_reel,
    voice_url,
)
from vfeed.server.web import job_view
from vfeed.server.web.authorization import can
from vfeed.server.web.context import day, length, person, services
from vfeed.server.web.files import file_name, kept
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, ngettext
from vfeed.server.web.navigation import clip_crumbs
from vfeed.services.parents_room import RoomMoment
from vfeed.services.reels import Part, in_order
from vfeed.services.rows import Clip
from vfeed.services.samples import is_sample
from vfeed.timeline.clock import clock

blueprint = Blueprint("reels", __name__, url_prefix="/clips/<clip_id>/reels")


@blueprint.route("/new", methods=["GET", "POST"])
def new(clip_id: str) -> str | AnyResponse | tuple[str, int]:
    """Choose the moments of a reel."""
    found = services().suggestions.to_choose_from(person(), clip_id)
    clip = found.clips[0]
    form, refused = ReelForm(), ""
    chosen = request.form.getlist("moments")
    if form.validate_on_submit():
        try:
            saved, _job = make_reel(clip_id, None, form.title.data or "", pieces_chosen(found.moments, chosen))
            return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=saved.reel_id))
        except InvalidInput as error:
            refused = f"{looked_up(error.message)} {looked_up(error.hint)}"
    page = render_template(
        "reels/new.html",
        form=form,
        refused=refused,
        chosen=chosen,
        crumbs=[*clip_crumbs(clip), (clip.title, url_for("clips.clip", clip_id=clip_id))],
        clip_url=url_for("clips.clip", clip_id=clip_id),
        moments=[moment_line(moment) for moment in found.moments if not moment.point],
        has_others=found.has_any,
        on_sample=is_sample(clip),
        props=props_for(found.clips),
    )
    return (page, 422) if refused or form.errors else page


@blueprint.get("/<reel_id>")
def reel(clip_id: str, reel_id: str) -> str:
    """A reel: its film, its moments with stills and words; prints on a page."""
    parts = services().reels.open(person(), clip_id, reel_id)
    clip, shown = parts[0].clip, in_order(parts)
    unmade = next((part for part in parts if not services().files.is_made(part.clip.id, part.reel)), None)
    working_on = (unmade or parts[0]).clip.id
    job = next(iter(job_view.jobs_of(working_on, {"reel_id": reel_id})), None)
    total_us = sum(each.moment.end_us - each.moment.start_us for each in shown)
    return render_template(
        "reels/reel.html",
        title=parts[0].reel.title,
        on_sample=is_sample(clip),
        lead=lead_of(parts, total_us),
        crumbs=[*clip_crumbs(clip), (clip.title, url_for("clips.clip", clip_id=clip_id))],
        moments=[moment_card(each, several=len(parts) > 1) for each in services().parents_room.moments(shown)],
        missing=missing_words(parts),
        films=[] if unmade else [film_line(part) for part in dict.fromkeys(each.part for each in shown)],
        may_leave=next(
            (refused for part in parts if not (refused := services().take_home.decide(part.clip.id))),
            PermissionDecision(True, ""),
        ),
        why=WhyForm(formdata=None),
        family_url=url_for("families.family", family_id=clip.family_id),
        hand_over_url=url_for("parent.hand_over", clip_id=clip_id, reel_id=reel_id),
        choose_url=url_for("reels.new", clip_id=clip_id),
        plan_url=url_for("session_plans.page", clip_id=clip_id, reel_id=reel_id),
        offer=None if unmade else offer_for(parts, services().languages.adult_in(clip)),
        change_url=url_for("reels.new", clip_id=clip_id, reel=reel_id),
        session=session_of_reel(clip, reel_id, parts) if can("sessions.session") else None,
        shown=services().reels.was_shown(clip_id, reel_id),
        waiting=waiting_words(job),
        make_url="" if is_open(job) else url_for("reels.make", clip_id=clip_id, reel_id=reel_id),
        failed=job is not None and job["state"] in {"failed", "cancelled"},
        progress_props={
            "clipId": working_on,
            "jobsUrl": url_for("clips_api.jobs", clip_id=working_on, reel_id=reel_id),
            "clipUrl": url_for("reels.reel", clip_id=clip_id, reel_id=reel_id),
            "canEdit": True,
        },
    )


def lead_of(parts: list[Part], total_us: int) -> str:
    """How much a reel shows, and of how many films."""
    count = sum(len(part.reel.moments) for part in parts)
    moments = ngettext("%(num)s moment", "%(num)s moments", count)
    films = _(" of %(num)s films", num=len(parts)) if len(parts) > 1 else ""
    return f"{moments}{films}, {length(total_us)}"


def missing_words(parts: list[Part]) -> str:
    """That moments of other films are not shown now; empty where all are there."""
    there = {(part.clip.id, piece.moment_id) for part in parts for piece in part.reel.moments}
    missing = [each for each in parts[0].reel.order if (each.clip_id, each.moment_id) not in there]
    if not missing:
        return ""
    return ngettext(
        "%(num)s moment of another film is not here: that film does not open now, or it was deleted.",
        "%(num)s moments of other films are not here: those films do not open now, or they were deleted.",
        len(missing),
    )


def film_line(part: Part) -> dict[str, str]:
    """What is played and saved of one part."""
    here: dict[str, Any] = {"clip_id": part.clip.id, "reel_id": part.reel.reel_id}
    return {
        "about": part.clip.title,
        "url": url_for("media.reel", **here),
        "download_url": url_for("reels.download", **here),
    }


@blueprint.post("/<reel_id>/make")
def make(clip_id: str, reel_id: str) -> AnyResponse:
    """Make the film anew: after an undo it shows other moments than the reel."""
    for part in services().reels.open(person(), clip_id, reel_id):
        if not services().files.is_made(part.clip.id, part.reel):
            job_view.enqueue("reel", part.clip.id, {"reel_id": reel_id})
    return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=reel_id))


@blueprint.post("/<reel_id>/film")
def download(clip_id: str, reel_id: str) -> Response:
    """The reel's film as a plain file: only where everybody agreed to take moments home, and with a reason."""
    form = WhyForm()
    reason = (form.reason.data or "") if form.validate_on_submit() else ""
    role, title = services().take_home.plain_film(person(), clip_id, reel_id, reason, request.path)
    return kept(clip_id, role, download_name=f"{file_name(title)}.mp4")


def pieces_chosen(moments: Sequence[Moment], chosen: list[str]) -> list[dict[str, Any]]:
    """The ticked moments in the order of time, each cut to the longest that a reel takes."""
    return [
        {
            "moment_id": moment.moment_id,
            "start_us": moment.start_us,
            "end_us": min(moment.end_us, moment.start_us + MAX_REEL_MOMENT_US),
        }
        for moment in moments
        if moment.moment_id in chosen and not moment.point
    ]


def moment_line(moment: Moment) -> dict[str, str]:
    """A marked moment in a line."""
    label = services().codes.known().label(moment.code_ref)
    return {
        "id": moment.moment_id,
        "words": f"{label}: {moment.note}" if moment.note else label,
        "when": f"{clock(moment.start_us)} – {clock(moment.end_us)}",
    }


def moment_card(shown: RoomMoment, *, several: bool) -> dict[str, Any]:
    """A chosen moment with its still, strength, pauses and the parent's words; of several films, with its film."""
    clip, reel, piece = shown.part.clip, shown.part.reel, shown.place.moment
    here: dict[str, Any] = {"clip_id": clip.id, "reel_id": reel.reel_id}
    return {
        "still_url": url_for("media.reel_still", moment_id=piece.moment_id, **here),
        "film": clip.title if several else "",
        "strength": shown.sentence,
        "note": shown.tagged.note if shown.tagged else "",
        "words": shown.words,
        "when": f"{clock(piece.start_us)} – {clock(piece.end_us)}",
        "may_listen": shown.recorded,
        "voices": [
            {
                "url": voice_url(clip.id, reel.reel_id, voice.voice_id),
                "remove_url": url_for("parent_api.remove_voice", voice_id=voice.voice_id, **here),
            }
            for voice in shown.voices
        ],
        "talk": [clock(mark.time_us) for mark in shown.talk],
        "pauses": [
            (f"{clock(pause.time_us)}: {pause.question or _('the picture stands')}", pause.comment)
            for pause in piece.pauses
        ],
        "slow_again": piece.slow_again,
    }


def props_for(clips: Sequence[Clip]) -> dict[str, Any]:
    """What the island needs to choose, trim and order; the first film is this one, the others are of its visit."""
    clip = clips[0]
    return {
        "films": [film_props(each) for each in clips],
        "reelsUrl": url_for("review_api.save_reel", clip_id=clip.id),
        "suggestionUrl": url_for("review_api.suggestion", clip_id=clip.id),
        "codesUrl": url_for("codes_api.index"),
        "reelPageUrl": url_for("reels.reel", clip_id="CLIP", reel_id="REEL")
        .replace("CLIP", "{clip}")
        .replace("REEL", "{id}"),
        "maxMoments": MAX_REEL_MOMENTS,
        "maxMomentUs": MAX_REEL_MOMENT_US,
        "maxPauses": MAX_PAUSES,
        "questions": questions_for(clip.family_id),
        "title": title_for(clip),
    }


def title_for(clip: Clip) -> str:
    """A title to begin with, in a parent's words; the worker writes another one over it."""
    visit = services().families.visit_of(clip)
    return _("Together on %(day)s", day=day(visit.date)) if visit else _("Our moments")


def film_props(clip: Clip) -> dict[str, str]:
    """Where the island finds one film of the visit, and what is marked in it."""
    return {
        "clipId": clip.id,
        "title": clip.title,
        "clipApiUrl": url_for("clips_api.clip", clip_id=clip.id),
        "reviewUrl": url_for("review_api.review", clip_id=clip.id),
        "keptUncodedUrl": url_for("review_api.kept_uncoded", clip_id=clip.id),
        "eventsUrl": url_for("review_api.append", clip_id=clip.id),
        "stillUrl": url_for("media.still", clip_id=clip.id, time_us=0).removesuffix("0") + "{at}",
    }


def questions_for(family_id: str) -> list[str]:
    """Open questions for the pauses: those of the family's programme first, then the others."""
    pack = services().programmes.pack(family_id)
    own = pack.prompts.pauses if pack and pack.prompts else ()
    return list(dict.fromkeys((*own, *english().questions.values())))


def is_open(job: dict[str, Any] | None) -> bool:
    """Whether the film is being made, or waits to be."""
    return job is not None and job["state"].is_active


def waiting_words(job: dict[str, Any] | None) -> str:
    """That the film is being made, or why it could not be; how far it is comes with the page's script."""
    if job is not None and job["error"]:
        return f"{job['error']['message']} {job['error']['hint']}"
    return _("The film is being made.")
