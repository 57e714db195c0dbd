"""Everybody who is followed in a clip, as the review room shows them when somebody says who is who."""

from __future__ import annotations

from typing import Any

from flask import url_for

from vfeed.services.faces import FoundPeople


def people_json(clip_id: str, found: FoundPeople) -> list[dict[str, Any]]:
    """Everybody to choose from: number, share of the time seen, what they are taken for, clear sightings, a still."""
    still = "media.person"
    return [
        {
            "number": person.number,
            "seen_share": round(person.seen_share, 3),
            "part": person.part.value,
            "seen": [{"time_us": each.time_us, "box": each.box} for each in person.seen],
            "still_url": url_for(still, clip_id=clip_id, number=person.number, analysis=found.analysis_id),
        }
        for person in found.people
    ]
