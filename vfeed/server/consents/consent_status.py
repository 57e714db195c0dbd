"""How a consent stands, as words and the shape of an icon, so that nothing rests on colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vfeed.server.web.context import short_day
from vfeed.server.web.i18n import gettext as _
from vfeed.services.rows import Consent

ENDS_SOON = timedelta(days=30)


@dataclass(frozen=True)
class ConsentStatus:
    """One person and use. `icon` names a shape of `parts/icons.html`, `look` a style of `.state`.

    `consent_id` is the consent that holds, empty when none does.
    """

    use: str
    words: str
    icon: str
    look: str
    consent_id: str = ""


def use_words(use: str) -> str:
    """A use's name on the screen."""
    words = {
        "session": _("Watching together"),
        "voice": _("Recording the voice"),
        "take_home": _("Taking moments home"),
        "session_film": _("Filming the shared review"),
        "supervision": _("Supervision"),
        "training": _("Training of colleagues"),
        "research": _("Research"),
    }
    return words.get(use, use)


def use_notes() -> dict[str, str]:
    """What each use means, in a line."""
    return {
        "session": _("The worker and the family look at the films."),
        "voice": _("What is said aloud while watching may be recorded, as sound alone."),
        "take_home": _("The family gets chosen moments, locked with a passphrase."),
        "session_film": _("The shared review itself is filmed and kept for the worker and for supervision."),
        "supervision": _("The worker’s supervisor looks at them too."),
        "training": _("Other workers learn from them."),
        "research": _("Researchers look at them, without notes."),
    }


def is_current(row: Consent, today: date) -> bool:
    """Whether a consent holds today."""
    started = row.withdrawn_at is None and row.granted_on <= today
    return started and (row.expires_on is None or today <= row.expires_on)


def was_refused(row: Consent) -> bool:
    """Whether it is a "no", which is withdrawn from the moment it was written down."""
    return row.withdrawn_at == row.created_at


def consent_status(use: str, consents: Sequence[Consent], today: date) -> ConsentStatus:
    """How one person stands on one use, from their consents to it."""
    return _status(use_words(use), consents, today, use == "session")


def first_end(consents: Iterable[Consent], today: date) -> date | None:
    """The first day within a month on which a person and use loses its consent; one that was renewed does not count."""
    last: dict[tuple[str, str, str | None], date] = {}
    for row in consents:
        if is_current(row, today):
            key = (row.participant_id, row.use, row.clip_id)
            last[key] = max(last.get(key, date.min), row.expires_on or date.max)
    ends = min(last.values(), default=None)
    return ends if ends is not None and ends - today <= ENDS_SOON else None


def withdrawn_on(rows: Iterable[Consent]) -> date | None:
    """The day on which one person took back what they had agreed to of one use; None where anything was given since."""
    ends = [row.withdrawn_at for row in rows if not was_refused(row)]
    return max((each.astimezone().date() for each in ends if each is not None), default=None) if all(ends) else None


def last_no(rows: Sequence[Consent]) -> Consent | None:
    """The "no" that one person answered last on one use; None where they answered otherwise since."""
    if not rows or any(row.withdrawn_at is None for row in rows):
        return None
    last = max(rows, key=lambda row: row.created_at)
    return last if was_refused(last) else None


def _status(name: str, rows: Sequence[Consent], today: date, needed: bool) -> ConsentStatus:
    holding = [row for row in rows if is_current(row, today)]
    if holding:
        return _current(name, max(holding, key=lambda row: row.expires_on or date.max), today)
    live = [row for row in rows if row.withdrawn_at is None]
    if live:
        last = max(live, key=lambda row: row.granted_on)
        if last.expires_on is not None and last.expires_on < today:
            return ConsentStatus(name, _("Ran out on %(day)s", day=short_day(last.expires_on)), "ended", "ended")
        return ConsentStatus(name, _("Holds from %(day)s", day=short_day(last.granted_on)), "soon", "missing", last.id)
    if refusal := last_no(rows):
        return ConsentStatus(name, _("Said no on %(day)s", day=short_day(refusal.granted_on)), "ended", "ended")
    if withdrawn := withdrawn_on(rows):
        return ConsentStatus(name, _("Withdrawn on %(day)s", day=short_day(withdrawn)), "ended", "ended")
    return ConsentStatus(name, _("Not given"), "missing", "missing" if needed else "quiet")


def _current(name: str, row: Consent, today: date) -> ConsentStatus:
    if row.expires_on is None:
        return ConsentStatus(name, _("Given"), "given", "given", row.id)
    if row.expires_on - today <= ENDS_SOON:
        return ConsentStatus(
            name, _("Given, ends on %(day)s", day=short_day(row.expires_on)), "soon", "missing", row.id
        )
    return ConsentStatus(name, _("Given until %(day)s", day=short_day(row.expires_on)), "given", "given", row.id)
