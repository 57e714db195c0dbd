"""What the review room shows of a clip, as JSON-able values: candidates, lanes, decisions, strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import url_for

from vfeed.practice.overrides import ManualOverrides
from vfeed.practice.review import numbers
from vfeed.server.codes.present import as_json
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.step_words import Say, offers, review_words
from vfeed.services.offer_types import Offer, RecordingFacts
from vfeed.services.review import Naming, ReviewAnswer, ReviewRead
from vfeed.services.rows import Clip


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


def review_json(clip_id: str, read: ReviewRead) -> dict[str, Any]:
    """The whole of the review room's data."""
    state = read.folded.state
    return {
        "last_event_id": read.folded.last_id,
        "state": seen_by_role(state.as_dict()),
        **steps_json(offers(read.folded.available_undo, said_in(read.naming))),
        **offer_json(clip_id, read.offer, state.overrides, has_heads=read.has_heads),
        "heads_url": url_for("media.heads", clip_id=clip_id) if read.has_heads else None,
        "gaze_url": url_for("media.gaze", clip_id=clip_id) if read.has_heads else None,
        "strengths": [as_json(reference, code) for reference, code in read.codes.items()],
    }


def offer_json(clip_id: str, offer: Offer, overrides: ManualOverrides, *, has_heads: bool) -> dict[str, Any]:
    """The candidates with their names, the lanes, and who is who."""
    # The browser keeps a picture by its address, and whose faces it shows depends on what was said.
    overrides_key = overrides.key if overrides.moves_people or overrides.swapped else None
    counted = zip(offer.candidates, numbers(each.kind for each in offer.candidates), strict=True)
    return {
        "candidates": [
            {
                **candidate.as_dict(),
                "reason": looked_up(candidate.reason),
                "number": number,
                "label": label_of(candidate.kind),
                "face_pair_url": url_for(
                    "media.face_pair", clip_id=clip_id, candidate_id=candidate.id, said=overrides_key
                )
                if has_heads
                else None,
            }
            for candidate, number in counted
        ],
        "lanes": asdict(offer.lanes) if offer.lanes else None,
        "who": who_of(offer),
    }


def answer_json(answer: ReviewAnswer) -> dict[str, Any]:
    """What an added step has changed; never the whole, which grows with every step."""
    added = answer.added
    return {
        "event_id": added.event.id,
        "changed": seen_by_role(added.after.state.changes_since(added.before.state)),
        **steps_json(offers(added.after.available_undo, said_in(answer.naming))),
        "offer_changed": answer.offer_changed,
        "strengths": [as_json(reference, code) for reference, code in answer.codes.items()],
    }


def who_of(offer: Offer) -> dict[str, Any] | None:
    """How sure it is who is who and how the film is set up, and what a person should be asked; None: not analysed."""
    if offer.roles is None:
        return None
    filming = offer.filming or RecordingFacts()
    return {
        "roles": asdict(offer.roles),
        # Analyses of earlier versions do not tell the set-up.
        "setup": asdict(filming.setup) if filming.setup else None,
        "asks": filming.asks,
        "outdated": offer.outdated,
    }


def said_in(naming: Naming) -> Say:
    """How what was done with a clip is told."""
    return review_words(naming.originals, naming.library)


def seen_by_role(shown: dict[str, Any]) -> dict[str, Any]:
    """A review, or what has changed of it, as this person may see it: research sees decisions and times, no words."""
    if person().sees_family_work:
        return shown
    hidden = {"moments": {"note": "", "parent_words": ""}, "stills": {"caption": ""}}
    for name, without in hidden.items():
        kept = shown.get(name, [])
        if isinstance(kept, dict):
            shown[name] = {key: each and {**each, **without} for key, each in kept.items()}
        else:
            shown[name] = [{**each, **without} for each in kept]
    emptied: dict[str, Any] = {"words": {}, "talk_marks": [], "voices": [], "reels": []}
    return {name: emptied.get(name, value) for name, value in shown.items()}


def steps_json(steps: dict[str, Any]) -> dict[str, Any]:
    """What undo and redo would do, for those who may read what was done."""
    return steps if person().sees_family_work else {"undo": None, "redo": None}


def film_urls(clip: Clip) -> dict[str, str | None]:
    """Where the film's parts are; None for what is not made yet."""
    roles = set(services().clips.files(clip.id))
    if clip.film.audio_codec is None:
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


def remarks_on(clip_id: str, overrides: ManualOverrides) -> FilmRemarks | None:
    """What the newest analysis says about the filming, for this film and the next visit; None before there is one."""
    filming = services().offers.of(clip_id, overrides).filming
    if filming is None:
        return None
    notice = NOTICE_OF.get(filming.usable, "info")
    words, advice = ([looked_up(each) for each in said] for said in (filming.words, filming.advice))
    return FilmRemarks(kind=notice, usable=looked_up(filming.usable_words), words=words, advice=advice)
