"""Everything about a family as files that a person can read, in a zip locked with a passphrase."""

from __future__ import annotations

import html
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyzipper
from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.store.family_rows import rows_of
from vfeed.store.reasons import open_reason
from vfeed.store.store import Store
from vfeed.store.tables import Audit
from vfeed.store.vault import disk_errors

ENDINGS = {
    "video/mp4": ".mp4",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "audio/webm": ".webm",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "application/json": ".json",
}
# What a machine made of a film and made anew at any time; the film itself is there.
DERIVED = ("metrics", "heads", "waveform", "pts_map", "proxy")
TITLES = {
    "family": "The family",
    "participant": "People",
    "visit": "Visits",
    "clip": "Films",
    "consent": "Consents",
    "journal_event": "What was done and written",
    "feedback_session": "Shared reviews",
    "supervision_share": "What was shared for supervision",
    "take_home_link": "Links to take home",
    "audit": "Who looked at what",
}
LEFT_OUT = frozenset({"token_hash", "passphrase_hash", "file_name", "sha256"})


def export_family(store: Store, code_name: str, to: Path, passphrase: str, actor: str) -> int:
    """Write all that is kept about a family into a zip under a passphrase (AES-256); returns how many files are in it.

    Raises VfeedError `not_found` for an unknown family, `invalid_input` when the file is there already, `disk_full`.
    """
    family = store.families.find(code_name)
    if family is None:
        raise VfeedError("not_found", f"There is no family called {code_name!r}.", hint="Look at the list of families.")
    if to.exists():
        raise VfeedError("invalid_input", f"{to} is there already.", hint="Give another name, or move it away.")
    with store.database.read() as session:
        found = rows_of(session, family.id)
        ids = [str(row["id"]) for rows in found.values() for row in rows if "id" in row]
        trail = select(Audit).where(Audit.object.in_(ids)).order_by(Audit.seq)
        found["audit"] = [_of_trail(store, row) for row in session.scalars(trail)]
    # Names in a zip can be read without its passphrase: a film's title, which may name somebody, stands inside.
    found["clip"] = [row | {"folder": f"films/film {number}"} for number, row in enumerate(found.get("clip", []), 1)]
    part = to.with_name(f".vfeed-{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            disk_errors(),
            pyzipper.AESZipFile(part, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive,
        ):
            archive.setpassword(passphrase.encode())
            archive.writestr("Read me first.html", _as_page(family.code_name, found))
            archive.writestr("everything.json", json.dumps(_plain(found), ensure_ascii=False, indent=1, default=str))
            files = 2 + sum(_add_file(archive, store, found, row) for row in found.get("blob", []))
        store.audit.record(actor, "family.exported", family.id)
        part.rename(to)
        return files
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _of_trail(store: Store, row: Audit) -> dict[str, Any]:
    line = {"at": row.at, "actor": row.actor, "action": row.action, "object": row.object}
    reason = row.detail.get("reason")
    return line | ({"why": open_reason(store.keys, row.object, reason)} if isinstance(reason, str) else {})


def _add_file(archive: Any, store: Store, found: Mapping[str, Any], row: Mapping[str, Any]) -> int:
    role = str(row["role"])
    if role in DERIVED:
        return 0
    clip = next(each for each in found["clip"] if each["id"] == row["clip_id"])
    ending = ".film" if role == "original" else ENDINGS.get(str(row["media_type"]), ".bin")
    if role == "original":
        ending = ".mp4" if "mp4" in str(clip["facts"].get("container", "")) else ".mkv"
    name = f"{clip['folder']}/{_safe(role)}{ending}"
    with store.blobs.open(row["clip_id"], role) as source, archive.open(name, "w", force_zip64=True) as out:
        shutil.copyfileobj(source, out, 1 << 20)
    return 1


def _as_page(code_name: str, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    parts = [
        f"<!doctype html><html lang='en-GB'><meta charset='utf-8'><title>{html.escape(code_name)}</title>",
        f"<h1>All that is kept about {html.escape(code_name)}</h1>",
        f"<p>Written on {date.today():%d %B %Y}. The films are in the folder “films”;",
        "“everything.json” holds the same as this page, for a program.</p>",
    ]
    for table, rows in found.items():
        if table not in {"blob", "job"} and rows:
            parts.append(f"<h2>{html.escape(TITLES.get(table, table.replace('_', ' ')))}</h2>")
            parts += [f"<dl>{''.join(_line(name, value) for name, value in row.items())}</dl><hr>" for row in rows]
    return "\n".join(parts)


def _line(name: str, value: Any) -> str:
    if value in (None, "", {}, []) or name in LEFT_OUT or name.endswith("_id") or name == "id":
        return ""
    said = value.strftime("%d %B %Y, %H:%M") if isinstance(value, datetime) else value
    said = json.dumps(said, ensure_ascii=False) if isinstance(said, dict | list) else str(said)
    return f"<dt>{html.escape(name.replace('_', ' '))}</dt><dd>{html.escape(said)}</dd>"


def _plain(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    return {
        table: [{name: value for name, value in row.items() if name not in LEFT_OUT} for row in rows]
        for table, rows in found.items()
    }


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_" else "-" for letter in name).strip()[:60] or "film"
