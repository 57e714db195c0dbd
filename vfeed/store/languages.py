"""Whose word it is that a language of the parent's room reads right: a fact of the audit trail, and kept there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vfeed.practice.caregiver_catalogues import Catalogue
from vfeed.store.audit import AuditTrail

CHECKED, UNCHECKED = "language.checked", "language.unchecked"


@dataclass(frozen=True)
class Check:
    """Who said that the texts are right, and when."""

    actor: str
    at: datetime


class Languages:
    """Remembers which texts a person of this service has checked."""

    def __init__(self, audit: AuditTrail) -> None:
        self._audit = audit

    def checked(self, catalogue: Catalogue) -> Check | None:
        """Who has checked exactly these texts; None when nobody has, it was taken back, or they changed since."""
        newest = next(iter(self._audit.list(object_=_object(catalogue), limit=1)), None)
        if newest is None or newest.action != CHECKED or newest.detail.get("texts") != catalogue.digest:
            return None
        return Check(newest.actor, newest.at)

    def is_draft(self, catalogue: Catalogue) -> bool:
        """Whether a machine wrote these texts and no person has checked them."""
        return catalogue.drafted_by == "machine" and self.checked(catalogue) is None

    def check(self, catalogue: Catalogue, actor: str) -> None:
        """Write down that this person has checked the texts."""
        self._audit.record(actor, CHECKED, _object(catalogue), {"texts": catalogue.digest})

    def uncheck(self, catalogue: Catalogue, actor: str) -> None:
        """Take that back."""
        self._audit.record(actor, UNCHECKED, _object(catalogue), {"texts": catalogue.digest})


def _object(catalogue: Catalogue) -> str:
    return f"language:{catalogue.language}"
