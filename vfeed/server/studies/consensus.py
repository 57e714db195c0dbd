"""Agreeing on one coding: the clips that two coders differ on, the room for each, and the agreed coding as a file."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from vfeed.research.consensus import ConsensusState
from vfeed.research.differing import playlist
from vfeed.research.formats.vtt import WebVtt
from vfeed.research.scheme import LaneKind
from vfeed.server.studies.present import DIFFERS_WORDS, lane_words, shown_code
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.journals import added_json, journal_json
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.step_words import consensus_words
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import PartIn
from vfeed.server.web.wall.review import TakeBackIn
from vfeed.services.consensus import Both, Meeting, end_check

blueprint = Blueprint("consensus", __name__)

OF_STUDY = "/studies/<study_id>/consensus"
OF_CLIP = f"{OF_STUDY}/<name>"
API = "/api/studies/<study_id>/consensus/<name>"
VTT = "text/vtt; charset=utf-8"


@blueprint.get(OF_STUDY)
def clips(study_id: str) -> str:
    """The clips that two coders have handed in, and how many differences of each are settled."""
    found = services().consensus.clips(person(), study_id)
    return render_template(
        "studies/consensus.html",
        clips=[
            {
                "name": both.name,
                "count": both.count,
                "settled": settled(both, state),
                "finished": state.finished,
                "url": url_for("consensus.room", study_id=study_id, name=both.name),
                "playlist": url_for("consensus.playlist_of", study_id=study_id, name=both.name),
            }
            for both, state in found
        ],
        crumbs=crumbs(study_id),
    )


@blueprint.get(OF_CLIP)
def room(study_id: str, name: str) -> str:
    """A clip's differences, with its film."""
    meeting = services().consensus.open(person(), study_id, name)
    return render_template(
        "studies/meeting.html",
        title=_("Film %(name)s: agree on one coding", name=name),
        props=props_for(study_id, meeting),
        crumbs=[*crumbs(study_id), (_("Where they differ"), url_for("consensus.clips", study_id=study_id))],
    )


@blueprint.get(f"{OF_CLIP}/playlist")
def playlist_of(study_id: str, name: str) -> Response:
    """The differences as captions to watch over the film."""
    both = services().consensus.open(person(), study_id, name).both
    found = sorted((each for own in both.differs.values() for each in own), key=lambda each: each.start_us)
    written = WebVtt().write(playlist(both.name, found, both.first.length_us))
    data = next(iter(written.files.values()))
    return answer_with(io.BytesIO(data), media_type=VTT, etag=f"{name}-{len(data)}", download_name=f"{name}.vtt")


@blueprint.get(API)
def state(study_id: str, name: str) -> Response:
    """What is agreed so far."""
    return answer(journal_json(services().consensus.open(person(), study_id, name).folded, consensus_words))


@blueprint.post(f"{API}/events")
def append(study_id: str, name: str) -> Response:
    """Settle a stretch; `expect` is the step that settled it last as the sender saw it."""
    sent = body(PartIn)
    added = services().consensus.append(person(), study_id, name, sent.type, sent.payload, sent.expect)
    return answer(added_json(added, consensus_words))


@blueprint.post(f"{API}/undo")
def undo(study_id: str, name: str) -> Response:
    """Take the last step back."""
    expect_last = body(TakeBackIn).expect_last
    return answer(added_json(services().consensus.take_back(person(), study_id, name, expect_last), consensus_words))


@blueprint.post(f"{API}/redo")
def redo(study_id: str, name: str) -> Response:
    """Do again what was taken back."""
    added = services().consensus.take_back(person(), study_id, name, body(TakeBackIn).expect_last, redo=True)
    return answer(added_json(added, consensus_words))


def settled(both: Both, state: ConsensusState) -> int:
    """How many differences of a clip are settled."""
    return sum(f"{lane}:{each.start_us}" in state.settled for lane, own in both.differs.items() for each in own)


def props_for(study_id: str, meeting: Meeting) -> dict[str, Any]:
    """What the room needs; coders are shapes in an order drawn by lot."""
    both = meeting.both
    here: dict[str, Any] = {"study_id": study_id, "name": both.name}
    lanes = {lane.id: lane for lane in both.plan.scheme.lanes}
    differs = [
        {
            "lane": lane_id,
            "title": lane_words(lanes[lane_id].who, lanes[lane_id].title),
            "start_us": each.start_us,
            "end_us": each.end_us,
            "first": shown_code(lanes[lane_id], each.first),
            "second": shown_code(lanes[lane_id], each.second),
            "kind": _(DIFFERS_WORDS[each.kind]),
            "point": lanes[lane_id].kind == LaneKind.POINT,
            "codes": [
                *({"id": code.id, "label": code.label} for code in lanes[lane_id].codes),
                {"id": "none", "label": _("None of these")},
                *([] if lanes[lane_id].kind == LaneKind.POINT else [{"id": "cannot_see", "label": _("Cannot see")}]),
            ],
        }
        for lane_id, own in both.differs.items()
        for each in own
    ]
    alone_us = end_check(both, meeting.folded.state).one_alone_us
    return {
        "aloneS": round(alone_us / 1e6),
        "listUrl": url_for("consensus.clips", study_id=study_id),
        "filmUrl": url_for("media.blob", clip_id=both.clip_id, role="proxy"),
        "lengthUs": both.first.length_us,
        "differs": sorted(differs, key=lambda each: (each["start_us"] - each["end_us"], each["start_us"])),
        "journal": journal_json(meeting.folded, consensus_words),
        "stateUrl": url_for("consensus.state", **here),
        "eventsUrl": url_for("consensus.append", **here),
        "undoUrl": url_for("consensus.undo", **here),
        "redoUrl": url_for("consensus.redo", **here),
    }


def crumbs(study_id: str) -> list[tuple[str, str]]:
    """The way back to the study."""
    title = services().studies.read(person(), study_id).state.plan.title
    return [(_("Studies"), url_for("studies.index")), (title, url_for("studies.study", study_id=study_id))]
