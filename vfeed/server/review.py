"""What the review room shows of a clip, as JSON-able values: candidates, lanes, decisions, strengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from flask import Response, jsonify, request, url_for

from vfeed.analysis.relit import relit
from vfeed.dyad.candidates import Candidate
from vfeed.dyad.decisions import Decision
from vfeed.errors import VfeedError
from vfeed.practice.review import ReviewState, numbers
from vfeed.practice.said import Said
from vfeed.server import access
from vfeed.server.codes import as_json
from vfeed.server.context import store
from vfeed.server.people import metrics_of, recomputed
from vfeed.server.words import gettext as _
from vfeed.store.tables import Clip
from vfeed.timeline.interval import Interval

LANES = ("infant", "parent")


@dataclass(frozen=True)
class Offer:
    """What the analysis offers: candidates in the order of time, runs of looking states by person, filming facts.

    `roles` is who is who. `outdated` tells that what a person said could not be taken into account.
    """

    candidates: Sequence[Mapping[str, Any]] = ()
    lanes: Mapping[str, Any] | None = None
    filming: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Any] = field(default_factory=dict)
    outdated: bool = False


def offer_of(clip_id: str, said: Said) -> Offer:
    """The newest analysis, with the people and the set-up as a person has said."""
    analysis = store().analyses.latest(clip_id)
    if analysis is None:
        return Offer()
    if said != Said():
        try:
            return _offer_as_said(analysis.id, clip_id, said)
        except VfeedError as error:
            if error.code != "invalid_input":
                raise
    lanes = {name: analysis.states_display.get(name, []) for name in LANES}
    return Offer(analysis.candidates, lanes, analysis.filming, analysis.roles, outdated=said != Said())


@lru_cache(maxsize=32)
def _offer_as_said(_analysis_id: str, clip_id: str, said: Said) -> Offer:
    # The candidates and what is said of each face depend on who is who; they come from the kept measurements in
    # milliseconds, without the film.
    from vfeed.analysis.display import states_for_display

    result = recomputed(metrics_of(clip_id), said)
    lanes = states_for_display(result)
    candidates = [each.as_dict() for each in result.candidates]
    return Offer(candidates, {name: lanes[name] for name in LANES}, result.filming, result.roles.as_dict())


def offer_after(clip_id: str, state: ReviewState) -> Offer:
    """The newest analysis in the light of what was decided since: open candidates are ranked anew, lanes follow.

    Where gaze is said to mean little there are no candidates and no looks, for whoever asks.
    """
    offer = offer_of(clip_id, state.said)
    if not state.gaze_flags.meaningful:
        return replace(offer, candidates=(), lanes=None)
    analysis = store().analyses.latest(clip_id)
    decisions = tuple(
        Decision(each.kind, Interval(each.start_us, each.end_us), kept=each.state == "confirmed")
        for each in state.decisions.values()
        if each.state != "unsure"
    )
    if analysis is None or not decisions or not store().blobs.has(clip_id, "metrics"):
        return offer
    try:
        candidates, lanes = _refit(analysis.id, clip_id, state.said, decisions)
    except VfeedError as error:
        if error.code != "invalid_input":
            raise
        return offer  # measured by an earlier version, which kept less: what it offered still stands
    return replace(offer, candidates=relit(offer.candidates, candidates, state.decisions.keys()), lanes=lanes)


@lru_cache(maxsize=32)
def _refit(
    _analysis_id: str, clip_id: str, said: Said, decisions: tuple[Decision, ...]
) -> tuple[Sequence[Candidate], Mapping[str, Any]]:
    from vfeed.analysis.display import states_for_display

    result = recomputed(metrics_of(clip_id), said, decisions)
    lanes = states_for_display(result)
    return result.candidates, {name: lanes[name] for name in LANES}


def label_of(kind: str) -> str:
    """A candidate's kind on the screen."""
    labels = {
        "gaze_contact": _("Gaze contact"),
        "gaze_aversion": _("Looking away"),
        "joint_attention": _("Looking at the same thing"),
        "look_to_parent": _("Looking to the parent"),
        "parent_waiting": _("Parent waits and watches"),
        "repair": _("Contact again"),
    }
    return labels.get(kind, _("Candidate"))


def review_of(clip_id: str) -> dict[str, Any]:
    """The whole of the review room's data."""
    state = store().events.state(clip_id)
    offer = offer_after(clip_id, state)
    has_heads = store().blobs.has(clip_id, "heads")
    # The browser keeps a picture by its address, and whose faces it shows depends on what was said.
    said_key = state.said.key if state.said.moves_people or state.said.swapped else None
    return {
        "last_event_id": state.last_event_id,
        "state": state_for(state),
        "candidates": [
            {
                **candidate,
                "number": number,
                "label": label_of(candidate["kind"]),
                "face_pair_url": url_for(
                    "media.face_pair", clip_id=clip_id, candidate_id=candidate["id"], said=said_key
                )
                if has_heads
                else None,
            }
            for candidate, number in zip(
                offer.candidates, numbers(each["kind"] for each in offer.candidates), strict=True
            )
        ],
        "lanes": offer.lanes,
        "who": who_of(offer),
        "heads_url": url_for("media.heads", clip_id=clip_id) if has_heads else None,
        "gaze_url": url_for("media.gaze", clip_id=clip_id) if has_heads else None,
        "strengths": codes_in(state),
    }


def who_of(offer: Offer) -> dict[str, Any] | None:
    """How sure it is who is who and how the film is set up, and what a person should be asked; None: not analysed."""
    if not offer.roles:
        return None
    return {
        "roles": {name: offer.roles.get(name) for name in ("confidence", "others", "given", "lost")},
        # Analyses of earlier versions do not tell the set-up.
        "setup": offer.filming.get("setup"),
        "asks": offer.filming.get("asks", []),
        "outdated": offer.outdated,
    }


def state_for(state: ReviewState) -> dict[str, Any]:
    """The review state as this person may see it: research sees decisions and times, no words."""
    shown = state.as_dict()
    if not access.sees_family_work():
        shown["moments"] = [{**moment, "note": "", "parent_words": ""} for moment in shown["moments"]]
        shown["stills"] = [{**still, "caption": ""} for still in shown["stills"]]
        shown |= {"words": {}, "talk_marks": [], "voices": [], "reels": [], "undo_event": None, "redo_event": None}
    return shown


def codes_in(state: ReviewState) -> list[dict[str, Any]]:
    """The codes that the clip's tags carry, also those that are offered no longer."""
    library = store().packs.library()
    carried = dict.fromkeys([each.strength for each in state.moments] + [each.strength for each in state.open_moments])
    return [as_json(reference, code) for reference in carried if (code := library.code(reference)) is not None]


def film_urls(clip: Clip) -> dict[str, str | None]:
    """Where the film's parts are; None for what is not made yet."""
    roles = {blob.role for blob in store().blobs.list(clip.id)}
    if clip.facts.get("audio_codec") is None:
        roles.discard("waveform")
    names = {
        "proxy_url": "proxy",
        "sound_url": "sound",
        "poster_url": "poster",
        "waveform_url": "waveform",
        "frame_times_url": "pts_map",
    }
    return {
        name: url_for("media.blob", clip_id=clip.id, role=role) if role in roles else None
        for name, role in names.items()
    }


@dataclass(frozen=True)
class FilmRemarks:
    """What the analysis says of a film, in sentences: what it allows, what was seen, advice for the next one.

    `kind` is the notice that `usable` is shown as; older analyses have neither that nor advice.
    """

    kind: str
    usable: str
    words: Sequence[str]
    advice: Sequence[str]


NOTICE_OF = {"fine": "good", "limits": "info", "again": "warn"}


def remarks_on(clip_id: str, said: Said) -> FilmRemarks | None:
    """What the newest analysis says about the filming, for this film and the next visit; None before there is one."""
    filming = offer_of(clip_id, said).filming
    if not filming:
        return None
    return FilmRemarks(
        kind=NOTICE_OF.get(filming.get("usable", ""), "info"),
        usable=filming.get("usable_words", ""),
        words=filming.get("words", []),
        advice=filming.get("advice", []),
    )


def json_if_changed(body: Any) -> Response:
    """JSON with an ETag of its content: 304 for a reader who has it already."""
    response = jsonify(body)
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-store"
    answer = response.make_conditional(request)
    assert isinstance(answer, Response)
    return answer
