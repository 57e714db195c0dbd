"""What is gone once a consent is withdrawn or a film is destroyed, in words."""

from __future__ import annotations

from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.services.consents import Work


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
    lines.append(_("every copy, still, sound curve and measurement made from it"))
    return lines


def what_is_silenced(recordings: int) -> list[str]:
    """Which recordings of voices are deleted."""
    if not recordings:
        return []
    words = ngettext(
        "%(num)s recording of what was said aloud", "%(num)s recordings of what was said aloud", recordings
    )
    return [words]
