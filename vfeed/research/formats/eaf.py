"""ELAN's annotation files (EAF): written as version 3.0, read from 2.5 on."""

from __future__ import annotations

from vfeed.research.formats.eaf_reading import read_eaf
from vfeed.research.formats.eaf_writing import keep_mark, write_eaf
from vfeed.research.formats.seam import MILLISECOND_US, Asked, Found, Written, kept_coding
from vfeed.research.marks import Coding

__all__ = ["Eaf"]


class Eaf:
    """ELAN: a tier for each person and lane, points and the watched window on tiers of their own."""

    name = "eaf"
    title = "ELAN (EAF 3.0)"
    ending = ".eaf"
    endings = (".eaf",)
    resolution_us = MILLISECOND_US

    def kept(self, coding: Coding) -> Coding:
        """Everything but times finer than a millisecond."""
        return kept_coding(coding, keep_mark, MILLISECOND_US)

    def write(self, coding: Coding) -> Written:
        """One .eaf."""
        return write_eaf(coding)

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """The one coding of an .eaf; annotators that differ by tier make a coding each."""
        return read_eaf(data, name, asked)
