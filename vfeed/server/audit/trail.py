"""Lines of the audit trail in words, and those that a person needs: of a family, or of a share alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vfeed.server.audit.details import detail_words
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.services.rows import Audit


@dataclass(frozen=True)
class Line:
    """One line as it is read."""

    at: datetime
    actor: str
    action: str
    subject: str
    subject_url: str
    detail: str
    times: int = 1


def collapsed(lines: Sequence[Line]) -> list[Line]:
    """The same thing done several times in a row is one line, which says how often; its time is that of the last."""
    told: list[Line] = []
    for line in lines:
        before = told[-1] if told else None
        if before and replace(before, at=line.at, times=1) == line:
            told[-1] = replace(before, times=before.times + 1)
        else:
            told.append(line)
    return told


def of_family(family_id: str) -> list[Line]:
    """Who did what with a family, its films and what was shared of it, newest first."""
    found = services().audit_reading.of_family(person(), family_id)
    return collapsed([line_of(row, subject) for row, subject in found])


def of_share(family_id: str, share_id: str) -> list[Line]:
    """Who shared, opened, watched and changed one share, newest first; nothing else of the family."""
    return collapsed([line_of(row, "") for row in services().audit_reading.of_share(family_id, share_id)])


def line_of(row: Audit, subject: str, subject_url: str = "") -> Line:
    """A row as it is read."""
    more = detail_words(services().audit_reading.detail(row))
    return Line(row.at, row.actor, action_words(row.action), subject, subject_url, more)


def action_words(action: str) -> str:
    """An action in words; an unknown one is shown as it is kept."""
    words = {
        "account.signed_in": _("signed in"),
        "account.signed_out": _("signed out"),
        "access.refused": _("was refused"),
        "account.refused": _("was refused at the door"),
        "account.made": _("added an account"),
        "account.closed": _("closed an account"),
        "account.opened": _("opened an account"),
        "account.password_changed": _("chose a new password"),
        "account.second_step_set": _("set up a second step"),
        "account.second_step_removed": _("took a second step away"),
        "account.second_step_refused": _("was refused at the second step"),
        "account.recovery_code_used": _("came in with a recovery code"),
        "account.recovery_codes_made": _("made new recovery codes"),
        "account.password_reset": _("gave a one-time password"),
        "audit.rolled_back": _("found the audit trail rolled back"),
        "audit.end_missing": _("found the end of the audit trail missing outside the database"),
        "family.created": _("added a family"),
        "family.viewed": _("looked at a family"),
        "families.listed": _("looked at the list of families"),
        "family.person_added": _("added a person"),
        "family.visit_added": _("added a visit"),
        "family.renamed": _("corrected a family’s code name"),
        "family.person_corrected": _("corrected what is written of a person"),
        "family.person_removed": _("removed a person who was added by mistake"),
        "family.visit_corrected": _("corrected what is written of a visit"),
        "family.visit_removed": _("removed a visit that was added by mistake"),
        "family.clock_set": _("set how long a family is kept"),
        "family.held": _("kept a family from being erased"),
        "family.hold_ended": _("ended a hold"),
        "family.erasure_announced": _("announced that a family will be erased"),
        "family.erased": _("erased a family"),
        "consent.given": _("wrote down a consent"),
        "consent.refused": _("wrote down that somebody said no"),
        "consent.withdrawn": _("withdrew a consent"),
        "clip.added": _("added a film"),
        "clip.renamed": _("renamed a film"),
        "clip.turned": _("turned a film that lay on its side"),
        "clip.viewed": _("looked at a film"),
        "clips.listed": _("looked at the films for research"),
        "clip.erased": _("destroyed a film"),
        "media.viewed": _("watched a film"),
        "still.viewed": _("looked at stills"),
        "reel.viewed": _("watched chosen moments"),
        "reel.exported": _("took a film out"),
        "language.checked": _("checked a language of the parent’s room"),
        "language.unchecked": _("took back the check of a language"),
        "parent.viewed": _("showed the parent view"),
        "session.begun": _("began the record of a shared review"),
        "session.viewed": _("looked at the record of a shared review"),
        "session.exported": _("took the record of a shared review out"),
        "session.words_set": _("wrote in the record of a shared review"),
        "session.day_set": _("set a day of a shared review"),
        "session.reels_set": _("said what was shown in a shared review"),
        "session.undone": _("took a step of a shared review back or forth"),
        "programme.programme_chosen": _("chose a programme"),
        "programme.session_ticked": _("ticked a session of the plan"),
        "programme.films_paired": _("set two films side by side"),
        "programme.undone": _("took a step of the programme back or forth"),
        "sheet.begun": _("began a sheet"),
        "sheet.viewed": _("looked at filled-in sheets"),
        "sheet.answered": _("filled in a sheet"),
        "sheet.counted": _("counted on a sheet"),
        "sheet.put_aside": _("put a sheet aside or took it up again"),
        "sheet.undone": _("took a step of a sheet back or forth"),
        "story.viewed": _("looked at the story so far"),
        "measure.measure_named": _("added a measure"),
        "measure.number_entered": _("entered a number of a measure"),
        "measure.number_removed": _("took out a number of a measure"),
        "measure.undone": _("took a step of the measures back or forth"),
        "supervision.shared": _("shared a session for supervision"),
        "supervision.stopped": _("stopped sharing a session"),
        "supervision.opened": _("opened a shared session"),
        "supervision.watched": _("watched a film in supervision"),
        "supervision.refused": _("was refused a shared session"),
        "comments.read": _("read colleagues’ comments on a film"),
        "comments.commented": _("wrote a comment for colleagues"),
        "comments.undone": _("took a comment for colleagues back or said it again"),
        "supervision.commented": _("commented on a shared film"),
        "supervision.looked": _("checked a copy with hidden faces"),
        "supervision.marked": _("had a stretch of a copy covered"),
        "supervision.undone": _("took a step of a shared session back or forth"),
        "job.hide": _("asked for a copy with faces hidden"),
        "take_home.offered": _("made a link to take home"),
        "take_home.revoked": _("closed a link to take home"),
        "take_home.opened": _("opened a link to take home"),
        "take_home.refused": _("gave a wrong passphrase for a link to take home"),
        "take_home.viewed": _("watched moments taken home"),
        "take_home.file": _("made a locked file to take home"),
        "code_set.saved": _("saved a code set"),
        "code_set.removed": _("took a code set out of use"),
        "codes.saved": _("saved a code set"),
        "codes.exported": _("took codings of a film out for research"),
        "codes.bundled": _("put codings of a film into a bundle for research"),
        "codes.imported": _("took in a coding of a film"),
        "codes.removed": _("took out a coding that was taken in"),
        "codes.undone": _("took a step with codings back or forth"),
        "audit.viewed": _("read the audit trail"),
        "audit.exported": _("took lines of the audit trail out"),
        "job.prepare": _("asked for a copy that plays"),
        "job.analyse": _("asked for an analysis"),
        "job.reel": _("asked for a film of moments"),
        "job.cancelled": _("stopped a piece of work"),
        "job.retried": _("started a piece of work again"),
        "review.candidate_confirmed": _("confirmed a candidate"),
        "review.candidate_rejected": _("rejected a candidate"),
        "review.candidate_unsure": _("put a candidate aside as unsure"),
        "review.candidate_added": _("marked where they look at each other"),
        "review.own_eyes_set": _("switched the candidates of a film off or on"),
        "review.candidate_adjusted": _("moved a candidate"),
        "review.moment_tagged": _("marked a moment"),
        "review.moment_changed": _("changed a moment"),
        "review.moment_removed": _("removed a moment"),
        "review.roles_swapped": _("swapped infant and parent"),
        "review.people_named": _("said who is who in a film"),
        "review.setup_named": _("said how a film is set up"),
        "review.play_bounded": _("said where the play begins or ends in a film"),
        "review.gaze_flags_set": _("said whether looks are offered"),
        "review.reel_saved": _("chose moments to show"),
        "review.reel_removed": _("took moments out of a film of moments"),
        "programme.outcome_pointed": _("pointed to an outcome"),
        "evidence.chosen": _("chose moments to hand out as evidence"),
        "evidence.read": _("read what is to leave as evidence"),
        "evidence.called_off": _("called off what was to leave as evidence"),
        "evidence.confirmed": _("confirmed that moments may leave as evidence"),
        "evidence.left": _("took moments out as evidence"),
        "group.made": _("made a group"),
        "group.leader_added": _("let a colleague lead a group"),
        "group.leader_removed": _("took a colleague out of those who lead a group"),
        "group.session_mended": _("changed name or day of a group’s session"),
        "group.family_joined": _("took a family into a group"),
        "group.family_left": _("let a family leave a group"),
        "group.session_added": _("added a session of a group"),
        "group.leaders_set": _("wrote down who led a session"),
        "group.attendance_set": _("wrote down whether a family came"),
        "group.consent_given": _("wrote down a yes to a group’s session"),
        "group.consent_withdrawn": _("took back a yes to a group’s session"),
        "group.film_chosen": _("meant a film for a group"),
        "group.film_dropped": _("took a film out of a group’s session"),
        "group.sheet_filled": _("filled in a programme’s sheet"),
        "group.shown": _("showed a film to a group"),
        "group.viewed": _("looked at a group"),
        "group.watched": _("watched a film in a group"),
        "groups.listed": _("looked at the list of groups"),
        "parent.own_marked": _("marked a moment that the parent likes"),
        "parent.own_removed": _("took away a mark of the parent’s"),
        "parent.own_words": _("wrote down the parent’s words"),
        "parent.worker_joined": _("joined the parent in looking"),
        "parent.worker_left": _("ended looking together"),
        "clip.people_said": _("said who is in a film"),
        "family.language_set": _("said which language somebody’s room speaks"),
        "review.words_written": _("wrote down the parent’s words"),
        "review.talk_marked": _("marked what the parent wants to talk about"),
        "review.talk_unmarked": _("took away a mark of the parent’s"),
        "review.voice_recorded": _("recorded what the parent said"),
        "review.voice_removed": _("deleted what the parent said"),
        "voice.played": _("listened to what the parent said"),
        "review.review_started": _("began to show a film"),
        "review.review_stopped": _("stopped showing a film"),
        "account.pin_changed": _("changed the PIN"),
        "backup.made": _("made a backup"),
        "data.restored": _("put a backup back"),
        "data.older_taken": _("went on with an older database"),
        "key.rotated": _("put a new master key in place"),
        "family.exported": _("took out all that is kept about a family"),
        "family.worker_added": _("let a colleague work with a family"),
        "family.worker_removed": _("took a colleague out of a family"),
        "family.asked_for": _("opened a family for some days, with a reason"),
        "referral.out": _("noted that a family was sent to others"),
        "referral.in": _("noted that a family was sent by others"),
        "group.exported": _("took the table of a group out"),
        "review.moment_opened": _("began a moment"),
        "review.packs_chosen": _("chose code sets for a film"),
        "review.still_taken": _("kept a still"),
        "review.still_changed": _("changed a still"),
        "review.still_removed": _("removed a still"),
        "screening.viewed": _("looked at what films can be coded"),
        "screening.taken_in": _("took in a screening from elsewhere"),
        "screening.removed": _("removed a screening from elsewhere"),
        "screening.question_answered": _("answered a question about a film for coding"),
        "screening.undone": _("took a step about films for coding back or forth"),
        "screening.word_given": _("said whether a film can be coded"),
        "screening.row_answer": _("answered a question about a film of a screening from elsewhere"),
        "screening.row_word": _("said whether a film of a screening from elsewhere can be coded"),
        "study.made": _("laid a study down"),
        "study.clip_taken_in": _("took a film into a study"),
        "study.withdrawn": _("took a film out of a study"),
        "study.assigning": _("gave films of a study to coders"),
        "study.coder_paused": _("paused a coder"),
        "study.coder_taken_up": _("let a coder go on"),
        "study.coding_closed": _("closed a study for coding"),
        "study.keeping_laid": _("set how long films and names of a study are kept"),
        "study.films_announced": _("announced that films of a study will be destroyed"),
        "study.films_destroyed": _("destroyed films of a study"),
        "study.study_held": _("kept what belongs to a study from being destroyed"),
        "study.hold_ended": _("ended a hold of a study"),
        "study.key_destroyed": _("destroyed the list of names of a study"),
        "study.tables_deleted": _("deleted the tables of a study"),
        "study.exported": _("took codings of a study out"),
        "study.undone": _("took a step of a study back or forth"),
        "coding.opened": _("opened a film to code"),
        "coding.handed_in": _("handed a coding in"),
        "consensus.begun": _("began an agreed coding"),
        "consensus.settled": _("settled a difference between coders"),
        "consensus.finished": _("finished an agreed coding"),
        "consensus.taken_up_again": _("took an agreed coding up again"),
        "consensus.undone": _("took a step of an agreed coding back or forth"),
        "worry.raised": _("said that a film worries them"),
        "worry.seen": _("looked into a coder’s worry"),
        "review.undone": _("took a step back or forth"),
    }
    return words.get(action, action)
