"""A coder's films: the list, the coding room, and the film without its name."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import InvalidInput, VfeedError
from vfeed.server.web.context import person, services
from vfeed.server.web.drafts import seal
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.journals import journal_json
from vfeed.server.web.ranges import answer_with
from vfeed.server.web.step_words import coding_words
from vfeed.services.coding import Room, film_list

blueprint = Blueprint("coding", __name__)


@blueprint.get("/coding")
def mine() -> str:
    """The films that were given to this coder, study by study, without names."""
    return render_template("coding/mine.html", studies=film_list(services().coding.mine(person())))


@blueprint.get("/coding/<coding_id>")
def room(coding_id: str) -> str:
    """The coding room."""
    found = services().coding.open(person(), coding_id)
    return render_template("coding/room.html", title=title_of(found), room=found, props=props_for(found))


@blueprint.post("/coding/<coding_id>/hand-in")
def hand_in(coding_id: str) -> AnyResponse:
    """Hand the coding in: it is locked from then on."""
    services().coding.append(person(), coding_id, "handed_in", {})
    services().agreements.watch(services().coding.study_of(person(), coding_id), person().name)
    flash(_("Handed in. Thank you."))
    return redirect(url_for("coding.mine"))


@blueprint.route("/coding/<coding_id>/worry", methods=["GET", "POST"])
def worry(coding_id: str) -> str | AnyResponse | tuple[str, int]:
    """Say what worries you in a film: to whoever leads the study, and to no other coder."""
    refused: VfeedError | None = None
    if request.method == "POST":
        try:
            lead = services().coder_concerns.tell(person(), coding_id, request.form.get("words", ""))
        except InvalidInput as error:
            refused = error
        else:
            flash(_("It was sent to %(name)s.", name=lead) if lead else _("It was sent to whoever leads the study."))
            return redirect(url_for("coding.mine"))
    found = services().coder_concerns.page(person(), coding_id)
    page = render_template(
        "coding/worry.html",
        found=found,
        refused=refused,
        words=request.form.get("words", ""),
        back=url_for("coding.room", coding_id=coding_id),
    )
    return (page, 422) if refused else page


@blueprint.get("/media/coding/<coding_id>/<any(proxy, sound, pts_map, waveform):role>")
def film(coding_id: str, role: str) -> Response:
    """Picture and sound of the film, as much as was asked for."""
    part = services().coding.part(person(), coding_id, role)
    # The same film has another tag in every coding: a hidden repeat must not be known by it.
    tag = hashlib.sha256(f"{coding_id}:{part.version}".encode()).hexdigest()[:32]
    return answer_with(part.file, media_type=part.media_type, etag=tag)


def title_of(found: Room) -> str:
    """A film in a coder's list."""
    return _("%(study)s: film %(number)s of %(of)s", study=found.study, number=found.number, of=found.of)


def props_for(found: Room) -> dict[str, object]:
    """What the coding room needs."""
    state = found.folded.state
    here: dict[str, Any] = {"coding_id": found.coding_id}

    def url(role: str) -> str | None:
        return url_for("coding.film", **here, role=role) if role in found.has else None

    return {
        "codingId": found.coding_id,
        "seal": seal(),
        "title": title_of(found),
        "scheme": state.scheme.model_dump(mode="json"),
        "startUs": state.begun.start_us,
        "endUs": state.begun.end_us,
        "lengthUs": found.length_us,
        "filmUrl": url("proxy"),
        "soundUrl": url("sound"),
        "timesUrl": url("pts_map"),
        "waveUrl": url("waveform"),
        "journal": journal_json(found.folded, coding_words),
        "stateUrl": url_for("coding_api.state", **here),
        "eventsUrl": url_for("coding_api.append", **here),
        "undoUrl": url_for("coding_api.undo", **here),
        "redoUrl": url_for("coding_api.redo", **here),
        "endCheckUrl": url_for("coding_api.end_check_of", **here),
        "handInUrl": url_for("coding.hand_in", **here),
        "listUrl": url_for("coding.mine"),
    }
