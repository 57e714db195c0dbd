"""Groups: who leads them, who comes, whose films are seen there with whose yes, and a programme's sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Folded
from vfeed.practice.consent import Person, those_seen
from vfeed.practice.group_sessions import SessionNamed
from vfeed.practice.groups import (
    MOST_PAIRS,
    Meeting,
    changes_of_leader,
    continuity,
    decide_showing,
    over_sessions,
    total_of_yes,
)
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.sheet_form import Form
from vfeed.practice.sheets import SheetBegun, SheetState
from vfeed.services.access import Access, Actor, require
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Family, Group, GroupFilm, GroupSession

SHEET_PACK, SHEET_FORM = "infant_massage", "sheet"


@dataclass(frozen=True)
class GroupRead:
    """A group with its families, sessions, attendance and who led; `changes` are days with nobody from before."""

    group: Group
    families: Sequence[Family]
    meetings: Sequence[GroupSession]
    attendance: Mapping[tuple[str, str], str]
    continuity: Mapping[str, tuple[bool, ...]]
    changes: Sequence[date]
    may_join: Sequence[Family]


@dataclass(frozen=True)
class FilmLine:
    """A film that is meant for a session, whether it opens now, and whether this person works with the family."""

    film: GroupFilm
    clip: Clip
    family: str
    title: str
    opens: PermissionDecision
    own: bool


@dataclass(frozen=True)
class FamilyLine:
    """A family in a session: whether it came, its people with their yes, and its films that could be chosen.

    Of a family with which this person does not work (`own` false) it holds only the people who said yes.
    """

    family: Family
    came: str
    people: Sequence[tuple[Person, bool]]
    offered: Sequence[tuple[Clip, str, str]]
    own: bool


@dataclass(frozen=True)
class MeetingRead:
    """A session of a group."""

    group: Group
    meeting: GroupSession
    families: Sequence[FamilyLine]
    films: Sequence[FilmLine]
    sheet: SheetState | None
    mending: Folded[SessionNamed | None]

    @property
    def may_have_led(self) -> list[str]:
        """Who can be written down as having led: whoever leads the group, and whoever led this session before."""
        return list(dict.fromkeys([*self.group.leaders, *self.meeting.led_by]))


@dataclass(frozen=True)
class ProgrammeColumn:
    """A programme's course on the observation sheet: the answers over its sessions, and the total of Yes."""

    group: Group
    sessions: int
    answers: Mapping[str, str]
    total: int | None


class GroupWork:
    """Each raises VfeedError `not_found`, and `forbidden` for whoever does not lead the group."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def mine(self, actor: Actor) -> list[Group]:
        """Return the groups that the actor leads."""
        require(actor, "group.lead")
        return self._store.groups.led_by(actor.name)

    def make(self, actor: Actor, title: str, pack: str = "", most_pairs: int = MOST_PAIRS) -> Group:
        """Make a group; raises VfeedError `invalid_input`, `conflict`."""
        require(actor, "group.lead")
        return self._store.groups.make(title, pack, most_pairs, actor.name)

    def read(self, actor: Actor, group_id: str) -> GroupRead:
        """Return a group as its page shows it."""
        group = self._open(actor, group_id)
        rows = self._store.groups.meetings(group_id)
        families = self._store.groups.families(group_id)
        meetings = [_meeting(row) for row in rows]
        inside = {family.id for family in families}
        return GroupRead(
            group,
            families,
            rows,
            self._store.groups.attendance([row.id for row in rows]),
            continuity(meetings),
            changes_of_leader(meetings),
            [family for family in self._store.workers.open_to(actor.name) if family.id not in inside],
        )

    def add_leader(self, actor: Actor, group_id: str, name: str) -> None:
        """Let a colleague lead, too."""
        self._open(actor, group_id)
        self._store.groups.add_leader(group_id, name, actor.name)

    def remove_leader(self, actor: Actor, group_id: str, name: str) -> None:
        """Let somebody, also oneself, lead the group no longer; raises VfeedError `conflict` for the last one."""
        self._open(actor, group_id)
        self._store.groups.remove_leader(group_id, name, actor.name)

    def join(self, actor: Actor, group_id: str, family_id: str) -> None:
        """Take one of the actor's own families into the group; raises VfeedError `conflict` when it is full."""
        self._open(actor, group_id)
        self._access.open_family(actor, family_id)
        self._store.groups.join(group_id, family_id, actor.name)

    def leave(self, actor: Actor, group_id: str, family_id: str) -> None:
        """Let a family leave the group."""
        self._open(actor, group_id)
        self._store.groups.leave(group_id, family_id, actor.name)

    def add_meeting(self, actor: Actor, group_id: str, title: str, held_on: date, led_by: Sequence[str]) -> str:
        """Add a session; returns its id. Raises VfeedError `invalid_input`."""
        self._open(actor, group_id)
        return self._store.groups.add_meeting(group_id, title, held_on, led_by, actor.name).id

    def mend(self, actor: Actor, group_id: str, meeting_id: str, title: str, held_on: date) -> None:
        """Change a session's name and day; another day ends every yes to it. Raises VfeedError `invalid_input`."""
        self._open(actor, group_id)
        self._store.groups.mend(group_id, meeting_id, title, held_on, actor.name)

    def take_back(self, actor: Actor, group_id: str, meeting_id: str, *, redo: bool = False) -> None:
        """Take the last mending of a session back, or do it again; raises VfeedError `invalid_input` without any."""
        self._open(actor, group_id)
        self._store.groups.take_back(group_id, meeting_id, actor.name, redo=redo)

    def meeting(self, actor: Actor, group_id: str, meeting_id: str) -> MeetingRead:
        """Return a session as its page shows it."""
        group = self._open(actor, group_id)
        row = self._store.groups.meeting(group_id, meeting_id)
        agreed = self._store.groups.agreed(meeting_id)
        came = self._store.groups.attendance([meeting_id])
        families = self._store.groups.families(group_id)
        lines = [self._family(actor, each, came.get((meeting_id, each.id), ""), agreed) for each in families]
        inside = {family.id for family in families}
        meant = [each for each in self._store.groups.films(meeting_id) if each[1].family_id in inside]
        films = [self._film(actor, row, *each) for each in meant]
        sheet = self._store.groups.sheets([meeting_id]).get(meeting_id)
        return MeetingRead(group, row, lines, films, sheet, self._store.groups.mending(meeting_id))

    def keep(
        self, actor: Actor, group_id: str, meeting_id: str, led_by: Sequence[str], came: Mapping[str, str]
    ) -> None:
        """Write down who led a session and who came; raises VfeedError `invalid_input`."""
        self._open(actor, group_id)
        self._store.groups.set_leaders(group_id, meeting_id, led_by, actor.name)
        for family_id, said in came.items():
            self._store.groups.set_attendance(group_id, meeting_id, family_id, said, actor.name)

    def consent(self, actor: Actor, group_id: str, meeting_id: str, participant_id: str, *, agreed: bool) -> None:
        """Write down that a person of one of the actor's own families agrees to this session, or no longer does.

        A yes is taken back by whoever leads the group, also for another worker's family: that can only close a film.
        """
        self._open(actor, group_id)
        self._store.groups.meeting(group_id, meeting_id)
        for family in self._store.groups.families(group_id):
            if participant_id in {each.id for each in self._store.families.participants(family.id)}:
                if agreed:
                    self._access.open_family(actor, family.id)
                self._store.groups.set_consent(meeting_id, participant_id, family.id, actor.name, agreed=agreed)
                return
        raise VfeedError("not_found", _("There is no such person in this group."), hint=_("Load the page again."))

    def choose_film(self, actor: Actor, group_id: str, meeting_id: str, clip_id: str, reel_id: str) -> None:
        """Mean a film of moments of one of the actor's own families for a session."""
        self._open(actor, group_id)
        self._store.groups.meeting(group_id, meeting_id)
        clip = self._access.open_clip(actor, clip_id, among={"session"})
        self._access.open_family(actor, clip.family_id)
        inside = {family.id for family in self._store.groups.families(group_id)}
        if clip.family_id not in inside or not self._store.blobs.has(clip_id, f"reel:{reel_id}"):
            raise VfeedError(
                "invalid_input", _("This film cannot be shown in the group."), hint=_("Load the page again.")
            )
        self._store.groups.choose_film(meeting_id, clip, reel_id, actor.name)

    def drop_film(self, actor: Actor, group_id: str, meeting_id: str, film_id: str) -> None:
        """Take a film out of a session."""
        self._open(actor, group_id)
        self._store.groups.meeting(group_id, meeting_id)
        self._store.groups.drop_film(meeting_id, film_id, actor.name)

    def room(self, actor: Actor, group_id: str, meeting_id: str) -> list[FilmLine]:
        """Return the films that open in the session now; each showing stands in the family's audit trail."""
        self._open(actor, group_id)
        row = self._store.groups.meeting(group_id, meeting_id)
        films = [self._film(actor, row, *each) for each in self._store.groups.films(meeting_id)]
        shown = [each for each in films if each.opens]
        for each in shown:
            detail = {"group": group_id, "session": meeting_id, "reel": each.film.reel_id}
            self._store.audit.record(actor.name, "group.shown", each.clip.id, detail)
        return shown

    def film(self, actor: Actor, group_id: str, meeting_id: str, film_id: str) -> GroupFilm:
        """Return a film of the session, asked for anew; raises VfeedError `consent_missing` with the reason."""
        self._open(actor, group_id)
        row = self._store.groups.meeting(group_id, meeting_id)
        found = next((each for each in self._store.groups.films(meeting_id) if each[0].id == film_id), None)
        if found is None:
            raise VfeedError("not_found", _("There is no such film in this session."), hint=_("Load the page again."))
        reel = self._store.events.state(found[1].id).reel(found[0].reel_id)
        if reel is None:
            raise VfeedError("not_found", _("This film of moments was taken back."), hint=_("Load the page again."))
        decision = self._showing(actor, row, found[1])
        if not decision:
            raise VfeedError(
                "consent_missing", decision.reason, hint=_("Ask the family, for this session and this group.")
            )
        return found[0]

    def fill_sheet(self, actor: Actor, group_id: str, meeting_id: str, answers: Mapping[str, str]) -> None:
        """Keep the observation sheet of a session; raises VfeedError `invalid_input`."""
        self._open(actor, group_id)
        pack = self._store.packs.known().pack(SHEET_PACK)
        begun = SheetBegun(pack=pack.id, pack_title=pack.title, form=self.form())
        self._store.groups.fill_sheet(group_id, meeting_id, actor.name, begun, answers)

    def form(self) -> Form:
        """Return the observation sheet that belongs to a programme's session."""
        form = self._store.packs.known().pack(SHEET_PACK).form(SHEET_FORM)
        if form is None:
            raise VfeedError("not_found", _("There is no such form."), hint=_("Go back to the group."))
        return form

    def programmes(self, actor: Actor) -> list[ProgrammeColumn]:
        """Return the actor's groups that have a sheet, side by side."""
        require(actor, "group.lead")
        form, columns = self.form(), []
        for group in self._store.groups.led_by(actor.name):
            meetings = self._store.groups.meetings(group.id)
            sheets = list(self._store.groups.sheets([each.id for each in meetings]).values())
            if sheets:
                answers = over_sessions(form, sheets)
                columns.append(ProgrammeColumn(group, len(sheets), answers, total_of_yes(answers)))
        return columns

    def _open(self, actor: Actor, group_id: str) -> Group:
        require(actor, "group.lead")
        group = self._store.groups.get(group_id)
        if actor.name not in group.leaders:
            self._store.audit.record(actor.name, "access.refused", group_id, {"why": "another group"})
            raise VfeedError(
                "forbidden", _("This group is led by others."), hint=_("Ask one of those who lead it to add you.")
            )
        return group

    def _showing(self, actor: Actor, row: GroupSession, clip: Clip) -> PermissionDecision:
        # The family's own consent to shared reviews comes first; the group's is asked beside it.
        usual = self._store.consents.decide(clip.id, "session")
        if not usual:
            return usual
        inside = {family.id for family in self._store.groups.families(row.group_id)}
        people = [Person(each.id, each.label) for each in self._store.families.participants(clip.family_id)]
        return decide_showing(
            _meeting(row),
            actor.name,
            date.today(),
            is_member=clip.family_id in inside,
            ended_on=self._store.retention.clock(clip.family_id).ended_on,
            people=those_seen(people, clip.seen),
            agreed=self._store.groups.agreed(row.id),
        )

    def _film(self, actor: Actor, row: GroupSession, film: GroupFilm, clip: Clip) -> FilmLine:
        family = self._store.families.get(clip.family_id)
        reel = self._store.events.state(clip.id).reel(film.reel_id)
        opens = self._showing(actor, row, clip)
        if reel is None or not self._store.blobs.has(clip.id, f"reel:{film.reel_id}"):
            opens = PermissionDecision(False, _("This film of moments has not been made yet."))
        own = bool(self._store.workers.decide(family.id, actor.name))
        # A title is the worker's words of a family; a leader of the group reads it with the films, not before.
        title = reel.title if reel and (own or opens) else ""
        return FilmLine(film, clip, family.code_name, title, opens, own)

    def _family(self, actor: Actor, family: Family, came: str, agreed: frozenset[str]) -> FamilyLine:
        own = bool(self._store.workers.decide(family.id, actor.name))
        everybody = [Person(each.id, each.label) for each in self._store.families.participants(family.id)]
        people = [(each, each.id in agreed) for each in everybody if own or each.id in agreed]
        return FamilyLine(family, came, people, self._offered(actor, family.id) if own else [], own)

    def _offered(self, actor: Actor, family_id: str) -> list[tuple[Clip, str, str]]:
        found: list[tuple[Clip, str, str]] = []
        for made in self._store.clips.with_files(family_id):
            if not self._access.decide(actor, made.clip.id, among={"session"}):
                continue
            made_of = self._store.events.state(made.clip.id).reels
            found += [
                (made.clip, reel.reel_id, reel.title)
                for reel in made_of
                if self._store.blobs.has(made.clip.id, f"reel:{reel.reel_id}")
            ]
        return found


def _meeting(row: GroupSession) -> Meeting:
    return Meeting(row.id, row.held_on, tuple(row.led_by))
