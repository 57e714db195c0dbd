"""The links of the masthead: only what the person may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request, url_for

from vfeed.server.web.authorization import can
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.reloading import page_again
from vfeed.services.rows import Clip

STUDIES = frozenset({"studies", "consensus", "study_reports", "study_files", "taking_in"})
FAMILY_WORK = frozenset(
    {
        "families",
        "carers",
        "evidence",
        "consents",
        "clocks",
        "uploads",
        "clips",
        "reels",
        "sessions",
        "programmes",
        "sheets",
        "records",
        "take_home",
        "session_films",
        "story",
        "supervision",
    }
)


@dataclass(frozen=True)
class Item:
    """One link; `current` when the page at hand belongs to it."""

    label: str
    url: str
    current: bool


OWN = frozenset({"accounts.password", "accounts.sign_ins", "accounts.pin"})


def items() -> list[Item]:
    """The links this person may use."""
    here = request.endpoint or ""
    attends = request.blueprint == "supervision" and not can("supervision.manage")
    among_families = not attends and (request.blueprint or "") in FAMILY_WORK and here != "clips.for_research"
    lines = (
        ("families.index", _("Families"), among_families),
        ("groups.index", _("Groups"), request.blueprint == "groups"),
        ("supervision.index", _("Shared with me"), attends),
        ("clips.for_research", _("Films for research"), here == "clips.for_research"),
        ("screening.index", _("Screening"), request.blueprint in {"screening", "brought_screenings"}),
        ("studies.index", _("Studies"), request.blueprint in STUDIES),
        ("coding.mine", _("My films to code"), request.blueprint == "coding"),
        ("codes.index", _("Code sets"), request.blueprint == "codes"),
        ("audit.trail", _("Audit trail"), here == "audit.trail"),
        ("accounts.index", _("Accounts"), request.blueprint == "accounts" and here not in OWN),
        ("home.guide", _("Help"), here in {"home.guide", "home.keys", "home.filming", "home.your_film"}),
    )
    return [Item(label, url_for(endpoint), current) for endpoint, label, current in lines if can(endpoint)]


def init_navigation(app: Flask) -> None:
    """Offer `navigation()`, `can()` and `page_again()` to the templates."""
    app.add_template_global(items, "navigation")
    app.add_template_global(can, "can")
    app.add_template_global(page_again)


def clip_crumbs(clip: Clip) -> list[tuple[str, str]]:
    """The way back to the family, or to the films for research."""
    if not can("families.family") or g.get("as_researcher"):
        return [(_("Films for research"), url_for("clips.for_research"))]
    return family_crumbs(clip.family_id)


def family_crumbs(family_id: str) -> list[tuple[str, str]]:
    """The way back to a family; raises VfeedError `not_found`, and `forbidden` for another worker's."""
    family = services().families.one(person(), family_id)
    return [(_("Families"), url_for("families.index")), (family.code_name, family_url(family_id))]


def family_url(family_id: str) -> str:
    """A family's page."""
    return url_for("families.family", family_id=family_id)
