"""Times of ELAN's slots: those left open are shared out along their chain, as ELAN shows them."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from xml.etree.ElementTree import Element

from vfeed.research.formats.seam import MILLISECOND_US, Losses
from vfeed.research.formats.text import microseconds


class Slots:
    """The slots of one file. A chain runs from annotation to annotation of a tier, each beginning where one ends."""

    def __init__(self, root: Element, losses: Losses) -> None:
        self.losses = losses
        self.order: list[str] = []
        self.aligned_us: dict[str, int] = {}
        for slot in root.iter("TIME_SLOT"):
            name, value = slot.get("TIME_SLOT_ID", ""), slot.get("TIME_VALUE")
            self.order.append(name)
            if value is not None:
                self._align(name, value)
        self.place = {name: number for number, name in enumerate(self.order)}

    def _align(self, name: str, value: str) -> None:
        try:
            # Whole milliseconds; some programs write 1500.0.
            self.aligned_us[name] = microseconds(value, MILLISECOND_US)
        except ValueError:
            self.losses.noted(f"slot {name}", f"'{value}' is not a time; the slot was taken as open.")

    def spans(self, notes: list[Element]) -> dict[str, tuple[int, int]]:
        """Start and end (us) of a tier's aligned annotations by identifier; what has no times is left out."""
        times = dict(self.aligned_us)
        self._share_out(notes, times)
        for note in notes:
            for edge in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
                name = note.get(edge, "")
                if name in self.place and name not in times:
                    between = self._between(name)
                    if between is not None:
                        times[name] = between
        return {
            note.get("ANNOTATION_ID", ""): (
                times[note.get("TIME_SLOT_REF1", "")],
                times[note.get("TIME_SLOT_REF2", "")],
            )
            for note in notes
            if note.get("TIME_SLOT_REF1", "") in times and note.get("TIME_SLOT_REF2", "") in times
        }

    def _share_out(self, notes: list[Element], times: dict[str, int]) -> None:
        """From each aligned start: n annotations until the next aligned end get a n-th of the time each."""
        starting: dict[str, list[Element]] = defaultdict(list)
        opening: dict[int, Element] = {}
        for note in notes:
            start = note.get("TIME_SLOT_REF1", "")
            starting[start].append(note)
            if start in self.place and start not in self.aligned_us:
                opening.setdefault(self.place[start], note)
        for note in notes:
            head = note.get("TIME_SLOT_REF1", "")
            if head not in self.aligned_us or note.get("TIME_SLOT_REF2", "") in self.aligned_us:
                continue
            chain, end = self._chain(note, starting, opening)
            if end not in self.aligned_us:
                continue
            start_us, length = self.aligned_us[head], self.aligned_us[end] - self.aligned_us[head]
            for number, each in enumerate(chain):
                times[each.get("TIME_SLOT_REF1", "")] = start_us + length * number // len(chain)
                times[each.get("TIME_SLOT_REF2", "")] = start_us + length * (number + 1) // len(chain)

    def _chain(
        self, note: Element, starting: dict[str, list[Element]], opening: dict[int, Element]
    ) -> tuple[list[Element], str]:
        """The annotations from one on to an aligned end; where neighbours share no slot, the next open start."""
        chain, end, walked = [note], note.get("TIME_SLOT_REF2", ""), {id(note)}
        while end not in self.aligned_us:
            here = self.place.get(end, len(self.order))
            following = starting[end][0] if starting.get(end) else opening.get(here + 1)
            if following is None or id(following) in walked:
                break
            chain.append(following)
            walked.add(id(following))
            end = following.get("TIME_SLOT_REF2", "")
        return chain, end

    @cached_property
    def _neighbours(self) -> list[tuple[int, int]]:
        """For each slot the places of the last aligned one up to it and the first from it on, -1 for none."""
        before, after = [-1] * len(self.order), [-1] * len(self.order)
        last = -1
        for place, name in enumerate(self.order):
            last = before[place] = place if name in self.aligned_us else last
        last = -1
        for place in range(len(self.order) - 1, -1, -1):
            last = after[place] = place if self.order[place] in self.aligned_us else last
        return list(zip(before, after, strict=True))

    def _between(self, name: str) -> int | None:
        """A slot outside of every chain lies evenly between its aligned neighbours in the list of slots."""
        here = self.place[name]
        before, after = self._neighbours[here]
        if before < 0 or after < 0:
            return None
        low, high = self.aligned_us[self.order[before]], self.aligned_us[self.order[after]]
        return low + (high - low) * (here - before) // (after - before)
