"""A PDF read back: its structure in reading order, as a screen reader meets it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class Piece:
    """One tagged piece: what it is, on which page (from 0), and what a figure shows."""

    kind: str
    page: int
    alt: str = ""


@dataclass(frozen=True)
class ReadBack:
    title: str
    language: str
    marked: bool
    shows_title: bool
    outline: list[str]
    pieces: list[Piece]
    texts: list[str]
    untagged: list[str]
    words: list[str]


def read_back(content: bytes, password: str | None = None) -> ReadBack:
    """What a PDF says of itself; `untagged` are drawing operators of text and pictures outside every
    tag, `words` what each text says when it is read out.
    """
    reader = PdfReader(io.BytesIO(content))
    if password is not None:
        assert reader.decrypt(password)
    root: Any = reader.trailer["/Root"]
    tree = root["/StructTreeRoot"]
    document = tree["/K"][0].get_object()
    assert document["/S"] == "/Document"
    pages = [page.indirect_reference.idnum for page in reader.pages if page.indirect_reference]
    pieces = []
    for kid in document["/K"]:
        element = kid.get_object()
        page = pages.index(element.raw_get("/Pg").idnum)
        pieces.append(Piece(element["/S"].lstrip("/"), page, str(element.get("/Alt", ""))))
    info = reader.metadata
    contents = [page.get_contents() for page in reader.pages]
    streams = ["" if each is None else each.get_data().decode("latin-1") for each in contents]
    return ReadBack(
        title=str(info.title if info else ""),
        language=str(root.get("/Lang", "")),
        marked=bool(root.get("/MarkInfo", {}).get("/Marked")),
        shows_title=bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
        outline=flat(reader.outline),
        pieces=pieces,
        texts=[page.extract_text() for page in reader.pages],
        untagged=[stray for stream in streams for stray in strays(stream)],
        words=[
            bytes.fromhex(found).decode("utf-16")
            for stream in streams
            for found in re.findall(r"/ActualText <(\w+)>", stream)
        ],
    )


def flat(outline: Any) -> list[str]:
    found: list[str] = []
    for entry in outline:
        found += flat(entry) if isinstance(entry, list) else [str(entry.title)]
    return found


def strays(stream: str) -> list[str]:
    """Operators that show text or pictures and stand outside every marked sequence."""
    depth, found = 0, []
    for line in stream.splitlines():
        depth += len(re.findall(r"\b(?:BDC|BMC)\b", line)) - len(re.findall(r"\bEMC\b", line))
        if depth == 0 and re.search(r"(?:\bT[jJ]|\bDo)\b(?!.*EMC)", line):
            found.append(line)
    return found
