"""What the roles of accounts are called on the screen, and what each may do."""

from __future__ import annotations

from vfeed.server.web.i18n import gettext as _


def role_words(role: str) -> str:
    """A role's name on the screen."""
    words = {
        "practitioner": _("Practitioner"),
        "supervisor": _("Supervisor"),
        "researcher": _("Researcher"),
        "coder": _("Coder"),
        "administrator": _("Administrator"),
    }
    return words.get(role, role)


def role_notes(role: str) -> str:
    """What a role may do, in a line."""
    notes = {
        "practitioner": _("Works with families: films, moments, consents, the parent view."),
        "supervisor": _("Sees the shared reviews that a worker shares with them, and nothing else."),
        "researcher": _(
            "Sees films that the family has agreed to for research, and sets up studies; no notes, no names."
        ),
        "coder": _("Codes the films of a study blind; sees nothing else."),
        "administrator": _("Keeps accounts and reads the audit trail; sees no film."),
    }
    return notes.get(role, "")
