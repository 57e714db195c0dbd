"""All formats: readers by what a file looks like, exporters by entry points of the group `vfeed.exporters`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.installed import at_fault, made
from vfeed.research.formats.boris import Boris
from vfeed.research.formats.datavyu import Datavyu
from vfeed.research.formats.eaf import Eaf
from vfeed.research.formats.rttm import Rttm, Uem, read_uem, with_windows
from vfeed.research.formats.seam import (
    LONGEST_FILM_US,
    MILLISECOND_US,
    Asked,
    Exporter,
    Found,
    Loss,
    LossKind,
    Reader,
    Written,
    at,
    on_stretches,
    snapped,
    unreadable,
)
from vfeed.research.formats.tables import Table
from vfeed.research.formats.textgrid import TextGrid
from vfeed.research.formats.vtt import WebVtt
from vfeed.research.lane_windows import parted
from vfeed.research.marks import Coding

GROUP = "vfeed.exporters"
READERS: tuple[Reader, ...] = (Eaf(), Boris(), Datavyu(), TextGrid(), WebVtt(), Rttm(), Uem(), Table())
ENDINGS = tuple(ending for reader in READERS for ending in reader.endings)
_TABLE = _("Export the events as .csv, .tsv or .xlsx.")
KNOWN_BUT_NOT_READ = {
    ".etf": (_("It is an ELAN template, which holds no annotations."), _("Choose the .eaf of the film.")),
    ".pfsx": (_("It holds ELAN’s settings and no annotations."), _("Choose the .eaf beside it.")),
    ".ods": (_("It is an OpenDocument file."), _("Save it as .xlsx or .csv.")),
    ".xls": (_("It is an old Excel file."), _("Save it as .xlsx or .csv.")),
    ".odx": (_("It is The Observer’s XML."), _("Export the event list as text or Excel.")),
    ".otx": (_("It is a template of The Observer."), _("Export the event list as text or Excel.")),
    ".vop": (_("It is a whole project of The Observer."), _("Export the event list as text or Excel.")),
    ".xiact": (_("It is INTERACT’s own file."), _("Export it as text.")),
    ".pkl": (_("It is a pickle, which could run anything and is never opened."), _TABLE),
    ".rds": (_("It is a file of R."), _TABLE),
    ".sds": (_("It is a file of GSEQ."), _TABLE),
    ".anvil": (_("It is ANVIL’s own file."), _("Export its tracks from ANVIL as a table, or as ELAN’s .eaf.")),
    ".exb": (_("It is EXMARaLDA’s own file."), _("Export it from EXMARaLDA as ELAN’s .eaf.")),
    ".xml": (_("It is XML of a program that is not known."), _("Export the events as a table, or as ELAN’s .eaf.")),
    ".collection": (_("It is a Praat collection."), _("Save the TextGrid alone, as a text file.")),
}
"""Files that people have beside those that are read, by ending: what is wrong with them, and what to do."""


@cache
def exporters() -> dict[str, Exporter]:
    """Return the exporters installed, vfeed's own first, by name.

    Raises VfeedError `setting_invalid` for one that cannot be loaded, is none, or takes the name of another.
    """
    found: dict[str, Exporter] = {}
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda each: (not _is_own(each), each.name)):
        where = {"named": point.name, "place": point.value}
        cannot = filled(_("The exporter %(named)s (%(place)s) cannot be loaded."), **where)
        exporter = made(made(point.load, cannot), cannot)
        if not isinstance(exporter, Exporter):
            lacking = _("The exporter %(named)s (%(place)s) lacks what formats.seam.Exporter asks for.")
            raise at_fault(filled(lacking, **where))
        if exporter.name in found:
            raise at_fault(filled(_("The exporter %(named)s (%(place)s) takes a name that another has."), **where))
        found[exporter.name] = exporter
    return found


def _is_own(point: metadata.EntryPoint) -> bool:
    return point.value.startswith("vfeed.")


def exporter_named(name: str) -> Exporter:
    """Return an exporter by name; raises VfeedError `not_found` with the names that there are."""
    known = exporters()
    if name not in known:
        raise VfeedError(
            "not_found",
            _("There is no format called '%(named)s'."),
            hint=_("Formats: %(known)s."),
            named=name,
            known=", ".join(known),
        )
    return known[name]


def exporter_for(path: Path) -> Exporter:
    """Return the exporter of a file name's ending, the plain table for .csv; VfeedError `not_found` for another."""
    wanted = path.name.lower()
    fitting = [each for each in exporters().values() if wanted.endswith(each.ending.lower())]
    plain = [each for each in fitting if each.name == each.ending.lower().lstrip(".")]
    if not fitting:
        endings = sorted({each.ending for each in exporters().values()})
        raise VfeedError(
            "not_found",
            _("No format ends like %(file)s."),
            hint=_("Endings: %(endings)s."),
            file=path.name,
            endings=", ".join(endings),
        )
    return (plain or fitting)[0]


def reader_for(name: str) -> Reader:
    """Return the reader of a file name's ending; raises VfeedError `codes_unreadable` for another."""
    for reader in READERS:
        if name.lower().endswith(reader.endings):
            return reader
    for ending, (wrong, fix) in KNOWN_BUT_NOT_READ.items():
        if name.lower().endswith(ending):
            unreadable(name, wrong, fix)
    unreadable(name, _("This kind of file is not known."), _("Give one of: %(endings)s."), endings=", ".join(ENDINGS))


def read_bytes(data: bytes, name: str, asked: Asked | None = None) -> Found:
    """Return the codings of a file called `name`; each says which file and program it is from.

    Raises VfeedError `codes_unreadable` for what cannot be read and `codes_unclear` for what needs a word more.
    """
    asked = asked or Asked()
    if not data:
        unreadable(name, _("The file is empty."), _("Save or export it again from the program that made it."))
    found = reader_for(name).read(data, name, asked)
    if not found.codings:
        unreadable(name, _("No coding is in it."), _("Choose the file in which the codes were saved."))
    digest = hashlib.sha256(data).hexdigest()
    codings = []
    losses = list(found.losses)
    for each in found.codings:
        coding = _within(each, losses)
        source = replace(
            coding.provenance,
            import_sha256=coding.provenance.import_sha256 or digest,
            import_tool=coding.provenance.import_tool or found.tool,
        )
        codings.append(replace(snapped(coding, asked.frame_times_us), provenance=source))
    return replace(found, codings=tuple(codings), losses=tuple(losses))


def _within(coding: Coding, losses: list[Loss]) -> Coding:
    """The coding without lengths and windows that no film has; marks after its end are said, and kept."""
    whole = coding.stretches
    coding = on_stretches(coding, lambda each: each if each.end_us <= LONGEST_FILM_US else None)
    if coding.stretches != whole:
        losses.append(Loss(LossKind.DROPPED, "window", "A part that was watched ends later than any film."))
    length_us = coding.length_us if 0 <= coding.length_us <= LONGEST_FILM_US else 0
    late = [mark for mark in coding.marks if length_us and mark.end_us > length_us + MILLISECOND_US]
    if late:
        first = min(mark.end_us for mark in late)
        told = (
            f"{len(late)} marks run on after the film’s end at {at(length_us)}, the first to {at(first)}: look whether"
        )
        losses.append(Loss(LossKind.NOTED, coding.clip or "times", f"{told} it is this film and where times begin."))
    return replace(coding, length_us=length_us)


def read_file(path: Path, asked: Asked | None = None) -> Found:
    """Return the codings of a file, of an .rttm with the .uem beside it.

    Raises as `read_bytes`, and `not_found` for a file that is not there.
    """
    found = read_bytes(_data(path), path.name, asked)
    beside = path.with_suffix(".uem")
    if path.suffix.lower() == ".rttm" and beside.is_file():
        return replace(found, codings=with_windows(found.codings, read_uem(_data(beside), beside.name)))
    return found


def _data(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise VfeedError(
            "not_found",
            _("%(file)s cannot be opened."),
            hint=_("%(reason)s: %(path)s"),
            file=path.name,
            reason=error.strerror,
            path=path,
        ) from error


def write_codings(exporter: Exporter, codings: Sequence[Coding]) -> Written:
    """Return the files of several codings: one table, or a file for each in formats that hold one."""
    write_all = getattr(exporter, "write_all", None)
    if write_all is not None:
        written: Written = write_all(codings)
        return written
    codings = [part for coding in codings for part in parted(coding)]
    if len(codings) == 1:
        return exporter.write(codings[0])
    files: dict[str, bytes] = {}
    losses = []
    for coding in codings:
        each = exporter.write(coding)
        losses += [replace(loss, where=f"{coding.clip} {coding.coder}, {loss.where}") for loss in each.losses]
        for name, data in each.files.items():
            stem, dot, ending = name.rpartition(".")
            free, number = f"{stem}{f'.{coding.coder}' if coding.coder else ''}{dot}{ending}", 1
            while free in files:
                number += 1
                free = f"{stem}{f'.{coding.coder}' if coding.coder else ''}-{number}{dot}{ending}"
            files[free] = data
    return Written(files, tuple(losses))
