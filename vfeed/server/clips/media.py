"""Films, sounds and stills, decrypted as they are sent; each asks for the consent again."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from vfeed.errors import VfeedError
from vfeed.practice.caregiver_input import voice_role
from vfeed.practice.reel_file import still_us
from vfeed.practice.reel_places import place_of
from vfeed.server.web import access
from vfeed.server.web.context import person as caller
from vfeed.server.web.context import services
from vfeed.server.web.files import image_answer, kept
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.wall.answers import if_changed

blueprint = Blueprint("media", __name__, url_prefix="/media/<clip_id>")


@blueprint.get("/<any(proxy, poster, sound, waveform, pts_map, strip):role>")
def blob(clip_id: str, role: str) -> Response:
    """A file made from the clip."""
    access.open_clip(clip_id)
    return kept(clip_id, role)


@blueprint.get("/still/<int:time_us>")
def still(clip_id: str, time_us: int) -> Response:
    """The frame at a time of the clip."""
    clip = access.open_clip(clip_id)
    if time_us >= clip.film.duration_us:
        raise VfeedError("not_found", _("The film is shorter than that."), hint=_("Choose an earlier moment."))
    return image_answer(services().files.frame(clip_id, time_us), f"still-{clip_id}-{time_us}")


@blueprint.get("/taken/<still_id>")
def taken(clip_id: str, still_id: str) -> Response:
    """The picture of a still that a person took."""
    access.open_clip(clip_id)
    return if_made(clip_id, services().files.taken(clip_id, still_id))


@blueprint.post("/taken/<still_id>")
def make_taken(clip_id: str, still_id: str) -> Response:
    """Make the picture of a still."""
    access.open_clip(clip_id)
    services().files.make_taken(clip_id, still_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get("/facepair/<candidate_id>")
def face_pair(clip_id: str, candidate_id: str) -> Response:
    """Infant and parent side by side, at the middle of a candidate."""
    return if_made(clip_id, services().faces.pair(caller(), clip_id, candidate_id))


@blueprint.post("/facepair/<candidate_id>")
def make_face_pair(clip_id: str, candidate_id: str) -> Response:
    """Make the picture of both: of a candidate that the last look did not find, or not with these people."""
    services().faces.make_pair(caller(), clip_id, candidate_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get("/person/<int:number>")
def person(clip_id: str, number: int) -> Response:
    """Somebody who is followed, at their clearest, for choosing who is who."""
    return if_made(clip_id, services().faces.portrait(caller(), clip_id, number))


@blueprint.post("/person/<int:number>")
def make_person(clip_id: str, number: int) -> Response:
    """Make the picture of somebody: an analysis of an earlier version has none."""
    services().faces.make_portrait(caller(), clip_id, number)
    return Response(status=HTTPStatus.NO_CONTENT)


def if_made(clip_id: str, role: str | None) -> Response:
    """A picture that is kept, or (202, empty) that it is still to be made: a POST to the same address makes it."""
    if role is not None:
        return kept(clip_id, role)
    response = Response(status=HTTPStatus.ACCEPTED)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/heads")
def heads(clip_id: str) -> Response:
    """Where the two heads are, for the overlay."""
    return if_changed(services().faces.heads(caller(), clip_id))


@blueprint.get("/gaze")
def gaze(clip_id: str) -> Response:
    """Where each of the two looks, for the overlay; empty where gaze is said to mean little."""
    return if_changed(services().faces.gaze_lines(caller(), clip_id))


@blueprint.get("/reel/<reel_id>")
def reel(clip_id: str, reel_id: str) -> Response:
    """The film of the chosen moments."""
    services().reels.one(caller(), clip_id, reel_id)
    return kept(clip_id, f"reel:{reel_id}")


@blueprint.get("/reel/<reel_id>/still/<moment_id>")
def reel_still(clip_id: str, reel_id: str, moment_id: str) -> Response:
    """A still of one chosen moment."""
    piece = place_of(services().reels.one(caller(), clip_id, reel_id).reel, moment_id).moment
    return image_answer(services().files.still_of(clip_id, piece), f"still-{clip_id}-{still_us(piece)}")


@blueprint.get("/reel/<reel_id>/voice/<voice_id>")
def voice(clip_id: str, reel_id: str, voice_id: str) -> Response:
    """What the parent said aloud about a moment of this reel."""
    services().parents_room.hear(caller(), clip_id, reel_id, voice_id)
    return kept(clip_id, voice_role(voice_id))
