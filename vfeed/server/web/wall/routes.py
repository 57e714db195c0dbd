"""Which shape each endpoint of the JSON interface takes and answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from vfeed.practice.events import Span
from vfeed.server.web.wall import clips, codes, doors, journals, review


@dataclass(frozen=True)
class Route:
    """What an endpoint answers with, and what its body must be (None: it takes none)."""

    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    status: int = 200


def _journal(
    blueprint: str, whole: type[BaseModel], step: type[BaseModel], back: type[BaseModel] | None = None
) -> Mapping[str, Route]:
    """A journal that a page keeps: read whole, and changed by one step more or one step back."""
    return {
        f"{blueprint}.state": Route(whole),
        f"{blueprint}.append": Route(journals.JournalAnswer, step),
        f"{blueprint}.undo": Route(journals.JournalAnswer, back),
        f"{blueprint}.redo": Route(journals.JournalAnswer, back),
    }


ROUTES: Mapping[str, Route] = {
    "clips_api.clip": Route(clips.Clip),
    "clips_api.jobs": Route(clips.Jobs),
    "clips_api.rename": Route(clips.ClipName, clips.ClipName),
    "jobs_api.cancel": Route(clips.Job),
    "jobs_api.retry": Route(clips.Job),
    "codes_api.index": Route(codes.Codes),
    "media.heads": Route(clips.Heads),
    "media.gaze": Route(clips.GazeLines),
    "parent_led_api.mark": Route(journals.OwnMark, journals.OwnMarkIn),
    "parent_led_api.unmark": Route(journals.OwnMarkGone),
    "parent_led_api.words": Route(journals.OwnSaid, journals.OwnSaid),
    "review_api.review": Route(review.Review),
    "review_api.offer": Route(review.Offer),
    "review_api.history": Route(review.History),
    "review_api.people": Route(review.FoundPeople),
    "review_api.append": Route(review.ReviewAnswer, review.EventIn),
    "review_api.undo": Route(review.ReviewAnswer, review.TakeBackIn),
    "review_api.redo": Route(review.ReviewAnswer, review.TakeBackIn),
    "comments_api.thread": Route(journals.Thread),
    "comments_api.comment": Route(journals.Thread, journals.CommentIn),
    "comments_api.undo": Route(journals.Thread),
    "comments_api.redo": Route(journals.Thread),
    "review_api.suggestion": Route(review.Suggestion),
    "review_api.kept_uncoded": Route(review.KeptUncoded),
    **_journal("sessions_api", journals.RecordJournal, journals.PartIn),
    **_journal("sheets_api", journals.SheetJournal, journals.PartIn),
    **_journal("coding_api", journals.CodingJournal, journals.StepIn, review.TakeBackIn),
    "coding_api.end_check_of": Route(journals.EndCheck),
    **_journal("consensus", journals.ConsensusJournal, journals.PartIn, review.TakeBackIn),
    "supervision.talk": Route(journals.Thread),
    "supervision.comment": Route(journals.Thread, journals.CommentIn),
    "supervision.undo": Route(journals.Thread),
    "supervision.redo": Route(journals.Thread),
    "parent.words_api": Route(journals.ParentWords, journals.ParentWords),
    "parent_api.mark": Route(journals.TalkMarked, journals.TalkMarkIn),
    "parent_api.unmark": Route(journals.TalkMarked),
    "parent_api.next_step": Route(journals.NextStep, journals.NextStep),
    "review_api.save_reel": Route(review.ReelKept, review.ReelIn, status=201),
    "second_step.begin_passkey": Route(doors.PasskeyQuestion, doors.PasswordIn),
    "second_step.add_passkey": Route(doors.RecoveryCodes, doors.PasskeyIn),
    "second_step.ask_passkey": Route(doors.PasskeyQuestion),
    "second_step.sign_in_with_passkey": Route(doors.GoOn, doors.PasskeySignIn),
    "tus.finish": Route(doors.TakenIn, status=201),
    # A recording is sent as it is, and answered in a shape.
    "parent_api.record": Route(doors.VoiceKept, status=201),
    "parent_api.remove_voice": Route(doors.VoiceGone),
}
FILES = (clips.FrameTimes, clips.Waveform, Span)
"""What the browser knows beside that: files of a clip that jobs write, and what many shapes begin with."""
