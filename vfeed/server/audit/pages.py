"""The audit trail: who looked at what, changed what and took what out."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from vfeed.practice.caregiver_catalogues import catalogues
from vfeed.research.formats.table_writing import csv_bytes
from vfeed.server.audit.trail import collapsed, line_of
from vfeed.server.web.context import services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import language_name
from vfeed.server.web.ranges import answer_with
from vfeed.services.rows import Audit

blueprint = Blueprint("audit", __name__)

SHORT_ID = 8
COLUMNS = ("line", "when_utc", "who", "did", "to_what", "more", "kept_as")


@dataclass(frozen=True)
class Wanted:
    """Which lines: about what (an id, or a name that is none), and on which days, both of them included."""

    about: str
    first: date | None
    last: date | None

    @property
    def args(self) -> dict[str, Any]:
        """The same as parts of an address."""
        return {"about": self.about or None, "from": _iso(self.first), "to": _iso(self.last)}

    @property
    def query(self) -> dict[str, Any]:
        """The same as the store asks for it."""
        after = self.last + timedelta(days=1) if self.last and self.last < date.max else None
        return {"object_": self.about or None, "since": _begins(self.first), "until": _begins(after)}


def _begins(day: date | None) -> datetime | None:
    """When a day begins where vfeed runs; years that no clock knows bound nothing."""
    return datetime.combine(day, time.min).astimezone() if day and day.year > 1 else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def wanted(names: dict[str, str], sent: MultiDict[str, str]) -> Wanted:
    """What was asked for, by an id or by one of the names."""
    about = sent.get("about", "").strip()
    known = next((id_ for id_, name in names.items() if about == name), about)
    return Wanted(known, _day(sent.get("from")), _day(sent.get("to")))


@blueprint.post("/audit")
def find() -> AnyResponse:
    """Narrow to one family, film or account: a name is sent, and its id stands in the address, which browsers keep."""
    return redirect(url_for("audit.trail", **wanted(names_of_things(), request.form).args))


@blueprint.get("/audit")
def trail() -> str:
    """The newest lines; `about` narrows to one family, film or account, `from` and `to` to days, `before` pages on."""
    names = names_of_things()
    asked = wanted(names, request.args)
    before = request.args.get("before", type=int)
    # No row has a number that a database cannot hold.
    before = before if before is None or 0 < before < 1 << 62 else None
    found = services().audit_reading.page(**asked.query, before=before)
    lines = [
        line_of(row, names.get(row.object, row.object), url_for("audit.trail", about=row.object)) for row in found.rows
    ]
    # Checking the whole chain takes a moment: once, on the first page, is enough.
    broken = services().audit_reading.broken_at() if before is None else None
    return render_template(
        "audit/audit.html",
        lines=collapsed(lines),
        about=names.get(asked.about, asked.about),
        asked=asked,
        broken=broken,
        first=before is None,
        older_url=url_for("audit.trail", **asked.args, before=found.before) if found.before else "",
        newer_url=url_for("audit.trail", **asked.args) if before else "",
        file_url=url_for("audit.file", **asked.args),
    )


@blueprint.get("/audit/file")
def file() -> Response:
    """The same lines, all of them, as a table for whoever asks to see them."""
    names = names_of_things()
    rows = [_cells(row, names) for row in _all(wanted(names, request.args))]
    data = csv_bytes(COLUMNS, rows)
    etag = hashlib.sha256(data).hexdigest()
    return answer_with(io.BytesIO(data), media_type="text/csv", etag=etag, download_name="audit-trail.csv")


def _cells(row: Audit, names: dict[str, str]) -> list[str]:
    """A line as it is read on the page, and at its end what is kept word for word."""
    line = line_of(row, names.get(row.object, row.object))
    kept = json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""
    words = (line.actor, line.action, line.subject, line.detail, kept)
    return [str(row.seq), row.at.isoformat(timespec="seconds"), *map(_no_formula, words)]


def _all(asked: Wanted) -> Iterator[Audit]:
    found = services().audit_reading.page(**asked.query)
    yield from found.rows
    while found.before is not None:
        found = services().audit_reading.page(**asked.query, before=found.before)
        yield from found.rows


def _no_formula(cell: str) -> str:
    """What somebody named so that a spreadsheet would reckon with it, as text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def names_of_things() -> dict[str, str]:
    """What the ids stand for: a family's code name; for a film the family's and a short code, never its title.

    Studies, groups, screenings from elsewhere and own code sets are called by what they are and their title.
    """
    found = services().audit_reading.names()
    clips = {
        clip_id: _("film %(code)s of %(family)s", code=clip_id[:SHORT_ID], family=found.families[family_id])
        for clip_id, family_id in found.clips.items()
    }
    shares = {
        share_id: _("shared review of %(family)s", family=found.families[family_id])
        for share_id, family_id in found.shares.items()
    }
    titled = {
        **{id_: _("study “%(title)s”", title=title) for id_, title in found.studies.items()},
        **{id_: _("group “%(title)s”", title=title) for id_, title in found.groups.items()},
        **{id_: _("screening “%(title)s”", title=title) for id_, title in found.screenings.items()},
        **{id_: _("code set “%(title)s”", title=title) for id_, title in found.code_sets.items()},
        **{f"language:{tag}": language_name(tag, each.english_name) for tag, each in catalogues().items()},
    }
    return {**found.families, **clips, **shares, **titled}
