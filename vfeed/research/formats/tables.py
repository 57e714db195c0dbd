"""Tables of events that other programs export, told apart by their columns; unknown ones by a person's word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.research.formats.boris_tables import read_aggregated, read_tabular
from vfeed.research.formats.datavyu import is_database, read_database
from vfeed.research.formats.datavyu_wide import read_datavyu_wide
from vfeed.research.formats.elan_tab import read_elan_headed, read_elan_tab
from vfeed.research.formats.grid import Rows, sheets
from vfeed.research.formats.interact import read_interact
from vfeed.research.formats.long_table import read_long
from vfeed.research.formats.observer import read_observer
from vfeed.research.formats.plain_table import read_by_columns, read_plain
from vfeed.research.formats.seam import Asked, Found, Losses, unclear
from vfeed.research.marks import Coding

TableReader = Callable[[Rows, str, Asked, Losses], Sequence[Coding] | None]
"""Returns the codings of a table of its kind, None for another kind."""
KINDS: tuple[tuple[str, TableReader], ...] = (
    ("vfeed", read_long),
    ("BORIS", read_aggregated),
    ("BORIS", read_tabular),
    ("Datavyu", read_datavyu_wide),
    ("Observer", read_observer),
    ("INTERACT", read_interact),
    ("ELAN", read_elan_headed),
    ("a table", read_plain),
    ("ELAN", read_elan_tab),
)
PREVIEW_ROWS = 10


class Table:
    """Tables (CSV, TSV, text, XLSX) of vfeed and other programs, and by columns that a person names."""

    name = "table"
    title = "Table (CSV, TSV, XLSX)"
    endings = (".csv", ".tsv", ".txt", ".tab", ".table", ".xlsx")

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """The codings of the first sheet that is of a known kind."""
        losses = Losses()
        if asked.columns is None and is_database(data):
            return read_database(data, name, asked)
        first: Rows | None = None
        refusal: VfeedError | None = None
        for _sheet, rows in sheets(data, name, losses):
            rows = [row for row in rows if any(cell.strip() for cell in row)]
            first = first or rows
            if asked.columns is not None:
                return Found(tuple(read_by_columns(rows, name, asked, losses)), tuple(losses.items), "a table")
            for tool, reader in KINDS:
                try:
                    codings = reader(rows, name, asked, losses)
                except VfeedError as error:
                    refusal = refusal or error
                    break
                if codings is not None:
                    return Found(tuple(codings), tuple(losses.items), tool)
        if refusal is not None:
            raise refusal
        header = ", ".join(cell.strip() for cell in (first[0] if first else []) if cell.strip())[:200] or "nothing"
        unclear(
            name,
            _("No row names its columns in a way that vfeed knows; the first row says: %(header)s."),
            _(
                "Begin with a row such as who,code,start,end, or say what they are: "
                "--columns start=...,end=...,code=..."
            ),
            header=header,
        )


def preview(data: bytes, name: str) -> Rows:
    """Return the first rows of a table as they are, for somebody who says what the columns mean."""
    for _sheet, rows in sheets(data, name, Losses()):
        return [row for row in rows if any(cell.strip() for cell in row)][:PREVIEW_ROWS]
    return []
