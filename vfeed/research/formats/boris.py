"""BORIS projects (.boris, .boris.gz): read with their offsets taken off, written as version 7.0."""

from __future__ import annotations

from vfeed.research.formats.boris_reading import read_boris
from vfeed.research.formats.boris_writing import keep_mark, write_boris
from vfeed.research.formats.seam import MILLISECOND_US, Asked, Found, Written, kept_coding
from vfeed.research.marks import Coding

__all__ = ["Boris"]


class Boris:
    """BORIS: subjects are whom a mark is about, behaviours its code, categories its lane."""

    name = "boris"
    title = "BORIS project"
    ending = ".boris"
    endings = (".boris", ".boris.gz")
    resolution_us = MILLISECOND_US

    def kept(self, coding: Coding) -> Coding:
        """Everything but times finer than a millisecond and signs that BORIS keeps for itself."""
        return kept_coding(coding, keep_mark, MILLISECOND_US)

    def write(self, coding: Coding) -> Written:
        """One .boris with one observation."""
        return write_boris(coding)

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """A coding for each observation and film."""
        return read_boris(data, name, asked)
