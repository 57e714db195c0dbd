"""Groups in the database: rows for who, when and what, and a journal for the sheet of each session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.practice.group_sessions import GROUP_SESSION, SessionNamed
from vfeed.practice.groups import CAME, MOST_SESSIONS
from vfeed.practice.sheets import SHEET, SheetBegun, SheetState, check, part_of
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.family_reads import by_code_name
from vfeed.store.journal import Journals, Stream, overtaken
from vfeed.store.keystore import Ended, KeyStore
from vfeed.store.packs import library_in
from vfeed.store.tables import (
    Clip,
    Detail,
    Family,
    Group,
    GroupAttendance,
    GroupConsent,
    GroupFamily,
    GroupFilm,
    GroupSession,
    Participant,
    new_id,
)
from vfeed.store.workers import practitioner_in

GROUP_SHEETS = Stream("group_sheet", SHEET, GroupSession)
GROUP_SESSIONS = Stream("group_session", GROUP_SESSION, GroupSession)
AddedToSession = Added[SessionNamed | None]


class Groups:
    """Keeps groups; who may do what is for the use cases to say."""

    def __init__(self, database: Database, keys: KeyStore, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._keys = keys
        self._audit = audit
        self._journals = journals

    def make(self, title: str, pack: str, most_pairs: int, actor: str) -> Group:
        """A new group, led by whoever makes it; raises VfeedError `invalid_input`, `conflict` for a known title."""
        row = Group(
            id=new_id(),
            title=_named(title),
            pack=pack,
            most_pairs=most_pairs,
            leaders=[actor],
            created_by=actor,
        )
        try:
            with self._database.write() as session:
                if pack:
                    library_in(session).pack(pack)
                session.add(row)
                self._audit.append(session, actor, "group.made", row.id)
        except IntegrityError as error:
            raise VfeedError(
                "conflict", _("There is a group of this name already."), hint=_("Choose another name.")
            ) from error
        return row

    def get(self, group_id: str) -> Group:
        """The group; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _group(session, group_id)

    def titles(self) -> dict[str, str]:
        """What every group is called, by its id."""
        with self._database.read() as session:
            return {row.id: row.title for row in session.execute(select(Group.id, Group.title))}

    def led_by(self, actor: str) -> list[Group]:
        """The groups that this account leads, by title."""
        with self._database.read() as session:
            rows = session.scalars(select(Group).order_by(Group.title)).all()
        return [row for row in rows if actor in row.leaders]

    def add_leader(self, group_id: str, name: str, actor: str) -> None:
        """Let a colleague lead the group, too; raises VfeedError `not_found` for no such practitioner."""
        with self._database.write() as session:
            row = _group(session, group_id, lock=True)
            account = practitioner_in(session, name)
            row.leaders = list(dict.fromkeys([*row.leaders, str(account.username)]))
            self._audit.append(session, actor, "group.leader_added", group_id, {"leader": account.username})

    def remove_leader(self, group_id: str, name: str, actor: str) -> None:
        """Let somebody lead the group no longer; which sessions they led stays. Raises `conflict` for the last one."""
        with self._database.write() as session:
            row = _group(session, group_id, lock=True)
            if name not in row.leaders:
                return
            rest = [each for each in row.leaders if each != name]
            if not rest:
                raise VfeedError(
                    "conflict", _("A group needs somebody who leads it."), hint=_("Add a colleague first.")
                )
            row.leaders = rest
            self._audit.append(session, actor, "group.leader_removed", group_id, {"leader": name})

    def families(self, group_id: str) -> Sequence[Family]:
        """The families in the group, by code name."""
        query = select(Family).join(GroupFamily, GroupFamily.family_id == Family.id)
        with self._database.read() as session:
            return by_code_name(session.scalars(query.where(GroupFamily.group_id == group_id)))

    def join(self, group_id: str, family_id: str, actor: str) -> None:
        """Take a family into the group; raises VfeedError `conflict` when it is full."""
        with self._database.write() as session:
            row = _group(session, group_id, lock=True)
            if session.get(GroupFamily, (group_id, family_id)) is not None:
                return
            query = select(func.count()).select_from(GroupFamily).where(GroupFamily.group_id == group_id)
            if (session.scalar(query) or 0) >= row.most_pairs:
                raise VfeedError(
                    "conflict",
                    _("There are %(most)s families in this group already."),
                    hint=_("Make another group, or let a family leave first."),
                    most=row.most_pairs,
                )
            session.add(GroupFamily(group_id=group_id, family_id=family_id))
            self._audit.append(session, actor, "group.family_joined", family_id, {"group": group_id})

    def leave(self, group_id: str, family_id: str, actor: str) -> None:
        """Let a family leave: every yes ends with it, and its films are open to the group no longer."""
        with self._database.write() as session:
            row = session.get(GroupFamily, (group_id, family_id), with_for_update=True)
            if row is not None:
                session.delete(row)
                self._end_yeses(session, actor, GroupSession.group_id == group_id, Participant.family_id == family_id)
                self._audit.append(session, actor, "group.family_left", family_id, {"group": group_id})

    def meetings(self, group_id: str) -> Sequence[GroupSession]:
        """The sessions, in the order of their days."""
        query = select(GroupSession).where(GroupSession.group_id == group_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(GroupSession.held_on, GroupSession.created_at)).all()

    def meeting(self, group_id: str, meeting_id: str) -> GroupSession:
        """A session of this group; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _meeting(session, group_id, meeting_id)

    def add_meeting(self, group_id: str, title: str, held_on: date, led_by: Sequence[str], actor: str) -> GroupSession:
        """A session, held or planned; raises VfeedError `invalid_input` for a leader whom the group does not have."""
        with self._database.write() as session:
            group = _group(session, group_id)
            query = select(func.count()).select_from(GroupSession).where(GroupSession.group_id == group_id)
            if (session.scalar(query) or 0) >= MOST_SESSIONS:
                raise VfeedError(
                    "invalid_input", _("This group has very many sessions."), hint=_("Make another group.")
                )
            row = GroupSession(
                id=new_id(),
                group_id=group_id,
                title=_named(title),
                held_on=held_on,
                led_by=_leaders(group, led_by),
                created_by=actor,
            )
            session.add(row)
            self._audit.append(session, actor, "group.session_added", group_id, {"session": row.id})
        return row

    def mend(self, group_id: str, meeting_id: str, title: str, held_on: date, actor: str) -> None:
        """Change a session's name and day; raises VfeedError `invalid_input` for no name."""
        wanted = SessionNamed(title=_named(title), held_on=held_on)
        with self._database.write() as session:
            row = _meeting(session, group_id, meeting_id, lock=True)
            before = SessionNamed(title=row.title, held_on=row.held_on)
            if wanted == before:
                return
            steps = [("session_mended", wanted, actor)]
            if not self._journals.read(session, GROUP_SESSIONS, meeting_id).last_id:
                steps.insert(0, ("session_named", before, row.created_by))
            for type_, payload, who in steps:
                added = self._journals.append(
                    session, GROUP_SESSIONS, meeting_id, who, type_, payload, check=lambda _folded: None
                )
            self._settle(session, row, added, actor)

    def take_back(self, group_id: str, meeting_id: str, actor: str, *, redo: bool = False) -> None:
        """Take the last mending back, or do it again; raises VfeedError `invalid_input` when there is none."""
        with self._database.write() as session:
            row = _meeting(session, group_id, meeting_id, lock=True)
            added = self._journals.take_back(session, GROUP_SESSIONS, meeting_id, actor, redo=redo)
            self._settle(session, row, added, actor)

    def mending(self, meeting_id: str) -> Folded[SessionNamed | None]:
        """What was mended of a session, step by step."""
        with self._database.read() as session:
            return self._journals.read(session, GROUP_SESSIONS, meeting_id)

    def _settle(self, session: Session, row: GroupSession, added: AddedToSession, actor: str) -> None:
        """Bring the row to what the journal says; a yes is to one day, and ends when the day is another."""
        now = added.after.state
        if now is None:
            return
        if now.held_on != row.held_on:
            self._end_yeses(session, actor, GroupSession.id == row.id)
        row.title, row.held_on = now.title, now.held_on
        detail: dict[str, Detail] = {"session": row.id, "event": added.event.id}
        self._audit.append(session, actor, "group.session_mended", row.group_id, detail)

    def _end_yeses(self, session: Session, actor: str, *which: ColumnElement[bool]) -> None:
        given = select(GroupConsent, Participant.family_id).join(Participant).join(GroupSession)
        for row, family_id in session.execute(given.where(*which)).all():
            self._keys.note([(Ended.GROUP_YES, yes_of(row))])
            session.delete(row)
            detail: dict[str, Detail] = {"session": row.meeting_id, "participant": row.participant_id}
            self._audit.append(session, actor, "group.consent_withdrawn", family_id, detail)

    def set_leaders(self, group_id: str, meeting_id: str, led_by: Sequence[str], actor: str) -> None:
        """Who led a session; raises VfeedError `invalid_input`."""
        with self._database.write() as session:
            row, group = _meeting(session, group_id, meeting_id), _group(session, group_id)
            # Who led it once, and leads the group no longer, still has led it.
            row.led_by = _leaders(group, led_by, row.led_by)
            self._audit.append(session, actor, "group.leaders_set", group_id, {"session": meeting_id})

    def attendance(self, meeting_ids: Sequence[str]) -> dict[tuple[str, str], str]:
        """Who came, by session and family."""
        query = select(GroupAttendance).where(GroupAttendance.meeting_id.in_(meeting_ids))
        with self._database.read() as session:
            return {(row.meeting_id, row.family_id): row.came for row in session.scalars(query)}

    def set_attendance(self, group_id: str, meeting_id: str, family_id: str, came: str, actor: str) -> None:
        """Write down whether a family was there; "" takes it out. Raises VfeedError `invalid_input`."""
        with self._database.write() as session:
            _meeting(session, group_id, meeting_id)
            if session.get(GroupFamily, (group_id, family_id)) is None or came not in {*CAME, ""}:
                raise VfeedError("invalid_input", _("This does not fit the group."), hint=_("Load the page again."))
            row = session.get(GroupAttendance, (meeting_id, family_id))
            if row is not None and not came:
                session.delete(row)
            elif came:
                session.merge(GroupAttendance(meeting_id=meeting_id, family_id=family_id, came=came))
            if (row.came if row else "") != came:
                self._audit.append(session, actor, "group.attendance_set", family_id, {"session": meeting_id})

    def agreed(self, meeting_id: str) -> frozenset[str]:
        """The people who have said yes to this session."""
        query = select(GroupConsent.participant_id).where(GroupConsent.meeting_id == meeting_id)
        with self._database.read() as session:
            return frozenset(session.scalars(query))

    def set_consent(self, meeting_id: str, participant_id: str, family_id: str, actor: str, *, agreed: bool) -> None:
        """Write down a person's yes to a session, or take it back; raises VfeedError `not_found`.

        A yes belongs to the family's membership in the group, and ends with it.
        """
        with self._database.write() as session:
            person, meeting = session.get(Participant, participant_id), session.get(GroupSession, meeting_id)
            if person is None or meeting is None or person.family_id != family_id:
                raise VfeedError("not_found", _("There is no such person."), hint=_("Load the page again."))
            if agreed and session.get(GroupFamily, (meeting.group_id, family_id), with_for_update=True) is None:
                raise VfeedError("not_found", _("This family is not in the group now."), hint=_("Load the page again."))
            row = session.get(GroupConsent, (meeting_id, participant_id))
            if row is not None and not agreed:
                self._keys.note([(Ended.GROUP_YES, yes_of(row))])
                session.delete(row)
            elif row is None and agreed:
                session.add(GroupConsent(meeting_id=meeting_id, participant_id=participant_id, written_by=actor))
            if (row is not None) != agreed:
                action = "group.consent_given" if agreed else "group.consent_withdrawn"
                detail: dict[str, Detail] = {"session": meeting_id, "participant": participant_id}
                self._audit.append(session, actor, action, family_id, detail)

    def withdraw_again(self, yes: str, actor: str) -> None:
        """Take back the yes that `yes_of` names, where it is there."""
        meeting_id, participant_id, _at = yes.split("/")
        with self._database.read() as session:
            row = session.get(GroupConsent, (meeting_id, participant_id))
            person = session.get(Participant, participant_id)
        if row is not None and person is not None and yes_of(row) == yes:
            self.set_consent(meeting_id, participant_id, person.family_id, actor, agreed=False)

    def films(self, meeting_id: str) -> Sequence[tuple[GroupFilm, Clip]]:
        """The films that are meant for a session, in the order in which they were chosen; none that was destroyed."""
        query = select(GroupFilm, Clip).join(Clip, Clip.id == GroupFilm.clip_id)
        query = query.where(GroupFilm.meeting_id == meeting_id, Clip.erased_at.is_(None))
        with self._database.read() as session:
            return [(film, clip) for film, clip in session.execute(query.order_by(GroupFilm.added_at, GroupFilm.id))]

    def choose_film(self, meeting_id: str, clip: Clip, reel_id: str, actor: str) -> None:
        """Mean a film of moments for a session; one that is there already stays."""
        with self._database.write() as session:
            known = select(GroupFilm).where(GroupFilm.meeting_id == meeting_id, GroupFilm.clip_id == clip.id)
            if session.scalar(known.where(GroupFilm.reel_id == reel_id)) is None:
                row = GroupFilm(id=new_id(), meeting_id=meeting_id, clip_id=clip.id, reel_id=reel_id, added_by=actor)
                session.add(row)
                self._audit.append(session, actor, "group.film_chosen", clip.id, {"session": meeting_id})

    def drop_film(self, meeting_id: str, film_id: str, actor: str) -> None:
        """Take a film out of a session."""
        with self._database.write() as session:
            row = session.get(GroupFilm, film_id)
            if row is not None and row.meeting_id == meeting_id:
                session.execute(delete(GroupFilm).where(GroupFilm.id == film_id))
                self._audit.append(session, actor, "group.film_dropped", row.clip_id, {"session": meeting_id})

    def sheets(self, meeting_ids: Sequence[str]) -> dict[str, SheetState]:
        """The sheets of sessions, by session; only those that were begun."""
        with self._database.read() as session:
            folded = self._journals.read_all(session, GROUP_SHEETS, meeting_ids)
        return {each: found.state for each, found in folded.items() if found.last_id}

    def fill_sheet(
        self, group_id: str, meeting_id: str, actor: str, begun: SheetBegun, answers: Mapping[str, str]
    ) -> SheetState:
        """Keep what was filled in of a session's sheet, only what differs; raises VfeedError `invalid_input`."""
        try:
            with self._database.write() as session:
                _meeting(session, group_id, meeting_id)
                folded = self._journals.read(session, GROUP_SHEETS, meeting_id)
                if not folded.last_id:
                    self._add(session, meeting_id, actor, "sheet_begun", begun.model_dump(mode="json"))
                    folded = self._journals.read(session, GROUP_SHEETS, meeting_id)
                for item, text in answers.items():
                    if folded.state.texts.get(item, "") != text.strip():
                        folded = self._add(session, meeting_id, actor, "answered", {"item": item, "text": text})
                self._audit.append(session, actor, "group.sheet_filled", group_id, {"session": meeting_id})
                return folded.state
        except IntegrityError as error:
            raise overtaken() from error

    def _add(
        self, session: Session, meeting_id: str, actor: str, type_: str, payload: Mapping[str, Any]
    ) -> Folded[SheetState]:
        parsed = SHEET.parse(type_, payload)

        def fits(folded: Folded[SheetState]) -> None:
            if part_of(parsed) is not None:
                check(parsed, folded.state)

        return self._journals.append(session, GROUP_SHEETS, meeting_id, actor, type_, parsed, check=fits).after


def yes_of(row: GroupConsent) -> str:
    """What names one person's yes to one session: said again later it is another."""
    return f"{row.meeting_id}/{row.participant_id}/{row.given_at.isoformat()}"


def _named(title: str) -> str:
    text = title.strip()
    if not text or len(text) > 120:
        raise VfeedError("invalid_input", _("A name of 1 to 120 characters is needed."), hint=_("Write a short name."))
    return text


def _leaders(group: Group, led_by: Sequence[str], before: Sequence[str] = ()) -> list[str]:
    if not led_by or not set(led_by) <= {*group.leaders, *before}:
        raise VfeedError(
            "invalid_input", _("Say who leads this session."), hint=_("Choose from those who lead the group.")
        )
    return sorted(set(led_by))


def _group(session: Session, group_id: str, *, lock: bool = False) -> Group:
    row = session.get(Group, group_id, with_for_update=lock)
    if row is None:
        raise VfeedError("not_found", _("There is no such group."), hint=_("Go back to the groups."))
    return row


def _meeting(session: Session, group_id: str, meeting_id: str, *, lock: bool = False) -> GroupSession:
    row = session.get(GroupSession, meeting_id, with_for_update=lock)
    if row is None or row.group_id != group_id:
        raise VfeedError("not_found", _("There is no such session."), hint=_("Go back to the group."))
    return row
