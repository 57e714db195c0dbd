"""Everybody who is followed in a clip, by number, and an analysis put right by a person's word."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.analysis.result import ClipAnalysis, with_overrides
from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.people import NamedRoles, Roles
from vfeed.dyad.person_labels import Part, Sighting, seen_share, sightings
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.perception.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is followed: `number` counts from 1, the longest seen first, and holds for this analysis alone.

    `seen` are clear sightings, the clearest first; `seen_share` is of the analysed frames; `part` is what they are
    taken for now.
    """

    number: int
    seen_share: float
    part: Part
    seen: tuple[Sighting, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-able."""
        return {"number": self.number, "seen_share": round(self.seen_share, 3), "taken_for": self.part.value}


def people_of(result: ClipAnalysis) -> list[Person]:
    """Return everybody whose face can be read at some time of the clip."""
    return people_among(result.metrics, result.roles)


def people_among(metrics: Metrics, roles: Roles) -> list[Person]:
    """As `people_of`, from measurements and who is who."""
    parts = {roles.infant: Part.INFANT, roles.caregiver: Part.CAREGIVER}
    people = []
    for person in range(metrics["sight"].shape[1]):
        if seen := sightings(metrics, person):
            share = seen_share(metrics, person)
            people.append(Person(person + 1, share, parts.get(person, Part.OTHER), tuple(seen)))
    return people


def with_overrides_by_number(
    result: ClipAnalysis,
    *,
    infant: int | None = None,
    caregiver: int | None = None,
    swap_roles: bool = False,
    setup: str | None = None,
) -> ClipAnalysis:
    """Return the analysis with infant and adult by number, exchanged, and the set-up, as a person says; None: as it
    seems.

    Raises VfeedError `invalid_input` for a number that nobody has, and for one that is given to both.
    """
    if infant is None and caregiver is None and not swap_roles and setup is None:
        return result
    numbers = [person.number for person in people_of(result)]
    for number in (infant, caregiver):
        if number is not None and number not in numbers:
            known = ", ".join(map(str, numbers)) or "nobody"
            raise VfeedError(
                "invalid_input",
                _("There is no person %(number)s in this clip."),
                hint=_("There is: %(known)s."),
                number=number,
                known=known,
            )
    if infant is not None and infant == caregiver:
        raise VfeedError("invalid_input", _("One person cannot be infant and adult."), hint=_("Give two numbers."))
    named = NamedRoles(infant=_position(infant), caregiver=_position(caregiver))
    return with_overrides(result, named=named, swap_roles=swap_roles, setup_kind=CameraSetup(setup) if setup else None)


def _position(number: int | None) -> int | None:
    return None if number is None else number - 1
