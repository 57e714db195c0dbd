"""What a study gives to take away: every figure of its agreement, and its codings with where they are from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.research.agreement_table import COLUMNS, MEANINGS, NUMBERS, alpha_row, lane_rows, point_rows
from vfeed.research.formats.registry import exporter_named, write_codings
from vfeed.research.formats.seam import Losses
from vfeed.research.formats.table_writing import Sheet, csv_bytes, workbook
from vfeed.research.lane_windows import joined
from vfeed.research.marks import Coding, Provenance
from vfeed.services.access import Actor, require
from vfeed.services.agreements import Agreements, Handed, PairFigures
from vfeed.services.consensus import ConsensusRoom
from vfeed.services.imported_codings import ImportedCodings
from vfeed.services.reference_codings import ReferenceCodings
from vfeed.store.store import Store

Keep = Callable[[Mapping[str, bytes]], None]
"""Has files kept, by name, before the audit trail says that they were handed out."""
CODINGS = "codings"
FORMATS = ("csv", "xlsx")
DIFFERS_COLUMNS = ("coders", "clip_id", "who", "lane", "onset_us", "offset_us", "first", "second", "kind")
DIFFERS_NUMBERS = frozenset({"onset_us", "offset_us"})


def nowhere(_files: Mapping[str, bytes]) -> None:
    """For who is handed the files."""


class StudyFiles:
    """Makes tables; each is written down in the audit trail."""

    def __init__(
        self,
        store: Store,
        agreements: Agreements,
        consensus: ConsensusRoom,
        known: ReferenceCodings,
        from_files: ImportedCodings,
    ) -> None:
        self._store = store
        self._agreements = agreements
        self._consensus = consensus
        self._known = known
        self._from_files = from_files

    def agreement(self, actor: Actor, study_id: str, *, keep: Keep = nowhere) -> dict[str, bytes]:
        """Return agreement.csv and agreement.xlsx with every figure; the second also with where coders differ."""
        require(actor, "study.compare")
        found = self._agreements.read(actor, study_id)
        names = self._coders(study_id)
        rows = [row for pair in found.pairs for row in _rows(pair, names)]
        rows += [
            alpha_row("all", each.lane.who, each.lane.title, each.alpha, found.plan.unit_us, each.clips)
            for each in found.together
        ]
        rows += [row for pair in found.again for row in _rows(pair, names, "again")]
        rows += [row for pair in self._known.read(actor, study_id) for row in _rows(pair, names)]
        files = self._from_files.read(actor, study_id)
        called = {coder: f"file-{number}" for number, coder in enumerate(files.coders, 1)}
        for pair in files.pairs:
            second = (called if pair.both else names).get(pair.figures.second, pair.figures.second)
            rows += _rows(pair.figures, called, second)
        differs = [
            [
                _title(pair, names),
                each.clip,
                each.stretch.who,
                each.stretch.lane,
                str(each.stretch.start_us),
                str(each.stretch.end_us),
                each.stretch.first,
                each.stretch.second,
                each.stretch.kind.value,
            ]
            for pair in found.pairs
            for each in pair.differs
        ]
        meanings = [[name, *MEANINGS[name]] for name in COLUMNS]
        sheets: dict[str, Sheet] = {
            "figures": (COLUMNS, rows, NUMBERS),
            "differences": (DIFFERS_COLUMNS, differs, DIFFERS_NUMBERS),
            "columns": (("column", "type", "unit", "meaning"), meanings, frozenset[str]()),
        }
        made = {"agreement.csv": csv_bytes(COLUMNS, rows), "agreement.xlsx": workbook(sheets, Losses())}
        keep(made)
        self._store.audit.record(actor.name, "study.exported", study_id, {"what": "agreement"})
        return made

    def codings(self, actor: Actor, study_id: str) -> list[Coding]:
        """Return every coding that was handed in, and every agreed one that is finished, of films that are open today.

        Clips are called as in the study, coders coder-1 and so on in the order of their names.
        """
        require(actor, "study.compare")
        names = self._coders(study_id)
        found: list[Coding] = []
        for each in self._agreements.handed_in(actor, study_id):
            lanes = [each.coding(lane) for lane in each.state.scheme.lanes]
            about = replace(lanes[0].provenance, coding_pass=_pass(each), created_utc=_handed_at(each))
            found += _together(lanes, names[each.row.coder], about)
        for lanes in self._consensus.standing(actor, study_id).values():
            found += _together(lanes, "consensus", lanes[0].provenance)
        return sorted(found, key=lambda coding: (coding.clip, coding.coder, coding.provenance.coding_pass))

    def table(self, actor: Actor, study_id: str, format_name: str, *, keep: Keep = nowhere) -> dict[str, bytes]:
        """Return the codings in a format of `vfeed.exporters`, each note in the audit trail.

        Raises VfeedError `not_found` for a format that there is not, `invalid_input` where nothing was handed in.
        """
        exporter = exporter_named(format_name)
        codings = self.codings(actor, study_id)
        if not codings:
            raise VfeedError(
                "invalid_input", _("Nothing was handed in yet."), hint=_("Come back when films were coded.")
            )
        files = dict(write_codings(exporter, codings).files)
        keep(files)
        self._store.audit.record(actor.name, "study.exported", study_id, {"what": CODINGS, "format": format_name})
        return files

    def _coders(self, study_id: str) -> dict[str, str]:
        """What coders are called outside: their names are of this house alone."""
        names = sorted({row.coder for row in self._store.studies.codings(study_id)})
        return {name: f"coder-{number}" for number, name in enumerate(names, 1)}


def _title(pair: PairFigures, names: Mapping[str, str], second: str = "") -> str:
    return f"{names.get(pair.first, pair.first)} / {second or names.get(pair.second, pair.second)}"


def _rows(pair: PairFigures, names: Mapping[str, str], second: str = "") -> list[list[str]]:
    title = _title(pair, names, second)
    rows: list[list[str]] = []
    for each in pair.lanes:
        if each.states is not None:
            rows += lane_rows(title, each.states)
        rows += point_rows(title, each.lane.who, each.lane.title, each.points, each.clips)
    return rows


def _pass(each: Handed) -> str:
    return f"{each.row.phase}:{each.row.purpose}"


def _handed_at(each: Handed) -> str:
    return each.row.handed_in_at.isoformat() if each.row.handed_in_at else ""


def _together(lanes: Sequence[Coding], coder: str, about: Provenance) -> list[Coding]:
    """A clip's lanes as one coding; none where nobody watched any of them."""
    found = replace(joined(lanes), coder=coder, provenance=about)
    return [found] if found.stretches else []
