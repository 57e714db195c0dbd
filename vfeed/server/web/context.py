"""What every view and template shares: the use cases, the person, words for dates and lengths."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import cast

from flask import Flask, current_app, g
from flask_babel import format_date, format_datetime
from flask_login import current_user

from vfeed.config import GB, Settings
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.timeline.clock import clock

SECOND_US = 1_000_000
MB = 1_000_000
MINUTE_S = 60


def services() -> Services:
    """The use cases of this application."""
    return cast(Services, current_app.extensions["vfeed_services"])


def person() -> Actor:
    """The current person, as use cases know them."""
    return Actor(actor(), roles())


def settings() -> Settings:
    """The settings of this application."""
    return cast(Settings, current_app.extensions["vfeed_settings"])


def actor() -> str:
    """The name under which the current person's doings are written down."""
    return str(current_user.username) if current_user.is_authenticated else "nobody"


def roles() -> frozenset[str]:
    """The current person's account roles."""
    if not current_user.is_authenticated:
        return frozenset()
    held = frozenset(role.name for role in current_user.roles)
    # For one request: see `whose.refuse_others`.
    return held - {"practitioner"} if g.get("as_researcher") else held


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def day(value: date) -> str:
    """A day in words: 3 March 2026."""
    return str(format_date(value, "d MMMM yyyy"))


def short_day(value: date) -> str:
    """A day for narrow places: 3 Mar 2026."""
    return str(format_date(value, "d MMM yyyy"))


def moment(value: datetime) -> str:
    """A point in time, to the minute, on the clock of this machine."""
    return str(format_datetime(value.astimezone(), "d MMM yyyy, HH:mm", rebase=False))


def length(duration_us: int) -> str:
    """A length in words."""
    seconds = round(duration_us / SECOND_US)
    if seconds < MINUTE_S:
        return ngettext("%(num)s second", "%(num)s seconds", seconds)
    return _("%(minutes)s min %(seconds)s s", minutes=seconds // MINUTE_S, seconds=seconds % MINUTE_S)


def size(size_bytes: int) -> str:
    """A file's size in words, in powers of ten as phones show it.

    >>> size(8_000_000_000)
    '8 GB'
    >>> size(208_400)
    '208 kB'
    """
    if size_bytes >= GB:
        return f"{size_bytes / GB:.1f}".removesuffix(".0") + " GB"
    if size_bytes >= MB:
        return f"{round(size_bytes / MB)} MB"
    return f"{max(1, round(size_bytes / 1000))} kB"


def age(birth_month: str, today: date) -> str:
    """A child's age from year and month of birth: months to two years, then years.

    >>> age("2026-01", date(2026, 8, 20))
    '7 months'
    """
    year, month = (int(part) for part in birth_month.split("-"))
    months = (today.year - year) * 12 + today.month - month
    if months < 24:
        return ngettext("%(num)s month", "%(num)s months", max(months, 0))
    return ngettext("%(num)s year", "%(num)s years", months // 12)


def init_context(app: Flask) -> None:
    """Offer the shared words to the templates."""
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(clock)
    app.add_template_filter(length)
    app.add_template_filter(size)


def session_title(held_on: date) -> str:
    """What a session is called."""
    return _("Shared review of %(day)s", day=day(held_on))
