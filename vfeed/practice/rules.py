"""Whether a next step fits the review so far: inside the clip, about things that are there."""

from __future__ import annotations

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.journal.events import Payload
from vfeed.practice.events import (
    CandidateAdded,
    Moment,
    MomentOpened,
    MomentRemoved,
    PacksChosen,
    PeopleNamed,
    PlayBounds,
    Reel,
    ReelRemoved,
    Review,
    Span,
    Still,
    StillRemoved,
    TalkMark,
    TalkMarkRemoved,
    VoiceNote,
    VoiceRemoved,
    Words,
)
from vfeed.practice.library import Library, shipped
from vfeed.practice.review import ReviewState


def check(
    type_: str, payload: Payload, state: ReviewState, *, duration_us: int, library: Library | None = None
) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix, changes nothing.

    `library` holds the codes that may be used (None: those that come with vfeed).
    """
    library = library or shipped()
    if isinstance(payload, Span):
        _inside_clip(payload, duration_us)
    match payload:
        case CandidateAdded():
            _new_candidate(payload, state)
        case PacksChosen():
            _packs(payload, library)
        case Reel():
            _reel(payload, state, duration_us)
        case ReelRemoved():
            _known_reel(payload.reel_id, state)
        case Review():
            _review(type_, payload, state)
        case PeopleNamed():
            _seen_in_clip(payload, duration_us)
        case PlayBounds():
            _play_in_clip(payload, duration_us)
        case _:
            _mark(type_, payload, state, duration_us, library)


def _mark(type_: str, payload: Payload, state: ReviewState, duration_us: int, library: Library) -> None:
    match payload:
        case Moment():
            _moment(type_, payload, state, library)
        case MomentOpened():
            _opened(payload, state, duration_us, library)
        case MomentRemoved():
            if state.running(payload.moment_id) is None:
                _known_moment(payload.moment_id, state)
        case Words():
            _known_moment(payload.moment_id, state)
        case TalkMark() | VoiceNote():
            state.parent.refuse_misfit(payload, _known_moment(payload.moment_id, state))
        case TalkMarkRemoved() | VoiceRemoved():
            state.parent.refuse_misfit(payload, None)
        case Still() | StillRemoved():
            _still(type_, payload, state, duration_us)
        case _:
            pass


def _new_candidate(payload: CandidateAdded, state: ReviewState) -> None:
    if payload.candidate_id in state.decisions:
        raise _refused(_("This is marked already."), _("Adjust it instead, or give the new mark its own id."))


def _moment(type_: str, payload: Moment, state: ReviewState, library: Library) -> None:
    if library.code(payload.code_ref) is None:
        raise _refused(_("There is no code '%(ref)s'."), _("Choose one from the list."), ref=payload.code_ref)
    if type_ == "moment_changed":
        _known_moment(payload.moment_id, state)
    elif state.moment(payload.moment_id) is not None:
        raise _refused(_("This moment is tagged already."), _("Change it instead, or give the new moment its own id."))


def _opened(payload: MomentOpened, state: ReviewState, duration_us: int, library: Library) -> None:
    if library.code(payload.code_ref) is None:
        raise _refused(_("There is no code '%(ref)s'."), _("Choose one from the list."), ref=payload.code_ref)
    if state.moment(payload.moment_id) is not None:
        raise _refused(
            _("This moment has its end already."), _("Change it instead, or give the new moment its own id.")
        )
    if max([payload.start_us, *(time or 0 for time in payload.anchors or ())]) >= duration_us:
        raise _refused(_("The moment begins beyond the end of the film."), _ends_at(duration_us))


def _still(type_: str, payload: Still | StillRemoved, state: ReviewState, duration_us: int) -> None:
    if type_ == "still_taken" and state.still(payload.still_id) is not None:
        raise _refused(
            _("This still is taken already."), _("Change its caption instead, or give the new one its own id.")
        )
    if type_ != "still_taken" and state.still(payload.still_id) is None:
        raise _refused(_("There is no such still."), _("Take it anew."))
    if isinstance(payload, Still) and payload.at_us >= duration_us:
        raise _refused(_("The still lies beyond the end of the film."), _ends_at(duration_us))


def _play_in_clip(payload: PlayBounds, duration_us: int) -> None:
    if (payload.start_us or 0) >= duration_us or (payload.end_us or 0) > duration_us:
        raise _refused(_("The play lies beyond the end of the film."), _ends_at(duration_us))


def _packs(payload: PacksChosen, library: Library) -> None:
    for pack_id in payload.packs:
        if not library.has_pack(pack_id):
            raise _refused(_("There is no code set '%(id)s'."), _("Load the page again and choose anew."), id=pack_id)


def _reel(payload: Reel, state: ReviewState, duration_us: int) -> None:
    ids = [piece.moment_id for piece in payload.moments]
    if len(set(ids)) != len(ids):
        raise _refused(_("A moment stands in the reel twice."), _("Take one of the two out."))
    for piece in payload.moments:
        _inside_clip(piece, duration_us)
        moment = _known_moment(piece.moment_id, state)
        if moment.point:
            raise _refused(_("A tag on one picture has no length to show."), _("Give it a start and an end first."))
        if piece.start_us < moment.start_us or piece.end_us > moment.end_us:
            raise _refused(
                _("A piece of the reel reaches beyond its tagged moment."),
                _("Make the moment longer first, then the reel."),
            )


def _review(type_: str, payload: Review, state: ReviewState) -> None:
    if type_ == "review_stopped":
        if state.reviewing != payload.reel_id:
            raise _refused(_("This reel is not being shown."), _("Nothing needs to be stopped."))
    else:
        _known_reel(payload.reel_id, state)


def _known_reel(reel_id: str, state: ReviewState) -> None:
    if state.reel(reel_id) is None:
        raise _refused(_("There is no such reel."), _("Save the reel first."))


def _known_moment(moment_id: str, state: ReviewState) -> Moment:
    moment = state.moment(moment_id)
    if moment is None:
        raise _refused(
            _("There is no such tagged moment."), _("Tag the moment first; a removed one has to be tagged anew.")
        )
    return moment


def _seen_in_clip(payload: PeopleNamed, duration_us: int) -> None:
    if any(seen.time_us >= duration_us for person in payload.people for seen in person.seen):
        raise _refused(
            _("A face is named at a time after the end of the film."), _("Load the film’s page and choose again.")
        )


def _inside_clip(span: Span, duration_us: int) -> None:
    if span.end_us > duration_us:
        raise _refused(_("The moment reaches beyond the end of the film."), _ends_at(duration_us))


def _ends_at(duration_us: int) -> str:
    return filled(_("The film ends at %(seconds)s s."), seconds=f"{duration_us / 1e6:.2f}")


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)
