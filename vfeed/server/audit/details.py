"""What a line of the audit trail adds to who did what, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vfeed.errors import KINDS
from vfeed.server.consents.consent_status import use_words
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, ngettext
from vfeed.server.web.role_words import role_words

# Parts of a line's detail that mean nothing to a reader, or that the line says already.
UNSAID = frozenset(
    {"sha256", "path", "consent", "participant", "job", "event", "visit", "clip", "family", "session", "link"}
    | {"page", "sheet", "part", "share", "study", "worry", "group", "export", "texts"}
    | {"coding", "note", "reel_id", "item", "text", "seen"}
)


def detail_words(detail: Mapping[str, object]) -> str:
    """What a line adds, in a short list; what is not known is shown as it is kept."""
    parts = []
    for name, value in detail.items():
        if name in UNSAID or value is None or value is False or value in ("", []):
            continue
        each = value if isinstance(value, list) else [value]
        say = SAID.get(name, lambda shown, name=name: f"{name}: {shown}")
        parts.append(", ".join(say(str(one)) for one in each))
    return "; ".join(parts)


def _as_kept(shown: str) -> str:
    return shown


def _what(kept: str) -> str:
    words = {
        "agreement": _("the agreement"),
        "codings": _("codings"),
        "bundle": _("all that belongs to it"),
        "card": _("a card"),
        "film": _("a film"),
    }
    # Of what goes home the name of the moment or the film follows.
    kind = kept.partition(" ")[0]
    return words.get(kind, kept)


def _films(count: str) -> str:
    return ngettext("%(num)s film", "%(num)s films", int(count))


SAID: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("worker", "leader", "supervisor", "label", "film", "reason", "scheme", "format"), _as_kept),
    **dict.fromkeys(("use", "for"), use_words),
    "why": lambda code: looked_up(KINDS[code].title) if code in KINDS else code,
    "until": lambda day: _("until %(day)s", day=day),
    "from": lambda address: _("from %(address)s", address=address),
    "with": lambda step: {"app": _("with an app"), "passkey": _("with a passkey")}.get(step, step),
    "what": _what,
    "roles": role_words,
    "language": lambda code: _("language %(code)s", code=code),
    "version": lambda number: _("version %(number)s", number=number),
    "certificate": lambda number: _("certificate %(number)s", number=number),
    **dict.fromkeys(("films", "clips"), _films),
    "days": lambda count: ngettext("for %(num)s day", "for %(num)s days", int(count)),
    "left": lambda count: ngettext("%(num)s code is left", "%(num)s codes are left", int(count)),
    "quarters": lambda count: _("turned by %(degrees)s degrees", degrees=90 * int(count)),
    "from_old_copy": lambda _told: _("it had come back from an old backup"),
}
