"""The review room's interface: read everything, add one event, take one back, save a reel."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, jsonify

from vfeed.errors import VfeedError
from vfeed.server import access, requests, work
from vfeed.server.context import actor, store
from vfeed.server.people import people_for
from vfeed.server.reels import suggested_for, untagged_in
from vfeed.server.review import json_if_changed, review_of

blueprint = Blueprint("review_api", __name__, url_prefix="/api/clips/<clip_id>")

# Reels have their own address, which also starts the making; the shared review begins and ends with the lock, and what
# the parent marks is the parent's.
NOT_HERE = frozenset(
    {
        "reel_saved",
        "review_started",
        "review_stopped",
        "talk_marked",
        "talk_unmarked",
        "voice_recorded",
        "voice_removed",
        "undone",
    }
)


@blueprint.get("/review")
def review(clip_id: str) -> Response:
    """All that the review room shows."""
    access.open_clip(clip_id)
    return json_if_changed(review_of(clip_id))


@blueprint.get("/history")
def history(clip_id: str) -> Response:
    """Every step so far in words: who, when, about what, and whether it still stands."""
    access.open_clip(clip_id, among=access.FAMILY_WORK)
    return json_if_changed(
        [
            {
                "event_id": row.seq,
                "label": told.label,
                "about": told.about,
                "stands": told.stands,
                "actor": row.actor,
                "at": row.at.isoformat(),
            }
            for row, told in store().events.history(clip_id)
        ]
    )


@blueprint.get("/people")
def people(clip_id: str) -> Response:
    """Everybody who is followed in the clip, to say who is who."""
    access.open_clip(clip_id)
    return json_if_changed(people_for(clip_id, store().events.state(clip_id).said))


@blueprint.post("/events")
def append(clip_id: str) -> Response:
    """Add one event."""
    access.open_clip(clip_id)
    sent = requests.body()
    kind = requests.text(sent, "type")
    if kind in NOT_HERE:
        raise VfeedError("invalid_input", f"A step of type {kind} is not sent here.", hint="Use its own address.")
    event = store().events.append(
        clip_id, actor(), kind, requests.mapping(sent, "payload"), requests.number_or_none(sent, "expect_last")
    )
    return jsonify({"event_id": event.seq, "review": review_of(clip_id)})


@blueprint.post("/undo")
def undo(clip_id: str) -> Response:
    """Take the last step back."""
    access.open_clip(clip_id)
    event = store().events.undo(clip_id, actor(), requests.number_or_none(requests.body(), "expect_last"))
    return jsonify({"event_id": event.seq, "review": review_of(clip_id)})


@blueprint.post("/redo")
def redo(clip_id: str) -> Response:
    """Do again what was taken back."""
    access.open_clip(clip_id)
    event = store().events.redo(clip_id, actor(), requests.number_or_none(requests.body(), "expect_last"))
    return jsonify({"event_id": event.seq, "review": review_of(clip_id)})


@blueprint.get("/suggestion")
def suggestion(clip_id: str) -> Response:
    """Up to three tagged moments and kept candidates to begin a film with, as a reel's moments are given."""
    clip = access.open_clip(clip_id, among=access.FAMILY_WORK)
    return json_if_changed(
        [
            {"moment_id": each.moment_id, "start_us": each.interval.start_us, "end_us": each.interval.end_us}
            for each in suggested_for(clip)
        ]
    )


@blueprint.get("/untagged")
def untagged(clip_id: str) -> Response:
    """The kept candidates without a tag, as moments in fitting plain words; tagged when a film is made of them."""
    clip = access.open_clip(clip_id, among=access.FAMILY_WORK)
    found = untagged_in(clip, store().events.state(clip_id))
    return json_if_changed([moment.model_dump() for moment in found])


@blueprint.post("/reels")
def save_reel(clip_id: str) -> tuple[Response, int]:
    """Save a reel, a new one or a known one changed, and start making its film."""
    access.open_clip(clip_id)
    sent = requests.body()
    reel_id = sent.get("reel_id") or secrets.token_urlsafe(16)
    job_id = make_reel(clip_id, reel_id, requests.text(sent, "title"), sent.get("moments"))
    return jsonify({"reel_id": reel_id, "job_id": job_id}), 201


def make_reel(clip_id: str, reel_id: object, title: str, moments: object) -> str:
    """Keep the reel's event and queue its film; returns the job's id."""
    payload = {"reel_id": reel_id, "title": title, "moments": moments}
    store().events.append(clip_id, actor(), "reel_saved", payload)
    return work.enqueue("reel", clip_id, {"reel_id": reel_id})
