"""What a person said of a film as a whole: who is who in it, and how it is set up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.person_labels import Named, Sighting
from vfeed.practice.events import NamedPerson

KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class ManualOverrides:
    """What a person said of a clip that goes before the analysis; by default nothing, and the analysis decides.

    `people` are named by where their faces were. `swapped` exchanges infant and parent as the analysis, or the naming,
    has them. `setup` goes before both: with the parent at the camera nobody in view is the parent.
    """

    swapped: bool = False
    people: tuple[NamedPerson, ...] = ()
    setup: CameraSetup | None = None

    @property
    def named(self) -> Sequence[Named]:
        """The naming as the analysis takes it."""
        return [
            Named(person.part, tuple(Sighting(seen.time_us, seen.box) for seen in person.seen))
            for person in self.people
        ]

    @property
    def moves_people(self) -> bool:
        """Whether it can put somebody else in a part than the analysis or a swap of its two does."""
        return bool(self.people) or self.setup is CameraSetup.CAREGIVER_AT_CAMERA

    @property
    def key(self) -> str:
        """A short name for who is who by it: what was made of the two faces is kept under it."""
        if not self.moves_people:
            return "swapped" if self.swapped else "found"
        told = repr((self.swapped, self.people, self.setup is CameraSetup.CAREGIVER_AT_CAMERA))
        return hashlib.sha256(told.encode()).hexdigest()[:KEY_LENGTH]
