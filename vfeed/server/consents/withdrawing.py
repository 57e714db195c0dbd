"""What is gone once a consent is withdrawn or a film is destroyed, in words."""

from __future__ import annotations

from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.services.consents import Withdrawal, Work


def what_is_destroyed(work: Work) -> list[str]:
    """What is gone once these films are destroyed; nothing without a film."""
    if not work.clips:
        return []
    lines = [_("The film “%(title)s”", title=clip.title) for clip in work.clips]
    if work.moments:
        lines.append(
            ngettext("%(num)s marked moment with its note", "%(num)s marked moments with their notes", work.moments)
        )
    if work.reels:
        lines.append(ngettext("%(num)s film of chosen moments", "%(num)s films of chosen moments", work.reels))
    if work.words:
        lines.append(
            ngettext("the parent’s words about %(num)s moment", "the parent’s words about %(num)s moments", work.words)
        )
    lines.append(
        ngettext(
            "every copy, still, sound curve and measurement made from it",
            "every copy, still, sound curve and measurement made from them",
            len(work.clips),
        )
    )
    lines.append(
        ngettext(
            "comments of colleagues about it, and codings of it",
            "comments of colleagues about them, and codings of them",
            len(work.clips),
        )
    )
    return lines


def what_is_silenced(recordings: int) -> list[str]:
    """Which recordings of voices are deleted."""
    if not recordings:
        return []
    words = ngettext(
        "%(num)s recording of what was said aloud", "%(num)s recordings of what was said aloud", recordings
    )
    return [words]


def what_went(found: Withdrawal) -> list[str]:
    """What was destroyed by a withdrawal, once it is done."""
    films, recordings = len(found.destroyed.clips), found.recordings
    gone = []
    if films:
        gone.append(ngettext("%(num)s film is destroyed.", "%(num)s films are destroyed.", films))
    if recordings:
        gone.append(ngettext("%(num)s recording is deleted.", "%(num)s recordings are deleted.", recordings))
    return gone


def films_are_gone() -> str:
    """Whether films that are destroyed can come back, and from where."""
    return _(
        "Nobody can bring this back. Once the next backup is made, backups of vfeed cannot open it either. "
        "Copies of the keys that somebody made by hand must be destroyed by hand."
    )


def how_far_gone(found: Withdrawal) -> str:
    """Whether what a withdrawal destroys can come back, and from where."""
    if found.destroyed.clips:
        return films_are_gone()
    return _(
        "Nobody can bring this back. Backups hold the recordings, locked, until newer ones take their place. Once the "
        "next backup is made, what comes back with an older one is deleted before anybody can open it."
    )


def what_stays_of_films() -> str:
    """What is still there once films are destroyed."""
    return _(
        "Films that are not named above, visits with their helping questions, records of shared reviews, forms and "
        "numbers of questionnaires: to have these erased too, erase the family. The lines of the audit trail stay. "
        "Files that were handed out before cannot be called back."
    )


def what_stays(found: Withdrawal) -> str:
    """What is still there after a withdrawal, and what is done no longer."""
    if found.destroyed.clips:
        return what_stays_of_films()
    if found.recordings:
        return _("The films, and everything else that is kept.")
    return {
        "session": _("No film is destroyed: there is none. From now on nobody opens a film that this covers."),
        "voice": _("Nothing is destroyed: no voice was recorded. From now on none is recorded."),
        "take_home": _(
            "No film is destroyed. From now on nothing more goes home of the films that this covers, and links to take "
            "home show them no longer. Files that were handed out before cannot be called back."
        ),
        "session_film": _(
            "No film is destroyed: no shared review was filmed. From now on no film of one can be added."
        ),
        "supervision": _(
            "No film is destroyed. From now on no supervisor sees the films that this covers, also where they are "
            "shared already."
        ),
        "training": _(
            "No film is destroyed. From now on nobody sees the films that this covers to learn from them, also where "
            "they are shared already."
        ),
        "research": _(
            "No film is destroyed. From now on nobody opens the films that it covered for this use, and every coding "
            "of them in studies is deleted for good."
        ),
    }[found.consent.use]
