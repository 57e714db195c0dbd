"""Every figure of an agreement as rows of one table: what it is of, its unit and leeway, its value and interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from vfeed.research.agreement import LaneAgreement
from vfeed.research.alpha import Alpha
from vfeed.research.counting import count
from vfeed.research.formats.table_writing import csv_bytes
from vfeed.research.formats.text import seconds
from vfeed.research.icc import MODELS
from vfeed.research.matching import Matched
from vfeed.research.words import code_words

COLUMNS = (
    *("coders", "who", "lane", "statistic", "code", "value", "low", "high", "unit_us", "tolerance_us"),
    *("clips", "families", "watched_s", "details"),
)
NUMBERS = frozenset({"value", "low", "high", "unit_us", "tolerance_us", "clips", "families", "watched_s"})
MEANINGS = {
    "coders": ("text", "", "Whose codings are compared."),
    "who": ("text", "", "Whom the lane is about."),
    "lane": ("text", "", "What is watched."),
    "statistic": ("text", "", "Which figure it is."),
    "code": ("text", "", "The code that the figure is of, n/a where it is of all."),
    "value": ("number", "", "The figure."),
    "low": ("number", "", "Lower end of its 95 % interval."),
    "high": ("number", "", "Upper end of its 95 % interval."),
    "unit_us": ("integer", "microseconds", "Unit of time in which it was counted."),
    "tolerance_us": ("integer", "microseconds", "Leeway on each side."),
    "clips": ("integer", "", "How many films it is of."),
    "families": ("integer", "", "Of how many families."),
    "watched_s": ("number", "seconds", "How long both watched."),
    "details": ("text", "", "What else belongs to the figure."),
}
"""Type, unit and meaning of each column."""


def _cell(value: float) -> str:
    return f"{value:.6f}" if isfinite(value) else "n/a"


def _unitizing(found: Alpha, what: str) -> str:
    lacking = "; too little was marked to tell" if found.too_little else ""
    return f"{count(found.coders, 'coder')} marked {what}{lacking}"


def lane_rows(title: str, lane: LaneAgreement) -> list[list[str]]:
    """Every figure of a lane as a row of `COLUMNS`."""

    def row(statistic: str, value: float, code: str = "n/a", **more: object) -> list[str]:
        told = {
            "coders": title,
            "who": lane.who or "n/a",
            "lane": lane.lane or "n/a",
            "statistic": statistic,
            "code": code,
            "value": _cell(value),
            "unit_us": str(lane.unit_us),
            "clips": str(lane.clips),
            "families": str(lane.families),
            "watched_s": seconds(lane.watched_us, 3),
        }
        told |= {name: _cell(each) if isinstance(each, float) else str(each) for name, each in more.items()}
        return [told.get(name, "n/a") for name in COLUMNS]

    spread = lane.kappa_range
    rows = [
        row("observed agreement", lane.kappa.observed),
        row("chance agreement", lane.kappa.chance),
        row("Cohen kappa", lane.kappa.value, low=spread.low, high=spread.high, details="interval over families"),
        row("highest kappa", lane.kappa.highest),
        row("Cohen kappa, cannot see left out", lane.without_unseen.value),
        row("Gwet AC1", lane.ac1.value),
        row("Krippendorff alpha, nominal", lane.alpha.value),
        row("alpha_U", lane.alpha_u_all.value, details=_unitizing(lane.alpha_u_all, "anything")),
        row("EasyDIAg kappa", lane.easydiag.value, details="overlap of 60 % of the longer event"),
        row("gamma", lane.gamma, details=f"alpha 1, beta 1, {lane.gamma_clips} clips"),
    ]
    for code, share in lane.by_code.items():
        rows.append(row("agreement on a code", share, code_words(code)))
    for code, each in lane.alpha_u.items():
        rows.append(row("alpha_U", each.value, code, details=_unitizing(each, "it")))
    for code, length in lane.durations.items():
        model = f"ICC({length.model}): {MODELS[length.model]}; seconds in each clip"
        rows.append(row("ICC of total length", length.value, code, low=length.low, high=length.high, details=model))
    for leeway in lane.leeways:
        at = str(leeway.tolerance_us)
        rows.append(row("kappa with leeway, first to second", leeway.first_to_second.value, tolerance_us=at))
        rows.append(row("kappa with leeway, second to first", leeway.second_to_first.value, tolerance_us=at))
        rows.append(row("F1 of starts", leeway.events.f1, tolerance_us=at))
        rows.append(row("agreement of starts", leeway.events.agreement, tolerance_us=at))
    for family, kappa in lane.by_family.items():
        rows.append(row("Cohen kappa of a family", kappa.value, details=family))
    return rows


def point_rows(title: str, who: str, lane: str, curve: Sequence[Matched], clips: int) -> list[list[str]]:
    """How well the points of a lane match at each leeway."""
    return [
        _row(
            coders=title,
            who=who,
            lane=lane,
            statistic="F1 of points",
            value=_cell(each.f1),
            tolerance_us=str(each.tolerance_us),
            clips=str(clips),
            details=f"{each.both} match, {each.only_first} and {each.only_second} are one coder’s alone",
        )
        for each in curve
    ]


def alpha_row(title: str, who: str, lane: str, value: Alpha, unit_us: int, clips: int) -> list[str]:
    """Alpha over any number of coders."""
    return _row(
        coders=title,
        who=who,
        lane=lane,
        statistic="Krippendorff alpha, nominal",
        value=_cell(value.value),
        unit_us=str(unit_us),
        clips=str(clips),
        details=f"{value.coders} coders marked anything",
    )


def _row(**told: str) -> list[str]:
    return [told.get(name) or "n/a" for name in COLUMNS]


def confusion(lane: LaneAgreement) -> bytes:
    """The codes against each other in units, rows the first coder's, as CSV."""
    names = [code_words(code) for code in lane.codes]
    rows = [[name, *map(str, line)] for name, line in zip(names, lane.table.tolist(), strict=True)]
    return csv_bytes(["first \\ second", *names], rows)
