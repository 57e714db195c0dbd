"""Who is who in a clip, by the analysis and by a person's word: the people to choose from, their pictures and heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import url_for

from vfeed.dyad.naming import found_again
from vfeed.dyad.people import Roles, find_roles
from vfeed.dyad.setup import SetupKind
from vfeed.errors import VfeedError
from vfeed.perception.metrics import Metrics
from vfeed.practice.said import Said
from vfeed.server.context import services, store
from vfeed.server.words import gettext as _

PERSON_SIDE_PX = 320
# More than as much again as the face is shown around it, to know somebody by hair, clothes and place.
PERSON_MARGIN = 1.4


def roles_as_said(metrics: Metrics, said: Said) -> Roles:
    """Who is infant and who parent, without the rest of the analysis."""
    at_camera = said.setup is SetupKind.PARENT_AT_CAMERA
    named = found_again(metrics, said.named)
    return find_roles(metrics, swap=said.swapped, named=named, parent_at_camera=at_camera)


def people_for(clip_id: str, said: Said) -> list[dict[str, Any]]:
    """Everybody to choose from: number, share of the time seen, what they are taken for, clear sightings, a still."""
    analysis = store().analyses.latest(clip_id)
    if analysis is None:
        return []
    still = "media.person"
    return [
        {**person, "still_url": url_for(still, clip_id=clip_id, number=person["number"], analysis=analysis.id)}
        for person in _people(analysis.id, clip_id, said)
    ]


@lru_cache(maxsize=32)
def _people(_analysis_id: str, clip_id: str, said: Said) -> Sequence[Mapping[str, Any]]:
    from vfeed.analysis.people import people_among

    metrics = services().offers.metrics(clip_id)
    return [
        {
            "number": person.number,
            "seen_share": round(person.seen_share, 3),
            "part": person.part.value,
            "seen": [{"time_us": each.time_us, "box": each.box} for each in person.seen],
        }
        for person in people_among(metrics, roles_as_said(metrics, said))
    ]


def picture_of_person(clip_id: str, number: int) -> tuple[str, bytes]:
    """The clearest sighting of a person of the newest analysis, with its name there, as JPEG; kept once it is made.

    Raises VfeedError `not_found` for a number that nobody has.
    """
    from vfeed.media.frames import frame_at
    from vfeed.media.stills import jpeg
    from vfeed.server.faces import face

    analysis = store().analyses.latest(clip_id)
    people = _people(analysis.id, clip_id, Said()) if analysis is not None else ()
    person = next((each for each in people if each["number"] == number), None)
    if analysis is None or person is None:
        raise VfeedError("not_found", _("There is no such person in this film."), hint=_("Load the film's page again."))
    role = f"person:{analysis.id}:{number}"
    if store().blobs.has(clip_id, role):
        return role, store().blobs.read(clip_id, role)
    clearest = person["seen"][0]
    with store().blobs.open(clip_id, "original") as file:
        image = frame_at(file, clearest["time_us"]).image_bgr
    picture = jpeg(face(image, list(clearest["box"]), side_px=PERSON_SIDE_PX, margin=PERSON_MARGIN))
    with store().blobs.put(clip_id, role, "image/jpeg") as out:
        out.write(picture)
    return role, picture
