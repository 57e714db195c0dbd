"""A film's page: the review room, how its preparation goes, its facts and consents; and its destruction."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.turned import QUARTERS
from vfeed.practice.caregiver_catalogues import catalogues
from vfeed.practice.library import PLAIN, refs
from vfeed.practice.protocol import Pack
from vfeed.practice.review import ReviewState
from vfeed.server.clips.forms import ForgetForm, GazeForm
from vfeed.server.codes.present import packs_to_begin_with
from vfeed.server.consents.consent_status import ConsentStatus, use_words
from vfeed.server.consents.withdrawing import films_are_gone, what_is_destroyed, what_stays_of_films
from vfeed.server.languages.translation_notes import label_of
from vfeed.server.review.present import film_urls, remarks_on
from vfeed.server.web import access, job_view
from vfeed.server.web.authorization import can
from vfeed.server.web.context import actor, day, length, person, services, size
from vfeed.server.web.drafts import seal
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.server.web.navigation import clip_crumbs
from vfeed.services.parent_led import asked_for
from vfeed.services.rows import Clip
from vfeed.services.samples import is_sample
from vfeed.timeline.clock import clock

blueprint = Blueprint("clips", __name__, url_prefix="/clips")

RETRIABLE = ("prepare", "analyse")
MOST_GAPS_SHOWN = 5


@blueprint.get("")
def for_research() -> str:
    """Films whose families have agreed to research; no family, no title."""
    rows = [
        {
            "url": url_for("clips.clip", clip_id=clip.id),
            "name": clip.id[:8],
            "length": length(clip.film.duration_us),
            "frame_size": f"{clip.film.width_px} × {clip.film.height_px}",
            "analysed": analysed,
        }
        for clip, analysed in services().clips.for_research(person())
    ]
    return render_template("clips/for_research.html", clips=rows)


@blueprint.get("/<clip_id>")
def clip(clip_id: str) -> str | AnyResponse:
    """The review room and all there is to know about a film."""
    found = access.open_clip(clip_id)
    if found.session_id is not None:
        return redirect(url_for("session_films.page", family_id=found.family_id, session_id=found.session_id))
    urls = film_urls(found)
    pack = services().programmes.pack(found.family_id)
    first = parents_own(found, pack, ready=urls["proxy_url"] is not None)
    shown = services().clips.page(clip_id)
    state = shown.state
    jobs = job_view.jobs_of(clip_id)
    return render_template(
        "clips/clip.html",
        clip=found,
        title=name_of(found),
        crumbs=clip_crumbs(found),
        lead=lead_of(found),
        facts=facts_of(found),
        remarks=remarks_on(clip_id, state.overrides),
        statuses=consent_statuses_of_clip(clip_id) if access.sees_family_work() else [],
        family_url=url_for("families.family", family_id=found.family_id),
        jobs=jobs,
        jobs_open=[job for job in jobs if job["state"].is_active and job["kind"] in RETRIABLE],
        ready=urls["proxy_url"] is not None or urls["sound_url"] is not None,
        poster_url=urls["poster_url"],
        proxy_url=urls["proxy_url"],
        sound_url=urls["sound_url"],
        analysed=shown.analysed,
        may_rename=can("clips.rename") and access.sees_family_work(),
        look_again=shown.seen_otherwise and can("clips.analyse"),
        turn_url=url_for("clips.turn", clip_id=clip_id) if can("clips.turn") and urls["proxy_url"] else "",
        gaze=state.gaze_flags,
        gaze_form=GazeForm(formdata=None),
        reels=reels_of(clip_id, state) if access.sees_family_work() else [],
        **first,
        ways_on=ways_on(clip_id, state) if can("reels.new") and urls["proxy_url"] else [],
        progress_props={
            "clipId": clip_id,
            "jobsUrl": url_for("clips_api.jobs", clip_id=clip_id),
            "clipUrl": url_for("clips.clip", clip_id=clip_id),
            "canEdit": can("jobs_api.cancel"),
            "until": "prepare",
        },
        review_props={
            "account": actor(),
            "seal": seal(),
            "keysUrl": url_for("home.keys"),
            "isSample": is_sample(found),
            "clipId": clip_id,
            "clipUrl": url_for("clips_api.clip", clip_id=clip_id),
            "reviewUrl": url_for("review_api.review", clip_id=clip_id),
            "peopleUrl": url_for("review_api.people", clip_id=clip_id),
            "historyUrl": url_for("review_api.history", clip_id=clip_id) if can("review_api.history") else None,
            "commentsUrl": url_for("comments_api.thread", clip_id=clip_id) if can("comments_api.thread") else None,
            "codesUrl": url_for("codes_api.index"),
            "usualPacks": packs_to_begin_with(pack),
            "parentsOwn": first["marks"],
            "codesPageUrl": url_for("codes.index") if can("codes.index") else None,
            "stillUrl": url_for("media.taken", clip_id=clip_id, still_id="STILL").replace("STILL", "{id}"),
            "eventsUrl": url_for("review_api.append", clip_id=clip_id),
            "offerUrl": url_for("review_api.offer", clip_id=clip_id),
            "undoUrl": url_for("review_api.undo", clip_id=clip_id),
            "redoUrl": url_for("review_api.redo", clip_id=clip_id),
            "reelPageUrl": url_for("reels.new", clip_id=clip_id) if can("reels.new") else None,
            "turnUrl": url_for("clips.turn", clip_id=clip_id) if can("clips.turn") else None,
            "canEdit": can("review_api.append"),
            "jobsUrl": url_for("clips_api.jobs", clip_id=clip_id),
            "canWork": can("jobs_api.retry"),
        },
    )


def parents_own(clip: Clip, pack: Pack | None, *, ready: bool) -> dict[str, Any]:
    """Where the parent looks first, what they marked then, and whether the programme asks for it."""
    if not can("parent_led.hand_over") or not access.decide(clip.id, among={"session"}):
        return {"own": [], "marks": [], "led_url": ""}
    own = services().parent_led.seen_by_worker(person(), clip.id)
    if not own and not asked_for(pack):
        return {"own": [], "marks": [], "led_url": ""}
    codes = services().codes.known()
    offered = [PLAIN, pack.id] if pack and pack.id != PLAIN else [PLAIN]
    return {
        "own": [
            {
                "at": clock(each.mark.at_us),
                "words": each.words,
                "taken_up": each.taken_up,
                "url": url_for("parent_led.take_up", clip_id=clip.id, mark_id=each.mark.mark_id),
            }
            for each in own
        ],
        "marks": [{**each.mark.model_dump(include={"start_us", "end_us"}), "words": each.words} for each in own],
        "own_codes": refs(codes.pack(each) for each in offered),
        "led_asked": asked_for(pack),
        "led_languages": [{"language": each.language, "label": label_of(each)} for each in catalogues().values()]
        if ready
        else [],
        "led_url": url_for("parent_led.hand_over", clip_id=clip.id) if ready else "",
    }


@blueprint.post("/<clip_id>/title")
def rename(clip_id: str) -> AnyResponse:
    """Give the film another name."""
    found = services().clips.rename(person(), clip_id, request.form.get("title", ""))
    flash(_("The film has another name now."))
    if request.form.get("to") == "family":
        return redirect(url_for("families.family", family_id=found.family_id))
    return back_to(clip_id)


@blueprint.post("/<clip_id>/work")
def analyse(clip_id: str) -> AnyResponse:
    """Do a part of the preparation again."""
    access.open_clip(clip_id)
    kind = request.form.get("kind", "analyse")
    if kind not in RETRIABLE:
        raise VfeedError("invalid_input", _("There is no such work."), hint=_("Go back to the film’s page."))
    job_view.enqueue(kind, clip_id, {})
    flash(_("The work has been started again."))
    return back_to(clip_id)


@blueprint.route("/<clip_id>/turn", methods=["GET", "POST"])
def turn(clip_id: str) -> str | AnyResponse:
    """Show a film that lies on its side as it would stand, turned three ways; turn it as chosen."""
    if request.method == "POST":
        services().clips.turn(person(), clip_id, request.form.get("quarters", -1, int))
        job_view.queue().wake_clip(clip_id)
        flash(_("The film is turned, and made ready anew."))
        return back_to(clip_id)
    now = services().clips.turning(person(), clip_id)
    words = {3: _("A quarter turn to the left"), 1: _("A quarter turn to the right"), 2: _("The other way up")}
    ways = [
        {"more": more, "words": label, "quarters": (now.quarters + more) % len(QUARTERS)}
        for more, label in words.items()
    ]
    return render_template(
        "clips/turn.html",
        now=now,
        title=name_of(now.clip),
        ways=ways,
        poster_url=film_urls(now.clip)["poster_url"],
        crumbs=[*clip_crumbs(now.clip), (name_of(now.clip), url_for("clips.clip", clip_id=clip_id))],
        back=url_for("clips.clip", clip_id=clip_id),
        working=any(job["state"].is_active for job in job_view.jobs_of(clip_id)),
    )


@blueprint.post("/<clip_id>/roles")
def swap_roles(clip_id: str) -> AnyResponse:
    """Take the infant for the parent and the other way round."""
    access.open_clip(clip_id)
    services().reviews.append(person(), clip_id, "roles_swapped", {})
    flash(_("Infant and parent are swapped."))
    return back_to(clip_id)


@blueprint.post("/<clip_id>/gaze")
def gaze_flags(clip_id: str) -> AnyResponse:
    """Switch the gaze candidates of a film off, with a reason, or on again."""
    access.open_clip(clip_id)
    meaningful = request.form.get("meaningful") == "yes"
    payload = {"meaningful": meaningful, "reason": request.form.get("reason", "")}
    services().reviews.append(person(), clip_id, "gaze_flags_set", payload)
    flash(_("Looks are offered for this film.") if meaningful else _("Looks are not offered for this film."))
    return back_to(clip_id)


@blueprint.route("/<clip_id>/destroy", methods=["GET", "POST"])
def erase(clip_id: str) -> str | AnyResponse:
    """Say what is destroyed; destroy once that was read. Needs no consent: it ends the keeping."""
    found = services().clips.to_erase(person(), clip_id)
    form = ForgetForm()
    if form.validate_on_submit():
        services().clips.erase(person(), clip_id)
        flash(_("The film is destroyed."))
        return redirect(url_for("families.family", family_id=found.family_id))
    return render_template(
        "clips/erase.html",
        form=form,
        clip=found,
        destroyed=what_is_destroyed(services().consents.work_on([found])),
        gone=films_are_gone(),
        stays=what_stays_of_films(),
        back=url_for("families.family", family_id=found.family_id),
        crumbs=clip_crumbs(found),
    )


def back_to(clip_id: str) -> AnyResponse:
    """Back to the film's page."""
    return redirect(url_for("clips.clip", clip_id=clip_id))


def name_of(clip: Clip) -> str:
    """A film's title; research sees a short code in its place."""
    return clip.title if access.sees_family_work() else _("Film %(code)s", code=clip.id[:8])


def lead_of(clip: Clip) -> str:
    """Visit and length in a line."""
    words = [length(clip.film.duration_us)]
    visit = services().families.visit_of(clip) if access.sees_family_work() else None
    if visit:
        words = [visit.title, day(visit.date), *words]
    return " · ".join(words)


def facts_of(clip: Clip) -> list[tuple[str, str]]:
    """What is known of the file, in words."""
    film = clip.film
    pace = f"{film.mean_fps:.3g}"
    if film.variable_frame_rate:
        pace = _("%(pace)s, unevenly (longest gap %(gap)s s)", pace=pace, gap=f"{film.longest_gap_us / 1e6:.2f}")
    rows = [
        (_("Length"), length(film.duration_us)),
        (_("Picture"), f"{film.width_px} × {film.height_px}"),
        (_("Pictures a second"), pace),
        (_("Sound"), _("yes") if film.audio_codec else _("no sound")),
        (_("File"), f"{film.container.upper()}, {film.video_codec.upper()}, {size(film.size_bytes)}"),
    ]
    rows += missing_rows(film)
    if access.sees_family_work():
        rows.append((_("Added"), _("%(day)s by %(name)s", day=day(clip.created_at.date()), name=clip.created_by)))
    return rows


def missing_rows(film: ClipFacts) -> list[tuple[str, str]]:
    """How much of the film has no pictures and where, and how many were left out; nothing for a whole film."""
    rows = []
    gaps = film.gaps_us
    if gaps:
        # Films looked at by an older version have only the stretches, the first hundred of them.
        without_us = film.without_us or sum(end_us - start_us for start_us, end_us in gaps)
        seconds = f"{without_us / 1e6:.1f}"
        shown = [_("%(start)s to %(end)s", start=clock(each[0]), end=clock(each[1])) for each in gaps[:MOST_GAPS_SHOWN]]
        places = ", ".join([*shown, *(["…"] if len(gaps) > MOST_GAPS_SHOWN else [])])
        rows.append((_("Without pictures"), _("%(seconds)s s (%(places)s)", seconds=seconds, places=places)))
    if film.missing_us:
        rows.append((_("Missing at the end"), _("%(seconds)s s", seconds=f"{film.missing_us / 1e6:.1f}")))
    if film.sound_after_us:
        seconds = f"{film.sound_after_us / 1e6:.1f}"
        rows.append((_("Sound alone at the end"), _("%(seconds)s s, left out", seconds=seconds)))
    if film.left_out:
        left_out = ngettext("%(num)s picture with a wrong time", "%(num)s pictures with wrong times", film.left_out)
        rows.append((_("Left out"), left_out))
    return rows


def consent_statuses_of_clip(clip_id: str) -> list[ConsentStatus]:
    """For each use, whether everyone has agreed for this film, and who has not."""
    statuses = []
    for use, agreed in services().clips.agreed(clip_id).items():
        if agreed:
            statuses.append(ConsentStatus(use_words(use), _("Everyone has agreed"), "given", "given"))
        else:
            statuses.append(ConsentStatus(use_words(use), _("Not given"), "missing", "quiet"))
    return statuses


def ways_on(clip_id: str, state: ReviewState) -> list[tuple[str, str]]:
    """What comes next for a film, as label and address: choosing moments; once there are some, showing them first."""
    choose = (_("Choose moments to show"), url_for("reels.new", clip_id=clip_id))
    if not state.reels:
        return [choose]
    latest = state.reels[-1].reel_id
    next_ = _("After the shared review") if latest in state.reviewed else _("Show the chosen moments")
    return [(next_, url_for("reels.reel", clip_id=clip_id, reel_id=latest)), choose]


def reels_of(clip_id: str, state: ReviewState) -> list[dict[str, Any]]:
    """The reels made of a film."""
    return [
        {
            "title": reel.title,
            "url": url_for("reels.reel", clip_id=clip_id, reel_id=reel.reel_id),
            "about": ngettext("%(num)s moment", "%(num)s moments", len(reel.moments))
            + (" · " + _("shown to the parent") if reel.reel_id in state.reviewed else ""),
            "starts": clock(reel.moments[0].start_us),
        }
        for reel in state.reels
    ]
