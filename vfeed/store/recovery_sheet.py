"""The recovery sheet: a PDF to print and lock away, from which the key file can be made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from glob import escape
from pathlib import Path

from vfeed.documents.document import Block, Document, Heading, Paragraph, Quote
from vfeed.documents.files import as_pdf
from vfeed.errors import VfeedError
from vfeed.store.keyring import NEW, write_whole
from vfeed.store.recovery import lines_of, split

LANGUAGE = "en-GB"


def write_sheet(master: bytes, output: Path, *, parts: int = 1, needed: int = 1) -> None:
    """Write the sheet, readable by this user alone; with parts, one file for each person beside `output`.

    A file is there whole or not at all.

    Raises VfeedError `invalid_input` for numbers that do not fit, `conflict` for a file that is there.
    """
    shares = split(master, parts, needed) if parts > 1 or needed > 1 else {0: master}
    targets = {
        number: output.with_name(f"{output.stem}-{number}{output.suffix}") if number else output for number in shares
    }
    for target in targets.values():
        if target.exists():
            raise VfeedError("conflict", f"{target} is there already.", hint="Give another name.")
        # What a command that was killed left of it under another name.
        for leftover in target.parent.glob(f".{escape(target.name)}.*{NEW}"):
            leftover.unlink()
    sheets = {
        targets[number]: as_pdf(
            Document(title_of(number), LANGUAGE, tuple(blocks_of(master, share, number, parts, needed))), _no_figures
        )
        for number, share in shares.items()
    }
    written: list[Path] = []
    try:
        for target, content in sheets.items():
            write_whole(target, content)
            written.append(target)
    except BaseException:
        for target in written:
            target.unlink()
        raise


def title_of(number: int) -> str:
    """What a sheet is called."""
    return f"vfeed: recovery sheet, part {number}" if number else "vfeed: recovery sheet"


def blocks_of(master: bytes, share: bytes, number: int, parts: int, needed: int) -> Iterator[Block]:
    """What stands on a sheet."""
    if number:
        yield Paragraph(f"This is part {number} of {parts}. {needed} of them open everything; fewer tell nothing.")
    else:
        yield Paragraph("Whoever holds this sheet and the data can read every film and every word.")
    yield Paragraph("Keep it where neither fire nor curiosity reaches it, and never beside the computer.")
    yield Heading("The key" if not number else f"Part {number}")
    for line in lines_of(share, number):
        yield Quote(line)
    yield Heading("How to use it")
    command = f"vfeed recover-key --needed {needed}" if number else "vfeed recover-key"
    yield Paragraph(f"Install vfeed, restore the data from a backup if they are gone, and run: {command}")
    yield Paragraph("Type each line as it stands. Blanks and small letters do not matter; each line checks itself.")
    yield Paragraph(f"Made on {date.today().isoformat()}. The key’s short name: {short_name(master)}", soft=True)


def short_name(master: bytes) -> str:
    """By which two sheets, or a sheet and a key file, can be told apart: nothing can be learnt from it."""
    return hashlib.sha256(b"vfeed short name" + master).hexdigest()[:8]


def _no_figures(_name: str) -> tuple[bytes, float]:
    raise LookupError("a recovery sheet has no pictures")
