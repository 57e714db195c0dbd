"""The review room's interface: read everything, add one event, take one back, save a reel."""

from __future__ import annotations

from flask import Blueprint, Response, request

from vfeed.server.reels.present import make_reel
from vfeed.server.review.people import people_json
from vfeed.server.review.present import answer_json, offer_json, review_json, said_in
from vfeed.server.web.context import person, services
from vfeed.server.web.step_words import history_words
from vfeed.server.web.wall.answers import answer, body, if_changed
from vfeed.server.web.wall.review import EventIn, ReelIn, TakeBackIn

blueprint = Blueprint("review_api", __name__, url_prefix="/api/clips/<clip_id>")


@blueprint.get("/review")
def review(clip_id: str) -> Response:
    """All that the review room shows."""
    return if_changed(review_json(clip_id, services().reviews.read(person(), clip_id)))


@blueprint.get("/offer")
def offer(clip_id: str) -> Response:
    """What the analysis offers in the light of what was decided; not reckoned for a reader who has it already."""
    key = services().reviews.offer_key(person(), clip_id)
    if request.if_none_match.contains(key):
        unchanged = Response(status=304)
        unchanged.set_etag(key)
        return unchanged
    found, overrides, has_heads = services().reviews.offer(person(), clip_id)
    offered = answer(offer_json(clip_id, found, overrides, has_heads=has_heads))
    offered.set_etag(key)
    offered.headers["Cache-Control"] = "private, no-store"
    return offered


@blueprint.get("/history")
def history(clip_id: str) -> Response:
    """Every step so far in words: who, when, about what, and whether it still stands."""
    folded, naming = services().reviews.history(person(), clip_id)
    say = said_in(naming)
    return if_changed(
        [
            {
                "event_id": each.event.id,
                "label": history_words(each, say),
                "about": each.entry.about,
                "stands": each.stands,
                "actor": each.event.actor,
                "at": each.event.at.isoformat() if each.event.at else None,
            }
            for each in folded.history()
        ]
    )


@blueprint.get("/people")
def people(clip_id: str) -> Response:
    """Everybody who is followed in the clip, to say who is who."""
    return if_changed(people_json(clip_id, services().faces.people(person(), clip_id)))


@blueprint.post("/events")
def append(clip_id: str) -> Response:
    """Add one event."""
    sent = body(EventIn)
    added = services().reviews.append(person(), clip_id, sent.type, sent.payload, sent.expect_last)
    return answer(answer_json(added))


@blueprint.post("/undo")
def undo(clip_id: str) -> Response:
    """Take the last step back."""
    return answer(answer_json(services().reviews.undo(person(), clip_id, body(TakeBackIn).expect_last)))


@blueprint.post("/redo")
def redo(clip_id: str) -> Response:
    """Do again what was taken back."""
    return answer(answer_json(services().reviews.redo(person(), clip_id, body(TakeBackIn).expect_last)))


@blueprint.get("/suggestion")
def suggestion(clip_id: str) -> Response:
    """Up to three tagged moments and kept candidates of the visit's films to begin a film with, as a reel has them."""
    return if_changed(
        [
            {
                "clip_id": film.id,
                "moment_id": each.moment_id,
                "start_us": each.interval.start_us,
                "end_us": each.interval.end_us,
            }
            for film, each in services().suggestions.suggested(person(), clip_id)
        ]
    )


@blueprint.get("/kept-uncoded")
def kept_uncoded(clip_id: str) -> Response:
    """The kept candidates without a tag, as moments in fitting plain words; tagged when a film is made of them."""
    return if_changed([moment.model_dump() for moment in services().suggestions.kept_uncoded(person(), clip_id)])


@blueprint.post("/reels")
def save_reel(clip_id: str) -> Response:
    """Save a reel, a new one or a known one changed, and start making its film."""
    sent = body(ReelIn)
    saved, job_id = make_reel(clip_id, sent.reel_id, sent.title, sent.moments)
    return answer({"reel_id": saved.reel_id, "clip_id": saved.clip_ids[0], "job_id": job_id})
