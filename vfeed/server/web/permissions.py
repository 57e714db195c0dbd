"""Who may reach which page: one table, refused unless a line allows it, and every refusal has a reason.

The table says which action of `practice.roles` an endpoint is. What a person may see *of* a family or a clip
(consent, destroyed clips) is decided in `access`.
"""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.practice.roles import ACCOUNT_ROLES, MAY, Action, may


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    `action` must be open to one of the caller's roles (None: any signed-in account); `anonymous` opens the
    endpoint to people who are not signed in; `one_time` to an account that still has its one-time password;
    `locked` while this browser shows the parent view or films to a group; `parents` then alone, since whoever writes
    there writes as the parent; `due` while the second step of the sign-in is still to come;
    `missing` while a second step that the account must have is not set up. `records` is what the audit trail says
    after a success (empty: nothing of a family is shown, or the store writes its own line); `often` keeps repeated
    reads of the same thing to one line an hour. `again` asks for the password once more when it was given a while ago:
    what takes something out of the service.
    """

    action: Action | None = None
    anonymous: bool = False
    one_time: bool = False
    locked: bool = False
    parents: bool = False
    due: bool = False
    missing: bool = False
    records: str = ""
    often: bool = False
    again: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """The account roles that may call it."""
        return frozenset(role for role in ACCOUNT_ROLES if self.action is None or self.action in MAY[role])


@dataclass(frozen=True)
class Caller:
    """What is known of the person behind a request."""

    roles: frozenset[str] = frozenset()
    signed_in: bool = False
    one_time_password: bool = False
    locked: bool = False
    second_step_due: bool = False
    second_step_missing: bool = False


@dataclass(frozen=True)
class Ruling:
    """Allowed or not; when refused, `code` is one of `errors.KINDS` and `reason` says why in plain words."""

    allowed: bool
    code: str = ""
    reason: str = ""


OPEN = Rule(anonymous=True, one_time=True, locked=True, due=True, missing=True)

TABLE: dict[str, Rule] = {
    "static": OPEN,
    "home.health": OPEN,
    "home.ready": OPEN,
    # Off unless a setting says so, and for this machine alone: see `home.metrics`.
    "home.metrics": OPEN,
    "home.index": Rule(),
    "home.guide": Rule(),
    "home.keys": Rule(),
    "home.filming": Rule(),
    "home.your_film": Rule(),
    # Accounts
    "accounts.sign_in": Rule(anonymous=True, one_time=True, missing=True),
    "accounts.sign_out": Rule(one_time=True, locked=True, due=True, missing=True),
    "accounts.language": Rule(anonymous=True, one_time=True, due=True, missing=True),
    "accounts.password": Rule(one_time=True, missing=True),
    "oidc.begin": Rule(anonymous=True),
    "oidc.back": Rule(anonymous=True),
    "second_step.ask": Rule(due=True),
    "second_step.ask_passkey": Rule(anonymous=True, due=True),
    "second_step.sign_in_with_passkey": Rule(anonymous=True, due=True),
    "second_step.set_up": Rule(missing=True),
    "second_step.begin_passkey": Rule(missing=True),
    "second_step.add_passkey": Rule(missing=True),
    "second_step.codes": Rule(),
    "second_step.remove": Rule(),
    "second_step.remove_passkey": Rule(),
    "accounts.sign_ins": Rule(),
    "accounts.end_sign_in": Rule(),
    "accounts.end_others": Rule(),
    "accounts.pin": Rule(),
    "accounts.again": Rule(),
    "accounts.index": Rule("account.manage"),
    "accounts.add": Rule("account.manage"),
    "accounts.disable": Rule("account.manage"),
    "accounts.enable": Rule("account.manage"),
    "accounts.renew": Rule("account.manage"),
    "accounts.take_second_step": Rule("account.manage"),
    # Families
    "families.index": Rule("family.view", records="families.listed", often=True),
    "families.ask": Rule("family.view"),
    "families.add_worker": Rule("family.change"),
    "families.remove_worker": Rule("family.change"),
    "families.new": Rule("family.change"),
    "families.family": Rule("family.view", records="family.viewed"),
    "families.add_participant": Rule("family.change"),
    "families.add_visit": Rule("family.change"),
    "correcting.name": Rule("family.change", records="family.viewed", often=True),
    "correcting.participant": Rule("family.change", records="family.viewed", often=True),
    "correcting.remove_participant": Rule("family.change"),
    "correcting.visit": Rule("family.change", records="family.viewed", often=True),
    "correcting.remove_visit": Rule("family.change"),
    "carers.set_seen": Rule("family.change"),
    "carers.set_language": Rule("family.change"),
    "carers.invitation": Rule("family.change", records="family.viewed", often=True),
    "erasing.family": Rule("clip.erase"),
    "clocks.set_clock": Rule("family.change"),
    "clocks.hold": Rule("family.change"),
    "clocks.release": Rule("family.change"),
    "consents.give": Rule("consent.change"),
    "consents.tick": Rule("consent.change"),
    "consents.refuse": Rule("consent.change"),
    "consents.withdraw": Rule("consent.change"),
    # Clips
    "uploads.page": Rule("clip.add"),
    "clips.for_research": Rule("research.view", records="clips.listed", often=True),
    "clips.clip": Rule("clip.view", records="clip.viewed"),
    "clips.rename": Rule("clip.add"),
    "clips_api.rename": Rule("clip.add"),
    "clips.analyse": Rule("clip.review"),
    "clips.turn": Rule("clip.review", records="clip.viewed"),
    "clips.swap_roles": Rule("clip.review"),
    "clips.gaze_flags": Rule("clip.review"),
    "clips.erase": Rule("clip.erase"),
    # Reels and the parent view
    "reels.new": Rule("reel.make", records="clip.viewed", often=True),
    "reels.reel": Rule("family.view", records="reel.viewed"),
    "session_plans.page": Rule("reel.make", records="reel.viewed"),
    "session_plans.pdf": Rule("reel.make", records="reel.exported", again=True),
    "reels.make": Rule("reel.make"),
    "reels.download": Rule("reel.make", again=True),
    "parent.hand_over": Rule("parent.show"),
    "parent.view": Rule("parent.show", locked=True, records="parent.viewed"),
    "parent.words": Rule("parent.show", locked=True, parents=True),
    "parent.words_api": Rule("parent.show", locked=True, parents=True),
    "parent.leave": Rule("parent.show", locked=True),
    "parent_api.mark": Rule("parent.show", locked=True, parents=True),
    "parent_api.unmark": Rule("parent.show", locked=True, parents=True),
    "parent_api.next_step": Rule("parent.show", locked=True, parents=True),
    "parent_api.record": Rule("parent.show", locked=True, parents=True),
    "parent_api.remove_voice": Rule("parent.show", locked=True),
    # The parent looks first: the whole film, and nothing that a machine or a worker made of it
    "parent_led.hand_over": Rule("parent.show"),
    "parent_led.take_up": Rule("parent.show"),
    "parent_led.view": Rule("parent.show", locked=True, records="parent.viewed"),
    "parent_led.film": Rule("parent.show", locked=True, records="media.viewed", often=True),
    "parent_led.still": Rule("parent.show", locked=True, records="still.viewed", often=True),
    "parent_led.join": Rule("parent.show", locked=True, parents=True),
    "parent_led.leave": Rule("parent.show", locked=True),
    "parent_led_api.mark": Rule("parent.show", locked=True, parents=True),
    "parent_led_api.unmark": Rule("parent.show", locked=True, parents=True),
    "parent_led_api.words": Rule("parent.show", locked=True, parents=True),
    # Groups: whether the person leads the group is asked by its use cases
    "groups.index": Rule("group.lead", records="groups.listed", often=True),
    "groups.make": Rule("group.lead"),
    "groups.programmes": Rule("group.lead", records="groups.listed", often=True),
    "groups.group": Rule("group.lead", records="group.viewed"),
    "groups.course": Rule("group.lead", records="group.viewed"),
    "groups.course_file": Rule("group.lead", again=True),
    "groups.add_leader": Rule("group.lead"),
    "groups.remove_leader": Rule("group.lead"),
    "groups.join": Rule("group.lead"),
    "groups.leave": Rule("group.lead"),
    "groups.add_meeting": Rule("group.lead"),
    "groups.meeting": Rule("group.lead", records="group.viewed"),
    "groups.keep": Rule("group.lead"),
    "groups.mend": Rule("group.lead"),
    "groups.take_back": Rule("group.lead"),
    "groups.consent": Rule("group.lead"),
    "groups.choose_film": Rule("group.lead"),
    "groups.drop_film": Rule("group.lead"),
    "groups.show": Rule("group.lead"),
    "groups.room": Rule("group.lead", locked=True, records="group.viewed"),
    "groups.film": Rule("group.lead", locked=True, records="group.watched", often=True),
    "groups.stop": Rule("group.lead", locked=True),
    "groups.sheet": Rule("group.lead", records="group.viewed"),
    # Code sets
    "codes.index": Rule("clip.review"),
    "codes.new": Rule("clip.review"),
    "codes.change": Rule("clip.review"),
    "codes.export": Rule("clip.review"),
    "codes.words": Rule("clip.review"),
    "codes.take_in": Rule("clip.review"),
    "codes.remove": Rule("clip.review"),
    "codes.bring_back": Rule("clip.review"),
    "checklists.new": Rule("clip.review"),
    "checklists.change": Rule("clip.review"),
    # Shared reviews
    "sessions.begin": Rule("session.keep"),
    "sessions.session": Rule("session.keep", records="session.viewed"),
    "sessions_api.state": Rule("session.keep", records="session.viewed", often=True),
    "sessions_api.append": Rule("session.keep"),
    "sessions_api.undo": Rule("session.keep"),
    "sessions_api.redo": Rule("session.keep"),
    "records.page": Rule("session.keep", records="session.viewed"),
    "records.pdf": Rule("session.keep", records="session.exported", again=True),
    # The family's programme and filled-in forms
    "programmes.choose": Rule("session.keep"),
    "programmes.tick": Rule("session.keep"),
    "programmes.tick_found": Rule("session.keep"),
    "programmes.pair": Rule("session.keep"),
    "programmes.point": Rule("session.keep"),
    "programmes.undo": Rule("session.keep"),
    "programmes.redo": Rule("session.keep"),
    "sheets.begin": Rule("session.keep"),
    "sheets.sheet": Rule("session.keep", records="sheet.viewed"),
    "sheets.put_aside": Rule("session.keep"),
    "sheets.compare": Rule("session.keep", records="sheet.viewed"),
    "sheets_api.state": Rule("session.keep", records="sheet.viewed", often=True),
    "sheets_api.append": Rule("session.keep"),
    "sheets_api.undo": Rule("session.keep"),
    "sheets_api.redo": Rule("session.keep"),
    "languages.index": Rule("parent.show"),
    "languages.check": Rule("parent.show"),
    "languages.uncheck": Rule("parent.show"),
    "session_films.page": Rule("family.view", records="session.viewed"),
    # The story so far, with the service's own measures
    "story.page": Rule("session.keep", records="story.viewed"),
    "story.name_measure": Rule("session.keep"),
    "story.correct_measure": Rule("session.keep"),
    "story.enter_number": Rule("session.keep"),
    "story.remove_number": Rule("session.keep"),
    "story.undo": Rule("session.keep"),
    "story.redo": Rule("session.keep"),
    # Supervision
    "supervision.manage": Rule("supervision.share", records="session.viewed"),
    "supervision.stop": Rule("supervision.share"),
    "supervision.index": Rule("supervision.attend"),
    "supervision.share": Rule("supervision.view"),
    "supervision.film": Rule("supervision.view", records="supervision.watched", often=True),
    "supervision.still": Rule("supervision.share"),
    "supervision.copy": Rule("supervision.share"),
    "supervision.check": Rule("supervision.share"),
    "supervision.uncheck": Rule("supervision.share"),
    "supervision.talk": Rule("supervision.view"),
    "supervision.comment": Rule("supervision.view"),
    "supervision.undo": Rule("supervision.view"),
    "supervision.redo": Rule("supervision.view"),
    # To take home
    "take_home.page": Rule("take_home.give", records="session.viewed"),
    "take_home.prepare": Rule("take_home.give", again=True),
    "take_home.download": Rule("take_home.give", again=True),
    "take_home.offer": Rule("take_home.give", again=True),
    "take_home.revoke": Rule("take_home.give"),
    "public_share.view": Rule(anonymous=True),
    "public_share.film": Rule(anonymous=True, records="take_home.viewed", often=True),
    "public_share.still": Rule(anonymous=True),
    "public_share.close": Rule(anonymous=True),
    # What leaves as evidence: the one who chose and the one who confirms are two accounts (see its use case)
    "evidence.index": Rule("evidence.give", records="family.viewed"),
    "evidence.choose": Rule("evidence.give"),
    "evidence.look": Rule("evidence.give", records="evidence.read"),
    "evidence.film": Rule("evidence.give", records="reel.viewed", often=True),
    "evidence.still": Rule("evidence.give", records="still.viewed", often=True),
    "evidence.refer": Rule("evidence.give"),
    "evidence.confirm": Rule("evidence.give", again=True),
    "evidence.call_off": Rule("evidence.give"),
    "evidence.file": Rule("evidence.give", again=True),
    # Studies
    "studies.index": Rule("study.manage"),
    "studies.new": Rule("study.manage"),
    "studies.study": Rule("study.manage"),
    "studies.assign": Rule("study.manage"),
    "studies.pause": Rule("study.manage"),
    "studies.close": Rule("study.manage"),
    "studies.worry_seen": Rule("study.manage"),
    "studies.keeping": Rule("study.manage"),
    "studies.destroy_key": Rule("study.manage"),
    "study_files.left": Rule("study.compare"),
    "studies.agreement": Rule("study.compare"),
    "studies.work_out_gamma": Rule("study.compare"),
    "studies.stop_gamma": Rule("study.compare"),
    "studies.gamma": Rule("study.compare"),
    "consensus.clips": Rule("study.compare"),
    "consensus.room": Rule("study.compare"),
    "consensus.playlist_of": Rule("study.compare"),
    "consensus.state": Rule("study.compare"),
    "consensus.append": Rule("study.compare"),
    "consensus.undo": Rule("study.compare"),
    "consensus.redo": Rule("study.compare"),
    "study_reports.report": Rule("study.compare"),
    "study_reports.machine": Rule("study.compare"),
    "study_reports.drift": Rule("study.compare"),
    "study_files.agreement": Rule("study.compare", again=True),
    "study_files.codings": Rule("study.compare", again=True),
    # Codings from elsewhere: whether a film is open to research, and not still to be coded blind, its use cases ask
    "taking_in.page": Rule("study.manage", records="clips.listed", often=True),
    "taking_in.look": Rule("study.manage"),
    "taking_in.take_in": Rule("study.manage"),
    "taking_in.undo": Rule("study.manage"),
    "taking_in.redo": Rule("study.manage"),
    "taking_in.remove": Rule("study.manage"),
    # Screening
    "screening.index": Rule("research.view", records="clips.listed", often=True),
    "screening.file": Rule("research.view", records="clips.listed", again=True),
    "screening.film": Rule("research.view", records="screening.viewed", often=True),
    "screening.undo": Rule("research.view"),
    "screening.redo": Rule("research.view"),
    # Screenings of films elsewhere: random names, and no film
    "brought_screenings.index": Rule("research.view"),
    "brought_screenings.take_in": Rule("research.view"),
    "brought_screenings.run": Rule("research.view"),
    "brought_screenings.row": Rule("research.view"),
    "brought_screenings.undo": Rule("research.view"),
    "brought_screenings.redo": Rule("research.view"),
    "brought_screenings.remove": Rule("research.view"),
    "brought_screenings.file": Rule("research.view", again=True),
    # Coding blind: each opening writes its own line, under the film's id and without showing it
    "coding.mine": Rule("study.code"),
    "coding.room": Rule("study.code"),
    "coding.hand_in": Rule("study.code"),
    "coding.worry": Rule("study.code"),
    "coding.film": Rule("study.code"),
    "coding_api.state": Rule("study.code"),
    "coding_api.end_check_of": Rule("study.code"),
    "coding_api.append": Rule("study.code"),
    "coding_api.undo": Rule("study.code"),
    "coding_api.redo": Rule("study.code"),
    # Oversight
    "trails.of_family": Rule("family.view", records="audit.viewed", often=True),
    "trails.of_share": Rule("supervision.view"),
    "audit.find": Rule("audit.view"),
    "audit.trail": Rule("audit.view", records="audit.viewed", often=True),
    "audit.file": Rule("audit.view", records="audit.exported", again=True),
    # Media
    "media.blob": Rule("clip.view", records="media.viewed", often=True),
    "media.still": Rule("clip.view", records="still.viewed", often=True),
    "media.taken": Rule("clip.view", records="still.viewed", often=True),
    "media.face_pair": Rule("clip.view", records="still.viewed", often=True),
    "media.person": Rule("clip.view", records="still.viewed", often=True),
    "media.make_taken": Rule("clip.view"),
    "media.make_face_pair": Rule("clip.view"),
    "media.make_person": Rule("clip.view"),
    "media.heads": Rule("clip.view", records="media.viewed", often=True),
    "media.gaze": Rule("clip.view", records="media.viewed", often=True),
    "media.reel": Rule("family.view", locked=True, records="reel.viewed", often=True),
    "media.voice": Rule("family.view", locked=True, records="voice.played", often=True),
    "media.reel_still": Rule("family.view", locked=True, records="reel.viewed", often=True),
    # JSON interface
    "tus.options": Rule("clip.add"),
    "tus.create": Rule("clip.add"),
    "tus.head": Rule("clip.add"),
    "tus.patch": Rule("clip.add"),
    "tus.terminate": Rule("clip.add"),
    "tus.finish": Rule("clip.add"),
    "clips_api.clip": Rule("clip.view", records="clip.viewed", often=True),
    "clips_api.jobs": Rule("clip.view"),
    "jobs_api.cancel": Rule("clip.review"),
    "jobs_api.retry": Rule("clip.review"),
    "codes_api.index": Rule("clip.view"),
    "review_api.review": Rule("clip.view", records="clip.viewed", often=True),
    "review_api.offer": Rule("clip.view", records="clip.viewed", often=True),
    "review_api.history": Rule("clip.review", records="clip.viewed", often=True),
    "review_api.people": Rule("clip.view", records="clip.viewed", often=True),
    "review_api.suggestion": Rule("reel.make", records="clip.viewed", often=True),
    "review_api.kept_uncoded": Rule("reel.make", records="clip.viewed", often=True),
    "review_api.append": Rule("clip.review"),
    "review_api.undo": Rule("clip.review"),
    "review_api.redo": Rule("clip.review"),
    "comments_api.thread": Rule("clip.review", records="comments.read", often=True),
    "comments_api.comment": Rule("clip.review"),
    "comments_api.undo": Rule("clip.review"),
    "comments_api.redo": Rule("clip.review"),
    "review_api.save_reel": Rule("reel.make"),
}


def decide(endpoint: str | None, caller: Caller) -> Ruling:
    """May this caller call this endpoint? An endpoint without a line in the table is refused."""
    rule = TABLE.get(endpoint or "")
    if not caller.signed_in:
        if rule is not None and rule.anonymous:
            return Ruling(True)
        return Ruling(False, "not_signed_in", "This page is open to people who are signed in.")
    if rule is None:
        return Ruling(False, "forbidden", "No rule opens this page.")
    if caller.second_step_due and not rule.due:
        return Ruling(False, "forbidden", "The second step of signing in is still to come.")
    if caller.locked and not rule.locked:
        return Ruling(False, "forbidden", "The parent view is open in this browser.")
    if rule.parents and not caller.locked:
        return Ruling(False, "forbidden", "This is for the parent, while the parent view is open in this browser.")
    if caller.one_time_password and not rule.one_time:
        return Ruling(False, "forbidden", "The one-time password must be changed first.")
    if caller.second_step_missing and not rule.missing:
        return Ruling(False, "forbidden", "A second step must be set up first.")
    if not caller.roles & rule.roles and not rule.anonymous:
        reason = may(caller.roles, rule.action).reason if rule.action else "This account has no role yet."
        return Ruling(False, "forbidden", reason)
    return Ruling(True)
