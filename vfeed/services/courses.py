"""A group's course for research: only families whose everybody agrees to research, and with whom the actor works."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from vfeed.errors import NotFound, VfeedError
from vfeed.errors import marked as _
from vfeed.practice.sheets import SheetState
from vfeed.research.course import Answer, Course, Measured, Named, Paired, named_in, narrowed, tables
from vfeed.services.access import Access, Actor
from vfeed.services.groups import GroupWork
from vfeed.store.store import Store
from vfeed.store.tables import Family, Group, GroupSession

NAME_LETTERS = 6
US_A_SECOND = 1_000_000


@dataclass(frozen=True)
class CourseRead:
    """How many families the course has, how many are told, and why others are left out.

    `named` are the names that would leave as they were typed.
    """

    group: Group
    told: int
    without_consent: int
    of_colleagues: int
    named: Sequence[Named]


class Courses:
    """Each raises VfeedError `not_found`, and `forbidden` for whoever does not lead the group."""

    def __init__(self, store: Store, access: Access, groups: GroupWork) -> None:
        self._store = store
        self._access = access
        self._groups = groups

    def read(self, actor: Actor, group_id: str) -> CourseRead:
        """Return what an export of the course would hold now."""
        read = self._groups.read(actor, group_id)
        agreed = self._agreed(read.families)
        told = self._own(actor, agreed)
        named = named_in(self._course(read.group, read.meetings, told)) if told and read.meetings else []
        return CourseRead(read.group, len(told), len(read.families) - len(agreed), len(agreed) - len(told), named)

    def export(self, actor: Actor, group_id: str, let: Collection[str]) -> dict[str, bytes]:
        """Return the course as files, with those typed names alone that are `let` leave, by their keys.

        Each family's trail says so. Raises VfeedError `consent_missing` without any family.
        """
        read = self._groups.read(actor, group_id)
        told = self._own(actor, self._agreed(read.families))
        if not told or not read.meetings:
            raise VfeedError(
                "consent_missing",
                _("There is no family here whose everybody has agreed to research, or no session yet."),
                hint=_("Ask the families, and write the consent down on each family’s page."),
            )
        files = tables(narrowed(self._course(read.group, read.meetings, told), let))
        for family in told:
            self._store.audit.record(actor.name, "group.exported", family.id, {"group": group_id})
        return files

    def _agreed(self, families: Sequence[Family]) -> list[Family]:
        return [family for family in families if self._access.everyone_agrees(family.id, "research")]

    def _own(self, actor: Actor, families: Sequence[Family]) -> list[Family]:
        return [family for family in families if self._store.workers.decide(family.id, actor.name)]

    def _course(self, group: Group, meetings: Sequence[GroupSession], families: Sequence[Family]) -> Course:
        first = meetings[0].held_on
        names = {meeting.id: f"S{number}" for number, meeting in enumerate(meetings, 1)}
        named = ((family.id, self._name("D", group.id, family.id)) for family in families)
        # In the order of these names, so that the place of a row tells nothing.
        dyads = dict(sorted(named, key=itemgetter(1)))
        came = self._store.groups.attendance(list(names))
        sheets = self._store.groups.sheets(list(names))
        of_sessions = [
            Answer("", names[each.id], (each.held_on - first).days, form, place, answer)
            for each in meetings
            if each.id in sheets
            for form, place, answer in _answers(sheets[each.id])
        ]
        return Course(
            self._programme(group.pack),
            list(dyads.values()),
            [
                (
                    names[each.id],
                    (each.held_on - first).days,
                    [self._name("F", group.id, leader) for leader in each.led_by],
                )
                for each in meetings
            ],
            {
                (dyads[family_id], names[meeting_id]): said
                for (meeting_id, family_id), said in came.items()
                if family_id in dyads
            },
            [
                *of_sessions,
                *(each for family_id, dyad in dyads.items() for each in self._sheets(family_id, dyad, first)),
            ],
            [each for family_id, dyad in dyads.items() for each in self._measures(family_id, dyad, first)],
            [each for family_id, dyad in dyads.items() for each in self._films(family_id, dyad)],
        )

    def _programme(self, pack_id: str) -> str:
        try:
            return self._store.packs.get(pack_id).title if pack_id else ""
        except NotFound:
            return ""

    def _sheets(self, family_id: str, dyad: str, first: date) -> Iterator[Answer]:
        for sheet, state in self._store.sheets.for_family(family_id):
            if sheet.visit_id is None:
                continue
            day = (self._store.families.visit(sheet.visit_id).date - first).days
            for form, place, answer in _answers(state):
                yield Answer(dyad, "", day, form, place, answer)

    def _measures(self, family_id: str, dyad: str, first: date) -> Iterator[Measured]:
        for measure in self._store.measures.state(family_id).measures.values():
            for each in measure.numbers:
                # What was entered in words may name somebody.
                if each.value is not None:
                    yield Measured(dyad, measure.named.name, (each.on - first).days, each.when, f"{each.value:g}")

    def _films(self, family_id: str, dyad: str) -> Iterator[Paired]:
        held = self._store.programmes.state(family_id)
        lengths = {
            clip.id: clip.film.duration_us / US_A_SECOND
            for clip in self._store.clips.for_family(family_id)
            if self._store.consents.decide(clip.id, "research")
        }
        for when, clip_id in (("before", held.before), ("after", held.after)):
            if clip_id in lengths:
                yield Paired(dyad, when, f"{lengths[clip_id]:.1f}")

    def _name(self, kind: str, group_id: str, of: str) -> str:
        """A name of this course alone: it says nothing, stays the same, and nobody finds it out without the key."""
        key = self._store.secret(f"course:{group_id}")
        return f"{kind}-{hmac.new(key, f'{kind} {of}'.encode(), hashlib.sha256).hexdigest()[:NAME_LETTERS]}"


def _answers(state: SheetState) -> Iterator[tuple[str, str, str]]:
    """The form, place and answer of everything chosen or counted; never a text."""
    for item in state.form.items:
        if item.filling == "choice" and (chosen := state.texts.get(item.id, "")):
            yield state.form.title, item.id, chosen
        elif item.filling == "counter":
            for mark in state.form.marks:
                place = f"{item.id}.{mark.id}"
                if place in state.counts:
                    yield state.form.title, place, str(state.counts[place])
