"""What films are called in files of other programs: with folders, endings, and in whatever case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import TypeVar
from unicodedata import normalize

Said = TypeVar("Said")

FILMS = "mp4|mov|m4v|mkv|webm|avi|3gp|3g2|ts|mts|m2ts|mpg|mpeg|wmv|flv|ogv|vob|mxf|dv|wav|mp3|m4a"
CODINGS = r"eaf|pfsx|boris(\.gz)?|opf|odx|textgrid|vtt|srt|rttm|uem|csv|tsv|tab|table|txt|xlsx"
ENDING = re.compile(rf"\.({FILMS}|{CODINGS})$")
"""Endings of films, of their sound and of codings of them, in small letters."""


def file_name(path: str) -> str:
    """The last part of a path or address, of either kind of slash."""
    return PureWindowsPath(PurePosixPath(path).name).name


def film_stem(name: str) -> str:
    """What a film is called without folders, case and a file's ending; other dots are of its name.

    >>> film_stem("Home/P01.V1.MP4"), film_stem("P01.V1")
    ('p01.v1', 'p01.v1')
    """
    return ENDING.sub("", file_name(name).casefold())


def same_film(one: str, other: str) -> bool:
    """Whether two names may be of one film: equal without case, or but for a file's ending."""
    return film_stem(one) == film_stem(other)


def by_path(told: Mapping[str, Said], paths: Iterable[str]) -> dict[str, Said]:
    """Return what a list says of films, by their paths in a folder; what it says of no film stays as it is written.

    Lists are typed on other computers: with the other slash, and with an umlaut as one sign where the folder has two.

    >>> by_path({"day 1\\\\a.mp4": 7, "b.mp4": 8}, ["day 1/a.mp4"])
    {'day 1/a.mp4': 7, 'b.mp4': 8}
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        alike[normalize("NFC", path)].append(path)
    found: dict[str, Said] = {}
    for name, said in told.items():
        meant = alike.get(normalize("NFC", name), []) or alike.get(normalize("NFC", name.replace("\\", "/")), [])
        # A name that is there just so is that one; one of several that look the same is none of them.
        found[name if name in meant or len(meant) != 1 else meant[0]] = said
    return found
